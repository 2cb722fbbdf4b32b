// The top of a channel: its name and topic above the messages, its beginning among them, and what to try there.

import { nameOf } from "./avatar.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { THREADS } from "./world.js";

const FIRST_IDEA = "/imagine a lighthouse by the sea at sunset";

/** Draws the head of the channel shown; returns what draws its beginning, given whether it is empty. */
export function drawPlace(page) {
  const { world, composer } = page;
  const { channel, guild } = world;
  const parent = channel && world.channelOf(channel.parent_id);
  const sign = THREADS.includes(channel?.type) ? "thread" : !guild ? "at" : channel?.private ? "lock" : "hash";
  const names = { thread: () => channel.name, at: () => `@${nameOf(world.bot)}` };
  const name = channel ? (names[sign]?.() ?? `#${channel.name}`) : "No channel";
  const title = document.getElementById("channel-name");
  const above = parent ? el("button", { class: "above-thread", type: "button", onclick: () => page.go(parent.id) }, `#${parent.name}`, el("span", { "aria-hidden": "true" }, " › ")) : null;
  document.getElementById("above").replaceChildren(...(above ? [above] : []));
  title.textContent = name;
  document.getElementById("channel-sign").replaceChildren(glyph(sign));
  document.getElementById("channel-topic").textContent = channel?.topic ?? "";
  document.title = `${name} · ${nameOf(world.me)} · Easel playground`;
  document.body.classList.toggle("no-members", !guild);
  const thread = document.getElementById("new-thread");
  thread.hidden = !guild || Boolean(parent) || !world.may("thread");
  thread.onclick = () => page.deeds.startThread(null);
  composer.placeholder = placeholder(world, channel, name);
  drawBotState(world);
  return (empty) => (channel ? beginning({ page, name, sign, empty }) : nowhere(world));
}

function placeholder(world, channel, name) {
  if (!channel) return "There is no channel to write in";
  if (!world.may("send")) return "You may not write here.";
  if (channel.archived) return `${name} is archived; a message takes it up again`;
  return document.getElementById("messages").clientWidth < 460 ? `Message ${name}` : `Message ${name} — / for commands`;
}

function drawBotState({ bot }) {
  const node = document.getElementById("bot-state");
  const text = bot.connected ? `${nameOf(bot)} is online` : `${nameOf(bot)} is offline`;
  node.dataset.connected = bot.connected;
  if (node.textContent !== text) node.textContent = text;
}

function beginning({ page, name, sign, empty }) {
  const { world } = page;
  const words = sign === "thread" ? "The beginning of this thread." : sign === "at" ? `What you and ${nameOf(world.bot)} say to each other.` : `The beginning of ${name}.`;
  return el(
    "div",
    { class: "head beginning" },
    el("span", { class: "beginning-sign", "aria-hidden": "true" }, glyph(sign)),
    el("h2", {}, sign === "at" ? nameOf(world.bot) : sign === "thread" ? name : `Welcome to ${name}`),
    el("p", { class: "soft" }, words),
    empty ? hint(page) : null,
  );
}

/** What a stranger to every server sees in place of a channel. */
const nowhere = ({ me, bot }) =>
  el(
    "div",
    { class: "head beginning" },
    el("span", { class: "beginning-sign", "aria-hidden": "true" }, glyph("person")),
    el("h2", {}, `${nameOf(me)} is on no server`),
    el("p", { class: "soft" }, `Strangers see no channels, and ${nameOf(bot)} does not know them. Be somebody else with the faces at the top.`),
  );

/** What a newcomer can do first; a press puts it into the message box. */
function hint({ world, composer }) {
  const name = nameOf(world.bot);
  if (!world.bot.connected) return el("p", { class: "hint" }, `${name} is not connected yet; it will answer once it is.`);
  const has = (command) => world.commands.some((one) => one.name === command);
  const idea = (text) => el("button", { class: "idea", type: "button", onclick: () => composer.fill(text) }, text);
  if (!world.commands.length) return el("p", { class: "hint" }, "Nothing here yet.");
  return el(
    "div",
    { class: "hint" },
    el("p", {}, "Nothing here yet. Try ", idea(has("imagine") ? FIRST_IDEA : "/"), has("imagine") ? " and press Enter." : " to see what can be done."),
    has("imagine") ? el("p", { class: "soft" }, "Type ", idea("/"), " for every command, or be somebody else with the faces at the top.") : null,
  );
}
