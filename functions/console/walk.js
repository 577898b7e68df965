// Through the rows of a list, one customer after the other, and back to it.

import { h, say } from "./dom.js";
import { L } from "./listtexts.js";

/** {element, walk(rows, item)}; `open(item)` is told of each that is wanted. */
export function walkBar(open) {
  const where = h("span", { role: "status" });
  const step = (by) => () => go(at + by);
  const before = h("button", { type: "button", on: { click: step(-1) } }, L.previous);
  const next = h("button", { type: "button", on: { click: step(1) } }, L.next);
  const back = h("button", { type: "button", on: { click: () => history.back() } }, L.backToList);
  const element = h("p", { class: "buttons walk" }, next, before, back, where);
  let rows = [],
    at = 0;

  function go(wanted) {
    tell(wanted);
    open(rows[at]);
  }

  function tell(wanted) {
    at = wanted;
    say(where, L.place(at + 1, rows.length));
    const held = document.activeElement;
    next.disabled = at === rows.length - 1;
    before.disabled = at === 0;
    if (element.contains(held) && held.disabled) back.focus();
  }

  function walk(some, item) {
    rows = some;
    tell(rows.indexOf(item));
  }

  return { element, walk };
}
