// How the rows of a list become customers: which column is which field, which cell which level.

import { IDENTIFIER, hasComma, level, match, value } from "./columns.js";
import { L } from "./listtexts.js";
import { ask } from "./mapping.js";
import { T } from "./texts.js";

const CONTEXT = "context";
const MOST_LEVELS = 50;

/** {customer(row), identifier(row), dropped}; null where the person left. Asks for columns that no
 * heading names and for levels that no field has. Throws Error where two columns are one field. */
export async function planned({ headings, rows }, fields) {
  const { columns, twice } = match(headings, fields);
  if (twice.length) throw new Error(T.twice(twice));
  if (!(await askColumns(columns, headings, fields))) return null;
  const parts = fields
    .map((field) => ({ field, at: columns.indexOf(field.name) }))
    .filter(({ at }) => at >= 0)
    .map((part) => ({ ...part, comma: commas(part, rows), levels: new Map() }));
  if (!(await askLevels(parts, rows))) return null;
  const context = headings.indexOf(CONTEXT);
  const dropped = headings.filter((_, at) => columns[at] === null && at !== context);
  return { ...readers(parts, columns.indexOf(IDENTIFIER), context), dropped };
}

function readers(parts, named, context) {
  const identifier = (row) => String((Array.isArray(row) ? row[named] : undefined) ?? "").trim();
  function customer(row) {
    if (!Array.isArray(row)) return row;
    const values = parts
      .map((part) => [part.field.name, read(part, row[part.at])])
      .filter(([, found]) => found !== undefined);
    if (identifier(row)) values.unshift([IDENTIFIER, identifier(row)]);
    if (row[context] instanceof Object) values.push([CONTEXT, row[context]]);
    return Object.fromEntries(values);
  }
  return { customer, identifier };
}

/** Values of JSON that are no texts stay as they are. */
function read({ field, comma, levels }, cell) {
  if (typeof cell !== "string") return cell;
  return levels.get(cell.trim()) ?? value(field, cell, comma);
}

const texts = (rows, at) => rows.map((row) => row[at]).filter((cell) => typeof cell === "string");

const commas = ({ field, at }, rows) =>
  !field.levels && hasComma(texts(rows.filter(Array.isArray), at));

/** Writes what was chosen into `columns`; false where the person left. */
async function askColumns(columns, headings, fields) {
  const missing = fields.filter(({ name }) => !columns.includes(name));
  const free = headings.map((_, at) => at).filter((at) => columns[at] === null);
  if (!missing.some(({ required }) => required)) return true;
  const options = free.map((at) => [at, headings[at] || L.column(at + 1)]);
  const questions = missing.map((field) => ({
    label: field.label,
    options,
    required: field.required,
  }));
  const chosen = await ask({ title: L.whichColumns, hint: L.whichColumnsHint, questions });
  if (chosen === null) return false;
  const taken = chosen.filter((at) => at !== null);
  const twice = taken.filter((at, place) => taken.indexOf(at) < place);
  if (twice.length) throw new Error(L.columnTwice(headings[twice[0]]));
  chosen.forEach((at, place) => at !== null && (columns[at] = missing[place].name));
  return true;
}

/** Writes what was chosen into the `levels` of the parts; false where the person left. */
async function askLevels(parts, rows) {
  const unknown = parts.filter(({ field }) => field.levels).flatMap((part) => strange(part, rows));
  if (!unknown.length) return true;
  const asked = unknown.toSorted((one, other) => other.count - one.count).slice(0, MOST_LEVELS);
  const questions = asked.map(({ part: { field }, cell, count }) => ({
    label: L.unknownLevel(field.label, cell, count),
    options: field.levels.map(({ label }, at) => [at, label]),
    none: L.sentAsItIs,
  }));
  const hint = L.whichLevelsHint(unknown.length - asked.length);
  const chosen = await ask({ title: L.whichLevels, hint, questions });
  if (chosen === null) return false;
  chosen.forEach((at, place) => {
    const { part, cell } = asked[place];
    if (at !== null) part.levels.set(cell, part.field.levels[at].value);
  });
  return true;
}

/** The cells that spell no level of the field, each once. */
function strange(part, rows) {
  const counts = new Map();
  for (const cell of texts(rows.filter(Array.isArray), part.at)) {
    const bare = cell.trim();
    counts.set(bare, (counts.get(bare) ?? 0) + 1);
  }
  const known = new Set(part.field.levels.map((one) => one.value));
  return [...counts]
    .filter(([cell]) => cell && !known.has(level(part.field, cell)))
    .map(([cell, count]) => ({ part, cell, count }));
}
