// Makes the inside drawer as wide as one likes, by pointer or arrow keys.

import { el } from "./dom.js";

const KEPT = "easel-inside-width";
const [LEAST, USUAL, STEP] = [20, 27, 2]; // rem

/** Adds an edge to drag to `drawer`; what comes back removes it. */
export function resizable(drawer) {
  const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const most = () => Math.max(LEAST, (innerWidth * 0.6) / rem());
  const edge = el("div", {
    class: "inside-edge",
    role: "separator",
    tabindex: "0",
    "aria-orientation": "vertical",
    "aria-label": "Width of the drawer",
    "aria-valuemin": LEAST,
  });
  let width = parseFloat(localStorage.getItem(KEPT)) || USUAL;
  const set = (wanted) => {
    width = Math.min(most(), Math.max(LEAST, wanted));
    drawer.style.setProperty("--inside-width", `${width}rem`);
    edge.setAttribute("aria-valuemax", Math.round(most()));
    edge.setAttribute("aria-valuenow", Math.round(width));
    localStorage.setItem(KEPT, width);
  };
  edge.addEventListener("pointerdown", (event) => {
    edge.setPointerCapture(event.pointerId);
    event.preventDefault();
    edge.focus();
  });
  edge.addEventListener("pointermove", (event) => {
    if (edge.hasPointerCapture(event.pointerId)) set((drawer.getBoundingClientRect().right - event.clientX) / rem());
  });
  edge.addEventListener("keydown", ({ key }) => {
    const wanted = { ArrowLeft: width + STEP, ArrowRight: width - STEP, Home: LEAST, End: most() }[key];
    if (wanted !== undefined) set(wanted);
  });
  drawer.prepend(edge);
  set(width);
  return () => edge.remove();
}
