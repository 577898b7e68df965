// The form of one customer, made from the served schema.

import { IDENTIFIER, number } from "./columns.js";
import { h, id } from "./dom.js";
import { allowed, changed } from "./schema.js";
import { T } from "./texts.js";

/** {element, read(), write(values), wrong(faults), clear()}: values by name, the customer's own
 * number among them. */
export function makeForm(found, { submitted, edited, before = [], after = [] }) {
  const controls = new Map(found.fields.map((field) => [field.name, control(field)]));
  controls.set(IDENTIFIER, named());
  const summary = h("div", { class: "wrong", tabindex: -1, hidden: true });
  const element = h(
    "form",
    { novalidate: true, autocomplete: "off", on: { submit, change } },
    summary,
    ...before,
    controls.get(IDENTIFIER).element,
    ...groups(found, controls),
    ...after,
  );
  element.addEventListener("input", () => edited());
  element.addEventListener("keydown", enter);

  /** In a choice too, where browsers leave it without effect. */
  function enter(event) {
    if (event.key === "Enter" && event.target.matches("select")) submit(event);
  }

  function submit(event) {
    event.preventDefault();
    submitted();
  }

  function read() {
    const values = [...controls].map(([name, one]) => [name, one.read()]);
    return Object.fromEntries(values.filter(([, value]) => value !== null));
  }

  /** What is written stays as it is, even where it contradicts; the function tells. */
  function write(values) {
    for (const [name, value] of Object.entries(values)) controls.get(name)?.write(value);
    restrict();
    wrong([]);
  }

  /** A level that others follow from: they change with it, so that nothing contradicts. */
  function change({ target }) {
    const before = read();
    if (!(target.name in before)) return;
    const next = changed(found, before, target.name, before[target.name]);
    for (const [name, value] of Object.entries(next)) {
      if (value !== before[name]) controls.get(name).write(value);
    }
    restrict();
  }

  function restrict() {
    const values = read();
    for (const [name, one] of controls) one.restrict?.(allowed(found.rules, values, name));
  }

  /** Shows faults at their fields and in a summary, which gets the focus. */
  function wrong(faults) {
    for (const [name, one] of controls)
      one.fault(faults.find(({ field }) => field === name)?.message);
    summary.hidden = faults.length === 0;
    document.title = faults.length ? T.error(T.title) : T.title;
    const items = faults.map(({ field, message }) =>
      h("li", {}, link(controls.get(field), field, message)),
    );
    summary.replaceChildren(
      h("h2", {}, T.wrong(faults.length)),
      h("div", { role: "alert" }, h("ul", {}, ...items)),
    );
    const faulty = element.querySelectorAll("details:has([aria-invalid])");
    for (const details of faulty) details.open = true;
    if (faults.length) summary.focus();
  }

  restrict();
  return { element, read, write, wrong };
}

function link(one, field, message) {
  if (!one) return h("span", {}, h("bdi", {}, field), `: ${message}`);
  const jump = (event) => {
    event.preventDefault();
    one.input.focus();
  };
  return h("a", { href: `#${one.input.id}`, on: { click: jump } }, `${one.label}: ${message}`);
}

/** A group for each heading; the fields that no score needs are folded away. */
function groups({ fields }, controls) {
  const shown = fields.filter(({ unused }) => !unused);
  const unused = fields.filter((field) => field.unused);
  const elements = (some) => some.map(({ name }) => controls.get(name).element);
  const headings = [...new Set(shown.map(({ group }) => group))];
  const made = headings.map((heading) =>
    h(
      "fieldset",
      {},
      heading ? h("legend", {}, heading) : null,
      ...elements(shown.filter(({ group }) => group === heading)),
    ),
  );
  const folded = h(
    "details",
    {},
    h("summary", {}, T.unused(unused.length)),
    h("fieldset", {}, ...elements(unused)),
  );
  return unused.length ? [...made, folded] : made;
}

function control(field) {
  return field.levels ? choice(field) : entry(field);
}

function named() {
  const field = { name: IDENTIFIER, label: T.identifier, hint: T.identifierHint };
  const input = h("input", { name: field.name, id: id(), maxlength: 100, spellcheck: "false" });
  return {
    ...labelled(field, input),
    read: () => input.value.trim() || null,
    write: (value) => {
      input.value = value ?? "";
    },
  };
}

function entry(field) {
  const input = h("input", {
    name: field.name,
    id: id(),
    inputmode: field.whole ? "numeric" : "decimal",
  });
  const range = T.range(field.minimum, field.maximum, field.unit);
  const hint = field.required ? range : `${range}. ${T.mayBeBlank}`;
  return {
    ...labelled({ ...field, hint }, input),
    read: () => number(input.value) ?? (field.required ? "" : null),
    write: (value) => {
      input.value = value ?? "";
    },
  };
}

function choice(field) {
  const options = field.levels.map(({ value, label }) => h("option", { value }, label));
  if (!field.required) options.unshift(h("option", { value: "" }, T.notKnown));
  const select = h("select", { name: field.name, id: id() }, ...options);
  const value = () => field.levels.find((level) => String(level.value) === select.value)?.value;

  /** A text that is no level is shown and sent as it is. */
  function write(given) {
    select.querySelector("[data-pasted]")?.remove();
    select.value = given ?? "";
    if (select.value === String(given ?? "") && select.selectedIndex >= 0) return;
    select.append(h("option", { value: given, "data-pasted": true }, T.asPasted(given)));
    select.value = given;
  }

  function restrict(may) {
    for (const option of select.options) {
      const level = field.levels.find((one) => String(one.value) === option.value);
      option.disabled = option.hidden = Boolean(may && level && !may.has(level.value));
    }
  }

  const read = () => value() ?? (select.value || (field.required ? "" : null));
  return { ...labelled(field, select), read, write, restrict };
}

/** The field with its label, its hint and the place for what is wrong with it. */
function labelled({ label, hint }, input) {
  const told = hint ? h("small", { id: id() }, hint) : null;
  const fault = h("strong", { id: id(), class: "fault", hidden: true });
  input.setAttribute("aria-describedby", [told?.id, fault.id].filter(Boolean).join(" "));
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: input.id }, label),
    input,
    told,
    fault,
  );
  return {
    element,
    input,
    label,
    fault(message) {
      fault.hidden = !message;
      fault.textContent = message ?? "";
      if (message) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    },
  };
}
