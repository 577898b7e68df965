// How likely, and why: the gauge with its bounds, and the reasons as bars that add up.

import { h, s, say } from "./dom.js";
import { T, pick } from "./texts.js";

const logit = (share) => Math.log(share / (1 - share));

/** {element, show(scored)}: the share of 100, the risk in words, and where the bounds are. */
export function gauge(bounds) {
  const marker = s("rect", { class: "marker", y: 0, width: 0.8, height: 8 });
  const edges = Object.entries(bounds ?? {});
  const band = (risk, from, to) =>
    s("rect", { class: `band ${risk}`, x: from * 100, y: 2, width: (to - from) * 100, height: 4 });
  const starts = [["low", 0], ...edges, ["", 1]];
  const bands = starts.slice(0, -1).map(([risk, from], at) => band(risk, from, starts[at + 1][1]));
  const picture = s(
    "svg",
    { viewBox: "0 0 100 8", preserveAspectRatio: "none", role: "img" },
    ...bands,
    marker,
  );
  const figure = h("p", { class: "share" });
  const risk = h("p", { class: "risk" });
  const scale = h(
    "p",
    { class: "scale" },
    edges.map(([name, from]) => T.from(T.risk[name], from)).join(", "),
  );
  function show({ churn_probability: share, risk: found }) {
    say(figure, T.leave(share));
    say(risk, pick(T.risk, found));
    picture.setAttribute("aria-label", T.gauge(share, pick(T.risk, found)));
    marker.setAttribute("x", Math.min(Math.max(share * 100 - 0.4, 0), 99.2));
  }
  return { element: h("div", { class: "gauge" }, figure, risk, picture, scale), show };
}

/** {element, show(scored)}: from the average customer to this one, a line for each reason. */
export function reasons(fields) {
  const label = (name) => fields.find((field) => field.name === name)?.label ?? name;
  const list = h("ol", { class: "bars" });
  const outside = h("p", { class: "outside", hidden: true });
  function show(scored) {
    const steps = added(scored);
    const ends = steps.flatMap(({ from, to }) => [from, to]);
    const [low, high] = [Math.min(...ends) - 0.1, Math.max(...ends) + 0.1];
    const place = (value) => ((value - low) / (high - low)) * 100;
    list.replaceChildren(...steps.map((step) => line(step, place, steps[0].to)));
    const beyond = scored.outside_training ?? [];
    outside.hidden = beyond.length === 0;
    say(outside, beyond.length ? T.outside(beyond.map(label)) : "");
  }
  return { element: h("div", {}, h("p", { class: "hint" }, T.whyHint), list, outside), show };
}

/** Each step from one log-odds to the next, beginning with the average. */
function added({ churn_probability, average_probability, other_effects, reasons: found }) {
  const effects = found.map(({ text, effect }) => ({ text, effect }));
  if (other_effects) effects.push({ text: T.others, effect: other_effects });
  const end = logit(churn_probability);
  let at =
    average_probability === undefined
      ? end - effects.reduce((sum, { effect }) => sum + effect, 0)
      : logit(average_probability);
  const steps =
    average_probability === undefined
      ? []
      : [{ text: T.average, from: at, to: at, said: T.share(average_probability) }];
  for (const { text, effect } of effects) {
    const said = effect > 0 ? T.up(effect) : T.down(effect);
    steps.push({ text, from: at, to: at + effect, said, kind: effect > 0 ? "up" : "down" });
    at += effect;
  }
  return [...steps, { text: T.this, from: end, to: end, said: T.share(churn_probability) }];
}

function line({ text, from, to, said, kind = "end" }, place, average) {
  const [left, right] = [place(Math.min(from, to)), place(Math.max(from, to))];
  const bar = s("rect", {
    class: kind,
    x: Math.max(left - (kind === "end") * 0.5, 0),
    y: 1,
    width: Math.max(right - left, 1),
    height: 8,
  });
  const middle = s("line", {
    class: "axis",
    x1: place(average),
    x2: place(average),
    y1: 0,
    y2: 10,
  });
  const picture = s(
    "svg",
    { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    middle,
    bar,
  );
  return h(
    "li",
    { class: kind },
    h("span", { class: "text" }, text),
    picture,
    h("span", { class: "said" }, said),
  );
}
