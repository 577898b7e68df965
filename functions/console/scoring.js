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
 * On a quick line the next call is under way while the answers to one are read.
 * Throws Unreachable, Refused, AbortError, Error: then it may go on at the first one without. */
export async function scored(count, first, customer, got, signal) {
  let next = first,
    size = FEW,
    vain = 0,
    ahead = null;
  function start(from, end) {
    const rows = portion(from, Math.min(from + size, end), customer);
    const response = read(PATH, { text: `[${rows.join(",")}]`, signal });
    response.catch(() => {}); // whoever waits is told
    return { from, end: from + rows.length, response };
  }
  while (next < count) {
    const call = ahead?.from === next ? ahead : start(next, ahead?.from ?? count);
    if (call === ahead) ahead = null;
    if (size === MANY && call.end < count) ahead ??= start(call.end, count);
    const begun = performance.now();
    const fault = await broken(call.response, (line) => got(next++, line), signal);
    const tooLarge = fault?.status === 413;
    if (tooLarge && call.end === call.from + 1) got(next++, alone(fault));
    if (tooLarge) size = 1;
    else if (!fault) size = performance.now() - begun < QUICK ? MANY : FEW;
    vain = tooLarge || next > call.from ? 0 : vain + 1;
    if (vain === TRIES) throw fault ?? new Error(T.broken);
  }
}

/** What ended an answer before its time, if anything. Throws what another try does not change. */
async function broken(response, got, signal) {
  try {
    for await (const some of lines(await response)) {
      for (const line of some) {
        signal.throwIfAborted();
        if (!line.done) got(line);
      }
    }
  } catch (error) {
    const isFinal = error instanceof Refused && error.status !== 413;
    if (isFinal || error.name === "AbortError") throw error;
    return error;
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
