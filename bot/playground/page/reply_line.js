// The line above the message box that says which message is being answered.

import { el } from "./dom.js";
import { glyph } from "./glyphs.js";

export class ReplyLine {
  message = null;

  constructor(closed) {
    this.words = el("span", { class: "reply-words" });
    const leave = () => {
      this.hide();
      closed();
    };
    const close = el("button", { class: "icon-button small", type: "button", "aria-label": "Do not reply", onclick: leave }, glyph("close"));
    this.node = el("div", { class: "reply-line", hidden: true }, this.words, close);
  }

  show(message, name) {
    this.message = message;
    this.words.replaceChildren("Replying to ", el("strong", {}, name));
    this.node.hidden = false;
  }

  hide() {
    this.message = null;
    this.node.hidden = true;
  }
}
