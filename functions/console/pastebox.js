// Where a row is pasted: it fills the form, and is not kept.

import { h, id, say } from "./dom.js";
import { pasted } from "./paste.js";
import { T } from "./texts.js";

/** `filled` gets the values by field and the context of the row; `entered` is Enter. */
export function pasteBox(fields, filled, entered) {
  const hint = h("small", { id: id() }, T.pasteHint);
  const told = h("p", { role: "status", class: "told" });
  const box = h("textarea", {
    id: id(),
    rows: 2,
    spellcheck: "false",
    "aria-describedby": hint.id,
    on: { paste, drop: paste, keydown },
  });

  function paste(event) {
    event.preventDefault();
    try {
      const { values, context, dropped, missing } = pasted(
        (event.clipboardData ?? event.dataTransfer).getData("text"),
        fields,
      );
      filled(Object.fromEntries(values), context);
      const said = [T.filled(fields.length - missing.length, fields.length)];
      if (dropped.length) said.push(T.dropped(dropped));
      if (missing.length) said.push(T.missing(missing));
      say(told, said.join(" "));
    } catch (error) {
      say(told, error.message);
    }
  }

  function keydown(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (box.value.trim()) say(told, T.pasteIt);
    else entered();
  }

  return h("div", { class: "field paste" }, h("label", { for: box.id }, T.paste), box, hint, told);
}
