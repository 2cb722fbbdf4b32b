// Message components (buttons, selects, Components V2) into DOM nodes.

import { el, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };
const LINK = 5;

/**
 * Draws a message's components.
 *
 * `context` gives what they need of the page: `names` for mentions, `press(custom_id, values, node)` for buttons
 * and selects, `enlarge(pictures, index)` for pictures, `address(url)` for files of this server, `choices(type)`
 * for selects of people, roles and channels.
 */
export const drawAll = (components, context) => components.map((component) => draw(component, context));

function draw(component, context) {
  const known = DRAW[component.type];
  const node = known
    ? known(component, context)
    : el("p", { class: "subtext" }, `(a component of type ${component.type}, which this page cannot show)`);
  node.dataset.component = component.type;
  return node;
}

const DRAW = {
  1: (row, context) => el("div", { class: "row" }, drawAll(row.components, context)),
  2: button,
  3: select,
  5: select,
  6: select,
  7: select,
  8: select,
  9: section,
  10: (text, context) => el("div", { class: "text" }, markdown(text.content, context.names)),
  11: thumbnail,
  12: gallery,
  13: file,
  14: (line) =>
    el(line.divider ? "hr" : "div", {
      class: `separator ${line.spacing === 2 ? "wide" : ""}`,
      role: line.divider ? null : "presentation",
    }),
  17: container,
};

function button(component, context) {
  const emoji = component.emoji?.name;
  const face = [
    emoji ? el("span", { class: "emoji" }, icon(emoji)) : null,
    component.label ? el("span", {}, component.label) : null,
  ];
  const look = `button ${BUTTON_STYLES[component.style] ?? "secondary"}`;
  if (component.style === LINK) {
    return el("a", { class: look, href: safeLink(component.url), target: "_blank", rel: "noopener noreferrer" }, face, el("span", { "aria-hidden": "true" }, " ↗"));
  }
  const node = el(
    "button",
    {
      class: look,
      type: "button",
      disabled: component.disabled,
      "data-custom-id": component.custom_id,
      // A button of an emoji alone is called by it, whether it is drawn or written.
      "aria-label": component.label ? null : emoji,
      title: component.label ? null : emoji,
    },
    face,
  );
  node.addEventListener("click", () => context.press(component.custom_id, null, node));
  return node;
}

const safeLink = (url) => (/^https?:\/\//i.test(url ?? "") ? url : null);

/** The options of a select: its own, or the people, roles and channels at hand. */
export const optionsOf = (component, context) =>
  component.type === 3 ? component.options : context.choices(component.type);

function select(component, context) {
  const many = (component.max_values ?? 1) > 1;
  const node = el("select", {
    class: "select",
    "data-custom-id": component.custom_id,
    disabled: component.disabled,
    multiple: many,
    size: many ? Math.min(5, optionsOf(component, context).length) : null,
    "aria-label": component.placeholder || "Make a selection",
  });
  if (!many) node.append(el("option", { value: "", disabled: true, selected: true }, component.placeholder || "Make a selection"));
  for (const option of optionsOf(component, context)) {
    const face = [option.emoji?.name, option.label].filter(Boolean).join(" ");
    const entry = el("option", { value: option.value, title: option.description }, face);
    entry.selected = Boolean(option.default);
    node.append(entry);
  }
  const send = () => context.press(component.custom_id, [...node.selectedOptions].map((one) => one.value), node);
  if (!many) {
    node.addEventListener("change", send);
    return node;
  }
  return el("span", { class: "select-many" }, node, el("button", { class: "button secondary", type: "button", onclick: send }, "Choose"));
}

function section(component, context) {
  return el(
    "div",
    { class: "section" },
    el("div", { class: "section-text" }, drawAll(component.components, context)),
    component.accessory ? draw(component.accessory, context) : null,
  );
}

function thumbnail(component, context) {
  const pictures = [pictureOf(component)];
  return covered(component.spoiler, picture(pictures, 0, "thumbnail", context));
}

const pictureOf = (item) => ({
  url: item.media.url,
  alt: item.description ?? "",
  width: item.media.width,
  height: item.media.height,
  spoiler: item.spoiler,
});

function gallery(component, context) {
  const pictures = component.items.map(pictureOf);
  const node = el("div", { class: "gallery", "data-count": pictures.length });
  // One shape for all tiles, so that the grid stands still while the pictures load.
  const { width, height } = pictures[0];
  const shape = width && height ? Math.min(2.5, Math.max(0.4, width / height)) : 1;
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

/** The pictures attached to a message that shows them in no component. */
export const drawPictures = (files, context) =>
  gallery({ items: files.map((one) => ({ media: one, description: one.description })) }, context);

/** A file to take away. */
export function file(component, context) {
  const media = component.file;
  const name = component.name ?? media.url.split("/").at(-1).split("?")[0];
  const size = component.size ? ` · ${sizeText(component.size)}` : "";
  return covered(
    component.spoiler,
    el("a", { class: "file", href: context.address(media.url) ?? safeLink(media.url), download: name }, icon("📄"), " ", name, el("span", { class: "subtext" }, size)),
  );
}

const sizeText = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

function container(component, context) {
  const node = el("div", { class: "container", id: freshId("container") }, drawAll(component.components, context));
  if (component.accent_color !== null && component.accent_color !== undefined) {
    node.style.setProperty("--accent", `#${component.accent_color.toString(16).padStart(6, "0")}`);
  }
  return covered(component.spoiler, node);
}

/** `node`, behind a cover that a press takes away where it is `hidden`. */
function covered(hidden, node) {
  if (!hidden) return node;
  node.inert = true;
  const cover = el("button", { class: "cover", type: "button" }, "Spoiler");
  const wrap = el("div", { class: "covered" }, node, cover);
  cover.addEventListener("click", () => {
    node.inert = false;
    cover.remove();
    wrap.classList.add("shown");
  });
  return wrap;
}
