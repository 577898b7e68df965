// A table as CSV that a spreadsheet opens: no cell of it is a formula, and it reads back the same.

import { h } from "./dom.js";
import { breathe } from "./pause.js";

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

/** The text of a row: quoted cells, and an end of the line as spreadsheets want it. */
export const written = (row) => `${row.map(cell).join(",")}\r\n`;

/** Saves a table under a name. rows: an iterable. */
export async function save(name, headings, rows) {
  const pause = breathe();
  const texts = ["\uFEFF", written(headings)];
  for (const row of rows) {
    texts.push(written(row));
    await pause();
  }
  const url = URL.createObjectURL(new Blob(texts, { type: "text/csv;charset=utf-8" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
