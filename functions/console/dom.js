// Elements out of names, attributes and children. A text becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. `on` holds listeners; true sets an attribute, null and false leave it out. */
export const h = (name, attributes, ...children) =>
  fill(document.createElement(name), attributes, children);

/** The same of SVG. */
export const s = (name, attributes, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

function fill(element, attributes, children) {
  const { on = {}, ...others } = attributes ?? {};
  for (const [name, value] of Object.entries(others)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let count = 0;

/** An id that no other element has. */
export const id = () => `n${++count}`;

/** Sets a text only where it is another one, so that nothing is announced twice. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
