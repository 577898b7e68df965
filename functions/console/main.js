// Starts the page: the head with its views, and the view that the address names.

import { h } from "./dom.js";
import { customerView } from "./customer.js";
import { address, route } from "./route.js";
import { schema } from "./schema.js";
import { T } from "./texts.js";

/** Each makes {element, enter(settings), leave?()} out of the schema; made when first entered. */
const VIEWS = { customer: customerView };
const FIRST = "customer";

const main = document.querySelector("#main");
const made = new Map();
let current = null;

function show(found) {
  const { view: asked, settings } = route();
  const name = Object.hasOwn(VIEWS, asked) ? asked : FIRST;
  if (!made.has(name)) made.set(name, VIEWS[name](found));
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
    show(found);
    addEventListener("hashchange", () => show(found));
    const { unsentCount } = await import("./unsent.js");
    document.querySelector("#head").append(unsentCount());
  } catch (error) {
    main.replaceChildren(h("h1", {}, T.notStarted), h("p", { role: "alert" }, error.message));
  }
}

start();
