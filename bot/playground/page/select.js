// A select menu: a button that says what is chosen, and a list that opens from it.

import { avatar } from "./avatar.js";
import { el, freshId } from "./dom.js";
import { glyph } from "./glyphs.js";
import { icon } from "./icons.js";
import { openPopover } from "./popover.js";

const TYPED_PAUSE = 700; // milliseconds after which typed letters begin a new word

export class Chooser {
  #chosen;
  #list = null;
  #active = -1;
  #typed = { text: "", at: 0 };

  /**
   * `options` are Discord's ({value, label, description?, emoji?, default?}), or people ({value, label, user}).
   * `changed(values)` is called when one choice was made, or a list of several was closed with other ones.
   */
  constructor({ options, least = 1, most = 1, placeholder, label = placeholder, changed = () => {} }) {
    Object.assign(this, { options, least, most, placeholder, changed });
    this.#chosen = options.filter((one) => one.default);
    this.wasOpen = false;
    this.listId = freshId("choices");
    this.face = el("span", { class: "chosen" });
    this.node = el(
      "button",
      { type: "button", class: "select", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-label": label },
      this.face,
      glyph("chevron"),
    );
    // The press that opens must not be the press outside that closes.
    this.node.addEventListener("pointerdown", () => (this.wasOpen = this.#list !== null));
    this.node.addEventListener("click", () => {
      if (this.#list || this.wasOpen) this.close();
      else this.open();
      this.wasOpen = false;
    });
    this.node.addEventListener("keydown", (event) => this.#key(event));
    this.#draw();
  }

  get values() {
    return this.#chosen.map((one) => one.value);
  }

  open() {
    this.before = this.values.join("\n");
    this.#list = el("ul", { class: "choices", role: "listbox", id: this.listId, "aria-label": this.placeholder, "aria-multiselectable": this.most > 1 ? "true" : null });
    this.#list.append(...this.options.map((option, index) => this.#entry(option, index)));
    // The list belongs to the button, which keeps the focus.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    openPopover(this.#list, { anchor: this.node, wide: true, closed: () => this.#closed() });
    this.node.setAttribute("aria-expanded", "true");
    this.node.setAttribute("aria-controls", this.listId);
    this.#mark(Math.max(0, this.options.findIndex((one) => this.#chosen.includes(one))));
  }

  close() {
    this.#list?.hidePopover();
  }

  #closed() {
    this.#list = null;
    this.node.setAttribute("aria-expanded", "false");
    this.node.removeAttribute("aria-activedescendant");
    this.node.removeAttribute("aria-controls");
    const count = this.#chosen.length;
    if (this.most > 1 && this.before !== this.values.join("\n") && count >= this.least) this.changed(this.values);
  }

  #entry(option, index) {
    const chosen = this.#chosen.includes(option);
    return el(
      "li",
      { role: "option", id: `${this.listId}-${index}`, "aria-selected": String(chosen), "data-value": option.value, onclick: () => this.#take(option) },
      option.user ? avatar(option.user) : option.emoji ? el("span", { class: "emoji" }, icon(option.emoji.name ?? "")) : null,
      el("span", { class: "choice-words" }, el("span", {}, option.label), option.description ? el("span", { class: "subtext" }, option.description) : null),
      el("span", { class: "choice-check" }, glyph("check")),
    );
  }

  #take(option) {
    if (this.most === 1) {
      const again = this.#chosen[0] === option;
      this.#chosen = again && this.least === 0 ? [] : [option];
      this.#draw();
      this.close();
      this.changed(this.values);
      return;
    }
    if (this.#chosen.includes(option)) this.#chosen = this.#chosen.filter((one) => one !== option);
    else if (this.#chosen.length < this.most) this.#chosen = [...this.#chosen, option];
    this.#draw();
    [...this.#list.children].forEach((node, at) => node.setAttribute("aria-selected", String(this.#chosen.includes(this.options[at]))));
  }

  #draw() {
    const words = this.#chosen.map((one) => el("span", { class: "chosen-one" }, one.emoji?.name ? [icon(one.emoji.name), " "] : null, one.label));
    this.face.replaceChildren(...(words.length ? words : [el("span", { class: "nothing-chosen" }, this.placeholder)]));
    this.face.classList.toggle("several", this.most > 1 && words.length > 0);
  }

  #mark(index) {
    this.#active = index;
    [...this.#list.children].forEach((node, at) => node.classList.toggle("active", at === index));
    const node = this.#list.children[index];
    node?.scrollIntoView({ block: "nearest" });
    if (node) this.node.setAttribute("aria-activedescendant", node.id);
  }

  #key(event) {
    const last = this.options.length - 1;
    if (!this.#list) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.open();
      }
      return;
    }
    const to = {
      ArrowDown: Math.min(this.#active + 1, last),
      ArrowUp: Math.max(this.#active - 1, 0),
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) this.#mark(to);
    else if (event.key === "Enter" || event.key === " ") this.#take(this.options[this.#active]);
    else if (event.key === "Escape" || event.key === "Tab") this.close();
    else if (event.key.length === 1) this.#find(event);
    if (event.key !== "Tab") event.preventDefault();
  }

  #find(event) {
    const text = event.timeStamp - this.#typed.at < TYPED_PAUSE ? this.#typed.text + event.key : event.key;
    this.#typed = { text: text.toLowerCase(), at: event.timeStamp };
    const found = this.options.findIndex((one) => one.label.toLowerCase().replace(/^[@#]/, "").startsWith(this.#typed.text));
    if (found >= 0) this.#mark(found);
  }
}
