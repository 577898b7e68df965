// The table of a scored list with its filters, totals, and downloads.

import { h, id, say } from "./dom.js";
import { save } from "./download.js";
import { NOTHING, best, filtered, sorted, sorting, totals } from "./filters.js";
import { L, amount } from "./listtexts.js";
import { pagedTable } from "./paged.js";
import { T, inHundredBelow, pick } from "./texts.js";
import { totalsPanel } from "./totals.js";

const FILTERS = ["risk", "offer", "reason"];

/** {element, show(list), apply(settings), shown()}. `kept` is told of settings for the address;
 * `open(item)` of a row. */
export function resultsPanel({ fields, bounds }, kept, open) {
  let list = null,
    state = { sort: sorting() },
    rows = [],
    choices = null,
    counted = 0,
    chosen = best([], 0);
  const label = new Map(fields.map((field) => [field.name, field.label]));
  const risks = ["low", ...Object.keys(bounds ?? {})].map((risk) => [risk, pick(T.risk, risk)]);
  const selects = new Map(FILTERS.map((name) => [name, filter(name)]));
  const looked = { input: () => change({}) };
  const search = h("input", { type: "search", id: id(), spellcheck: "false", on: looked });
  const contact = h("input", {
    type: "number",
    min: 0,
    id: id(),
    on: { input: () => change({ contact: contact.value, page: state.page }) },
  });
  const marked = h("p", { role: "status" });
  const sums = totalsPanel();
  const numbers = (name, label, shown) => ({
    name,
    label,
    number: true,
    sorts: true,
    cell: (one) => shown(one[name]),
  });
  const table = pagedTable({
    caption: L.customers,
    columns: [
      { name: "at", label: T.customer, sorts: true, cell: button },
      numbers("share", L.leaveOf100, inHundredBelow),
      numbers("brings", L.bringsLabel, amount),
      { label: L.riskLabel, cell: (one) => pick(T.risk, one.risk) },
      { label: L.mainReason, cell: (one) => one.main },
      { label: L.offerLabel, cell: (one) => (one.offer === NOTHING ? T.nothing : one.name) },
      numbers("value", L.valueLabel, amount),
      { label: L.contactLabel, cell: (one) => (chosen.rows.has(one.at) ? L.contactIt : "") },
    ],
    turned: (page) => change({ page }),
    sorted: (name) => change({ sort: state.sort === `-${name}` ? name : `-${name}` }),
  });
  const get = h("button", { type: "button", on: { click: download } }, L.download);
  const labelled = (input, text) =>
    h("div", { class: "field" }, h("label", { for: input.id }, text), input);
  const element = h(
    "section",
    { class: "results", hidden: true, "aria-label": L.results },
    sums.element,
    h(
      "div",
      { class: "talk" },
      ...FILTERS.map((name) => labelled(selects.get(name), L.filters[name])),
      labelled(search, L.search),
      labelled(contact, L.howMany),
    ),
    marked,
    table.element,
    h("p", { class: "buttons" }, get),
  );

  function filter(name) {
    const changed = ({ target }) => change({ [name]: target.value });
    return h("select", { id: id(), on: { change: changed } });
  }

  function button(one) {
    const text = one.identifier || L.row(one.at + 1);
    const click = () => open(one, rows);
    const attributes = { type: "button", class: "open", "data-row": one.at, on: { click } };
    return h("button", attributes, h("bdi", {}, short(text)));
  }

  /** Another choice begins with the first page. */
  function change(next) {
    state = { ...state, page: 1, ...next };
    draw();
    kept(settings());
  }

  const settings = () => ({
    ...state,
    page: state.page > 1 && state.page,
    sort: state.sort !== sorting() && state.sort,
  });

  /** Values that are no choice are ignored. */
  function apply({ risk, offer, reason, sort, page, contact: count }) {
    state = { risk, offer, reason, sort: sorting(sort), page: Number(page) || 1, contact: count };
    contact.value = count ?? "";
    if (list) draw();
  }

  function draw() {
    options();
    const asked = Object.fromEntries(
      FILTERS.map((name) => [name, choices[name].has(state[name]) && state[name]]),
    );
    const found = filtered(list.items, asked, search.value, list.matches);
    chosen = best(found, Math.max(Math.floor(Number(state.contact) || 0), 0));
    rows = sorted(found, state.sort);
    state.page = table.show(rows, state.page ?? 1, state.sort);
    sums.show(totals(found));
    say(marked, chosen.rows.size ? L.marked(chosen.rows.size, amount(chosen.sum)) : "");
  }

  /** Adds what the newest items have to the choices of the filters. */
  function options() {
    for (; counted < list.items.length; counted++) {
      const { offer, name, reasons } = list.items[counted];
      choices.offer.set(offer, name ?? T.nothing);
      for (const reason of reasons) choices.reason.set(reason, label.get(reason) ?? reason);
    }
    for (const [name, select] of selects) write(select, choices[name], state[name]);
  }

  function write(select, choices, value) {
    const wanted = [["", L.all], ...choices];
    if (select.options.length !== wanted.length) {
      select.replaceChildren(...wanted.map(([key, text]) => h("option", { value: key }, text)));
    }
    select.value = choices.has(value) ? value : "";
  }

  function download() {
    const ours = Object.values(L.downloaded);
    const { headings, rows: read } = list;
    const { rows: contacted } = chosen;
    const places = [...headings.keys()].filter((at) => !ours.includes(headings[at]));
    const cells = (one) => {
      const said = [one.share, one.risk, one.main, one.name ?? T.nothing, one.brings, one.value];
      return [...said, contacted.has(one.at) ? L.contactIt : ""];
    };
    const lines = rows
      .values()
      .map((one) => [...places.map((at) => read[one.at][at]), ...cells(one)]);
    save(L.fileName, [...places.map((at) => headings[at]), ...ours], lines);
  }

  function begin() {
    search.value = "";
    choices = { risk: new Map(risks), offer: new Map(), reason: new Map() };
    counted = 0;
  }

  /** items with an answer; headings, rows as they were read; matches(at, words). */
  function show(given) {
    if (list?.rows !== given.rows) begin();
    list = given;
    element.hidden = list.items.length === 0;
    draw();
  }

  return { element, show, apply, settings };
}

const LONGEST = 100;

const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
