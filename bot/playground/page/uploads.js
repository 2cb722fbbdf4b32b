// The files that go with the next message: a card each, with its description and whether it is a spoiler.

import { announce, el, freshId } from "./dom.js";
import { lookAt, sizeText } from "./files.js";
import { glyph } from "./glyphs.js";

const MOST = 10; // files in one message
const LONGEST_DESCRIPTION = 1024;

export class Uploads {
  #cards = new Map(); // file → {card, spoiler, description}

  constructor({ picker, changed }) {
    this.changed = changed;
    this.node = el("ul", { class: "uploads", "aria-label": "Files to send", hidden: true });
    picker.addEventListener("change", () => {
      this.add(picker.files);
      picker.value = "";
    });
  }

  get files() {
    return [...this.#cards.keys()];
  }

  add(files) {
    for (const file of [...files].slice(0, MOST - this.#cards.size)) this.#add(file, {});
    announce(`${this.#cards.size} ${this.#cards.size === 1 ? "file" : "files"} to send`);
    this.changed();
  }

  /** What is to be sent, as {file, spoiler, description}. */
  taken() {
    return [...this.#cards].map(([file, { spoiler, description }]) => ({
      file,
      spoiler: spoiler.getAttribute("aria-pressed") === "true",
      description: description.value.trim(),
    }));
  }

  restore(taken) {
    for (const { file, ...how } of taken) this.#add(file, how);
  }

  clear() {
    this.#cards.clear();
    this.node.replaceChildren();
    this.node.hidden = true;
  }

  #add(file, { spoiler = false, description = "" }) {
    const id = freshId("description");
    const said = el("input", { id, type: "text", class: "upload-description", placeholder: "Describe it (alt text)", maxlength: LONGEST_DESCRIPTION, value: description, "aria-label": `Description of ${file.name}` });
    const cover = el("button", { class: "upload-button", type: "button", "aria-pressed": String(spoiler), "aria-label": `${file.name} is a spoiler`, title: "Spoiler" }, glyph("eye"));
    const away = el("button", { class: "upload-button danger", type: "button", "aria-label": `Do not send ${file.name}`, title: "Remove" }, glyph("trash"));
    const card = el(
      "li",
      { class: `upload ${spoiler ? "hidden-one" : ""}`, "data-file": file.name },
      el("div", { class: "upload-face" }, lookAt(file) ?? glyph("file")),
      el("p", { class: "upload-name" }, file.name, el("span", { class: "subtext" }, ` ${sizeText(file.size)}`)),
      said,
      el("div", { class: "upload-buttons" }, cover, away),
    );
    cover.addEventListener("click", () => {
      const hidden = cover.getAttribute("aria-pressed") !== "true";
      cover.setAttribute("aria-pressed", String(hidden));
      card.classList.toggle("hidden-one", hidden);
    });
    away.addEventListener("click", () => {
      this.#cards.delete(file);
      card.remove();
      this.node.hidden = !this.#cards.size;
      document.getElementById("composer").focus();
    });
    this.#cards.set(file, { card, spoiler: cover, description: said });
    this.node.append(card);
    this.node.hidden = false;
  }
}

/** Lets files be dropped anywhere on the page; `take(files)` gets them. */
export function onDrop(take) {
  const veil = document.getElementById("drop-veil");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}
