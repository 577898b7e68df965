// How long the page takes: from what somebody does until what follows is painted. And what the
// same calls take with nothing around them.

globalThis.timing = (() => {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
  let begun = null,
    found = {},
    stop = () => {};

  for (const kind of ["keydown", "change", "input"]) {
    addEventListener(kind, (event) => (begun ??= event.timeStamp), { capture: true });
  }

  const painted = () =>
    new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  /** The next event is the begin, or what is given. wanted: for each name the selector of what will
   * change, and a text that it will hold then. */
  function expect(wanted, from = null) {
    stop();
    begun = from;
    found = {};
    tasks.length = 0;
    const open = new Map(Object.entries(wanted));
    const observer = new MutationObserver((records) => {
      for (const [name, [selector, text]] of open) {
        const holds = ({ target }) => target.matches?.(selector) && target.textContent.includes(text);
        if (begun === null || !records.some(holds)) continue;
        open.delete(name);
        painted().then(() => (found[name] = performance.now() - begun));
      }
    });
    observer.observe(document, { childList: true, subtree: true });
    stop = () => observer.disconnect();
  }

  /** The milliseconds of each, and the longest task since; null while something is still expected. */
  const taken = (names) =>
    names.every((name) => name in found)
      ? { ...found, task: Math.max(0, ...tasks.map(({ duration }) => duration)) }
      : null;

  /** Milliseconds until the first of these calls was answered, and until all were. */
  async function bare(path, bodies, times = 1) {
    const from = performance.now();
    const headers = { "Content-Type": "application/json" };
    let first = null;
    for (let turn = 0; turn < times; turn++) {
      for (const body of bodies) {
        const sent = body === null ? {} : { method: "POST", headers, body };
        await (await fetch(path, { ...sent, cache: "no-store" })).text();
        first ??= performance.now() - from;
      }
    }
    return { first, all: performance.now() - from };
  }

  return { expect, taken, bare };
})();
