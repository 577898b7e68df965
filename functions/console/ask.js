// Facts that rules could not check, as questions: an answer decides anew.

import { h, id, say } from "./dom.js";
import { CHOSEN } from "./talk.js";
import { T } from "./texts.js";

/** {element, ask(open), facts(), clear(given)}; `answered()` is told when a fact was given or taken. */
export function questions(schema, answered) {
  const list = h("ul", { class: "questions" });
  const known = h("p", { class: "known" });
  const element = h(
    "section",
    { class: "ask", hidden: true },
    h("h2", {}, T.askTitle),
    h("p", { class: "hint" }, T.askHint),
    known,
    list,
  );
  const shown = new Map(),
    facts = new Map();

  /** Answered questions stay where they are, so that nothing moves under the finger. */
  function ask(open) {
    for (const { field, question } of open) {
      if (shown.has(field)) continue;
      shown.set(field, one(field, question));
      list.append(shown.get(field));
    }
    const wanted = new Set(open.map(({ field }) => field));
    for (const [field, node] of shown) {
      if (wanted.has(field) || facts.has(field) || node.contains(document.activeElement)) continue;
      node.remove();
      shown.delete(field);
    }
    element.hidden = shown.size === 0 && facts.size === 0;
  }

  function one(field, question) {
    const kind = schema.get(field);
    const label = h("span", { id: id() }, question);
    const give = (value) => {
      if (value === null) facts.delete(field);
      else facts.set(field, value);
      answered();
    };
    const answer = kind?.type === "boolean" ? chips(label.id, give) : amount(label.id, give);
    return h("li", {}, label, answer);
  }

  /** Forgets all but what is given, which is not asked any more. */
  function clear(given) {
    shown.clear();
    facts.clear();
    list.replaceChildren();
    element.hidden = true;
    const told = Object.entries(given).filter(
      ([name]) => schema.has(name) && !CHOSEN.includes(name),
    );
    for (const [name, value] of told) facts.set(name, value);
    say(
      known,
      told.length ? T.known(told.map(([name, value]) => [schema.get(name).label, value])) : "",
    );
  }

  return { element, ask, clear, facts: () => Object.fromEntries(facts) };
}

function chips(label, give) {
  const made = [
    [T.yes, true],
    [T.no, false],
    [T.notKnown, null],
  ].map(([text, value]) =>
    h(
      "button",
      { type: "button", "aria-pressed": String(value === null), on: { click: press } },
      text,
    ),
  );
  const values = [true, false, null];
  function press(event) {
    made.forEach((button) =>
      button.setAttribute("aria-pressed", String(button === event.currentTarget)),
    );
    give(values[made.indexOf(event.currentTarget)]);
  }
  return h("span", { class: "chips", role: "group", "aria-labelledby": label }, ...made);
}

function amount(label, give) {
  const input = h("input", { inputmode: "decimal", size: 6, "aria-labelledby": label });
  const submit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    give(text === "" ? null : text);
  };
  return h("form", { class: "chips", on: { submit } }, input, h("button", {}, T.use));
}
