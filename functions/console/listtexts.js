// Every text of the list that the view of one customer does not need.

import { foreign, some } from "./texts.js";

/** An amount without its currency, which a list does not know; nothing where there is none. */
export const amount = (value) =>
  value === null
    ? ""
    : value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const count = (value) => value.toLocaleString("en");

export const L = {
  file: "Choose a file, or drop it here",
  fileHint: "CSV with any separator, NDJSON, or JSON; at most 100,000 customers.",
  pasteList: "Paste a list, with its headings",
  reading: "Reading …",
  noRows: "There are no customers in this.",
  tooMany: (most) => `A list may hold at most ${count(most)} customers.`,
  column: (number) => `column ${number}`,
  columnTwice: (name) => `Chosen twice: ${foreign(name)}.`,
  whichColumns: "Which column is it?",
  whichColumnsHint: "No heading names these fields. Customers without them are refused.",
  choose: "choose a column",
  notThere: "not in this list",
  whichLevels: "What do these mean?",
  whichLevelsHint: (others) =>
    "What stays without a meaning is sent as it is, and refused with the reason." +
    (others ? ` ${some(others, "more text")} are not shown.` : ""),
  unknownLevel: (fields, cell, number) =>
    `${fields.join(", ")}: ${foreign(cell)} (${some(number, fields.length > 1 ? "cell" : "row")})`,
  sentAsItIs: "send it as it is",
  goOn: "Go on",
  stop: "Stop",
  progress: "Scored so far",
  tenth: (share, all) => `${share} % of ${some(all, "customer")}`,
  allDone: (all, refused) =>
    `${some(all, "customer")}: all done${refused ? `, ${count(refused)} refused` : ""}.`,
  partDone: (done, all) => `Stopped: ${count(done)} of ${some(all, "customer")}.`,
  results: "Scored customers",
  customers: "Customers",
  row: (number) => `Row ${number}`,
  rowLabel: "Row",
  leaveOf100: "Leave, of 100",
  riskLabel: "Risk",
  mainReason: "Main reason",
  offerLabel: "Offer",
  bringsLabel: "Expected value",
  valueLabel: "Value of the customer",
  contactLabel: "Contact",
  contactIt: "contact",
  filters: { risk: "Risk", offer: "Offer", reason: "A reason" },
  all: "all",
  search: "Search in all rows",
  howMany: "How many can you contact?",
  marked: (number, sum) => `Marked: the best ${count(number)}, expected value ${sum} in all.`,
  page: (from, to, all) => `${count(from)} to ${count(to)} of ${count(all)}`,
  pageBack: "Page before",
  pageOn: "Next page",
  totals: {
    customers: "Customers",
    atRisk: "At high risk",
    margin: "Margin at risk, of those with an offer",
    pays: "Offers that pay",
    leave: "Do nothing",
  },
  spread: (tenths) =>
    `Customers by tenths of the probability, lowest first: ${tenths.map(count).join(", ")}`,
  spreadHint: "Customers by probability of leaving, 0 to 100",
  download: "Download what is shown, all pages",
  downloaded: {
    share: "churn_probability",
    risk: "churn_risk",
    main: "churn_reason",
    offer: "churn_offer",
    brings: "churn_expected_value",
    value: "churn_customer_value",
    contact: "churn_contact",
  },
  fileName: "customers.csv",
  rejected: "Refused rows",
  noCustomer: "This line has more cells than there are headings, or is no customer at all.",
  rejectedName: "refused.csv",
  downloadRejected: "Download the refused rows",
  previous: "Customer before",
  next: "Next customer",
  backToList: "Back to the list",
  place: (at, all) => `${count(at)} of ${count(all)} in the list`,
};
