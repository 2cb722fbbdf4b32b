// Dark or light: as the system says, until one says otherwise.

import { glyph } from "./glyphs.js";

const KEPT = "easel-theme";

const system = () => (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
const shown = () => document.documentElement.dataset.theme ?? system();

/** Dresses `button` to switch. */
export function themeButton(button) {
  const kept = localStorage.getItem(KEPT);
  if (kept) document.documentElement.dataset.theme = kept;
  const draw = () => {
    const other = shown() === "dark" ? "light" : "dark";
    button.replaceChildren(glyph(other === "light" ? "sun" : "moon"));
    button.setAttribute("aria-label", `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
  };
  button.addEventListener("click", () => {
    const other = shown() === "dark" ? "light" : "dark";
    if (other === system()) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = other;
    if (other === system()) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, other);
    draw();
  });
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", draw);
  draw();
}
