// How the rows of a list become customers: which column is which field, which cell which level.

import { IDENTIFIER, hasComma, level, match, value } from "./columns.js";
import { L } from "./listtexts.js";
import { ask } from "./mapping.js";
import { breathe } from "./pause.js";
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
    .map((field) => ({ field, at: columns.indexOf(field.name), levels: new Map() }))
    .filter(({ at }) => at >= 0);
  if (!(await askLevels(await read(parts, rows.filter(Array.isArray))))) return null;
  const context = headings.indexOf(CONTEXT);
  const dropped = headings.filter((_, at) => columns[at] === null && at !== context);
  return { ...readers(parts, columns.indexOf(IDENTIFIER), context), dropped };
}

function readers(parts, named, context) {
  const identifier = (row) => String((Array.isArray(row) ? row[named] : undefined) ?? "").trim();
  function customer(row) {
    if (!Array.isArray(row)) return row;
    const values = {};
    if (identifier(row)) values[IDENTIFIER] = identifier(row);
    for (const part of parts) {
      const found = meant(part, row[part.at]);
      if (found !== undefined) values[part.field.name] = found;
    }
    if (row[context] instanceof Object) values[CONTEXT] = row[context];
    return values;
  }
  return { customer, identifier };
}

/** Values of JSON that are no texts stay as they are. */
function meant({ field, comma, levels }, cell) {
  if (typeof cell !== "string") return cell;
  return levels.get(cell.trim()) ?? value(field, cell, comma);
}

/** Reads all cells of each part: whether its numbers have a comma, and what its levels are called.
 * The texts that are no level: {parts, cell, count}, once for all fields with the same levels. */
async function read(parts, rows) {
  const pause = breathe();
  const strange = new Map();
  for (const part of parts) {
    const cells = rows.map((row) => row[part.at]).filter((cell) => typeof cell === "string");
    if (!part.field.levels) part.comma = hasComma(cells);
    else for (const found of unknown(part, cells)) add(strange, found);
    await pause();
  }
  return [...strange.values()];
}

function* unknown(part, cells) {
  const known = part.field.levels.map((one) => one.value);
  const counts = new Map();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  for (const [cell, count] of counts) {
    const bare = cell.trim();
    const found = level(part.field, bare);
    if (known.includes(found)) part.levels.set(bare, found);
    else if (bare) yield { key: JSON.stringify([bare, known]), part, cell: bare, count };
  }
}

function add(strange, { key, part, cell, count }) {
  const one = strange.get(key) ?? { parts: [], cell, count: 0 };
  if (!one.parts.includes(part)) one.parts.push(part);
  one.count += count;
  strange.set(key, one);
}

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
async function askLevels(strange) {
  if (!strange.length) return true;
  const asked = strange.toSorted((one, other) => other.count - one.count).slice(0, MOST_LEVELS);
  const questions = asked.map(({ parts, cell, count }) => ({
    label: L.unknownLevel(
      parts.map(({ field }) => field.label),
      cell,
      count,
    ),
    options: parts[0].field.levels.map(({ label }, at) => [at, label]),
    none: L.sentAsItIs,
  }));
  const hint = L.whichLevelsHint(strange.length - asked.length);
  const chosen = await ask({ title: L.whichLevels, hint, questions });
  if (chosen === null) return false;
  chosen.forEach((at, place) => {
    const { parts, cell } = asked[place];
    for (const { field, levels } of parts) if (at !== null) levels.set(cell, field.levels[at].value);
  });
  return true;
}
