// A picture, large: Esc closes, the arrow keys go to its neighbours.

import { el } from "./dom.js";

const SMALL = 640; // pixels

/** Opens `pictures[index]`; `address(url)` is where this page may load a picture from. */
export function enlarge(pictures, index, address) {
  const image = el("img", { class: "large" });
  const caption = el("p", { class: "caption", "aria-live": "polite" });
  const original = el("a", { target: "_blank", rel: "noopener noreferrer" }, "Open the file");
  const count = el("span", { class: "count" });
  const step = (by) => show((index + by + pictures.length) % pictures.length);
  const several = pictures.length > 1;
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": "Picture" },
    el("button", { class: "icon-button close", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "✕"),
    several && el("button", { class: "icon-button previous", type: "button", "aria-label": "Previous picture", onclick: () => step(-1) }, "‹"),
    el("figure", {}, image, el("figcaption", {}, caption, el("p", { class: "facts" }, count, original))),
    several && el("button", { class: "icon-button next", type: "button", "aria-label": "Next picture", onclick: () => step(1) }, "›"),
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
