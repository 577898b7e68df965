// The view of one customer: the form, and the answer beside it.

import { Refused, lines, read } from "./api.js";
import { gauge, reasons } from "./bars.js";
import { h, id, say } from "./dom.js";
import { makeForm } from "./form.js";
import { pasted } from "./paste.js";
import { T } from "./texts.js";

/** {element, enter(settings), open(values)}: `open` shows and scores a customer of somewhere else. */
export function customerView(found) {
  const form = makeForm(found, { submitted: score, edited: compare, before: [pasting()], after: [actions()] });
  const status = h("p", { role: "status" });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const stale = h("p", { class: "stale-note", hidden: true }, T.stale);
  const shown = { gauge: gauge(found.bounds), reasons: reasons() };
  const empty = h("p", { class: "empty" }, T.ask);
  const answer = h("div", { class: "answer", hidden: true },
    shown.gauge.element, h("h2", {}, T.why), shown.reasons.element);
  const element = h("div", { class: "customer" },
    h("section", { class: "entry", "aria-label": T.customer }, h("h1", {}, T.views.customer), form.element),
    h("section", { class: "result", "aria-label": T.answer }, status, trouble, stale, empty, answer));
  let asked = new AbortController(), scored = null;

  form.write(found.example);

  async function score() {
    asked.abort();
    const { signal } = (asked = new AbortController());
    const values = form.read();
    say(status, T.scoring);
    try {
      const [row] = await first("predict/batch?reasons=true", [values], signal);
      signal.throwIfAborted();
      if (row.errors) return refused(row.errors);
      scored = JSON.stringify(values);
      show(row);
    } catch (error) {
      if (error.name !== "AbortError") fail(error);
    }
  }

  function show(row) {
    form.wrong([]);
    say(trouble, "");
    shown.gauge.show(row);
    shown.reasons.show(row);
    answer.hidden = false;
    empty.hidden = true;
    say(status, T.scored(row.churn_probability, T.risk[row.risk]));
    compare();
  }

  function refused(faults) {
    say(status, "");
    form.wrong(faults);
  }

  function fail(error) {
    say(status, "");
    trouble.replaceChildren(error.message);
  }

  /** An answer to other values than those of the form is greyed, and says so. */
  function compare() {
    const changed = scored !== null && scored !== JSON.stringify(form.read());
    stale.hidden = !changed;
    answer.classList.toggle("stale", changed);
  }

  function pasting() {
    const hint = h("small", { id: id() }, T.pasteHint);
    const told = h("p", { role: "status", class: "told" });
    const box = h("textarea", { id: id(), rows: 2, spellcheck: "false", "aria-describedby": hint.id, on: { paste, keydown } });
    function paste(event) {
      event.preventDefault();
      event.stopPropagation();
      try {
        told.textContent = fill(event.clipboardData.getData("text"));
      } catch (error) {
        told.textContent = error.message;
      }
    }
    function keydown(event) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      score();
    }
    return h("div", { class: "field paste" }, h("label", { for: box.id }, T.paste), box, hint, told);
  }

  function fill(text) {
    const { values, dropped, missing } = pasted(text, found.fields);
    form.write(Object.fromEntries(values));
    compare();
    const said = [T.filled(found.fields.length - missing.length, found.fields.length)];
    if (dropped.length) said.push(T.dropped(dropped));
    if (missing.length) said.push(T.missing(missing));
    return said.join(" ");
  }

  function actions() {
    return h("p", { class: "actions" }, h("button", { class: "main" }, T.score), h("small", {}, T.scoreHint));
  }

  function open(values) {
    form.write(values);
    score();
  }

  return { element, open, enter() {} };
}

/** The first line of an answer. */
async function first(path, body, signal) {
  const response = await read(path, { body, signal });
  for await (const got of lines(response)) if (got.length) return got;
  throw new Refused(response.status, { title: T.broken });
}
