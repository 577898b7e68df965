// A real table of which a page of rows is shown at a time.

import { h, id, say } from "./dom.js";
import { L } from "./listtexts.js";

export const PAGE = 50;

/** {element, show(items, page, sort)}. columns: {name, label, number, cell(item), sorts}. `turned`
 * gets the page that is wanted, `sorted` the column. */
export function pagedTable({ caption, columns, turned, sorted }) {
  const body = h("tbody", {});
  const title = h("caption", { id: id() }, caption);
  const heads = columns.map(({ label, name, number, sorts }) =>
    h(
      "th",
      { scope: "col", class: number && "number" },
      sorts
        ? h("button", { type: "button", on: { click: () => sorted(name) } }, label, arrow())
        : label,
    ),
  );
  const table = h("table", {}, title, h("thead", {}, h("tr", {}, ...heads)), body);
  const region = { class: "wide", tabindex: 0, role: "region", "aria-labelledby": title.id };
  const place = h("div", region, table);
  const where = h("span", { role: "status" });
  const back = h("button", { type: "button", on: { click: () => turned(shown - 1) } }, L.pageBack);
  const on = h("button", { type: "button", on: { click: () => turned(shown + 1) } }, L.pageOn);
  const turns = h("p", { class: "buttons" }, back, on, where);
  let shown = 1;

  function show(items, page, sort = "") {
    const pages = Math.max(Math.ceil(items.length / PAGE), 1);
    shown = Math.min(Math.max(page, 1), pages);
    const all = items.length,
      from = (shown - 1) * PAGE,
      to = Math.min(from + PAGE, all);
    const focused = body.contains(document.activeElement) && document.activeElement.dataset.row;
    body.replaceChildren(...items.slice(from, to).map(line));
    if (focused) (body.querySelector(`[data-row="${focused}"]`) ?? place).focus();
    say(where, L.page(all ? from + 1 : 0, to, all));
    back.disabled = shown === 1;
    on.disabled = shown === pages;
    turns.classList.toggle("one", pages === 1);
    columns.forEach(({ name }, at) => mark(heads[at], name, sort));
    return shown;
  }

  const line = (item) =>
    h(
      "tr",
      {},
      ...columns.map(({ number, cell }) => h("td", { class: number && "number" }, cell(item))),
    );

  return { element: h("div", { class: "paged" }, place, turns), show };
}

const arrow = () => h("span", { "aria-hidden": "true", class: "arrow" });

function mark(head, name, sort) {
  const is = sort.replace(/^-/, "") === name;
  if (is) head.setAttribute("aria-sort", sort[0] === "-" ? "descending" : "ascending");
  else head.removeAttribute("aria-sort");
}
