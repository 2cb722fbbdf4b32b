// What a message comes from: the message it answers, the command or press that brought it, or an event.

import { avatar, colouredName, nameOf } from "./avatar.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { line } from "./summary.js";
import { messageTime } from "./time.js";

const REPLY = 19;
const THREAD_CREATED = 18;
const PINNED = 6;
const THREAD_STARTER = 21;
const COMPONENT = 3; // the kind of interaction

export const isAnswer = (message) => message.type === REPLY || Boolean(asking(message));

/** Lines that Discord writes itself; null for what somebody wrote. */
export function systemLine(message, context) {
  const who = () => colouredName(context.author, { onclick: (event) => context.profile(context.author.id, event.currentTarget) });
  const lines = {
    [THREAD_CREATED]: () => [glyph("thread"), el("p", {}, who(), " started a thread: ", el("button", { class: "link strong", type: "button", onclick: () => context.openThread(message.thread ?? { id: message.message_reference?.channel_id }) }, message.content), ". ", messageTime(new Date(message.timestamp)))],
    [PINNED]: () => [glyph("spark"), el("p", {}, who(), " pinned a message to this channel. ", messageTime(new Date(message.timestamp)))],
  };
  return lines[message.type]?.() ?? null;
}

/** The message itself; for the one that a thread begins with, the message that it hangs on. */
export const original = (message) =>
  message.type === THREAD_STARTER && message.referenced_message
    ? { ...message.referenced_message, id: message.id, channel_id: message.channel_id, thread: null, reactions: [] }
    : message;

/** The line above an answer that shows what it answers; null where it answers nothing. */
export function replied(message, context) {
  if (message.type !== REPLY) return null;
  const other = message.referenced_message;
  if (!other) return el("p", { class: "origin" }, el("em", {}, "The original message was deleted."));
  const author = context.asMember(other.author);
  return el("p", { class: "origin" }, avatar(author), colouredName(author), preview(other, context));
}

/** The beginning of the message that is answered, which leads there. */
function preview(other, context) {
  const words = line(other, context.names) || "a message";
  return el("button", { class: "origin-words", type: "button", "aria-label": `Go to the message this answers: ${words}`, onclick: () => context.jump(other.id) }, words);
}

/** Who asked for the message; null for what nobody asked for. */
function asking(message) {
  const { interaction_metadata: metadata, interaction } = message;
  if (!metadata?.user) return null;
  const pressed = (metadata.triggering_interaction_metadata ?? metadata).type === COMPONENT;
  return interaction || pressed ? { user: metadata.user, command: interaction?.name } : null;
}

/** The line that says who did what to bring the message about. */
export function asked(message, context) {
  const found = asking(message);
  if (!found) return null;
  const what = found.command ? `${message.type === 23 ? "" : "/"}${found.command}` : message.cause;
  const done = found.command ? " used " : what ? " pressed " : " used a menu";
  const author = context.asMember(found.user);
  const other = message.referenced_message;
  return el(
    "p",
    { class: "origin asked" },
    avatar(author),
    el("span", { class: "who-asked" }, colouredName(author), done, what ? el("span", { class: "mention" }, what) : null),
    other ? preview(other, context) : null,
  );
}

/** The same for a command that is still on its way. */
export const asksNow = (person, command) =>
  el("p", { class: "origin asked" }, avatar(person), el("span", { class: "who-asked" }, el("strong", { class: "name" }, nameOf(person)), " used ", el("span", { class: "mention" }, command)));
