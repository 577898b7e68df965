// Separated text: bytes to text, text to rows of cells. Used for a pasted row and for files.

/** The text of a file: UTF-8, UTF-16 with its mark, else Windows-1252. */
export function decode(bytes) {
  const [first, second] = bytes;
  const mark =
    first === 0xff && second === 0xfe
      ? "utf-16le"
      : first === 0xfe && second === 0xff
        ? "utf-16be"
        : "utf-8";
  try {
    return new TextDecoder(mark, { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The rows of a text. Throws Error with the row whose quote is not closed. */
export function parse(text, separator) {
  const rows = [];
  let row = [],
    at = 0;
  while (at < text.length) {
    const [cell, end] =
      text[at] === '"' ? quoted(text, at, separator, rows.length + 1) : plain(text, at, separator);
    row.push(cell);
    if (text[end] === separator) {
      at = end + 1;
      if (at < text.length) continue;
      row.push("");
    }
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    at = end + (text[end] === "\r" && text[end + 1] === "\n" ? 2 : 1);
  }
  return rows;
}

function plain(text, at, separator) {
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r")
    end++;
  return [text.slice(at, end), end];
}

function quoted(text, at, separator, number) {
  let end = at;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) throw new Unclosed(number);
  } while (text[end + 1] === '"' && ++end);
  const [rest, after] = plain(text, end + 1, separator);
  return [text.slice(at + 1, end).replaceAll('""', '"') + rest, after];
}

/** A quote that is not closed, and the number of its row. */
export class Unclosed extends Error {
  constructor(row) {
    super();
    this.row = row;
  }
}

const SEPARATORS = ["\t", ";", ",", "|"];

/** The separator with which the first row has most of the cells that `known` counts, and the text
 * without Excel's own line about it. */
export function separated(text, known) {
  const told = /^\uFEFF?sep=(.)\r?\n/i.exec(text);
  if (told) return { separator: told[1], text: text.slice(told[0].length) };
  const bare = text.replace(/^\uFEFF/, "");
  const counts = SEPARATORS.map((separator) => known(firstRow(bare, separator)));
  return { separator: SEPARATORS[counts.indexOf(Math.max(...counts))], text: bare };
}

function firstRow(text, separator) {
  try {
    return parse(text.slice(0, 20_000), separator)[0] ?? [];
  } catch {
    return []; // a quote that is not closed within these: told where all of it is read
  }
}
