// Which rows of a list are shown, in which order, and what they come to.

export const NOTHING = "nothing";
export const SORTS = ["brings", "share", "value", "at"];
const FIRST_SORT = "-brings";

/** What a line of the function's answer says of a row, as far as a list needs it. */
export function item(at, identifier, line) {
  if (line.errors) return { at, identifier, errors: line.errors };
  const up = line.reasons.filter(({ effect }) => effect > 0);
  const { id, name, expected_value: brings, value } = line.offer;
  return {
    at,
    identifier,
    share: line.churn_probability,
    risk: line.risk,
    offer: id ?? NOTHING,
    name,
    brings: brings ?? null,
    value: value ?? null,
    reasons: up.map(({ feature }) => feature),
    main: up[0]?.text ?? "",
  };
}

/** How it is sorted: one of SORTS, "-" in front for the largest first. */
export const sorting = (asked) =>
  SORTS.includes(asked?.replace(/^-/, "")) ? asked : FIRST_SORT;

/** The items that pass the filters. matches(at, words): whether a row holds what is looked for. */
export function filtered(items, { risk, offer, reason }, search, matches) {
  const words = search.trim().toLowerCase();
  return items.filter(
    (one) =>
      (!risk || one.risk === risk) &&
      (!offer || one.offer === offer) &&
      (!reason || one.reasons.includes(reason)) &&
      (!words || matches(one.at, words)),
  );
}

/** In order, and as they came where they are equal; what has no number comes last either way. */
export function sorted(items, asked) {
  const name = asked.replace(/^-/, "");
  const sign = asked[0] === "-" ? -1 : 1;
  const keys = items.map((one) => (one[name] === null ? Infinity : sign * one[name]));
  const places = Uint32Array.from(keys.keys());
  places.sort((one, other) => keys[one] - keys[other] || one - other);
  return Array.from(places, (place) => items[place]);
}

/** The rows with the highest expected value, where that is more than nothing, and its sum. */
export function best(items, count) {
  const worth = count ? items.filter(({ brings }) => brings > 0) : [];
  const chosen = sorted(worth, FIRST_SORT).slice(0, count);
  return { rows: new Set(chosen.map(({ at }) => at)), sum: sum(chosen, ({ brings }) => brings) };
}

const sum = (items, of) => items.reduce((total, one) => total + of(one), 0);

/** What the totals say: numbers by name, and how many leave in each tenth of the probability. */
export function totals(items) {
  const tenths = Array(10).fill(0);
  for (const { share } of items) tenths[Math.min(Math.floor(share * 10), 9)]++;
  return {
    customers: items.length,
    atRisk: items.filter(({ risk }) => risk === "high").length,
    margin: sum(items, ({ share, value }) => share * (value ?? 0)),
    pays: items.filter(({ offer }) => offer !== NOTHING).length,
    leave: items.filter(({ offer }) => offer === NOTHING).length,
    tenths,
  };
}
