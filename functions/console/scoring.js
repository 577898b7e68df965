// Many customers, asked for in calls of some hundred: as fast as the line is, and never twice.

import { Refused, lines, read } from "./api.js";
import { T } from "./texts.js";

const PATH = "predict/batch?offer=decide&reasons=true";
const FEW = 250;
const MANY = 500;
const QUICK = 1000; // milliseconds: a call that takes less may be followed by a larger one
const MOST_CHARACTERS = 1_000_000;
const TRIES = 3;

/** Answers the rows from `first` on: `got(at, line)` for each in order. Ends when all are answered.
 * Throws Unreachable, Refused, AbortError, Error: then it may go on at the first one without. */
export async function scored(count, first, customer, got, signal) {
  let next = first,
    size = FEW,
    vain = 0;
  while (next < count) {
    const rows = portion(next, Math.min(next + size, count), customer);
    const begun = performance.now(),
      before = next;
    try {
      for await (const line of answers(rows, signal)) got(next++, line);
    } catch (error) {
      const tooLarge = error instanceof Refused && error.status === 413;
      if (error.name === "AbortError" || (error instanceof Refused && !tooLarge)) throw error;
      vain = tooLarge || next > before ? 0 : vain + 1;
      if (vain === TRIES) throw error;
      if (tooLarge && rows.length === 1) got(next++, alone(error));
      if (tooLarge) size = 1;
      continue;
    }
    vain = next > before ? 0 : vain + 1;
    if (vain === TRIES) throw new Error(T.broken);
    size = performance.now() - begun < QUICK ? MANY : FEW;
  }
}

/** As many rows as a call may hold; one at least. */
function portion(from, to, customer) {
  const rows = [];
  let characters = 0;
  for (let at = from; at < to; at++) {
    const row = JSON.stringify(customer(at));
    characters += row.length;
    if (rows.length && characters > MOST_CHARACTERS) break;
    rows.push(row);
  }
  return rows;
}

const alone = ({ message }) => ({ status: 413, errors: [{ field: "(body)", message }] });

/** The lines of one call but for the last one, which counts them. */
async function* answers(rows, signal) {
  const text = `[${rows.join(",")}]`;
  const response = await read(PATH, { text, signal });
  for await (const some of lines(response)) {
    for (const line of some) {
      signal.throwIfAborted();
      if (!line.done) yield line;
    }
  }
}
