// What the shown rows come to, and how their probabilities are spread.

import { h, s, say } from "./dom.js";
import { L, amount, count } from "./listtexts.js";

const PARTS = ["customers", "atRisk", "margin", "pays", "leave"];

/** {element, show(totals)} */
export function totalsPanel() {
  const values = new Map(PARTS.map((name) => [name, h("dd", {})]));
  const terms = PARTS.map((name) =>
    h("div", {}, h("dt", {}, L.totals[name]), values.get(name)),
  );
  const bars = Array.from({ length: 10 }, (_, at) =>
    s("rect", { class: "tenth", x: at * 10 + 0.5, width: 9 }),
  );
  const picture = s(
    "svg",
    { viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img" },
    ...bars,
  );

  function show(found) {
    for (const [name, value] of values) {
      say(value, name === "margin" ? amount(found.margin) : count(found[name]));
    }
    const most = Math.max(...found.tenths, 1);
    found.tenths.forEach((of, at) => {
      bars[at].setAttribute("height", (of / most) * 30);
      bars[at].setAttribute("y", 30 - (of / most) * 30);
    });
    picture.setAttribute("aria-label", L.spread(found.tenths));
  }

  const spread = h("div", { class: "spread" }, picture, h("small", {}, L.spreadHint));
  const element = h("div", { class: "totals" }, h("dl", { class: "terms" }, ...terms), spread);
  return { element, show };
}
