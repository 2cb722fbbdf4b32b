// An embed: a card of author, title, text, fields, pictures and footer.

import { el } from "./dom.js";
import { inline } from "./markdown.js";
import { markdown } from "./markdown_blocks.js";
import { gallery, safeLink } from "./media.js";
import { timeElement } from "./time.js";

const ours = (media, context) => media?.url && context.address(media.url);

export function drawEmbed(embed, context) {
  const { names } = context;
  const words = el(
    "div",
    { class: "embed-words" },
    embed.author?.name ? el("p", { class: "embed-author" }, small(embed.author.icon_url, context), linked(embed.author.url, embed.author.name)) : null,
    embed.title ? el("p", { class: "embed-title" }, linked(embed.url, inline(embed.title, names))) : null,
    embed.description ? el("div", { class: "text" }, markdown(embed.description, names)) : null,
    embed.fields?.length ? el("dl", { class: "embed-fields" }, embed.fields.map((field) => drawField(field, names))) : null,
  );
  const node = el(
    "div",
    { class: `embed ${ours(embed.thumbnail, context) ? "with-thumbnail" : ""}` },
    words,
    shown(embed.thumbnail, "embed-thumbnail", context),
    shown(embed.image, "embed-image", context),
    footer(embed, context),
  );
  if (embed.color !== null && embed.color !== undefined) node.style.setProperty("--accent", `#${embed.color.toString(16).padStart(6, "0")}`);
  return node;
}

const drawField = (field, names) =>
  el("div", { class: `embed-field ${field.inline ? "beside" : ""}` }, el("dt", {}, inline(field.name, names)), el("dd", {}, markdown(field.value, names)));

const linked = (url, words) =>
  safeLink(url) ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words) : el("span", {}, words);

const small = (url, context) => (url && context.address(url) ? el("img", { src: context.address(url), alt: "", class: "embed-icon" }) : null);

const shown = (media, look, context) =>
  ours(media, context) ? el("div", { class: look }, gallery({ items: [{ media }] }, context)) : null;

function footer(embed, context) {
  if (!embed.footer?.text && !embed.timestamp) return null;
  const time = embed.timestamp ? timeElement(new Date(embed.timestamp), "s") : null;
  return el(
    "p",
    { class: "embed-footer" },
    small(embed.footer?.icon_url, context),
    embed.footer?.text ?? null,
    embed.footer?.text && time ? " • " : null,
    time,
  );
}
