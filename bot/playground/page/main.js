// The page: who one is, where one is, and what is new there. Everything is put together here.

import { Actions } from "./actions.js";
import { ChannelView } from "./channel_view.js";
import { drawPlace } from "./channel_head.js";
import { Composer } from "./composer.js";
import { Deeds } from "./deeds.js";
import { sidePanels } from "./side_panels.js";
import { drawMembers } from "./members.js";
import { onMenuAsked, openMenu } from "./menu.js";
import { contexts, personActions, showProfile } from "./message_context.js";
import { MessageBar, messageActions } from "./message_menu.js";
import { addressOf, drawPeople } from "./people_bar.js";
import { drawPlaces } from "./places.js";
import { isEphemeral } from "./summary.js";
import { themeButton } from "./theme.js";
import { Typing } from "./typing.js";
import { onDrop } from "./uploads.js";
import { onMessageKeys } from "./message_keys.js";
import { News } from "./wire.js";
import { World } from "./world.js";

const HISTORY = 50; // messages fetched at a time

const world = new World();
const actions = new Actions(world);
const page = { world, go, become, jump, profile: (id, anchor) => showProfile(id, anchor, page) };
const { names, context, contextOf, menu } = contexts(page);
page.view = new ChannelView({ contextOf, names, older });
page.composer = new Composer(document.getElementById("bottom"), {
  run: (command, options) => page.deeds.command(`/${command.name}`, () => actions.command(command.name, options)),
  complete: (command, option, typed, options) => actions.complete(command.name, option.name, typed, options),
  say: (text, how) => (typing.sent(world.current), actions.say(text, how)),
  entries: (kind) => world.entries(kind),
  typing: () => typing.isDue(world.current) && actions.typing().catch(() => null), // nobody misses a sign that was lost
  editLast: () => page.deeds.editLast(),
  app: () => world.bot,
});
page.deeds = new Deeds({ ...page, actions, context });
const typing = new Typing(world);
const bar = new MessageBar(menu);
const panels = sidePanels(() => ({ names }));

let news = null;
let shown = null; // who was last shown which channel, as one string
const fetching = new Map(); // channel id → its older messages on their way

/** Opens a channel. */
function go(channelId, { remember = true } = {}) {
  const newFrom = world.unread.get(channelId)?.first ?? null;
  world.current = channelId;
  world.unread.delete(channelId);
  panels.closeFloating();
  if (remember) history.pushState(null, "", addressOf(world.me.username, channelId));
  page.composer.reset();
  drawAll({ newFrom });
}

function drawSides() {
  drawPlaces(world, { go });
  drawMembers(world, { profile: page.profile });
}

function drawAll({ newFrom = null } = {}) {
  const { channel } = world;
  const start = drawPlace(page);
  drawSides();
  drawPeople(world, { become, add: () => page.deeds.addPerson() });
  page.composer.commands = world.commands;
  const write = Boolean(channel) && world.may("send");
  page.composer.allow({ any: write || Boolean(channel && world.commands.length), write, attach: world.may("attach") });
  const messages = world.messagesOf(world.current);
  const how = { start, more: world.hasMore(world.current), newFrom };
  const showing = `${world.me.id} ${world.current}`;
  if (showing === shown) page.view.renew(messages, how);
  else page.view.show(messages, how);
  shown = showing;
  typing.draw();
}

/** Fetches messages older than those known of the channel shown. */
function older() {
  const channel = world.current;
  const [first] = world.messagesOf(channel);
  if (first && world.hasMore(channel) && !fetching.has(channel)) fetching.set(channel, fetchOlder(channel, first));
  return fetching.get(channel);
}

async function fetchOlder(channel, first) {
  try {
    const { messages, more } = await actions.history(channel, first.id, HISTORY);
    world.putOlder(channel, messages, more);
    if (channel === world.current) page.view.prepend(messages, more);
  } catch (refused) {
    page.view.sayAbove(refused.message); // scrolling away and back tries again
  } finally {
    fetching.delete(channel);
  }
}

/** Goes to a message, fetching older ones until it is there. */
async function jump(id) {
  const channel = world.current;
  while (!page.view.jump(id)) {
    const [first] = world.messagesOf(channel);
    if (channel !== world.current || !world.hasMore(channel)) return;
    await older();
    if (world.messagesOf(channel)[0] === first) return; // none could be fetched
  }
}

const NEWS = {
  state(said) {
    const other = world.take(said);
    const wanted = other ? new URLSearchParams(location.search).get("channel") : world.current;
    const known = world.channelOf(wanted) ?? world.channelOf(world.current) ?? world.channels[0];
    world.current = known?.id ?? null;
    history.replaceState(null, "", addressOf(world.me.username, world.current));
    if (other) page.composer.reset();
    drawAll();
  },
  message({ message }) {
    if (!world.reaches(message)) return;
    const isNew = world.put(message);
    typing.ended(message.channel_id, message.author.id);
    if (message.channel_id === world.current) page.view.put(message);
    else if (isNew && !isEphemeral(message) && message.author.id !== world.me.id) {
      world.missed(message);
      drawPlaces(world, { go });
    }
  },
  deleted({ channel_id: channelId, id }) {
    world.drop(channelId, id);
    if (channelId === world.current) page.view.remove(id);
  },
  typing: ({ channel_id: channelId, user_id: userId }) => userId !== world.me.id && typing.began(channelId, userId),
  presence({ user_id: userId, status }) {
    world.setStatus(userId, status);
    drawSides();
  },
};

function connection(said) {
  const line = document.getElementById("connection");
  line.hidden = said === "open";
  line.textContent = "The connection to the playground is lost; trying again…";
  document.body.dataset.connection = said;
}

/** Looks at the playground as `person`. */
function become(person) {
  news?.close();
  news = new News(person, { onNews: (said) => NEWS[said.type]?.(said), onState: connection });
  if (world.known) history.pushState(null, "", addressOf(person, world.current));
}

function fromAddress() {
  const wanted = new URLSearchParams(location.search);
  const person = wanted.get("as") ?? "";
  if (!world.known || person !== world.me.username) become(person);
  else if (world.channelOf(wanted.get("channel"))) go(wanted.get("channel"), { remember: false });
}

/** The menu of the message or person at `target`; false where there is none. */
function menuAt(target, where) {
  const person = target.closest("[data-user-id], [data-person]");
  if (person) {
    const user = world.people.find((one) => one.username === person.dataset.person) ?? world.user(person.dataset.userId);
    const { own, apps } = personActions(user, page);
    openMenu([{ items: own }, { heading: "Apps", items: apps }], { label: "What to do with this person", ...where });
    return true;
  }
  const { article, message } = page.view.messageAt(target);
  if (!message || article.querySelector(".edit")) return false;
  openMenu(messageActions(message, menu, where), { label: "Message actions", ...where });
  return true;
}

addEventListener("popstate", fromAddress);
for (const root of ["messages", "members", "people"]) onMenuAsked(document.getElementById(root), menuAt);
onMessageKeys({ view: page.view, bar });
onDrop((files) => page.composer.take(files));
themeButton(document.getElementById("theme"));
fromAddress();
