// Rows that the function refused, each with its reason.

import { h } from "./dom.js";
import { save } from "./download.js";
import { L } from "./listtexts.js";
import { pagedTable } from "./paged.js";
import { T } from "./texts.js";

/** {element, show(list, items)} */
export function rejectedPanel(fields) {
  const label = new Map(fields.map((field) => [field.name, field.label]));
  const fault = ({ field, message }) => T.about(label.get(field) ?? field, message);
  const reason = ({ at, errors }) =>
    Array.isArray(list.rows[at]) ? errors.map(fault).join("; ") : L.noCustomer;
  const table = pagedTable({
    caption: L.rejected,
    columns: [
      { label: L.rowLabel, number: true, cell: (one) => String(one.at + 1) },
      { label: T.customer, cell: (one) => h("bdi", {}, one.identifier.slice(0, 100)) },
      { label: T.reason, cell: (one) => reason(one).slice(0, 1000) },
    ],
    turned: (page) => table.show(items, page),
  });
  const get = h("button", { type: "button", on: { click: download } }, L.downloadRejected);
  const element = h(
    "div",
    { class: "rejected", hidden: true },
    table.element,
    h("p", { class: "buttons" }, get),
  );
  let list = null,
    items = [];

  function show(given, refused) {
    if (list === given && items.length === refused.length) return;
    list = given;
    items = [...refused];
    element.hidden = items.length === 0;
    table.show(items, 1);
  }

  function download() {
    const cells = (row) => (Array.isArray(row) ? row : [row]);
    const lines = items.map((one) => [one.at + 1, reason(one), ...cells(list.rows[one.at])]);
    save(L.rejectedName, [L.rowLabel, T.reason, ...list.headings], lines);
  }

  return { element, show };
}
