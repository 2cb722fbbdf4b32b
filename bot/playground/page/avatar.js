// Faces, names, and who is there.

import { el } from "./dom.js";

export const nameOf = (user) => user.display_name || user.global_name || user.username;

const STATUS = { online: "Online", idle: "Idle", offline: "Offline" };
export const statusText = (status) => STATUS[status] ?? STATUS.offline;

/** A round face with the initials of `user`, in a colour of its own; with `status`, a dot that shows it. */
export function avatar(user, { status = null } = {}) {
  const name = user.global_name || user.username;
  const initials = name.split(/[\s_-]+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
  const face = user.bot ? el("img", { src: "/page/icon.svg", alt: "" }) : initials;
  const node = el("span", { class: "avatar", "aria-hidden": "true" }, el("span", { class: "face" }, face));
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.charCodeAt(0) * 47) % 360;
  node.style.setProperty("--hue", hue);
  if (status) node.append(el("span", { class: `status ${status}` }));
  return node;
}

/** The name in its colour: that of the highest role that has one. */
export function colouredName(user, attributes = {}) {
  const node = el(attributes.onclick ? "button" : "strong", { class: "name", type: attributes.onclick ? "button" : null, ...attributes }, nameOf(user));
  if (user.colour) {
    node.classList.add("coloured");
    node.style.setProperty("--who", user.colour);
  }
  return node;
}

export const botTag = () => el("span", { class: "tag" }, "APP");
