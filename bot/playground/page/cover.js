// What a spoiler hides.

import { el } from "./dom.js";

/** `node`, behind a cover that a press takes away where it is `hidden`. */
export function covered(hidden, node) {
  if (!hidden) return node;
  node.inert = true;
  const cover = el("button", { class: "cover", type: "button" }, el("span", {}, "Spoiler"));
  const wrap = el("div", { class: "covered" }, node, cover);
  cover.addEventListener("click", () => {
    node.inert = false;
    wrap.classList.add("shown");
    cover.remove();
    (node.matches("button, a") ? node : node.querySelector("button, a, select, input"))?.focus({ preventScroll: true });
  });
  return wrap;
}
