// What opens over the page beside the thing it belongs to: menus, pickers, lists, cards.

const MARGIN = 8; // pixels kept free to the window's edges

/**
 * Shows `node` beside `anchor` (an element) or at `point` ({x, y}); Esc and a press elsewhere close it, which gives
 * the focus back and calls `closed`. With `above`, it opens upwards where there is room; with `wide`, as wide as
 * its anchor.
 */
export function openPopover(node, { anchor = null, point = null, above = false, wide = false, closed = () => {} }) {
  const host = anchor?.closest("dialog") ?? document.querySelector("dialog[open]") ?? document.querySelector("main");
  const place = () => put(node, { anchor, point, above, wide });
  node.popover = "auto";
  node.classList.add("popover");
  node.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") return;
    removeEventListener("scroll", place, true);
    removeEventListener("resize", place);
    closed();
  });
  node.addEventListener("toggle", (event) => event.newState === "closed" && node.remove());
  host.append(node);
  node.showPopover();
  place();
  addEventListener("scroll", place, true);
  addEventListener("resize", place);
}

function put(node, { anchor, point, above, wide }) {
  const spot = point ? { left: point.x, right: point.x, top: point.y, bottom: point.y } : anchor.getBoundingClientRect();
  if (wide) node.style.minWidth = `${spot.right - spot.left}px`;
  const { width, height } = node.getBoundingClientRect();
  const over = spot.top - height - (point ? 0 : 4);
  const under = spot.bottom + (point ? 0 : 4);
  const fitsUnder = under + height <= innerHeight - MARGIN;
  const top = (above && over >= MARGIN) || (!fitsUnder && over >= MARGIN) ? over : under;
  const within = (value, most) => `${Math.max(MARGIN, Math.min(value, most - MARGIN))}px`;
  node.style.left = within(spot.left, innerWidth - width);
  node.style.top = within(top, innerHeight - height);
}
