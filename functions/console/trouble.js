// What went wrong, in words, and what to do.

import { Refused, Unreachable } from "./api.js";
import { h } from "./dom.js";
import { T } from "./texts.js";

/** Texts and elements that tell of an error. */
export function excuse(error) {
  if (error instanceof Refused) return [error.message];
  if (!(error instanceof Unreachable)) return [T.broken];
  const link = h("a", { href: ".", target: "_blank", rel: "noopener" }, T.signIn);
  return [error.message, " ", link, T.tryAgain];
}
