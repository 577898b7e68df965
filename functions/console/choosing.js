// Where a list is dropped, chosen or pasted.

import { h, id } from "./dom.js";
import { L } from "./listtexts.js";

/** `given` gets the bytes of a file or a text. */
export function chooseList(given) {
  const file = h("input", { type: "file", id: id(), on: { change: choose } });
  const box = h("textarea", { id: id(), rows: 2, spellcheck: "false", on: { paste } });
  const label = (input, text) => h("label", { for: input.id }, text);

  async function take(files) {
    if (files.length) given(await files[0].arrayBuffer());
  }

  async function choose() {
    await take(file.files);
    file.value = ""; // the same one may be chosen again
  }

  function paste(event) {
    event.preventDefault();
    if (event.clipboardData.files.length) take(event.clipboardData.files);
    else given(event.clipboardData.getData("text"));
  }

  function drop(event) {
    event.preventDefault();
    const text = event.dataTransfer.getData("text");
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
    else if (text) given(text);
  }

  return h(
    "div",
    { class: "choosing", on: { drop, dragover: (event) => event.preventDefault() } },
    h("div", { class: "field" }, label(file, L.file), file, h("small", {}, L.fileHint)),
    h("div", { class: "field" }, label(box, L.pasteList), box),
  );
}
