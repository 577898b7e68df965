// How the customer is spoken to, and what was offered in vain: the context of each request.

import { h, id, say } from "./dom.js";
import { keep, route } from "./route.js";
import { T, language, pick, words } from "./texts.js";

/** Kept in the address, since nothing of a customer is in them. */
const KEPT = ["channel", "language", "tone"];
export const CHOSEN = [...KEPT, "direction"];

/** {element, context(), write(settings), exclude(id, name), clear()} */
export function makeTalk(facts, changed) {
  const selects = new Map(
    CHOSEN.filter((name) => facts.get(name)?.levels).map((name) => [name, select(name)]),
  );
  const fields = [...selects].map(([name, made]) =>
    h(
      "div",
      { class: "field" },
      h("label", { for: made.id }, T.talk[name] ?? facts.get(name).label),
      made,
    ),
  );
  const declined = new Map();
  const told = h("span", {});
  const again = h(
    "p",
    { class: "declined", hidden: true },
    told,
    " ",
    h("button", { type: "button", on: { click: allow } }, T.allowAll),
  );
  const element = h("section", { class: "talk", "aria-label": T.talkTitle }, ...fields, again);

  function select(name) {
    const shown = (value) => (name === "language" ? language(value) : pick(T.directions, value));
    const options = facts.get(name).levels.map(({ value }) => h("option", { value }, shown(value)));
    return h("select", { id: id(), name, on: { change } }, ...options);
  }

  function change() {
    const kept = Object.fromEntries(KEPT.map((name) => [name, selects.get(name)?.value]));
    keep(route().view || "customer", kept);
    changed();
  }

  /** Values that are no choice are ignored. */
  function write(settings) {
    for (const [name, made] of selects) {
      const known = facts.get(name).levels.some(({ value }) => value === settings[name]);
      if (known) made.value = settings[name];
    }
  }

  function context() {
    const chosen = Object.fromEntries([...selects].map(([name, made]) => [name, made.value]));
    return declined.size ? { ...chosen, exclude: [...declined.keys()] } : chosen;
  }

  function exclude(offer, name) {
    declined.set(offer, name);
    tell();
    changed();
  }

  function allow() {
    clear();
    selects.values().next().value.focus();
    changed();
  }

  function clear() {
    declined.clear();
    tell();
  }

  function tell() {
    again.hidden = declined.size === 0;
    say(told, declined.size ? T.declined([...declined.values()]) : "");
  }

  return { element, context, write, exclude, clear };
}
