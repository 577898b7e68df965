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

/** The rows of a text. Throws Unclosed with the row whose quote is not closed. */
export const parse = (text, separator) => [...records(text, separator)];

/** The same, one by one; rows that are blank are left out. */
export function* records(text, separator) {
  let row = [],
    at = 0,
    number = 1;
  while (at < text.length) {
    const [cell, end] =
      text[at] === '"' ? quoted(text, at, separator, number) : plain(text, at, separator);
    row.push(cell);
    if (text[end] === separator) {
      at = end + 1;
      if (at < text.length) continue;
      row.push("");
    }
    if (row.length > 1 || row[0] !== "") {
      yield row;
      number++;
    }
    row = [];
    at = end + (text[end] === "\r" && text[end + 1] === "\n" ? 2 : 1);
  }
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

export const SEPARATORS = ["\t", ";", ",", "|"];

/** The separator with which the first row has most of the cells that `known` counts, and the text
 * without Excel's own line about it. */
export function separated(text, known, separators = SEPARATORS) {
  const told = /^\uFEFF?"?sep=([^"])"?\r?\n/i.exec(text);
  if (told) return { separator: told[1], text: text.slice(told[0].length) };
  const bare = text.replace(/^\uFEFF/, "");
  const counts = separators.map((separator) => known(firstRow(bare, separator), separator));
  return { separator: separators[counts.indexOf(Math.max(...counts))], text: bare };
}

function firstRow(text, separator) {
  try {
    return records(text.slice(0, 20_000), separator).next().value ?? [];
  } catch {
    return []; // a quote that is not closed within these: told where all of it is read
  }
}
