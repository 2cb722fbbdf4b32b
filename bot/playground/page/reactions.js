// The reactions beneath a message: a press adds one's own or takes it back.

import { el } from "./dom.js";
import { emojiName } from "./emoji.js";
import { pickEmoji } from "./emoji_picker.js";
import { glyph } from "./glyphs.js";
import { icon } from "./icons.js";

export function reactions(message, context) {
  if (!message.reactions?.length) return null;
  const may = context.mayReact;
  const one = ({ emoji, count, me }) =>
    el(
      "button",
      {
        class: "reaction",
        type: "button",
        "aria-pressed": String(Boolean(me)),
        "aria-label": `${emojiName(emoji.name)}, ${count} ${count === 1 ? "reaction" : "reactions"}`,
        "data-emoji": emoji.name,
        disabled: !may && !me,
        onclick: () => context.react(emoji.name, !me),
      },
      el("span", { class: "emoji" }, icon(emoji.name)),
      el("span", {}, String(count)),
    );
  const more = el(
    "button",
    { class: "reaction add", type: "button", "aria-label": "Add a reaction", onclick: () => pickEmoji({ anchor: more }, (emoji) => context.react(emoji, true)) },
    glyph("smile"),
  );
  return el("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, message.reactions.map(one), may ? more : null);
}
