// Every text of the page.

const percent = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const aligned = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const factor = (value) => value.toLocaleString("en", { maximumSignificantDigits: 2 });
export const some = (count, one, many = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const listed = new Intl.ListFormat("en", { type: "conjunction" });

const bounded = (share) => Math.min(Math.max(share * 100, 0.1), 99.9);

/** A share of 1 as a number of 100: no certainty, where there is none. */
export const inHundred = (share) => percent.format(bounded(share));

/** The same where such numbers stand under each other. */
export const inHundredBelow = (share) => aligned.format(bounded(share));

/** An amount in its currency. */
export const money = (amount, currency) =>
  amount.toLocaleString("en", { style: "currency", currency: currency ?? "USD" });

/** A text of somebody else within one of ours: short, and without what turns or hides text. */
export const foreign = (text) => {
  const plain = String(text).replace(/\p{C}/gu, "");
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
};
const LONGEST = 60;

/** A key of the function's answers as words. */
export const words = (key) => key.replaceAll("_", " ").replaceAll("-", " ");

/** The words for a key; the key itself where there are none. */
export const pick = (table, key) => (Object.hasOwn(table, key) ? table[key] : words(String(key)));

/** The name of a language in English. */
export const language = (code) => new Intl.DisplayNames("en", { type: "language" }).of(code);

const fact = (value) =>
  value === true ? "yes" : value === false ? "no" : foreign(value ?? "not known");
const WRITERS = { approved: "approved by a person", gemini: "Gemini's", template: "our template" };

export const T = {
  title: "Churn",
  views: { customer: "One customer", list: "A list" },
  viewsLabel: "Views",
  documents: "All calls of this function",
  error: (title) => `Error: ${title}`,

  unreachable:
    "Nobody answered. Perhaps the connection is lost, or your sign-in has expired. " +
    "What you entered is kept:",
  signIn: "sign in again in a new tab",
  tryAgain: ", come back here, and try again.",
  refused: (status) => `The function refused this (${status}).`,
  broken: "The function's answer could not be read. Try again.",
  notStarted: "The page could not be started.",

  customer: "Customer",
  paste: "Paste a customer",
  pasteHint: "A row from a spreadsheet, CSV or JSON, with headings or without, fills the form.",
  filled: (count, all) => `${count} of ${some(all, "field")} filled.`,
  dropped: (names) => `Not used: ${listed.format(names.map(foreign))}.`,
  missing: (names) => `Not in the row, and left as it was: ${listed.format(names)}.`,
  notARow: "No customer could be read in this. Paste the headings as well.",
  notJson: "This begins like JSON, and is none.",
  unclosed: (row) => `Row ${row}: a quote is not closed.`,
  twice: (names) => `Twice in the headings: ${listed.format(names.map(foreign))}.`,
  identifier: "Customer's number",
  identifierHint: "May be left out.",
  unused: (count) => `Not used for the score: ${some(count, "field")}`,
  mayBeBlank: "May be left out.",
  notKnown: "Not known",
  asPasted: (text) => `${foreign(text)} (as pasted)`,
  range: (low, high, unit) =>
    [`${low} to ${high.toLocaleString("en")}`, unit].filter(Boolean).join(" "),
  score: "Score",
  scoreHint: "or press Enter",
  see: "See the answer",
  fresh: "New customer",
  wrong: (count) => `${some(count, "field")} must be corrected`,
  scoring: "Scoring …",

  answer: "Answer",
  empty: "Enter a customer and press Enter. The answer stands here.",
  stale: "The customer was changed since. Press Enter to score again.",
  risk: { low: "low risk", medium: "medium risk", high: "high risk" },
  leave: (share) => `${inHundred(share)} in 100 such customers leave`,
  gauge: (share, risk) => `${inHundred(share)} in 100: ${risk}`,
  from: (risk, share) => `${risk} from ${inHundred(share)}`,
  outside: (names) => `Beyond all that the score was trained on: ${listed.format(names)}.`,
  why: "Why",
  whyHint: "From the average customer to this one. × says how the odds of leaving change.",
  average: "The average customer",
  others: "Everything else together",
  this: "This customer",
  up: (effect) => `pushes up × ${factor(Math.exp(effect))}`,
  down: (effect) => `pulls down × ${factor(Math.exp(effect))}`,
  share: (share) => `${inHundred(share)} in 100`,
  pasteIt: "Paste the row here: what is typed is not read.",

  talkTitle: "How the customer is spoken to",
  talk: { channel: "Channel", language: "Language", tone: "Tone", direction: "Who called" },
  directions: { outbound: "we called", inbound: "the customer called" },
  declined: (names) => `Not offered again: ${listed.format(names)}.`,
  allowAll: "Allow all again",

  offer: (name) => `Offer: ${name}.`,
  nothing: "Do nothing",
  kinds: { retention: "To keep the customer", value_added: "For a customer who stays" },
  paysIf: (one, kind) =>
    `pays if 1 in ${one} ${kind === "retention" ? "leavers" : "customers"} accepts`,
  brings: (amount) => `expected value ${amount}`,
  lost: (amount) => `Its expected value: ${amount}.`,
  until: "last day to accept",
  months: (count) => some(count, "month"),
  toSay: "What to say",
  copy: "Copy",
  copied: "Copied.",
  another: "Another offer",
  takeLater: "Take Gemini's words instead",
  writtenBy: (writer, reason) =>
    [`Words: ${pick(WRITERS, writer)}`, reason && `Gemini's are missing: ${words(reason)}`]
      .filter(Boolean)
      .join("; "),

  whatCame: "What became of it",
  outcomes: {
    shown: "Shown",
    accepted: "Accepted",
    declined: "Declined",
    overridden: "Said something else",
  },
  keys: "Keys 1 to 4 while the focus is in this card",
  kept: (name) => `${name}: kept.`,
  takeBack: "Take back",
  takenBack: "Taken back.",
  tooLate: "This was sent already: choose what holds now.",
  instead: "Offered instead",
  reason: "Reason",
  whyLabel: "Why",
  noReason: "no reason given",
  save: "Save",
  cancel: "Cancel",
  unsent: (count) => `${some(count, "outcome")} not sent yet`,
  allSent: "All outcomes sent",
  refusedOutcomes: (count, faults) => `${some(count, "outcome")} refused: ${faults.join("; ")}`,
  unreachableOutcomes: "Nobody answers, or your sign-in has expired. They are kept.",
  forget: "Forget them",
  noStore: "This browser keeps nothing: outcomes can't be recorded here.",

  askTitle: "Ask",
  askHint: "What is not known could not be checked. Each answer decides anew.",
  known: (facts) =>
    `Known: ${listed.format(facts.map(([name, value]) => `${name}: ${fact(value)}`))}.`,
  yes: "Yes",
  no: "No",
  use: "Use",

  whyNot: "Why not …",
  whyNotLabel: "Name of an offer",
  severalOffers: (names) =>
    names.length ? `Which one: ${listed.format(names)}?` : "There is no offer of this name.",
  about: (name, why) => `${name}: ${why}`,
  vetoes: (texts) => `Not allowed. ${texts.join(". ")}.`,

  whatIf: "What if",
  whatIfHint:
    "Similar customers who differ in one thing. This does not say that a change lowers the risk.",
  asNumber: (label) => `${label} as a number`,
  at: (value, unit, share) =>
    `${Math.round(value * 100) / 100} ${unit}: ${inHundred(share)} in 100 leave`,
  similar: (share) => `${share} in 100 similar customers leave`,

  scored: (share, risk) => `Scored: ${inHundred(share)} in 100, ${risk}.`,
};
