// Message components (buttons, selects, Components V2) into DOM nodes.

import { covered } from "./cover.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown_blocks.js";
import { file, gallery, safeLink, thumbnail } from "./media.js";
import { Chooser } from "./select.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };
const LINK = 5;
const PREMIUM = 6;
const STRING_SELECT = 3;

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
    el(line.divider ?? true ? "hr" : "div", {
      class: `separator ${line.spacing === 2 ? "wide" : ""}`,
      role: line.divider ?? true ? null : "presentation",
    }),
  17: container,
};

function button(component, context) {
  const emoji = component.emoji?.name;
  const face = [
    emoji ? el("span", { class: "emoji" }, icon(emoji)) : null,
    component.label ? el("span", {}, component.label) : null,
    component.style === PREMIUM ? el("span", {}, glyph("spark"), " Shop") : null,
  ];
  const look = `button ${BUTTON_STYLES[component.style] ?? "secondary"}`;
  if (component.style === LINK) {
    return el("a", { class: look, href: safeLink(component.url), target: "_blank", rel: "noopener noreferrer" }, face, glyph("outside"));
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

/** The options of a select: its own, or the people, roles and channels at hand. */
export function optionsOf(component, context) {
  if (component.type === STRING_SELECT) return component.options;
  const chosen = new Set((component.default_values ?? []).map((one) => one.id));
  return context.choices(component.type).map((one) => ({ ...one, default: chosen.has(one.value) }));
}

function select(component, context) {
  const chooser = new Chooser({
    options: optionsOf(component, context),
    least: component.min_values ?? 1,
    most: component.max_values ?? 1,
    placeholder: component.placeholder || "Make a selection",
    changed: (values) => context.press(component.custom_id, values, chooser.node),
  });
  chooser.node.dataset.customId = component.custom_id;
  chooser.node.disabled = Boolean(component.disabled);
  return chooser.node;
}

function section(component, context) {
  return el(
    "div",
    { class: "section" },
    el("div", { class: "section-text" }, drawAll(component.components, context)),
    component.accessory ? draw(component.accessory, context) : null,
  );
}

function container(component, context) {
  const node = el("div", { class: "container" }, drawAll(component.components, context));
  if (component.accent_color !== null && component.accent_color !== undefined) {
    node.classList.add("accented");
    node.style.setProperty("--accent", `#${component.accent_color.toString(16).padStart(6, "0")}`);
  }
  return covered(component.spoiler, node);
}
