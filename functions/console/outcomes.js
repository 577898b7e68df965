// What became of the offer: four buttons with keys, a reason where there is one, and back again.

import { h, id, say } from "./dom.js";
import { TAKE_BACK, keep, takeBack } from "./queue.js";
import { T, words } from "./texts.js";

const NAMES = ["shown", "accepted", "declined", "overridden"];
const SWITCH = "churn keys";
const DOUBLE_CLICK = 500; // milliseconds

/** {element, show({decision, offer, others}), key(event)}: `others` are [id, name] of the others. */
export function outcomes(schema) {
  const buttons = NAMES.filter((name) => schema.outcome.enum.includes(name)).map((name, at) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        "aria-keyshortcuts": at + 1,
        value: name,
        on: { click: () => choose(name) },
      },
      h("kbd", { "aria-hidden": "true" }, `${at + 1}`),
      ` ${T.outcomes[name]}`,
    ),
  );
  const keys = h("input", {
    type: "checkbox",
    id: id(),
    on: { change: () => localStorage.setItem(SWITCH, keys.checked) },
  });
  keys.checked = localStorage.getItem(SWITCH) !== "false";
  const status = h("span", { role: "status" });
  const undo = h("button", { type: "button", hidden: true, on: { click: back } }, T.takeBack);
  const why = reasonForm(schema, record, () => pressed()?.focus());
  const element = h(
    "div",
    { class: "outcomes" },
    h("div", { class: "buttons", role: "group", "aria-label": T.whatCame }, ...buttons),
    why.element,
    h("p", { class: "kept" }, status, undo),
    h("p", { class: "switch" }, keys, h("label", { for: keys.id }, T.keys)),
  );
  let of = null,
    last = null,
    asked = null;

  const pressed = () => buttons.find(({ value }) => value === asked);

  function show(decision) {
    of = decision;
    last = asked = null;
    undo.hidden = true;
    say(status, "");
    why.close();
    mark(null);
    for (const button of buttons) button.hidden = !decision.offer && button.value !== "overridden";
  }

  function choose(name) {
    asked = name;
    if (name === "declined" || name === "overridden")
      why.open(name === "overridden" ? of.others : null);
    else record({});
  }

  async function record(more) {
    const outcome = { decision_id: of.decision, outcome: asked, ...more };
    if (last && last.outcome.outcome === asked && Date.now() - last.at < DOUBLE_CLICK) return;
    last = { outcome, at: Date.now() };
    why.close();
    mark(asked);
    try {
      kept(await keep(outcome));
    } catch {
      say(status, T.noStore);
      mark(null);
    }
  }

  function kept({ key, outcome }) {
    last.key = key;
    say(status, T.kept(T.outcomes[outcome.outcome]));
    undo.hidden = false;
    setTimeout(() => last?.key === key && hide(), TAKE_BACK);
  }

  async function back() {
    const taken = await takeBack(last.key);
    say(status, taken ? T.takenBack : T.tooLate);
    if (taken) mark(null);
    hide();
  }

  /** The focus stays in the card. */
  function hide() {
    if (document.activeElement === undo) buttons.find((button) => !button.hidden).focus();
    undo.hidden = true;
  }

  function mark(name) {
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.value === name));
  }

  function key(event) {
    const at = Number(event.key) - 1;
    const typing = event.target.matches("input, select, textarea");
    if (!keys.checked || typing || event.ctrlKey || event.altKey || event.metaKey || !buttons[at])
      return;
    event.preventDefault(); // else the choice that gets the focus would read the key too
    if (!buttons[at].hidden) choose(buttons[at].value);
  }

  return { element, show, key };
}

/** Which offer was made instead, and why: from the lists that the function takes. */
function reasonForm(schema, record, left) {
  const known = schema.reason?.anyOf?.find((part) => part.enum)?.enum ?? [];
  const instead = h("select", { id: id() });
  const reason = h(
    "select",
    { id: id() },
    h("option", { value: "" }, T.noReason),
    ...known.map((value) => h("option", { value }, words(value))),
  );
  const offer = h("div", { class: "field" }, h("label", { for: instead.id }, T.instead), instead);
  const element = h(
    "form",
    { class: "why", hidden: true, "aria-label": T.whyLabel, on: { submit, keydown } },
    offer,
    h("div", { class: "field" }, h("label", { for: reason.id }, T.reason), reason),
    h("button", {}, T.save),
    h("button", { type: "button", on: { click: cancel } }, T.cancel),
  );

  function open(others) {
    offer.hidden = others === null;
    instead.replaceChildren(...(others ?? []).map(([value, name]) => h("option", { value }, name)));
    reason.value = "";
    element.hidden = false;
    (others ? instead : reason).focus();
  }

  function submit(event) {
    event.preventDefault();
    const said = offer.hidden ? {} : { offer: instead.value };
    left();
    record(reason.value ? { ...said, reason: reason.value } : said);
  }

  function cancel() {
    left();
    element.hidden = true;
  }

  function keydown(event) {
    if (event.key === "Escape") cancel();
  }

  return {
    element,
    open,
    close: () => {
      element.hidden = true;
    },
  };
}
