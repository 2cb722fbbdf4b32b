// A card about one person: name, roles, what can be done.

import { avatar, botTag, nameOf, statusText } from "./avatar.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { openPopover } from "./popover.js";

/** Opens the card of `user` beside `anchor`; `actions` are {label, glyph, run}. */
export function openProfile(user, { anchor, world, actions }) {
  const roles = (user.roles ?? []).map(world.role).filter(Boolean).sort((one, other) => other.position - one.position);
  const status = world.statusOf(user);
  const run = (action) => {
    card.hidePopover();
    action.run();
  };
  const face = avatar(user, { status });
  const card = el(
    "div",
    { class: "profile", role: "dialog", "aria-label": `Profile of ${nameOf(user)}` },
    el("div", { class: "profile-banner" }),
    face,
    el("div", { class: "profile-words" },
      el("p", { class: "profile-name" }, nameOf(user), user.bot ? [" ", botTag()] : null),
      el("p", { class: "subtext" }, `${user.username} · ${statusText(status)}`),
      user.about ? el("p", {}, user.about) : null,
      roles.length ? el("ul", { class: "roles", "aria-label": "Roles" }, roles.map(roleChip)) : null,
      el("div", { class: "profile-actions" }, actions.map((action) => el("button", { class: "button secondary", type: "button", onclick: () => run(action) }, glyph(action.glyph), action.label))),
    ),
  );
  card.style.setProperty("--hue", face.style.getPropertyValue("--hue"));
  openPopover(card, { anchor });
  (card.querySelector("button") ?? card).focus();
}

function roleChip(role) {
  const dot = el("span", { class: "role-dot", "aria-hidden": "true" });
  if (role.colour) dot.style.setProperty("--who", role.colour);
  return el("li", { class: "role" }, dot, role.name);
}
