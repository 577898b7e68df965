// A file or a pasted text of many customers: headings and rows of cells, whatever its form.

import { known } from "./columns.js";
import { SEPARATORS, Unclosed, decode, records, separated } from "./csv.js";
import { unguarded } from "./download.js";
import { L } from "./listtexts.js";
import { breathe } from "./pause.js";
import { T } from "./texts.js";

export const MOST_ROWS = 100_000;

/** {headings, rows}: cells of CSV are texts; those of JSON are values, undefined where missing. A
 * line that is no object is a text in place of its row. Throws Error with what is wrong. */
export async function readList(bytes, fields) {
  const text = typeof bytes === "string" ? bytes : decode(new Uint8Array(bytes));
  const begins = text.trimStart()[0];
  const found =
    begins === "{" || begins === "[" ? await fromJson(text, begins) : await fromRows(text, fields);
  if (!found.rows.length) throw new Error(L.noRows);
  const twice = found.headings.filter(
    (heading, at) => heading.trim() && found.headings.indexOf(heading) < at,
  );
  if (twice.length) throw new Error(T.twice([...new Set(twice)]));
  return found;
}

async function fromRows(text, fields) {
  const count = (cells, separator) =>
    known(cells, fields) * 1000 + (SEPARATORS.includes(separator) ? cells.length : 0);
  const others = new Set(text.slice(0, 20_000).split(/[\r\n]/, 1)[0].match(/[^\p{L}\p{N}"]/gu));
  const wanted = [...new Set([...SEPARATORS, ...others])];
  const { separator, text: rest } = separated(text, count, wanted);
  try {
    const [headings = [], ...rows] = await collected(records(rest, separator), MOST_ROWS + 1);
    return { headings, rows: rows.map((row) => row.map(unguarded)) };
  } catch (error) {
    throw error instanceof Unclosed ? new Error(T.unclosed(error.row)) : error;
  }
}

async function fromJson(text, begins) {
  const rows = await collected(begins === "[" ? inArray(text) : inLines(text), MOST_ROWS);
  const headings = new Set();
  for (const row of rows) if (isObject(row)) Object.keys(row).forEach((key) => headings.add(key));
  const names = [...headings];
  const cells = (row) => names.map((name) => (Object.hasOwn(row, name) ? row[name] : undefined));
  return { headings: names, rows: rows.map((row) => (isObject(row) ? cells(row) : String(row))) };
}

const isObject = (row) => row !== null && typeof row === "object" && !Array.isArray(row);

function inArray(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(T.notJson);
  }
}

function* inLines(text) {
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    if (!line.trim()) continue;
    try {
      yield JSON.parse(line);
    } catch {
      yield line;
    }
  }
}

/** All of them, with time for others in between. Throws Error where there are too many. */
async function collected(rows, most) {
  const found = [];
  const pause = breathe();
  for (const row of rows) {
    if (found.length === most) throw new Error(L.tooMany(MOST_ROWS));
    found.push(row);
    if (found.length % 200 === 0) await pause();
  }
  return found;
}
