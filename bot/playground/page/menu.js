// A menu of things to do: with the mouse, the keyboard, or, on a phone, from the bottom of the screen.

import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { openPopover } from "./popover.js";

/**
 * Opens a menu called `label` at `anchor` or `point`. Its `groups` are {heading?, items}, items {label, glyph?, run,
 * danger?}; groups without items are left out.
 */
export function openMenu(groups, { label, anchor = null, point = null }) {
  const draw = ({ heading, items }) =>
    el(
      "div",
      { role: "group", "aria-label": heading ?? null, class: "menu-group" },
      heading ? el("p", { class: "menu-heading", "aria-hidden": "true" }, heading) : null,
      items.map((item) => drawItem(item, node)),
    );
  const node = el("div", { class: "menu", role: "menu", "aria-label": label });
  node.append(...groups.filter(({ items }) => items.length).map(draw));
  node.addEventListener("keydown", (event) => step(event, node));
  openPopover(node, { anchor, point });
  node.querySelector("[role=menuitem]")?.focus();
  return node;
}

function drawItem(item, menu) {
  const run = () => {
    menu.hidePopover();
    item.run();
  };
  return el(
    "button",
    { type: "button", role: "menuitem", tabindex: "-1", class: `menu-item ${item.danger ? "danger" : ""}`, onclick: run },
    el("span", {}, item.label),
    item.glyph ? glyph(item.glyph) : null,
  );
}

function step(event, menu) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = {
    ArrowDown: () => items[(at + 1) % items.length],
    ArrowUp: () => items[(at - 1 + items.length) % items.length],
    Home: () => items[0],
    End: () => items.at(-1),
  }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  else if (to) {
    event.preventDefault();
    to().focus();
  } else if (event.key.length === 1 && /\S/.test(event.key)) {
    const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    rest.find((item) => item.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}

const HELD = 500; // milliseconds a finger rests before it means the menu

/**
 * Calls `open(target, where)` when a menu is asked for inside `root`: by the right mouse button, the menu key,
 * Shift+F10, or a finger that rests. `open` returns whether there was one to open.
 */
export function onMenuAsked(root, open) {
  let held = 0;
  const release = () => clearTimeout(held);
  root.addEventListener("contextmenu", (event) => {
    // Words that are marked, and whoever holds Shift, get the browser's own menu.
    if (event.shiftKey || !getSelection().isCollapsed) return;
    if (open(event.target, { point: { x: event.clientX, y: event.clientY } })) event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "ContextMenu" && !(event.shiftKey && event.key === "F10")) return;
    if (open(event.target, { anchor: event.target })) event.preventDefault();
  });
  root.addEventListener("pointerdown", (event) => {
    release();
    if (event.pointerType === "mouse") return;
    const { target, clientX: x, clientY: y } = event;
    held = setTimeout(() => open(target, { point: { x, y } }), HELD);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) root.addEventListener(end, release);
}
