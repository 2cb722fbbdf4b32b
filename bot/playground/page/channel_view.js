// The messages of the channel one looks at: drawn once, then kept up to date one at a time.

import { el, announce } from "./dom.js";
import { arrange, divider } from "./grouping.js";
import { drawMessage } from "./message.js";
import { asksNow } from "./message_origin.js";
import { Scroll } from "./scroll.js";
import { contents, isLoading, summary } from "./summary.js";
import { earlier } from "./world.js";

export class ChannelView {
  #nodes = new Map(); // message id → article
  #messages = new Map();

  /** `contextOf(message)` is what a message needs of the page, see message.js; `older()` fetches older messages. */
  constructor({ contextOf, names, older }) {
    Object.assign(this, { contextOf, names });
    this.list = document.getElementById("messages");
    this.scroll = new Scroll({ older });
  }

  /** Shows `messages` of another place, oldest first; `start()` draws what stands above the first of all. */
  show(messages, { start, more, newFrom = null }) {
    this.start = start;
    this.#nodes.clear();
    this.#messages.clear();
    this.list.replaceChildren(...messages.map((message) => this.#draw(message)));
    for (const node of this.#nodes.values()) arrange(node);
    if (newFrom && this.#nodes.has(newFrom)) this.#nodes.get(newFrom).before(divider("New", "new"));
    this.#head(more, { anew: true });
    this.scroll.reset();
  }

  /** Brings the same place up to date; where one reads and what is on its way stay. */
  renew(messages, { start, more }) {
    this.start = start;
    const left = new Set(messages.map((message) => message.id));
    for (const id of [...this.#nodes.keys()].filter((one) => !left.has(one))) this.remove(id);
    for (const message of messages) {
      if (JSON.stringify(this.#messages.get(message.id)) !== JSON.stringify(message)) this.put(message);
    }
    this.#head(more, { anew: true });
  }

  /** Adds or renews one message. */
  put(message) {
    const before = this.#nodes.get(message.id);
    const known = this.#messages.get(message.id);
    if (before) this.#replace(before, message);
    else this.#insert(message);
    this.#head(this.more);
    if (!before) this.scroll.arrived();
    // Progress would talk without end: a screen reader hears new messages, and the first pictures of one.
    if (!known || isLoading(known) || (contents(message).pictures && !contents(known).pictures)) announce(summary(message, this.names));
  }

  /** Adds older messages above those shown. */
  prepend(messages, more) {
    this.scroll.holding(() => {
      const first = this.list.querySelector("[data-message-id]");
      const nodes = messages.map((message) => this.#draw(message));
      this.list.querySelector(".head")?.remove();
      this.list.prepend(...nodes);
      for (const node of nodes) arrange(node);
      if (first) arrange(first);
      this.#head(more, { anew: true });
    });
  }

  remove(id) {
    const node = this.#nodes.get(id);
    const next = this.#after(node);
    if (node?.previousElementSibling?.matches(".divider.day")) node.previousElementSibling.remove();
    node?.remove();
    this.#nodes.delete(id);
    this.#messages.delete(id);
    if (next) arrange(next);
    this.#head(this.more);
  }

  /** The message that `node` belongs to, and its article. */
  messageAt(node) {
    const article = node.closest?.("[data-message-id]");
    return { article, message: article ? this.#messages.get(article.dataset.messageId) : undefined };
  }

  article(id) {
    return this.#nodes.get(id);
  }

  /** Draws a message anew, as it was last said to be. */
  refresh(id) {
    const node = this.#nodes.get(id);
    if (node && !node.querySelector(".edit")) this.#replace(node, this.#messages.get(id));
  }

  /** Goes to a message and marks it for a moment; false where it is not shown. */
  jump(id) {
    const node = this.#nodes.get(id);
    if (!node) return false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("marked");
    requestAnimationFrame(() => node.classList.add("marked"));
    node.focus({ preventScroll: true });
    return true;
  }

  /** Says beneath a message why something done to it did not work. */
  complain(id, text) {
    const node = this.#nodes.get(id);
    if (!node) return;
    node.querySelector(".problem")?.remove();
    node.append(el("p", { class: "problem", role: "alert" }, text));
    node.lastChild.scrollIntoView({ block: "nearest" });
  }

  /** A line for a command on its way; `settle(null)` takes it away, `settle(text)` says why it failed. */
  pending(me, command) {
    const state = el("p", { class: "thinking" }, "Sending…");
    const node = el("article", { class: "message pending", "data-pending": command.replace(/^\//, "") }, asksNow(me, command), el("div", { class: "body" }, state));
    const changed = () => {
      this.#head(this.more);
      this.scroll.arrived();
    };
    const leave = () => {
      node.remove();
      changed();
    };
    this.list.append(node);
    changed();
    this.scroll.toEnd();
    return (problem) => {
      if (!problem) return leave();
      const dismiss = el("button", { class: "link", type: "button", onclick: leave }, "Dismiss");
      state.replaceWith(el("p", { class: "problem", role: "alert" }, problem, " ", dismiss));
      node.classList.add("failed");
      return changed();
    };
  }

  #draw(message) {
    const node = drawMessage(message, this.contextOf(message));
    this.#nodes.set(message.id, node);
    this.#messages.set(message.id, message);
    return node;
  }

  #insert(message) {
    const node = this.#draw(message);
    const shown = [...this.list.querySelectorAll(":scope > [data-message-id]")];
    const before = shown.findLast((one) => earlier(one.dataset.messageId, message.id) < 0);
    if (before) before.after(node);
    else if (shown.length) shown[0].before(node);
    else {
      const head = this.list.querySelector(":scope > .head");
      if (head) head.after(node);
      else this.list.prepend(node);
    }
    arrange(node);
    const next = this.#after(node);
    if (next) arrange(next);
  }

  #after(node) {
    let next = node?.nextElementSibling;
    while (next && !next.matches("[data-message-id]")) next = next.nextElementSibling;
    return next;
  }

  #replace(before, message) {
    const held = before.contains(document.activeElement) ? document.activeElement : null;
    const editing = before.querySelector(".edit");
    if (editing) return this.#messages.set(message.id, message); // drawn anew once the box is closed
    const after = this.#draw(message);
    // Until a new picture has loaded the old one shows in its place.
    const old = [...before.querySelectorAll(".tile img")].map((image) => image.src);
    after.querySelectorAll(".tile img").forEach((image, index) => {
      if (old[index]) image.style.backgroundImage = `url("${CSS.escape(old[index])}")`;
    });
    const bar = before.querySelector(".message-bar");
    if (bar) after.append(bar);
    before.replaceWith(after);
    arrange(after);
    const next = this.#after(after);
    if (next) arrange(next);
    if (held) this.#focusLike(held, before, after);
    return undefined;
  }

  /** Puts the focus where it was in the message that `after` took the place of. */
  #focusLike(held, before, after) {
    if (held === before) return after.focus({ preventScroll: true });
    const { customId, picture, emoji } = held.dataset;
    const same =
      (customId && after.querySelector(`[data-custom-id="${CSS.escape(customId)}"]:not(:disabled)`)) ||
      (picture && after.querySelectorAll(".tile")[Number(picture)]) ||
      (emoji && after.querySelector(`.reaction[data-emoji="${CSS.escape(emoji)}"]`)) ||
      (after.contains(held) && held);
    return (same || document.getElementById("composer")).focus({ preventScroll: true });
  }

  /** Says above the first message why there are no older ones. */
  sayAbove(text) {
    this.list.querySelector(".head.loading")?.replaceChildren(text);
  }

  /** Draws what stands above the first message: the place's start, or that older ones are on their way. */
  #head(more, { anew = false } = {}) {
    const known = this.list.querySelector(".head");
    const empty = this.#nodes.size === 0 && !this.list.querySelector(".pending");
    const same = this.more === more && this.empty === empty;
    Object.assign(this, { more, empty });
    if (same && known && !anew) return;
    known?.remove();
    const head = more ? el("p", { class: "head loading" }, "Fetching older messages…") : this.start?.(empty);
    if (head) this.list.prepend(head);
    this.scroll.watch(more ? head : null);
  }
}
