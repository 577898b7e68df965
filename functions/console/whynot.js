// Why not another offer: the rule or the money that lost, for whoever asks for it by its name.

import { h, id, say } from "./dom.js";
import { T, money } from "./texts.js";

/** {element, show(offer)} */
export function whyNot() {
  const names = h("datalist", { id: id() });
  const input = h("input", {
    id: id(),
    list: names.id,
    spellcheck: "false",
    on: { input: answer },
  });
  const status = h("p", { role: "status" });
  const element = h(
    "section",
    { class: "whynot" },
    h("h2", {}, T.whyNot),
    h("div", { class: "field" }, h("label", { for: input.id }, T.whyNotLabel), input),
    names,
    status,
  );
  let trace = [],
    currency;

  function show(offer) {
    ({ trace, currency } = offer);
    names.replaceChildren(...trace.map(({ name }) => h("option", { value: name })));
    answer();
  }

  function answer() {
    const wanted = input.value.trim().toLowerCase();
    const found = trace.filter(({ name }) => name.toLowerCase().includes(wanted));
    const exact =
      found.find(({ name }) => name.toLowerCase() === wanted) ??
      (found.length === 1 ? found[0] : null);
    if (!wanted) say(status, "");
    else say(status, exact ? told(exact) : T.severalOffers(found.map(({ name }) => name)));
  }

  function told({ name, why, checks, economics }) {
    const vetoes = checks.filter(({ result }) => result === "veto").map(({ text }) => text);
    const lost = vetoes.length > 1 ? T.vetoes(vetoes) : why;
    return [T.about(name, lost), economics && T.lost(money(economics.expected_value, currency))]
      .filter(Boolean)
      .join(" ");
  }

  return { element, show };
}
