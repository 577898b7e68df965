// The answer to one customer: how likely, why, what to offer, and what else can be asked.

import { questions } from "./ask.js";
import { gauge, reasons } from "./bars.js";
import { h, say } from "./dom.js";
import { offerCard } from "./offer.js";
import { makeTalk } from "./talk.js";
import { T, pick } from "./texts.js";
import { excuse } from "./trouble.js";
import { whatIf } from "./whatif.js";
import { whyNot } from "./whynot.js";

/** `decideAnew` is called when something is known that was not. Nodes stay, their texts change. */
export function answerPanel(found, decideAnew) {
  const status = h("p", { role: "status" });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const stale = h("p", { class: "stale-note", role: "status" });
  const empty = h("p", { class: "empty" }, T.empty);
  const talk = makeTalk(found.facts, decideAnew);
  const ask = questions(found.facts, decideAnew);
  const parts = {
    gauge: gauge(found.bounds),
    reasons: reasons(found.fields),
    whyNot: whyNot(),
    whatIf: whatIf(found),
  };
  const card = offerCard(found, another);
  const why = h("section", { class: "because-of" }, h("h2", {}, T.why), parts.reasons.element);
  const offered = h(
    "div",
    { class: "offered", hidden: true },
    card.element,
    ask.element,
    parts.whyNot.element,
  );
  const shown = h(
    "div",
    { class: "answer", hidden: true },
    parts.gauge.element,
    why,
    talk.element,
    offered,
    parts.whatIf.element,
  );
  const element = h(
    "section",
    { class: "result", tabindex: -1, "aria-label": T.answer },
    status,
    trouble,
    stale,
    empty,
    shown,
  );
  let said = "";

  function score(row, values) {
    parts.gauge.show(row);
    parts.reasons.show(row);
    parts.whatIf.show(values);
    shown.hidden = false;
    empty.hidden = true;
    trouble.replaceChildren();
    said = T.scored(row.churn_probability, pick(T.risk, row.risk));
    say(status, said);
  }

  function offer(answer) {
    card.show(answer, talk.context().language);
    ask.ask(answer.offer.not_checked);
    parts.whyNot.show(answer.offer);
    offered.hidden = false;
    trouble.replaceChildren();
    say(status, `${said} ${T.offer(answer.offer.id === null ? T.nothing : answer.offer.name)}`);
  }

  function fail(error) {
    say(status, "");
    trouble.replaceChildren(...excuse(error));
  }

  function another(answer) {
    talk.exclude(answer.offer.id, answer.offer.name);
  }

  /** Nothing is known of another customer but what comes with their row. */
  function fresh(context) {
    ask.clear(context);
    talk.clear();
    talk.write(context);
    offered.hidden = true;
  }

  return {
    element,
    score,
    offer,
    fail,
    fresh,
    busy: (text) => say(status, text),
    see: () => element.focus(),
    reword: card.reword,
    settings: talk.write,
    context: () => ({ ...talk.context(), ...ask.facts() }),
    stale(is) {
      say(stale, is ? T.stale : "");
      shown.classList.toggle("stale", is);
    },
  };
}
