// Questions about a file in a dialog: a choice for each.

import { h, id } from "./dom.js";
import { L } from "./listtexts.js";
import { T } from "./texts.js";

/** For each question the number of the option that was chosen, or null; null where it was left.
 * questions: {label, options: [[number, text]], required, none: text for no choice}. */
export function ask({ title, hint, questions }) {
  const heading = h("h2", { id: id() }, title);
  const selects = questions.map(({ options, required, none }) =>
    h(
      "select",
      { id: id(), required },
      h("option", { value: "" }, none ?? (required ? L.choose : L.notThere)),
      ...options.map(([value, text]) => h("option", { value }, text)),
    ),
  );
  const fields = questions.map(({ label }, at) =>
    h("div", { class: "field" }, h("label", { for: selects[at].id }, label), selects[at]),
  );
  return new Promise((resolve) => {
    const close = (chosen) => {
      dialog.remove();
      resolve(chosen);
    };
    const submit = (event) => {
      event.preventDefault();
      close(selects.map(({ value }) => (value === "" ? null : Number(value))));
    };
    const form = h(
      "form",
      { on: { submit } },
      heading,
      h("p", { class: "hint" }, hint),
      ...fields,
      h(
        "p",
        { class: "actions" },
        h("button", { class: "main" }, L.goOn),
        h("button", { type: "button", on: { click: () => close(null) } }, T.cancel),
      ),
    );
    const dialog = h(
      "dialog",
      { "aria-labelledby": heading.id, on: { cancel: () => close(null) } },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
