// The messages of the channel one looks at: drawn once, then kept up to date one at a time.

import { announce, el } from "./dom.js";
import { drawMessage, isLoading, nameOf, summary } from "./message.js";

const NEAR_THE_END = 120; // pixels from the bottom within which new messages pull the view along

export class ChannelView {
  #nodes = new Map(); // message id → article
  #messages = new Map();

  /** `context` is what messages need of the page; see components.js. */
  constructor(context) {
    this.context = context;
    this.list = document.getElementById("messages");
    this.scroller = document.getElementById("scroll");
  }

  /** Shows `messages` of another place, oldest first, or `hint` where there are none. */
  show(messages, hint) {
    this.hint = hint;
    this.#nodes.clear();
    this.#messages.clear();
    this.list.replaceChildren(...messages.map((message) => this.#draw(message)));
    this.#emptyOrNot();
    this.toEnd();
  }

  /** Brings the same place up to date; where one reads and what is on its way stay. */
  renew(messages, hint) {
    this.hint = hint;
    const left = new Set(messages.map((message) => message.id));
    for (const id of [...this.#nodes.keys()].filter((one) => !left.has(one))) this.remove(id);
    for (const message of messages) this.put(message);
    this.#emptyOrNot();
  }

  /** Adds or renews one message. */
  put(message) {
    const before = this.#nodes.get(message.id);
    const known = this.#messages.get(message.id);
    const stay = this.#isAtEnd();
    if (before) this.#replace(before, message);
    else this.list.append(this.#draw(message));
    this.#emptyOrNot();
    if (stay) this.toEnd();
    // Progress would talk without end: a screen reader hears new messages, and the first pictures of one.
    const pictures = (one) => JSON.stringify(one?.components ?? "").includes('"type":12');
    if (!known || isLoading(known) || (pictures(message) && !pictures(known))) announce(summary(message));
  }

  remove(id) {
    this.#nodes.get(id)?.remove();
    this.#nodes.delete(id);
    this.#messages.delete(id);
    this.#emptyOrNot();
  }

  /** Says beneath a message why pressing something in it did not work. */
  complain(id, text) {
    const node = this.#nodes.get(id);
    if (!node) return;
    node.querySelector(".problem")?.remove();
    node.append(el("p", { class: "problem", role: "alert" }, text));
    node.lastChild.scrollIntoView({ block: "nearest" });
  }

  /** A line for a command on its way; `settle(null)` takes it away, `settle(text)` says why it failed. */
  pending(me, command) {
    const what = el("p", { class: "asked" }, el("strong", {}, nameOf(me)), " used ", el("span", { class: "mention" }, `/${command}`));
    const state = el("p", { class: "thinking" }, "Sending…");
    const node = el("article", { class: "message pending", "data-pending": command }, what, el("div", { class: "body" }, state));
    this.list.append(node);
    this.#emptyOrNot();
    this.toEnd();
    return (problem) => {
      if (!problem) node.remove();
      else {
        const dismiss = el("button", { class: "link", type: "button", onclick: () => (node.remove(), this.#emptyOrNot()) }, "Dismiss");
        state.replaceWith(el("p", { class: "problem", role: "alert" }, problem, " ", dismiss));
        node.classList.add("failed");
        this.toEnd();
      }
      this.#emptyOrNot();
    };
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  #draw(message) {
    const node = drawMessage(message, this.context.of(message));
    this.#nodes.set(message.id, node);
    this.#messages.set(message.id, message);
    return node;
  }

  #replace(before, message) {
    const held = before.contains(document.activeElement) ? document.activeElement : null;
    const after = this.#draw(message);
    // Until a new picture has loaded the old one shows in its place.
    const old = [...before.querySelectorAll("img")].map((image) => image.src);
    after.querySelectorAll(".tile img").forEach((image, index) => {
      if (old[index + 1]) image.style.backgroundImage = `url("${CSS.escape(old[index + 1])}")`;
    });
    before.replaceWith(after);
    if (!held) return;
    const same = held.dataset.customId
      ? after.querySelector(`[data-custom-id="${CSS.escape(held.dataset.customId)}"]:not(:disabled)`)
      : after.querySelectorAll(".tile")[Number(held.dataset.picture ?? 0)];
    (same ?? document.getElementById("composer")).focus({ preventScroll: true });
  }

  #emptyOrNot() {
    this.list.querySelector(".hint")?.remove();
    if (!this.list.children.length && this.hint) this.list.append(this.hint());
  }
}
