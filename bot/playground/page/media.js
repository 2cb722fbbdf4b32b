// Pictures and files of a message.

import { covered } from "./cover.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { sizeText } from "./files.js";

const WIDEST = 2.5; // a tile's width for its height, at most
const NARROWEST = 0.4;

export const safeLink = (url) => (/^https?:\/\//i.test(url ?? "") ? url : null);

const pictureOf = (item) => ({
  url: item.media.url,
  alt: item.description ?? "",
  width: item.media.width,
  height: item.media.height,
  spoiler: item.spoiler,
});

export const thumbnail = (component, context) =>
  covered(component.spoiler, picture([pictureOf(component)], 0, "thumbnail", context));

export function gallery(component, context) {
  const pictures = component.items.map(pictureOf);
  const node = el("div", { class: "gallery", "data-count": pictures.length, role: "group", "aria-label": pictures.length > 1 ? "Pictures" : null });
  // One shape for all tiles, so that the grid stands still while the pictures load.
  const { width, height } = pictures[0];
  const shape = width && height ? Math.min(WIDEST, Math.max(NARROWEST, width / height)) : 1;
  node.style.setProperty("--shape", shape);
  node.append(...pictures.map((one, index) => covered(one.spoiler, picture(pictures, index, "tile", context))));
  return node;
}

function picture(pictures, index, look, context) {
  const { url, alt, width, height } = pictures[index];
  const address = context.address(url);
  const which = pictures.length > 1 ? `picture ${index + 1} of ${pictures.length}` : "picture";
  const label = alt ? `Open ${which}: ${alt}` : `Open ${which}`;
  if (!address) return el("a", { class: look, href: safeLink(url), target: "_blank", rel: "noopener noreferrer" }, alt || url);
  return el(
    "button",
    { class: look, type: "button", "aria-label": label, title: alt, "data-picture": index, onclick: () => context.enlarge(pictures, index) },
    el("img", { src: address, alt, width, height, decoding: "async", draggable: "false" }),
  );
}

const isHidden = (attachment) => attachment.filename?.startsWith("SPOILER_") || Boolean((attachment.flags ?? 0) & (1 << 3));

/** The pictures attached to a message that shows them in no component. */
export const looseGallery = (attachments, context) =>
  gallery({ items: attachments.map((one) => ({ media: one, description: one.description, spoiler: isHidden(one) })) }, context);

/** The files attached to a message, each a card to take it away with. */
export const looseFiles = (attachments, context) =>
  attachments.map((one) => file({ file: one, name: one.filename, size: one.size, spoiler: isHidden(one) }, context));

/** A file to take away. */
export function file(component, context) {
  const media = component.file;
  const name = component.name ?? media.url.split("/").at(-1).split("?")[0];
  return covered(
    component.spoiler,
    el(
      "a",
      { class: "file", href: context.address(media.url) ?? safeLink(media.url), download: name },
      glyph("file"),
      el("span", { class: "file-name" }, name),
      component.size ? el("span", { class: "subtext" }, sizeText(component.size)) : null,
    ),
  );
}
