// Picks one emoji: a field to search in, a grid to walk through.

import { el } from "./dom.js";
import { emojiLike } from "./emoji.js";
import { icon, isDrawn } from "./icons.js";
import { openPopover } from "./popover.js";

/** Opens the picker beside `anchor` or at `point`; `pick(emoji)` takes one. */
export function pickEmoji({ anchor = null, point = null }, pick) {
  const search = el("input", { type: "search", placeholder: "Find an emoji", "aria-label": "Find an emoji", class: "emoji-search" });
  const grid = el("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const card = el("div", { class: "emoji-picker", role: "dialog", "aria-label": "Pick an emoji" }, search, grid);
  const draw = () => {
    const found = emojiLike(search.value).filter(({ emoji }) => isDrawn(emoji));
    grid.replaceChildren(...(found.length ? found.map(cell) : [el("p", { class: "subtext" }, "None is called that.")]));
  };
  const take = (emoji) => {
    card.hidePopover();
    pick(emoji);
  };
  const cell = ({ emoji, name }) =>
    el("button", { type: "button", class: "emoji-cell", title: `:${name}:`, "aria-label": name.replaceAll("_", " "), onclick: () => take(emoji) }, icon(emoji));
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") grid.querySelector("button")?.click();
    if (event.key === "ArrowDown") grid.querySelector("button")?.focus();
  });
  grid.addEventListener("keydown", (event) => walk(event, grid, search));
  draw();
  openPopover(card, { anchor, point, above: true });
  search.focus();
}

function walk(event, grid, search) {
  const cells = [...grid.children];
  const at = cells.indexOf(document.activeElement);
  const across = cells.filter((one) => one.offsetTop === cells[0].offsetTop).length;
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (at < 0 || !by) return;
  event.preventDefault();
  (at + by < 0 ? search : cells[Math.min(at + by, cells.length - 1)]).focus();
}
