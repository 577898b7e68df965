// Starts the page: the head with its views, and the view that the address names.

import { h } from "./dom.js";
import { customerView } from "./customer.js";
import { address, route } from "./route.js";
import { schema } from "./schema.js";
import { T } from "./texts.js";

/** Each makes {element, enter(settings), leave?()} out of the schema and of a way to `open` a
 * customer; made when first entered. */
const VIEWS = {
  customer: async () => customerView,
  list: async () => (await import("./list.js")).listView,
};
const FIRST = "customer";

const main = document.querySelector("#main");
const made = new Map();
let current = null;

async function show(found) {
  const { view: asked, settings } = route();
  const name = Object.hasOwn(VIEWS, asked) ? asked : FIRST;
  const make = await VIEWS[name]();
  if (route().view !== asked) return; // somebody went on
  const open = (values, bar) => opened(found, values, bar);
  if (!made.has(name)) made.set(name, make(found, { open }));
  if (current !== name) {
    if (current) made.get(current).leave?.();
    main.replaceChildren(made.get(name).element);
    for (const link of document.querySelectorAll("nav a")) {
      link.setAttribute("aria-current", link.hash.slice(1) === name ? "page" : "false");
    }
  }
  current = name;
  made.get(name).enter(settings);
}

/** Shows a customer of a list, as a step to go back from. bar: what leads through the list. */
async function opened(found, values, bar) {
  if (current !== FIRST) {
    history.pushState(null, "", address(FIRST));
    await show(found);
  }
  made.get(FIRST).open(values, bar);
}

function head() {
  const links = Object.keys(VIEWS).map((name) => h("a", { href: address(name) }, T.views[name]));
  const views = links.length > 1 ? h("nav", { "aria-label": T.viewsLabel }, ...links) : null;
  document
    .querySelector("#head")
    .append(h("p", { class: "brand" }, T.title), ...(views ? [views] : []));
  document.querySelector("#foot").append(h("a", { href: "docs" }, T.documents));
}

async function start() {
  head();
  try {
    const found = await schema();
    history.scrollRestoration = "manual"; // a view knows where it was left
    await show(found);
    addEventListener("hashchange", () => show(found));
    const { unsentCount } = await import("./unsent.js");
    document.querySelector("#head").append(unsentCount());
  } catch (error) {
    main.replaceChildren(h("h1", {}, T.notStarted), h("p", { role: "alert" }, error.message));
  }
}

start();
