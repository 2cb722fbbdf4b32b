// What opens and closes beside the messages: places and members on narrow screens, members and the inside on wide.

import { el } from "./dom.js";

const NARROW = "(max-width: 820px)";
const MEMBERS_KEPT = "easel-members";

/** Wires the buttons; `context()` is what the inside drawer is given. Returns `closeNarrow()`. */
export function sidePanels(context) {
  const { body } = document;
  const button = (id) => document.getElementById(id);
  const [places, members, inside] = [button("open-places"), button("toggle-members"), button("toggle-inside")];
  const narrow = matchMedia(NARROW);
  let opened = null; // the inside's own

  const expanded = (node, is) => node.setAttribute("aria-expanded", String(is));
  const showPlaces = (is) => {
    body.classList.toggle("places-open", is);
    expanded(places, is);
    if (is) document.querySelector(".place")?.focus();
  };
  const showMembers = (is) => {
    body.classList.toggle("members-open", is);
    expanded(members, is);
    if (!narrow.matches) localStorage.setItem(MEMBERS_KEPT, is ? "open" : "closed");
  };
  const closeNarrow = () => {
    showPlaces(false);
    if (narrow.matches) showMembers(false);
  };

  async function showInside(is) {
    const drawer = document.getElementById("inside");
    drawer.hidden = !is;
    body.classList.toggle("inside-open", is);
    expanded(inside, is);
    if (is) {
      const { openInside } = await import("./inside.js");
      opened ??= openInside(drawer, context());
    } else {
      opened?.close();
      opened = null;
      drawer.replaceChildren();
    }
  }

  const veil = el("div", { class: "veil", onclick: closeNarrow });
  body.append(veil);
  places.addEventListener("click", () => showPlaces(!body.classList.contains("places-open")));
  members.addEventListener("click", () => showMembers(!body.classList.contains("members-open")));
  inside.addEventListener("click", () => showInside(!body.classList.contains("inside-open")));
  addEventListener("keydown", (event) => event.key === "Escape" && closeNarrow());
  narrow.addEventListener("change", () => showMembers(!narrow.matches && localStorage.getItem(MEMBERS_KEPT) !== "closed"));
  showMembers(!narrow.matches && localStorage.getItem(MEMBERS_KEPT) !== "closed");
  return { closeNarrow };
}
