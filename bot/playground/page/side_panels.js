// What opens and closes beside the messages: places, members and the inside; what has no room comes in over them.

import { el } from "./dom.js";

const MEMBERS_KEPT = "easel-members";
// Up to these widths something floats: both sides on narrow pages, and with the inside open sooner.
const [NARROW, PLACES_BESIDE, MEMBERS_BESIDE] = [820, 1100, 1500].map((width) => matchMedia(`(max-width: ${width}px)`));

/** Wires the buttons; `context()` is what the inside drawer is given. Returns `closeFloating()`. */
export function sidePanels(context) {
  const { body } = document;
  const button = (id) => document.getElementById(id);
  const [places, members, inside] = [button("open-places"), button("toggle-members"), button("toggle-inside")];
  let opened = null; // the inside's own

  const has = (look) => body.classList.contains(look);
  const expanded = (node, is) => node.setAttribute("aria-expanded", String(is));
  const showPlaces = (is) => {
    body.classList.toggle("places-open", is);
    expanded(places, is);
    if (is) document.querySelector(".place")?.focus();
  };
  const showMembers = (is) => {
    body.classList.toggle("members-open", is);
    expanded(members, is);
  };
  const closeFloating = () => {
    showPlaces(false);
    if (has("members-float")) showMembers(false);
  };
  const fit = () => {
    const besideInside = (width) => has("inside-open") && width.matches;
    body.classList.toggle("places-float", NARROW.matches || besideInside(PLACES_BESIDE));
    body.classList.toggle("members-float", NARROW.matches || besideInside(MEMBERS_BESIDE));
    showPlaces(false);
    showMembers(!has("members-float") && localStorage.getItem(MEMBERS_KEPT) !== "closed");
  };

  async function showInside(is) {
    const drawer = document.getElementById("inside");
    drawer.hidden = !is;
    body.classList.toggle("inside-open", is);
    expanded(inside, is);
    fit();
    if (is) {
      const { openInside } = await import("./inside.js");
      opened ??= openInside(drawer, context());
    } else {
      opened?.close();
      opened = null;
      drawer.replaceChildren();
    }
  }

  const veil = el("div", { class: "veil", onclick: closeFloating });
  body.append(veil);
  places.addEventListener("click", () => showPlaces(!has("places-open")));
  members.addEventListener("click", () => {
    showMembers(!has("members-open"));
    if (!has("members-float")) localStorage.setItem(MEMBERS_KEPT, has("members-open") ? "open" : "closed");
  });
  inside.addEventListener("click", () => showInside(!has("inside-open")));
  addEventListener("keydown", (event) => event.key === "Escape" && closeFloating());
  for (const width of [NARROW, PLACES_BESIDE, MEMBERS_BESIDE]) width.addEventListener("change", fit);
  fit();
  return { closeFloating };
}
