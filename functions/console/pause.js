// Long work in pieces, so that keys and clicks are answered in between.

const PIECE = 30; // milliseconds

/** A function that waits a moment once a piece of work has taken long enough. */
export function breathe() {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < PIECE) return;
    await new Promise((resolve) => setTimeout(resolve));
    begun = performance.now();
  };
}
