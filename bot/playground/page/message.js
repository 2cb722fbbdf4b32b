// One message as an <article>.

import { el } from "./dom.js";
import { drawAll, drawPictures, file } from "./components.js";
import { icon } from "./icons.js";
import { markdown, plain } from "./markdown.js";
import { messageTime } from "./time.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const TEXT_DISPLAY = 10;
const GALLERY = 12;
const COMPONENT = 3; // the kind of interaction

export const isEphemeral = (message) => Boolean(message.flags & EPHEMERAL);
export const isLoading = (message) => Boolean(message.flags & LOADING);

/** A round face with the initials of `name`, in a colour of its own. */
export function avatar(user) {
  const name = user.global_name || user.username;
  const initials = name.split(/[\s_-]+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
  const node = el("span", { class: "avatar", "aria-hidden": "true" }, user.bot ? el("img", { src: "/page/icon.svg", alt: "" }) : initials);
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.charCodeAt(0) * 47) % 360;
  node.style.setProperty("--hue", hue);
  return node;
}

export const nameOf = (user) => user.global_name || user.username;

/** Draws `message` (Discord's object). `context` as in components.js, and `dismiss()`. */
export function drawMessage(message, context) {
  const { author } = message;
  const article = el(
    "article",
    {
      class: `message ${isEphemeral(message) ? "ephemeral" : ""}`,
      "data-message-id": message.id,
      "data-author": author.username,
      "aria-label": `${nameOf(author)}, ${new Date(message.timestamp).toLocaleTimeString("en-GB", { timeStyle: "short" })}`,
    },
    asked(message),
    avatar(author),
    el(
      "p",
      { class: "byline" },
      el("strong", {}, nameOf(author)),
      author.bot ? el("span", { class: "tag" }, "BOT") : null,
      messageTime(new Date(message.timestamp)),
    ),
    el("div", { class: "body" }, body(message, context)),
  );
  return article;
}

/** The line that says who did what to bring the message about; null for what nobody asked for. */
function asked(message) {
  const { interaction_metadata: asking, interaction, cause } = message;
  const pressed = (asking?.triggering_interaction_metadata ?? asking)?.type === COMPONENT;
  if (!interaction && !pressed) return null; // a second message that a command brought
  const what = interaction ? `/${interaction.name}` : cause;
  const done = interaction ? " used " : what ? " pressed " : " used a menu";
  return el("p", { class: "asked" }, el("strong", {}, nameOf(asking.user)), done, what ? el("span", { class: "mention" }, what) : null);
}

function body(message, context) {
  if (isLoading(message)) {
    return el("p", { class: "thinking" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), ` ${nameOf(message.author)} is thinking…`);
  }
  const shown = new Set(JSON.stringify(message.components).match(/"attachment_id":"\d+"/g) ?? []);
  const loose = message.attachments.filter((one) => !shown.has(`"attachment_id":"${one.id}"`));
  const v2 = Boolean(message.flags & (1 << 15));
  const pictures = v2 ? [] : loose.filter((one) => one.content_type?.startsWith("image/"));
  const files = v2 ? [] : loose.filter((one) => !one.content_type?.startsWith("image/"));
  return [
    markdown(message.content, context.names),
    message.embeds.map((embed) => drawEmbed(embed, context)),
    pictures.length ? drawPictures(pictures, context) : null,
    files.map((one) => file({ file: one, name: one.filename, size: one.size }, context)),
    drawAll(message.components, context),
    message.edited_timestamp && !v2 ? el("span", { class: "edited" }, "(edited)") : null,
    message.reactions?.length ? el("p", { class: "reactions" }, message.reactions.map((one) => el("span", { class: "reaction" }, `${one.emoji.name} ${one.count}`))) : null,
    isEphemeral(message)
      ? el(
          "p",
          { class: "only-you" },
          icon("👁"),
          " Only you can see this · ",
          el("button", { class: "link", type: "button", "data-dismiss": "", onclick: context.dismiss }, "Dismiss message"),
        )
      : null,
  ].flat();
}

function drawEmbed(embed, context) {
  const node = el(
    "div",
    { class: "container embed" },
    embed.title ? el("p", {}, el("strong", {}, embed.title)) : null,
    embed.description ? markdown(embed.description, context.names) : null,
    (embed.fields ?? []).map((one) => el("div", { class: "embed-field" }, el("strong", {}, one.name), markdown(one.value, context.names))),
    embed.footer?.text ? el("p", { class: "subtext" }, embed.footer.text) : null,
  );
  if (embed.color) node.style.setProperty("--accent", `#${embed.color.toString(16).padStart(6, "0")}`);
  return node;
}

/** What to tell somebody who cannot see the message. */
export function summary(message) {
  if (isLoading(message)) return `${nameOf(message.author)} is thinking`;
  const texts = [message.content];
  let pictures = message.attachments.length;
  const walk = (components) => {
    for (const one of components ?? []) {
      if (one.type === TEXT_DISPLAY) texts.push(one.content);
      if (one.type === GALLERY) pictures = Math.max(pictures, one.items.length);
      walk(one.components);
    }
  };
  walk(message.components);
  const counted = pictures ? `${pictures} ${pictures === 1 ? "picture" : "pictures"}. ` : "";
  return `${nameOf(message.author)}: ${counted}${plain(texts.join(" ")).slice(0, 160)}`;
}
