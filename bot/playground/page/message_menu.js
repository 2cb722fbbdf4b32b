// What can be done with a message: the menu, and the small bar that shows on it.

import { el } from "./dom.js";
import { QUICK, emojiName } from "./emoji.js";
import { pickEmoji } from "./emoji_picker.js";
import { glyph } from "./glyphs.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { contents, isEphemeral } from "./summary.js";

/**
 * The groups of a message's menu. `page` gives what one may and can do: `may(what)`, `isMine(message)`,
 * `react(message, emoji, on)`, `reply`, `edit`, `remove`, `startThread`, `dismiss`, each of a message; `copy(text)`;
 * `menuCommands(kind)`, `runMenu(kind, name, target)`.
 */
export function messageActions(message, page, where) {
  const hidden = isEphemeral(message);
  const { text } = contents(message);
  const isThread = Boolean(message.thread) || page.isThread;
  const item = (wanted, label, sign, run, danger = false) => (wanted ? { label, glyph: sign, run, danger } : null);
  const mine = page.isMine(message);
  const own = [
    item(!hidden && page.may("react"), "Add a reaction", "smile", () => pickEmoji(where, (emoji) => page.react(message, emoji, true))),
    item(!hidden && page.may("send"), "Reply", "reply", () => page.reply(message)),
    item(!hidden && mine, "Edit message", "edit", () => page.edit(message)),
    item(!hidden && !isThread && page.guild && page.may("thread"), "Create thread", "thread", () => page.startThread(message)),
    item(text, "Copy text", "copy", () => page.copy(text)),
  ];
  const apps = page.menuCommands("message").map(({ name }) => ({ label: name, glyph: "apps", run: () => page.runMenu("message", name, message.id) }));
  const last = [
    item(hidden, "Dismiss message", "close", () => page.dismiss(message)),
    item(!hidden && (mine || page.may("manage_messages")), "Delete message", "trash", () => page.remove(message), true),
  ];
  return [{ items: own.filter(Boolean) }, { heading: "Apps", items: hidden ? [] : apps }, { items: last.filter(Boolean) }];
}

/** The bar that shows on the message pointed at or reached with the keyboard; `at()` gives that message. */
export class MessageBar {
  constructor(page) {
    this.page = page;
    this.node = el("div", { class: "message-bar", role: "group", "aria-label": "Message actions" });
  }

  /** Puts the bar on `article`, which shows `message`. */
  show(article, message) {
    if (this.node.parentNode === article && this.shown === message) return;
    this.shown = message;
    const { page } = this;
    const free = !isEphemeral(message);
    const button = (label, sign, run) =>
      el("button", { type: "button", class: "bar-button", "aria-label": label, title: label, onclick: run }, sign);
    const anchored = (run) => (event) => run({ anchor: event.currentTarget });
    const more = anchored((where) => openMenu(messageActions(message, page, where), { label: "Message actions", ...where }));
    const react = anchored((where) => pickEmoji(where, (emoji) => page.react(message, emoji, true)));
    this.node.replaceChildren(
      ...[
        ...(free && page.may("react") ? QUICK.map((emoji) => button(`React with ${emojiName(emoji)}`, icon(emoji), () => page.react(message, emoji, true))) : []),
        free && page.may("react") && button("Add a reaction", glyph("smile"), react),
        free && page.isMine(message) && button("Edit", glyph("edit"), () => page.edit(message)),
        free && page.may("send") && button("Reply", glyph("reply"), () => page.reply(message)),
        button("More", glyph("more"), more),
      ].filter(Boolean),
    );
    article.append(this.node);
  }

  hide() {
    this.node.remove();
    this.shown = null;
  }
}
