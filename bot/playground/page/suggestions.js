// The list that opens above the message box: commands, or the choices of an option.

import { avatar } from "./avatar.js";
import { el, freshId } from "./dom.js";

/** A listbox driven from an input by arrow keys, Tab and Enter, which keeps the input's focus. */
export class Suggestions {
  #items = [];
  #active = -1;
  #input = null;
  #pick = null;

  constructor() {
    this.node = el("ul", { class: "suggestions", role: "listbox", id: freshId("suggestions"), hidden: true, "aria-label": "Suggestions" });
  }

  get open() {
    return !this.node.hidden;
  }

  /** Shows `items` ({title, detail, value, user?}) for `input`; `pick(value)` takes one. `eager` marks the first. */
  show(input, items, pick, { eager = false, label = "Suggestions" } = {}) {
    if (this.#input && this.#input !== input) this.hide();
    if (!items.length) return this.hide();
    this.#input = input;
    this.#items = items;
    this.#pick = pick;
    this.node.setAttribute("aria-label", label);
    this.node.replaceChildren(
      ...items.map((item, index) =>
        el(
          "li",
          {
            role: "option",
            id: `${this.node.id}-${index}`,
            "aria-selected": "false",
            "data-value": item.value?.name ?? item.value,
            // Pressing must not take the focus out of the input.
            onpointerdown: (event) => event.preventDefault(),
            onclick: () => this.#choose(index),
          },
          item.user ? avatar(item.user) : null,
          el("span", { class: "suggestion-title" }, item.title),
          item.detail ? el("span", { class: "suggestion-detail" }, item.detail) : null,
        ),
      ),
    );
    this.node.hidden = false;
    if (input.getAttribute("role") === "combobox") input.setAttribute("aria-expanded", "true");
    this.#mark(eager ? 0 : -1);
    return undefined;
  }

  hide() {
    this.node.hidden = true;
    if (this.#input?.getAttribute("role") === "combobox") this.#input.setAttribute("aria-expanded", "false");
    this.#input?.removeAttribute("aria-activedescendant");
    this.#items = [];
    this.#active = -1;
  }

  /** Takes a key of the input's; true where the list used it up. */
  key(event) {
    if (!this.open) return false;
    const count = this.#items.length;
    if (event.key === "ArrowDown") this.#mark((this.#active + 1) % count);
    else if (event.key === "ArrowUp") this.#mark((Math.max(this.#active, 0) - 1 + count) % count);
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Tab" && !event.shiftKey) this.#choose(Math.max(this.#active, 0));
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#active);
    else return false;
    event.preventDefault();
    return true;
  }

  #mark(index) {
    this.#active = index;
    [...this.node.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return this.#input.removeAttribute("aria-activedescendant");
    const node = this.node.children[index];
    node.scrollIntoView({ block: "nearest" });
    return this.#input.setAttribute("aria-activedescendant", node.id);
  }

  #choose(index) {
    const item = this.#items[index];
    this.hide();
    this.#pick(item.value);
  }
}
