// A table as CSV that a spreadsheet opens: no cell of it is a formula, and it reads back the same.

import { h } from "./dom.js";

const STARTS = /^'*[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?(\d+([.,]\d+)*|[.,]\d+)(e[+-]?\d+)?$/i;

/** What a spreadsheet would reckon with gets an apostrophe in front; numbers stay. */
const guarded = (text) => (STARTS.test(text) && !NUMBER.test(text) ? `'${text}` : text);

/** The cell without the apostrophe that `guarded` gave it. */
export const unguarded = (text) => (text[0] === "'" && STARTS.test(text) ? text.slice(1) : text);

const cell = (value) => {
  const text = value instanceof Object ? JSON.stringify(value) : String(value ?? "");
  return `"${guarded(text).replaceAll('"', '""')}"`;
};

/** The text of a table: quoted cells, lines that end as spreadsheets want them. */
export const written = (rows) => rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

/** Saves a table under a name. */
export function save(name, rows) {
  const file = new Blob(["\uFEFF", written(rows)], { type: "text/csv;charset=utf-8" });
  const url = URL.createObjectURL(file);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
