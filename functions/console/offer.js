// The offer as a card, or that nothing pays: what is promised, what it brings, and what to say.

import { h, id, say } from "./dom.js";
import { outcomes } from "./outcomes.js";
import { T, money, pick, words } from "./texts.js";

/** {element, show(answer, language), reword(answer)}: `reword` brings the words that are last;
 * `another` is told when a different offer is wanted. */
export function offerCard(found, another) {
  const name = h("h2", { id: id() });
  const pays = h("p", { class: "pays" });
  const terms = h("dl", { class: "terms" });
  const why = h("p", { class: "because" });
  const next = h("button", { type: "button", on: { click: () => another(current) } }, T.another);
  const said = saying(next);
  const after = outcomes(found.outcome);
  const element = h(
    "section",
    { class: "card", "aria-labelledby": name.id, on: { keydown: after.key } },
    name,
    pays,
    terms,
    why,
    after.element,
    said.element,
  );

  let current = null;

  function show(answer, language) {
    current = answer;
    const { offer, metadata } = answer;
    say(name, offer.id === null ? T.nothing : offer.name);
    name.lang = offer.id === null ? "en" : language;
    say(why, offer.why);
    pays.hidden = terms.hidden = offer.id === null;
    if (offer.id !== null) promise(offer);
    said.show(answer, language);
    const others = offer.trace.filter(({ offer: other }) => other !== offer.id);
    after.show({
      decision: metadata.decision_id,
      offer: offer.id,
      others: others.map(({ offer: other, name: called }) => [other, called]),
    });
  }

  function promise(offer) {
    const { one_in: one, expected_value: brings } = offer.economics;
    const kind = pick(T.kinds, offer.kind);
    say(
      pays,
      [kind, one && T.paysIf(one, offer.kind), T.brings(money(brings, offer.currency))]
        .filter(Boolean)
        .join(" · "),
    );
    const numbers = Object.entries(offer.terms).map(([term, value]) => [
      words(term),
      amount(term, value, offer.currency),
    ]);
    const rows = [...numbers, [T.until, offer.accept_until]];
    terms.replaceChildren(
      ...rows.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))),
    );
  }

  return { element, show, reword: said.reword };
}

/** Terms are percent, months, and amounts. */
function amount(term, value, currency) {
  if (term === "percent") return `${value} %`;
  return term === "months" ? T.months(value) : money(value, currency);
}

/** The text to say. Another one takes its place only while it was not copied. */
function saying(next) {
  const text = h("div", {
    class: "words",
    tabindex: 0,
    role: "region",
    "aria-label": T.toSay,
    dir: "auto",
  });
  const writer = h("span", { class: "writer" });
  const copy = h("button", { type: "button", on: { click: copied } }, T.copy);
  const swap = h("button", { type: "button", hidden: true, on: { click: swapped } }, T.takeLater);
  const status = h("span", { role: "status" });
  const element = h(
    "div",
    { class: "say" },
    h("p", { class: "buttons" }, copy, next, swap, status),
    writer,
    text,
  );
  let shown = null,
    waiting = null,
    taken = false;

  function show(answer, language) {
    element.hidden = answer.offer.id === null;
    text.lang = language;
    taken = false;
    swap.hidden = true;
    say(status, "");
    put(answer);
  }

  function put(answer) {
    shown = answer;
    say(text, answer.marketing_offer);
    if (answer.offer.id !== null)
      say(writer, T.writtenBy(answer.offer.written_by, answer.offer.fallback_reason));
  }

  function reword(answer) {
    if (taken && answer.marketing_offer !== shown.marketing_offer) {
      waiting = answer;
      swap.hidden = false;
      return;
    }
    if (answer.marketing_offer !== shown.marketing_offer) fade();
    put(answer);
  }

  function fade() {
    text.classList.remove("fresh");
    void text.offsetWidth; // so that it begins anew
    text.classList.add("fresh");
  }

  async function copied() {
    await toClipboard(shown.marketing_offer);
    taken = true;
    say(status, T.copied);
  }

  function swapped() {
    put(waiting);
    taken = false;
    copy.focus();
    swap.hidden = true;
    say(status, "");
  }

  return { element, show, reword };
}

/** Also without https, where browsers have no clipboard for pages. */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text);
  }
}

function copySelected(text) {
  const before = document.activeElement;
  const box = h("textarea", { class: "copying", "aria-hidden": "true", tabindex: -1 });
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
  before.focus();
}
