// The left side: servers, the channels of the one that is open, and who one is.

import { avatar, nameOf, statusText } from "./avatar.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { THREADS } from "./world.js";

/** Draws servers and channels; `go(channelId)` opens one. */
export function drawPlaces(world, { go }) {
  const guild = world.guild;
  drawServers(world, go);
  document.getElementById("place-name").textContent = guild ? guild.name : "Direct messages";
  const direct = () => row({ ...world.direct, label: nameOf(world.bot), face: avatar(world.bot, { status: world.statusOf(world.bot) }) }, world, go);
  const list = guild ? channelsOf(guild, world, go) : world.direct ? [direct()] : [];
  const empty = el("p", { class: "subtext" }, "Nothing to open here yet.");
  document.getElementById("place-list").replaceChildren(list.length ? el("ul", {}, list) : empty);
  drawMe(world);
}

function drawServers(world, go) {
  const tile = (channels, name, face, current) => {
    const news = channels.map((one) => world.unread.get(one.id)).filter(Boolean);
    const mentions = news.reduce((sum, one) => sum + one.mentions, 0);
    const target = channels.find((one) => world.unread.has(one.id)) ?? channels[0];
    return el(
      "li",
      { class: `server ${news.length ? "unread" : ""} ${current ? "current" : ""}` },
      el(
        "button",
        { type: "button", "aria-label": name, title: name, "aria-current": current ? "true" : null, "data-guild": name, disabled: !target, onclick: () => go(target.id) },
        face,
      ),
      mentions ? badge(mentions) : null,
    );
  };
  const initials = (name) => el("span", { class: "initials", "data-initials": name.split(/\s+/).map((word) => word[0]).join("").slice(0, 3) });
  document.getElementById("servers").replaceChildren(
    ...(world.direct ? [tile([world.direct], "Direct messages", glyph("chat"), !world.guild), el("li", { class: "rail-line", "aria-hidden": "true" })] : []),
    ...world.guilds.map((guild) => tile(guild.channels.filter((one) => !one.archived), guild.name, initials(guild.name), guild === world.guild)),
  );
}

const badge = (count) => el("span", { class: "badge" }, String(count), el("span", { class: "visually-hidden" }, count === 1 ? " mention" : " mentions"));

function channelsOf(guild, world, go) {
  const isThread = (one) => THREADS.includes(one.type);
  const shown = (one) => !one.archived || one.id === world.current;
  return guild.channels
    .filter((one) => !isThread(one))
    .map((channel) => {
      const threads = world.threadsOf(channel.id).filter(shown);
      const face = el("span", { class: "hash", "aria-hidden": "true" }, glyph(channel.private ? "lock" : "hash"));
      const inside = threads.map((thread) => row({ ...thread, label: thread.name, face: el("span", { class: "branch", "aria-hidden": "true" }) }, world, go));
      return row({ ...channel, label: channel.name, face }, world, go, inside.length ? el("ul", { class: "threads", "aria-label": `Threads of ${channel.name}` }, inside) : null);
    });
}

function row({ id, name, label, face }, world, go, inside = null) {
  const news = world.unread.get(id);
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: `place ${news ? "unread" : ""}`,
        "aria-current": id === world.current ? "page" : null,
        "data-channel-id": id,
        "data-channel": name,
        onclick: () => go(id),
      },
      face,
      el("span", { class: "place-label" }, label),
      news?.mentions ? badge(news.mentions) : null,
      news ? el("span", { class: "visually-hidden" }, " (new messages)") : null,
    ),
    inside,
  );
}

function drawMe(world) {
  const { me } = world;
  const status = world.member(me.id)?.status ?? "online";
  document.getElementById("me").replaceChildren(
    avatar(me, { status }),
    el("div", { class: "me-words" }, el("strong", {}, nameOf(me)), el("span", {}, statusText(status))),
  );
}
