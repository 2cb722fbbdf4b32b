// What messages, components and menus need of the page.

import { localAddress } from "./addresses.js";
import { nameOf } from "./avatar.js";
import { enlarge } from "./lightbox.js";
import { original } from "./message_origin.js";
import { openProfile } from "./profile.js";
import { addressOf } from "./people_bar.js";
import { THREADS } from "./world.js";

/** Finds people, channels and roles for mentions; `page` as in `contexts`. */
function namesOf(page) {
  const { world } = page;
  return {
    user: (id) => nameOf(world.user(id)),
    role: (id) => world.role(id)?.name ?? "a role",
    roleColour: (id) => world.role(id)?.colour,
    channel: (id) => world.channelOf(id)?.name ?? "a channel",
    go: (id) => (world.channelOf(id) ? () => page.go(id) : null),
    profile: (id, anchor) => page.profile(id, anchor),
    run: (name) => page.composer.fill(`/${name} `),
  };
}

/**
 * Makes `context()` for modals, `contextOf(message)` for messages (see message.js, components.js) and `menu` for
 * their menus (see message_menu.js). `page` has world, deeds, view, composer, go, profile.
 */
export function contexts(page) {
  const { world } = page;
  const names = namesOf(page);
  const address = (url) => localAddress(url, world.base);
  const shared = {
    names,
    nameOf,
    address,
    choices: (type) => world.entries(type),
    enlarge: (pictures, index) => enlarge(pictures, index, address),
    asMember: (author) => world.asMember(author),
    profile: names.profile,
    openThread: (thread) => page.go(thread.id),
  };
  const contextOf = (message) => ({
    ...shared,
    author: world.asMember(original(message).author),
    isForMe: world.isForMe(message) && message.author.id !== world.me.id,
    mayReact: world.may("react", message.channel_id),
    press: (customId, values, node) => page.deeds.press(message, customId, values, node),
    react: (emoji, on) => page.deeds.react(message, emoji, on),
    dismiss: () => page.deeds.dismiss(message),
    jump: (id) => page.jump(id),
  });
  const menu = {
    get guild() {
      return world.guild;
    },
    get isThread() {
      return THREADS.includes(world.channel?.type);
    },
    may: (what) => world.may(what),
    isMine: (message) => message.author.id === world.me.id,
    menuCommands: (kind) => world.menu(kind),
    runMenu: (kind, name, target) => page.deeds.menu(kind, name, target),
    react: (message, emoji, on) => page.deeds.react(message, emoji, on),
    reply: (message) => page.composer.answer(message, nameOf(world.asMember(message.author))),
    edit: (message) => page.deeds.edit(message),
    remove: (message) => page.deeds.remove(message),
    dismiss: (message) => page.deeds.dismiss(message),
    startThread: (message) => page.deeds.startThread(message),
    copy: (words) => page.deeds.copy(words),
  };
  return { names, context: () => shared, contextOf, menu };
}

/** What can be done with a person, as items of a menu: first the page's own, then the bot's commands. */
export function personActions(user, page) {
  const { world } = page;
  const playable = world.people.some((one) => one.id === user.id);
  const item = (wanted, label, sign, run) => (wanted ? { label, glyph: sign, run } : null);
  const own = [
    item(playable && user.id !== world.me.id, `Be ${nameOf(user)}`, "person", () => page.become(user.username)),
    item(playable, "Open in a new tab", "tab", () => open(addressOf(user.username, world.current), "_blank", "noopener")),
    item(world.may("send"), "Mention", "at", () => page.composer.write(`@${nameOf(user)} `)),
    item(world.mayGiveRoles && world.guild, "Roles", "shield", () => page.deeds.giveRoles(user)),
  ];
  const apps = world.menu("user").map(({ name }) => ({ label: name, glyph: "apps", run: () => page.deeds.menu("user", name, user.id) }));
  return { own: own.filter(Boolean), apps };
}

/** Opens the card of whoever has that id. */
export function showProfile(id, anchor, page) {
  const user = page.world.user(id);
  const about = page.world.people.find((one) => one.id === id)?.about;
  const { own, apps } = personActions(user, page);
  openProfile({ about, ...user }, { anchor, world: page.world, actions: [...own, ...apps] });
}
