// Similar customers: how many of those leave who differ in one thing. One call, then no more.

import { call, lines } from "./api.js";
import { h, id, s, say } from "./dom.js";
import { allowed, changed } from "./schema.js";
import { T, inHundred } from "./texts.js";

const MOST_ROWS = 200;
const MOST_POINTS = 40;

const logit = (share) => Math.log(share / (1 - share));
const share = (odds) => 1 / (1 + Math.exp(-odds));

/** {element, show(values)}: asked for when it is opened, and shown for these values. */
export function whatIf(found) {
  const place = h("div", {});
  const status = h("p", { role: "status" });
  const element = h(
    "details",
    { class: "whatif", on: { toggle: compute } },
    h("summary", {}, h("h2", {}, T.whatIf)),
    h("p", { class: "hint" }, T.whatIfHint),
    status,
    place,
  );
  let values = null,
    computed = null;

  function show(now) {
    values = now;
    compute();
  }

  async function compute() {
    if (!element.open || values === null || computed === values) return;
    const asked = (computed = values);
    try {
      const wanted = variants(found, asked);
      const shares = await scored(wanted.map(({ row }) => row));
      if (computed !== asked) return;
      place.replaceChildren(
        ...drawn(
          found,
          asked,
          wanted.map((one, at) => ({ ...one, share: shares[at] })),
        ),
      );
      say(status, "");
    } catch (error) {
      computed = null;
      say(status, error.message);
    }
  }

  return { element, show };
}

async function scored(rows) {
  const shares = [];
  for await (const got of lines(await call("predict/batch", { body: rows }))) {
    shares.push(...got.filter(({ done }) => !done).map((line) => line.churn_probability ?? null));
  }
  return shares;
}

/** Each level of each field, and points of each number, with the customer changed in it alone. */
function variants(found, values) {
  const used = found.fields.filter(({ unused }) => !unused);
  const levels = used
    .filter((field) => field.levels)
    .flatMap((field) => levelsOf(found, field, values));
  const numbers = used.filter(
    ({ levels: some, name }) => !some && typeof values[name] === "number",
  );
  const points = Math.min(
    MOST_POINTS,
    Math.floor((MOST_ROWS - levels.length) / Math.max(numbers.length, 1)),
  );
  return [...levels, ...numbers.flatMap((field) => pointsOf(field, values, points))].slice(
    0,
    MOST_ROWS,
  );
}

function levelsOf(found, field, values) {
  const may = allowed(found.rules, values, field.name);
  return field.levels
    .filter(({ value }) => !may || may.has(value))
    .map(({ value, label }) => ({
      field,
      value,
      label,
      row: changed(found, values, field.name, value),
    }));
}

function pointsOf(field, values, count) {
  const [low, high] = ends(field, values[field.name]);
  const steps = Math.max(field.whole ? Math.min(count - 2, high - low) : count - 2, 1);
  const exact = (value) => (field.whole ? Math.round(value) : Math.round(value * 100) / 100);
  const even = Array.from({ length: steps + 1 }, (_, at) => low + ((high - low) * at) / steps);
  const points = new Set([...even.map(exact), values[field.name]]);
  return [...points]
    .toSorted((one, other) => one - other)
    .map((value) => ({
      field,
      value,
      row: { ...values, [field.name]: value },
    }));
}

/** From the lowest to the highest number that the score was trained on, the customer's included. */
function ends(field, value) {
  const [low, high] = field.trained ?? [field.minimum, 2 * value || 1];
  return [
    Math.max(Math.min(low, value), field.minimum),
    Math.min(Math.max(high, value), field.maximum),
  ];
}

function drawn(found, values, variants_) {
  return found.fields.flatMap((field) => {
    const own = variants_.filter((one) => one.field === field && one.share !== null);
    if (own.length < 2) return [];
    return [field.levels ? table(field, values, own) : curve(field, values, own)];
  });
}

function table(field, values, own) {
  const rows = own.map(({ value, label, share: found }) =>
    h(
      "tr",
      value === values[field.name] ? { class: "own" } : {},
      h(
        "th",
        { scope: "row" },
        label + (value === values[field.name] ? ` (${T.this.toLowerCase()})` : ""),
      ),
      h("td", {}, T.share(found)),
    ),
  );
  return h("table", {}, h("caption", {}, field.label), h("tbody", {}, ...rows));
}

/** A slider with a number field, and the curve that it walks along. */
function curve(field, values, own) {
  const [low, high] = [own[0].value, own.at(-1).value];
  const step = field.whole ? 1 : "any";
  const slider = h("input", {
    type: "range",
    min: low,
    max: high,
    step,
    id: id(),
    on: { input: () => move(slider) },
  });
  const box = h("input", {
    type: "number",
    min: low,
    max: high,
    step,
    "aria-label": T.asNumber(field.label),
    on: { input: () => move(box) },
  });
  const said = h("output", { for: slider.id });
  const x = (value) => ((value - low) / (high - low)) * 100;
  const y = (value) => 40 - value * 40;
  const mark = s("line", { class: "here", y1: 0, y2: 40 });
  const line = own.map((one) => `${x(one.value)},${y(one.share)}`).join(" ");
  const picture = s(
    "svg",
    { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("polyline", { class: "curve", points: line }),
    mark,
  );

  function move(from) {
    const value = Math.min(Math.max(Number(from.value), low), high);
    const found = between(own, value);
    if (from !== slider) slider.value = value;
    if (from !== box) box.value = Math.round(value * 100) / 100;
    mark.setAttribute("x1", x(value));
    mark.setAttribute("x2", x(value));
    slider.setAttribute("aria-valuetext", T.at(value, field.unit, found));
    say(said, T.similar(inHundred(found)));
  }

  slider.value = values[field.name];
  move(slider);
  return h(
    "div",
    { class: "curves" },
    h("label", { for: slider.id }, field.label),
    slider,
    box,
    picture,
    said,
  );
}

/** The share at a value: straight in log-odds between two that were asked for, as the score is. */
function between(own, value) {
  const after = Math.max(
    own.findIndex((one) => one.value >= value),
    1,
  );
  const [from, to] = [own[after - 1], own[after]];
  const part = (value - from.value) / (to.value - from.value || 1);
  return share(logit(from.share) + part * (logit(to.share) - logit(from.share)));
}
