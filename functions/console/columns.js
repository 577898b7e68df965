// Which column is which field, and how its numbers are written. For a pasted row and for files.

/** Only letters and digits count, as they do for the function itself. */
const plain = (name) =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

export const IDENTIFIER = "customerID";

/** For each heading the name of its field, or null; `twice` are fields that several ones name. */
export function match(headings, fields) {
  const names = new Map([[plain(IDENTIFIER), IDENTIFIER]]);
  for (const field of fields) names.set(plain(field.label), field.name);
  for (const field of fields) names.set(plain(field.name), field.name);
  const columns = headings.map((heading) => names.get(plain(heading)) ?? null);
  const twice = columns.filter((name, at) => name !== null && columns.indexOf(name) < at);
  return { columns, twice: [...new Set(twice)] };
}

/** How many headings name a field. */
export const known = (headings, fields) =>
  match(headings, fields).columns.filter((name) => name !== null).length;

/** The level that a cell spells, whatever its case; the cell itself where there is none. */
export function level(field, cell) {
  const bare = cell.trim().toLowerCase();
  const found = field.levels.filter(({ value }) => String(value).toLowerCase() === bare);
  return found.length === 1 ? found[0].value : cell;
}

const POINT = /^[+-]?\d*\.\d+$/;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/;
const COMMA = /^[+-]?(\d*,(\d{1,2}|\d{4,})|[1-9]\d{0,2}(\.\d{3})+,\d+)$/;

const isPoint = (cell) => POINT.test(cell) && !THOUSANDS.test(cell);

/** Whether these numbers are written with a decimal comma: one can't be read in another way, and
 * none has a point but for thousands. */
export const hasComma = (cells) =>
  cells.some((cell) => COMMA.test(cell.trim())) && !cells.some((cell) => isPoint(cell.trim()));

/** The number that a cell spells; the cell itself where it spells none, for the function to refuse.
 * A text that is blank is null: not known. */
export function number(cell, comma = false) {
  const bare = comma ? cell.trim().replaceAll(".", "").replace(",", ".") : cell.trim();
  if (bare === "") return null;
  const spelled = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare);
  return spelled && Number.isFinite(Number(bare)) ? Number(bare) : cell;
}

/** The value that a cell spells for a field; the cell itself where it spells none. */
export const value = (field, cell, comma) =>
  field.levels ? level(field, cell) : (number(cell, comma) ?? "");

/** Whether a cell may be a value of the field. */
export const fits = (field, cell, comma) =>
  field.levels
    ? typeof level(field, cell) !== "string" ||
      field.levels.some(({ value }) => value === level(field, cell))
    : number(cell, comma) === null
      ? !field.required
      : typeof number(cell, comma) === "number";
