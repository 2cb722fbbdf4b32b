// What stands in a message: words, embeds, pictures, components, and what hangs beneath it.

import { nameOf } from "./avatar.js";
import { drawAll } from "./components.js";
import { el } from "./dom.js";
import { drawEmbed } from "./embed.js";
import { glyph } from "./glyphs.js";
import { markdown } from "./markdown_blocks.js";
import { looseFiles, looseGallery } from "./media.js";
import { reactions } from "./reactions.js";
import { isEphemeral, isLoading } from "./summary.js";
import { timeElement } from "./time.js";

const COMPONENTS_V2 = 1 << 15;

export function drawBody(message, context) {
  if (isLoading(message)) return [thinking(message), isEphemeral(message) ? onlyYou(context) : null].filter(Boolean);
  const v2 = Boolean(message.flags & COMPONENTS_V2);
  const shown = new Set(JSON.stringify(message.components).match(/"attachment_id":"\d+"/g) ?? []);
  const embeds = message.embeds.map((embed) => withMedia(embed, message.attachments));
  const inEmbeds = new Set(embeds.flatMap((embed) => [embed.image, embed.thumbnail].map((media) => media?.url)));
  const loose = v2 ? [] : message.attachments.filter((one) => !shown.has(`"attachment_id":"${one.id}"`) && !inEmbeds.has(one.url));
  const pictures = loose.filter((one) => one.content_type?.startsWith("image/"));
  return [
    words(message, context, v2),
    embeds.map((embed) => drawEmbed(embed, context)),
    pictures.length ? looseGallery(pictures, context) : null,
    looseFiles(loose.filter((one) => !pictures.includes(one)), context),
    drawAll(message.components, context),
    reactions(message, context),
    message.thread ? threadCard(message.thread, context) : null,
    isEphemeral(message) ? onlyYou(context) : null,
  ].flat();
}

/** The embed with its `attachment://name` pictures found among the message's files. */
function withMedia(embed, attachments) {
  const found = (media) => attachments.find((one) => media?.url === `attachment://${one.filename}`) ?? media;
  return { ...embed, image: found(embed.image), thumbnail: found(embed.thumbnail) };
}

function words(message, context, v2) {
  const edited = message.edited_timestamp && !v2 ? editedMark(message.edited_timestamp) : null;
  if (!message.content) return null;
  const nodes = markdown(message.content, context.names);
  const last = nodes.at(-1);
  if (edited && last?.tagName === "P") last.append(" ", edited);
  else if (edited) nodes.push(edited);
  return el("div", { class: "text" }, nodes);
}

function editedMark(timestamp) {
  const when = timeElement(new Date(timestamp), "F");
  return el("span", { class: "edited", title: when.textContent }, "(edited)");
}

const thinking = (message) =>
  el("p", { class: "thinking" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), ` ${nameOf(message.author)} is thinking…`);

const onlyYou = (context) =>
  el(
    "p",
    { class: "only-you" },
    glyph("eye"),
    " Only you can see this · ",
    el("button", { class: "link", type: "button", "data-dismiss": "", onclick: context.dismiss }, "Dismiss message"),
  );

function threadCard(thread, context) {
  const count = thread.message_count ?? 0;
  return el(
    "button",
    { class: "thread-card", type: "button", "data-thread": thread.name, onclick: () => context.openThread(thread) },
    el("span", { class: "thread-name" }, glyph("thread"), thread.name),
    el("span", { class: "thread-count" }, count ? `${count} ${count === 1 ? "message" : "messages"} ›` : "See thread ›"),
  );
}
