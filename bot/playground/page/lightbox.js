// A picture, large: Esc closes, the arrow keys go to its neighbours.

import { el } from "./dom.js";
import { glyph } from "./glyphs.js";

const SMALL = 640; // pixels

/** Opens `pictures[index]`; `address(url)` is where this page may load a picture from. */
export function enlarge(pictures, index, address) {
  const image = el("img", { class: "large" });
  const caption = el("p", { class: "caption", "aria-live": "polite" });
  const original = el("a", { target: "_blank", rel: "noopener noreferrer" }, "Open the file");
  const count = el("span", { class: "count" });
  const step = (by) => show((index + by + pictures.length) % pictures.length);
  const several = pictures.length > 1;
  const button = (look, label, face, run) => el("button", { class: `icon-button ${look}`, type: "button", "aria-label": label, onclick: run }, face);
  const strip = el(
    "div",
    { class: "strip", role: "group", "aria-label": "All pictures" },
    several && pictures.map((one, at) => el("button", { type: "button", class: "strip-tile", "aria-label": `Picture ${at + 1}`, onclick: () => show(at) }, el("img", { src: address(one.url) ?? "", alt: "" }))),
  );
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": "Picture" },
    button("close", "Close", glyph("close"), () => dialog.close()),
    several && button("previous", "Previous picture", "‹", () => step(-1)),
    el("figure", {}, image, el("figcaption", {}, caption, el("p", { class: "facts" }, count, original)), several && strip),
    several && button("next", "Next picture", "›", () => step(1)),
  );

  function show(which) {
    index = which;
    const { url, alt, width, height } = pictures[index];
    image.src = address(url);
    image.alt = alt;
    if (width && height) {
      image.style.setProperty("--shape", width / height);
      // Small pictures are shown larger than they are, though not so large that only their blur is seen.
      image.style.setProperty("--most", `${Math.max(width, Math.min(4 * width, SMALL))}px`);
    }
    caption.textContent = alt;
    count.textContent = [several ? `${index + 1} of ${pictures.length}` : null, width && `${width} × ${height}`].filter(Boolean).join(" · ");
    original.href = address(url);
    [...strip.children].forEach((tile, at) => tile.setAttribute("aria-current", String(at === index)));
  }

  dialog.addEventListener("keydown", (event) => {
    if (several && event.key === "ArrowRight") step(1);
    if (several && event.key === "ArrowLeft") step(-1);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  show(index);
  document.body.append(dialog);
  dialog.showModal();
}
