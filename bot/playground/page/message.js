// One message as an <article>.

import { avatar, botTag, colouredName } from "./avatar.js";
import { el } from "./dom.js";
import { remember } from "./grouping.js";
import { drawBody } from "./message_body.js";
import { asked, isAnswer, original, replied, systemLine } from "./message_origin.js";
import { isEphemeral } from "./summary.js";
import { clock, messageTime } from "./time.js";

/**
 * Draws a message (Discord's object).
 *
 * `context` as in components.js, and of this message: `author` as the members see them, `isForMe`, `dismiss()`,
 * `profile(userId, anchor)`, `jump(messageId)`, `react(emoji, on)`, `openThread(thread)`.
 */
export function drawMessage(said, context) {
  const message = original(said);
  const system = systemLine(message, context);
  const time = new Date(message.timestamp);
  const looks = ["message", isEphemeral(message) && "ephemeral", context.isForMe && "for-me", system && "system"];
  const article = el(
    "article",
    {
      class: looks.filter(Boolean).join(" "),
      tabindex: "-1",
      "data-message-id": message.id,
      "data-author": message.author.username,
      "aria-label": `${context.nameOf(context.author)}, ${clock(time)}`,
    },
    system ?? spoken(message, context, time),
  );
  const alone = Boolean(system) || isAnswer(message);
  remember(article, { author: message.author.id, time, alone, apart: Boolean(system) || isEphemeral(message) });
  return article;
}

function spoken(message, context, time) {
  const { author } = context;
  const show = (event) => context.profile(author.id, event.currentTarget);
  return [
    asked(message, context) ?? replied(message, context),
    el("button", { class: "face-button", type: "button", tabindex: "-1", "aria-label": `Profile of ${context.nameOf(author)}`, onclick: show }, avatar(author)),
    el("span", { class: "gutter", "aria-hidden": "true" }, clock(time)),
    el("p", { class: "byline" }, colouredName(author, { onclick: show }), author.bot ? botTag() : null, messageTime(time)),
    el("div", { class: "body" }, drawBody(message, context)),
  ];
}
