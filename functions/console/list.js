// The view of a list: read, scored in calls, shown, and each row opened as a customer.

import { chooseList } from "./choosing.js";
import { h, say } from "./dom.js";
import { item } from "./filters.js";
import { readList } from "./listfile.js";
import { L } from "./listtexts.js";
import { planned } from "./plan.js";
import { rejectedPanel } from "./rejected.js";
import { resultsPanel } from "./results.js";
import { keep } from "./route.js";
import { scored } from "./scoring.js";
import { T } from "./texts.js";
import { excuse } from "./trouble.js";
import { walkBar } from "./walk.js";

const VIEW = "list";
const REDRAW = 250; // milliseconds between two, at least

/** {element, enter(settings), leave()}; `views.open` shows a customer in the other view. */
export function listView(found, views) {
  const status = h("p", { role: "status" });
  const told = h("p", { class: "told" });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const progress = h("progress", { "aria-label": L.progress, hidden: true });
  const button = (text, click) =>
    h("button", { type: "button", hidden: true, on: { click } }, text);
  const stop = button(L.stop, () => running.abort());
  const resume = button(L.goOn, run);
  const results = resultsPanel(found, (settings) => keep(VIEW, settings), open);
  const rejected = rejectedPanel(found.fields);
  const bar = walkBar((one) => views.open(customer(one), bar.element));
  const element = h(
    "div",
    { class: "list" },
    h("h1", {}, T.views.list),
    chooseList(given),
    h("p", { class: "buttons" }, status, progress, stop, resume),
    trouble,
    told,
    results.element,
    rejected.element,
  );
  let list = null,
    running = new AbortController(),
    drawn = 0,
    latest = null,
    left = null;

  async function given(content) {
    running.abort();
    const mine = (latest = {});
    trouble.replaceChildren();
    say(told, "");
    say(status, L.reading);
    try {
      const read = await readList(content, found.fields);
      const plan = latest === mine ? await planned(read, found.fields) : null;
      if (latest !== mine) return;
      say(status, "");
      if (plan === null) return;
      list = { ...read, ...plan, items: [], refused: [], matches };
      say(told, plan.dropped.length ? T.dropped(plan.dropped) : "");
      await run();
    } catch (error) {
      if (latest !== mine) return;
      say(status, "");
      trouble.replaceChildren(error.message);
    }
  }

  const matches = (at, words) => String(list.rows[at]).toLowerCase().includes(words);
  const answered = () => list.items.length + list.refused.length;

  /** From the first row on that has no answer. */
  async function run() {
    const current = list,
      { signal } = (running = new AbortController());
    busy(true);
    try {
      const { length } = current.rows;
      const customer = (at) => current.customer(current.rows[at]);
      await scored(length, answered(), customer, got, signal);
    } catch (error) {
      const stopped = current !== list || error.name === "AbortError";
      if (!stopped) trouble.replaceChildren(...excuse(error));
    }
    if (current !== list) return;
    draw();
    busy(false);
  }

  function busy(is) {
    const done = answered(),
      all = list.rows.length;
    if (is) trouble.replaceChildren();
    const focused = [stop, resume].includes(document.activeElement);
    progress.hidden = stop.hidden = !is;
    resume.hidden = is || done === all;
    if (focused) [stop, resume].find((button) => !button.hidden)?.focus();
    if (is) return;
    say(status, done === all ? L.allDone(all, list.refused.length) : L.partDone(done, all));
  }

  function got(at, line) {
    const one = item(at, list.identifier(list.rows[at]), line);
    (one.errors ? list.refused : list.items).push(one);
    if (answered() === 1 || performance.now() - drawn > REDRAW) draw();
  }

  function draw() {
    const [done, all] = [answered(), list.rows.length];
    const begun = performance.now();
    progress.max = all;
    progress.value = done;
    say(status, L.tenth(Math.floor((done / all) * 10) * 10, all));
    results.show(list);
    rejected.show(list, list.refused);
    drawn = performance.now() + 9 * (performance.now() - begun);
  }

  const customer = ({ at }) => list.customer(list.rows[at]);

  function open(one, rows) {
    bar.walk(rows, one);
    views.open(customer(one), bar.element);
  }

  /** What the address says; without anything what was there before. */
  function enter(settings) {
    if (Object.keys(settings).length || left === null) results.apply(settings);
    else keep(VIEW, results.settings());
    if (left === null) return;
    scrollTo(0, left.scroll);
    const row = left.row && element.querySelector(`[data-row="${left.row}"]`);
    row?.focus({ preventScroll: true });
  }

  function leave() {
    left = { scroll: scrollY, row: element.querySelector("[data-row]:focus")?.dataset.row };
  }

  return { element, enter, leave };
}
