// The view of one customer: the form, and the answer beside it.

import { call, lines, read } from "./api.js";
import { IDENTIFIER } from "./columns.js";
import { h } from "./dom.js";
import { makeForm } from "./form.js";
import { pasteBox } from "./pastebox.js";
import { T } from "./texts.js";

/** {element, enter(settings), open(values, bar)}: `open` scores a customer of somewhere else, whom
 * the bar leads back to. */
export function customerView(found) {
  const form = makeForm(found, {
    submitted: score,
    edited: compare,
    before: [pasteBox(found.fields, fill, score)],
    after: [actions()],
  });
  const place = h("div", { class: "from-list" });
  const element = h(
    "div",
    { class: "customer" },
    place,
    h(
      "section",
      { class: "entry", "aria-label": T.customer },
      h("h1", {}, T.views.customer),
      form.element,
    ),
  );
  let asked = new AbortController(),
    scored = null,
    panel = null;

  /** The form can be used while the rest is being loaded. */
  const ready = import("./answer.js").then(({ answerPanel }) => {
    panel = answerPanel(found, decideAnew);
    element.append(panel.element);
  });
  ready.catch(() => element.append(h("p", { role: "alert" }, T.notStarted)));

  form.write(found.example);
  const blank = Object.fromEntries(found.fields.map(({ name }) => [name, ""]));

  /** What was asked before is of no interest any more. */
  function newer() {
    asked.abort();
    asked = new AbortController();
    return asked.signal;
  }

  async function score() {
    const signal = newer(),
      values = form.read();
    await ready;
    panel.busy(T.scoring);
    await answered(async () => {
      const row = await firstLine(values, signal);
      if (row.errors) {
        panel.busy("");
        form.wrong(row.errors);
        return;
      }
      scored = { values, text: JSON.stringify(values) };
      form.wrong([]);
      panel.score(row, values);
      compare();
      await decide(signal);
    });
  }

  /** The same customer, spoken to in another way, or with more that is known. */
  async function decideAnew() {
    if (scored) await answered(() => decide(newer()));
  }

  async function decide(signal) {
    const body = { ...scored.values, context: panel.context() };
    const headers = { Accept: "application/x-ndjson" };
    const response = await call("predict?explain=true", { body, headers, signal });
    let first = true;
    for await (const got of lines(response)) {
      for (const answer of got) {
        signal.throwIfAborted();
        if (first) panel.offer(answer);
        else panel.reword(answer);
        first = false;
      }
    }
  }

  async function answered(work) {
    try {
      await work();
    } catch (error) {
      if (error.name !== "AbortError") panel.fail(error);
    }
  }

  /** An answer to other values than those of the form is greyed, and says so. */
  function compare() {
    panel?.stale(scored !== null && scored.text !== JSON.stringify(form.read()));
  }

  /** Another customer, of no list. */
  function fill(values, context) {
    place.replaceChildren();
    write(values, context);
  }

  /** What is known of the customer before does not hold. */
  function write(values, context = {}) {
    form.write({ [IDENTIFIER]: "", ...values });
    ready.then(() => panel.fresh(context));
    compare();
  }

  function actions() {
    const fresh = () => fill(found.example);
    return h(
      "p",
      { class: "actions" },
      h("button", { class: "main" }, T.score),
      h("small", {}, T.scoreHint),
      h("button", { type: "button", class: "see", on: { click: () => panel?.see() } }, T.see),
      h("button", { type: "button", on: { click: fresh } }, T.fresh),
    );
  }

  function open({ context, ...values }, bar) {
    if (bar.parentElement !== place) {
      place.replaceChildren(bar);
      bar.querySelector("button").focus();
    }
    form.write(blank);
    write(values, context);
    return score();
  }

  return { element, open, enter: (settings) => ready.then(() => panel.settings(settings)) };
}

async function firstLine(values, signal) {
  const response = await read("predict/batch?reasons=true", { body: [values], signal });
  for await (const got of lines(response)) {
    signal.throwIfAborted();
    if (got.length) return got[0];
  }
  throw new Error(T.broken);
}
