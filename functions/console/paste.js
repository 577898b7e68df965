// One customer out of a pasted row: a spreadsheet's, CSV or JSON, with headings or without.

import { Unclosed, parse, separated } from "./csv.js";
import { IDENTIFIER, fits, hasComma, known, match, value } from "./columns.js";
import { T } from "./texts.js";

/** {values by field, context, dropped headings, missing labels}. Throws Error with the fault. */
export function pasted(text, fields) {
  const found =
    text.trim().startsWith("{") || text.trim().startsWith("[")
      ? fromJson(text, fields)
      : fromRows(text, fields);
  const missing = fields.filter(({ name }) => !found.values.has(name)).map(({ label }) => label);
  return { context: {}, ...found, missing };
}

function fromJson(text, fields) {
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(T.notJson);
  }
  const row = Array.isArray(parsed) ? parsed[0] : parsed;
  if (row === null || typeof row !== "object") throw new Error(T.notARow);
  const { context, ...others } = row;
  const entries = Object.entries(others).map(([name, value]) => [
    name,
    value === null ? "" : String(value),
  ]);
  return { ...named(entries, fields, false), context: context instanceof Object ? context : {} };
}

function fromRows(text, fields) {
  const [headings, cells] = rows(text, fields);
  if (cells && known(headings, fields) > 1) {
    const entries = headings.map((heading, at) => [heading, cells[at] ?? ""]);
    return named(entries, fields, hasComma(cells));
  }
  return inOrder(headings, fields);
}

function rows(text, fields) {
  const count = (cells) => known(cells, fields) * 1000 + cells.length;
  const { separator, text: rest } = separated(text, count);
  try {
    return parse(rest, separator);
  } catch (error) {
    throw error instanceof Unclosed ? new Error(T.unclosed(error.row)) : error;
  }
}

function named(entries, fields, comma) {
  const { columns, twice } = match(
    entries.map(([heading]) => heading),
    fields,
  );
  if (twice.length) throw new Error(T.twice(twice));
  const values = new Map();
  columns.forEach((name, at) => {
    if (name !== null) values.set(name, read(fields, name, entries[at][1], comma));
  });
  if (!values.size) throw new Error(T.notARow);
  return {
    values,
    dropped: entries.map(([heading]) => heading).filter((_, at) => columns[at] === null),
  };
}

/** Without headings the cells stand in the order of the fields, perhaps with others around them. */
function inOrder(cells = [], fields) {
  const comma = hasComma(cells);
  const fit = (first) =>
    fields.filter((field, at) => fits(field, cells[first + at] ?? "", comma)).length;
  const starts = Array.from(
    { length: Math.max(cells.length - fields.length, 0) + 1 },
    (_, first) => first,
  );
  const first = starts.reduce((best, start) => (fit(start) > fit(best) ? start : best), 0);
  if (fit(first) <= fields.length / 2) throw new Error(T.notARow);
  const values = new Map(
    fields.map(({ name }, at) => [name, read(fields, name, cells[first + at] ?? "", comma)]),
  );
  if (first === 1) values.set(IDENTIFIER, cells[0]);
  return { values, dropped: cells.slice(first + fields.length) };
}

function read(fields, name, cell, comma) {
  const field = fields.find((one) => one.name === name);
  return field ? value(field, cell, comma) : cell;
}
