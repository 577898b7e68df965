// A file or a pasted text of many customers: headings and rows of cells, whatever its form.

import { known } from "./columns.js";
import { SEPARATORS, Unclosed, decode, records, separated } from "./csv.js";
import { unguarded } from "./download.js";
import { L } from "./listtexts.js";
import { breathe } from "./pause.js";
import { T } from "./texts.js";

export const MOST_ROWS = 100_000;

/** {headings, rows}: cells of CSV are texts; those of JSON are values, undefined where missing. A
 * line that is no object, or has more cells than there are headings, is a text in place of its row.
 * Throws Error with what is wrong. */
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
    let first = null;
    function cells(row) {
      const found = row.map(unguarded);
      first ??= found;
      const isShifted = found.slice(first.length).some((cell) => cell.trim());
      return isShifted ? found.join(separator) : found;
    }
    const [headings = [], ...rows] = await collected(records(rest, separator), cells, 1);
    return { headings, rows };
  } catch (error) {
    throw error instanceof Unclosed ? new Error(T.unclosed(error.row)) : error;
  }
}

async function fromJson(text, begins) {
  const places = new Map();
  function cells(row) {
    if (!isObject(row)) return String(row);
    const made = [];
    for (const [name, value] of Object.entries(row)) {
      if (!places.has(name)) places.set(name, places.size);
      made[places.get(name)] = value;
    }
    return made;
  }
  const rows = await collected(begins === "[" ? inArray(text) : inLines(text), cells);
  return { headings: [...places.keys()], rows };
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

/** What is `made` of each, with time for others in between; `more` than customers are allowed.
 * Throws Error where there are too many. */
async function collected(rows, made, more = 0) {
  const found = [];
  const pause = breathe();
  for (const row of rows) {
    if (found.length === MOST_ROWS + more) throw new Error(L.tooMany(MOST_ROWS));
    found.push(made(row));
    await pause();
  }
  return found;
}
