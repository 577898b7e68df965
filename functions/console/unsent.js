// How many outcomes are not sent yet: always to be seen, and asked about when the page is closed.

import { h, say } from "./dom.js";
import { begin, forget } from "./queue.js";
import { T } from "./texts.js";

export function unsentCount() {
  const count = h("span", { role: "status" });
  const why = h("span", { class: "trouble" });
  const dismiss = h(
    "button",
    { type: "button", hidden: true, on: { click: () => forget(refused) } },
    T.forget,
  );
  let refused = [],
    unsent = 0;

  addEventListener("beforeunload", (event) => {
    if (unsent) event.preventDefault();
  });

  function changed(now) {
    ({ unsent, refused } = now);
    say(count, unsent ? T.unsent(unsent) : T.allSent);
    const faults = [...new Set(refused.map(({ fault }) => fault))];
    if (faults.length) say(why, T.refusedOutcomes(refused.length, faults));
    else say(why, now.signIn ? T.unreachableOutcomes : "");
    dismiss.hidden = refused.length === 0;
  }

  begin(changed).catch(() => say(count, T.noStore));
  return h("p", { class: "unsent" }, count, " ", why, dismiss);
}
