// Calls of the function, relative to wherever the page is.

import { T } from "./texts.js";

const READ_AGAIN = [500, 1000, 2000]; // milliseconds before each further try

/** Nobody answered, or the sign-in has expired: what was entered is kept. */
export class Unreachable extends Error {}

/** The function answered that it can't: `faults` are its {field, message}, `wait` its seconds. */
export class Refused extends Error {
  constructor(status, problem, wait) {
    super(problem.detail ?? problem.title ?? T.refused(status));
    Object.assign(this, { status, faults: problem.errors ?? [], wait });
  }
}

/** The response of a call that went well. `text` is a body that is JSON already.
 * Throws Unreachable, Refused, and AbortError. */
export async function call(path, { body, text, headers = {}, ...options } = {}) {
  const json = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const sent = json === undefined ? {} : { method: "POST", body: json };
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  const asked = { "X-Requested-With": "XMLHttpRequest", ...type, ...headers };
  let response;
  try {
    response = await fetch(path, { ...sent, ...options, headers: asked });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Unreachable(T.unreachable);
  }
  if (response.status === 401) throw new Unreachable(T.unreachable);
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem, Number(response.headers.get("Retry-After")));
}

/** As `call`, for what changes nothing: tried again where nobody answered or there was no room. */
export async function read(path, options) {
  for (const wait of READ_AGAIN) {
    try {
      return await call(path, options);
    } catch (error) {
      if (!(error instanceof Unreachable) && error.status !== 503) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
      options?.signal?.throwIfAborted();
    }
  }
  return call(path, options);
}

/** The lines of an NDJSON answer as they arrive, in lists. */
export async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part; !(part = await reader.read()).done;) {
    const got = (rest + part.value).split("\n");
    rest = got.pop();
    yield got.filter(Boolean).map((line) => JSON.parse(line));
  }
  if (rest.trim()) yield [JSON.parse(rest)];
}
