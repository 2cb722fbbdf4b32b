// Where one reads: stays at the newest message, or stays put; fetches older messages; leads back to the present.

import { el } from "./dom.js";
import { glyph } from "./glyphs.js";

const NEAR = 120; // pixels from the end within which new messages pull the view along
const AHEAD = "600px 0px"; // how far above the view older messages are fetched

export class Scroll {
  #stuck = true;
  #missed = 0;
  #watched = null;

  constructor({ older }) {
    this.node = document.getElementById("scroll");
    this.list = document.getElementById("messages");
    this.present = el("button", { class: "to-present", type: "button", hidden: true, onclick: () => this.toEnd({ focus: true }) });
    this.node.after(this.present);
    this.node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // What grows without being new (pictures that load, a message that is edited) must not leave the end behind.
    this.sizes = new ResizeObserver(() => this.#stuck && this.#down());
    this.sizes.observe(this.list);
    this.sizes.observe(this.node);
    this.sight = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && older(), { root: this.node, rootMargin: AHEAD });
  }

  /** Another place is shown: begins at its end. */
  reset() {
    this.#missed = 0;
    this.toEnd();
  }

  toEnd({ focus = false } = {}) {
    this.#stuck = true;
    this.#down();
    this.#scrolled();
    if (focus) document.getElementById("composer").focus();
  }

  /** A message came at the end. */
  arrived() {
    if (this.#stuck) this.#down();
    else this.#missed++;
    this.#offer();
  }

  /** Does `change`, which adds above, without moving what is in view. */
  holding(change) {
    const mark = [...this.list.children].find((one) => one.matches("[data-message-id]") && one.getBoundingClientRect().bottom > this.node.getBoundingClientRect().top);
    const before = mark?.getBoundingClientRect().top;
    change();
    if (mark) this.node.scrollTop += mark.getBoundingClientRect().top - before;
  }

  /** Calls `older` when `node` comes near. */
  watch(node) {
    if (this.#watched) this.sight.unobserve(this.#watched);
    this.#watched = node;
    if (node) this.sight.observe(node);
  }

  #down() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    const left = scrollHeight - scrollTop - clientHeight;
    this.#stuck = left < NEAR;
    if (this.#stuck) this.#missed = 0;
    this.far = left > clientHeight;
    this.#offer();
  }

  #offer() {
    this.present.hidden = this.#stuck || !(this.far || this.#missed);
    const news = this.#missed === 1 ? "1 new message" : `${this.#missed} new messages`;
    this.present.replaceChildren(glyph("down"), this.#missed ? `${news} · Jump to present` : "Jump to present");
  }
}
