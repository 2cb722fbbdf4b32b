// The right side: everybody in the server, by their highest role, then by who is there.

import { avatar, botTag, colouredName, nameOf, statusText } from "./avatar.js";
import { el } from "./dom.js";

/** `[{title, members}]`: hoisted roles from the highest, then Online, then Offline. */
function grouped(guild, world) {
  const hoisted = guild.roles.filter((one) => one.hoist && one.id !== guild.id).sort((one, other) => other.position - one.position);
  const isThere = (member) => world.statusOf(member) !== "offline";
  const groupOf = (member) => {
    if (!isThere(member)) return "Offline";
    return hoisted.find((role) => member.roles?.includes(role.id))?.name ?? "Online";
  };
  const titles = [...hoisted.map((role) => role.name), "Online", "Offline"];
  const byName = (one, other) => nameOf(one).localeCompare(nameOf(other));
  return titles
    .map((title) => ({ title, members: guild.members.filter((member) => groupOf(member) === title).sort(byName) }))
    .filter(({ members }) => members.length);
}

/** Draws the list; `profile(userId, anchor)` shows one. */
export function drawMembers(world, { profile }) {
  const one = (member) => {
    const status = world.statusOf(member);
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: `member ${status}`, "data-user-id": member.id, "data-member": member.username, onclick: (event) => profile(member.id, event.currentTarget) },
        avatar(member, { status }),
        colouredName(member),
        member.bot ? botTag() : null,
        el("span", { class: "visually-hidden" }, `, ${statusText(status)}`),
      ),
    );
  };
  const group = ({ title, members }) => el("section", { "data-group": title }, el("h2", {}, `${title} — ${members.length}`), el("ul", {}, members.map(one)));
  const groups = world.guild ? grouped(world.guild, world) : [];
  document.getElementById("member-list").replaceChildren(...groups.map(group));
}
