// The page: who one is, where one is, and what is new there.

import { ChannelView } from "./channel_view.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { enlarge } from "./lightbox.js";
import { isEphemeral, nameOf } from "./message.js";
import { openModal } from "./modal.js";
import { drawPeople, drawPlaces } from "./places.js";
import { ask, News, Refused } from "./wire.js";

const FIRST_IDEA = "/imagine the sea at sunset";
const USER_SELECT = 5;
const ROLE_SELECT = 6;
const MENTIONABLE_SELECT = 7;
const CHANNEL_SELECT = 8;

let news = null;
let state = null; // what the server last said of this person's world
let current = null; // the id of the channel shown
const histories = new Map(); // channel id → Map of message id → message
const unread = new Set();
let shown = null; // who was last shown which channel, as one string

const find = (list, id) => list?.find((one) => one.id === id);
const here = () => state.guilds.find((guild) => find(guild.channels, current)) ?? null;
const channels = () => [...state.guilds.flatMap((guild) => guild.channels), ...(state.direct ? [state.direct] : [])];
const commands = () => state.commands[current] ?? [];

const names = {
  user: (id) => nameOf(find([...state.people, state.bot], id) ?? { username: "someone" }),
  role: (id) => find(here()?.roles, id)?.name ?? "a role",
  channel: (id) => find(channels(), id)?.name ?? "a channel",
  run: (name) => composer.fill(`/${name} `),
};

/** What a select of this kind, or an option, offers here. */
function entries(kind) {
  const guild = here();
  const people = (guild?.members ?? [state.me]).map((one) => ({ value: one.id, label: nameOf(one) }));
  const roles = (guild?.roles ?? []).map((one) => ({ value: one.id, label: `@${one.name.replace(/^@/, "")}` }));
  const places = (guild?.channels ?? []).map((one) => ({ value: one.id, label: `#${one.name}` }));
  return {
    user: people, [USER_SELECT]: people,
    role: roles, [ROLE_SELECT]: roles,
    channel: places, [CHANNEL_SELECT]: places,
    [MENTIONABLE_SELECT]: [...people, ...roles],
  }[kind];
}

const addresses = new Map(); // a file's path → the signed address first seen, so that pictures stay in the cache

/** Where this page may load a file of the loopback Discord's from; null for other places' files. */
function address(url) {
  const { origin, pathname, search, searchParams } = new URL(url, location.href);
  if (origin !== location.origin && origin !== state.base) return null;
  const known = addresses.get(pathname);
  if (known && known.until > Date.now()) return pathname + known.search;
  addresses.set(pathname, { search, until: Number.parseInt(searchParams.get("ex"), 16) * 1000 });
  return pathname + search;
}

const context = {
  names,
  address,
  choices: entries,
  enlarge: (pictures, index) => enlarge(pictures, index, address),
  of: (message) => ({
    ...context,
    press: (customId, values, node) => press(message, customId, values, node),
    dismiss: () => dismiss(message),
  }),
};
const view = new ChannelView(context);

const composer = new Composer(document.getElementById("bottom"), {
  run: async (command, options) => {
    const settle = view.pending(state.me, command.name);
    try {
      await follow(await ask("command", { as: me(), channel: current, command: command.name, options: await ready(options) }));
      settle(null);
    } catch (refused) {
      settle(refused.field ? null : refused.message);
      throw refused;
    }
  },
  say: (text) => ask("say", { as: me(), channel: current, text }),
  complete: async (command, option, typed, options) => {
    const { choices } = await ask("autocomplete", {
      as: me(), channel: current, command: command.name, option: option.name, typed, options: await ready(options),
    });
    return choices;
  },
  entries,
});

const me = () => state.me.username;

/** Options with their files read, as JSON can carry them. */
async function ready(options) {
  const entriesOf = Object.entries(options).map(async ([name, value]) => [name, value instanceof File ? await readFile(value) : value]);
  return Object.fromEntries(await Promise.all(entriesOf));
}

function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ filename: file.name, content_type: file.type, base64: reader.result.split(",")[1] });
    reader.onerror = () => reject(new Refused(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
}

/** What an interaction's answer asks of the page beyond its message: a modal to fill in. */
function follow(answer) {
  if (!answer.modal) return;
  const person = me();
  openModal(answer.modal, context, async (values) => {
    await follow(await ask("submit", { as: person, modal: answer.modal.key, values }));
  });
}

async function press(message, customId, values, node) {
  node.setAttribute("aria-busy", "true");
  try {
    const asked = { as: me(), channel: message.channel_id, message: message.id, custom_id: customId };
    await follow(await ask("press", values ? { ...asked, values } : asked));
  } catch (refused) {
    view.complain(message.id, refused.message);
  } finally {
    node.removeAttribute("aria-busy");
    if (node.tagName === "SELECT" && !node.multiple) node.selectedIndex = 0;
  }
}

async function dismiss(message) {
  document.getElementById("composer").focus();
  try {
    await ask("dismiss", { as: me(), channel: message.channel_id, message: message.id });
  } catch (refused) {
    view.complain(message.id, refused.message);
  }
}

function hint() {
  const idea = commands().some((command) => command.name === "imagine") ? FIRST_IDEA : null;
  if (!state.bot.connected) return el("div", { class: "hint" }, el("p", {}, `${state.bot.display_name} is not connected yet; it will answer once it is.`));
  return el(
    "div",
    { class: "hint" },
    el("p", {}, "Nothing here yet."),
    idea
      ? el("p", {}, "Try ", el("button", { class: "idea", type: "button", onclick: () => composer.fill(idea) }, idea))
      : el("p", {}, "Type ", el("button", { class: "idea", type: "button", onclick: () => composer.fill("/") }, "/"), " to see what can be done."),
  );
}

function open(channelId, { remember = true } = {}) {
  current = channelId;
  unread.delete(channelId);
  document.body.classList.remove("places-open");
  document.getElementById("open-places").setAttribute("aria-expanded", "false");
  if (remember) remembered("pushState");
  composer.reset();
  drawAll();
}

const remembered = (how) => history[how](null, "", `?${new URLSearchParams({ as: me(), ...(current ? { channel: current } : {}) })}`);

function drawAll() {
  const channel = find(channels(), current);
  const place = channel ? (here() ? `#${channel.name}` : `@${state.bot.display_name}`) : "No channel";
  document.getElementById("channel-name").textContent = place;
  document.getElementById("channel-topic").textContent = channel?.topic ?? "";
  document.title = `${place} · ${nameOf(state.me)} · Easel playground`;
  drawPlaces(state, { current, unread, go: open });
  drawPeople(state, become);
  composer.commands = commands();
  composer.disabled = !channel;
  composer.placeholder = channel ? `Message ${place} — / for commands` : "Pick a channel";
  const messages = [...(histories.get(current)?.values() ?? [])];
  const showing = `${state.me.id} ${current}`;
  if (showing === shown) view.renew(messages, channel ? hint : null);
  else view.show(messages, channel ? hint : null);
  shown = showing;
}

const NEWS = {
  state(said) {
    const first = state?.me.id !== said.me.id;
    state = said;
    histories.clear();
    for (const [id, messages] of Object.entries(said.messages)) {
      histories.set(id, new Map(messages.map((message) => [message.id, message])));
    }
    const wanted = first ? new URLSearchParams(location.search).get("channel") : current;
    const known = find(channels(), wanted) ?? find(channels(), current) ?? channels()[0];
    current = known?.id ?? null;
    remembered("replaceState");
    if (first) composer.reset();
    drawAll();
  },
  message({ message }) {
    const history = histories.get(message.channel_id) ?? new Map();
    const isNew = !history.has(message.id);
    histories.set(message.channel_id, history.set(message.id, message));
    if (message.channel_id === current) view.put(message);
    else if (isNew && !isEphemeral(message)) {
      unread.add(message.channel_id);
      drawPlaces(state, { current, unread, go: open });
    }
  },
  deleted({ channel_id: channelId, id }) {
    histories.get(channelId)?.delete(id);
    if (channelId === current) view.remove(id);
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
  unread.clear();
  news = new News(person, { onNews: (said) => NEWS[said.type]?.(said), onState: connection });
  if (state) {
    history.pushState(null, "", `?${new URLSearchParams({ as: person, ...(current ? { channel: current } : {}) })}`);
  }
}

function fromAddress() {
  const wanted = new URLSearchParams(location.search);
  const person = wanted.get("as") ?? "";
  if (!state || person !== me()) become(person);
  else if (find(channels(), wanted.get("channel"))) open(wanted.get("channel"), { remember: false });
}

addEventListener("popstate", fromAddress);
document.getElementById("open-places").addEventListener("click", (event) => {
  const opened = document.body.classList.toggle("places-open");
  event.currentTarget.setAttribute("aria-expanded", String(opened));
  if (opened) document.querySelector(".place")?.focus();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("places-open");
});
fromAddress();
