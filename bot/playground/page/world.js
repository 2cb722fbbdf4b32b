// What the server said of one person's world, and what is asked of it. No DOM here.

import { nameOf } from "./avatar.js";

export const THREADS = [11, 12];
const SELECT = { user: 5, role: 6, mentionable: 7, channel: 8 };
const OF_A_MODERATOR = ["manage_messages", "manage_roles"];

const find = (list, id) => list?.find((one) => one.id === id);

/** The order of two snowflakes, which are numbers too large for a number. */
export const earlier = (one, other) => one.length - other.length || (one < other ? -1 : Number(one > other));

export class World {
  #said = null;
  #messages = new Map(); // channel id → Map of message id → message
  #more = new Map(); // channel id → whether older ones exist
  current = null; // the id of the channel shown
  unread = new Map(); // channel id → {count, mentions, first}

  get known() {
    return this.#said !== null;
  }

  get me() {
    return this.#said.me;
  }

  get people() {
    return this.#said.people;
  }

  get bot() {
    return this.#said.bot;
  }

  get base() {
    return this.#said.base;
  }

  get guilds() {
    return this.#said.guilds;
  }

  get direct() {
    return this.#said.direct;
  }

  /** The server of the channel shown, or null in direct messages. */
  get guild() {
    return this.guildOf(this.current);
  }

  get channels() {
    return [...this.guilds.flatMap((guild) => guild.channels), ...(this.direct ? [this.direct] : [])];
  }

  get channel() {
    return this.channelOf(this.current);
  }

  get commands() {
    return this.#said.commands[this.current] ?? [];
  }

  channelOf(id) {
    return find(this.channels, id) ?? null;
  }

  guildOf(channelId) {
    return this.guilds.find((guild) => find(guild.channels, channelId)) ?? null;
  }

  /** The context menu commands of `kind`, "user" or "message", offered here. */
  menu(kind) {
    return this.#said.menus?.[this.current]?.[kind] ?? [];
  }

  /** Takes over what the server says the world is; older messages that were fetched stay. */
  take(said) {
    const other = this.#said?.me.id !== said.me.id;
    this.#said = said;
    const before = other ? new Map() : this.#messages;
    this.#messages = new Map();
    for (const [id, newest] of Object.entries(said.messages)) {
      const kept = newest.length ? [...(before.get(id)?.values() ?? [])].filter((one) => earlier(one.id, newest[0].id) < 0) : [];
      this.#messages.set(id, new Map([...kept, ...newest].map((message) => [message.id, message])));
      if (!kept.length) this.#more.set(id, said.more?.[id] ?? false);
    }
    if (other) this.unread.clear();
    return other;
  }

  messagesOf(channelId) {
    return [...(this.#messages.get(channelId)?.values() ?? [])];
  }

  message(channelId, id) {
    return this.#messages.get(channelId)?.get(id);
  }

  hasMore(channelId) {
    return this.#more.get(channelId) ?? false;
  }

  /** Whether a message is among those fetched so far; what is told of an older one must leave no gap below it. */
  reaches(message) {
    const [first] = this.#messages.get(message.channel_id)?.values() ?? [];
    return !first || !this.hasMore(message.channel_id) || earlier(first.id, message.id) <= 0;
  }

  /** Keeps one message; true where it was not known. */
  put(message) {
    const history = this.#messages.get(message.channel_id) ?? new Map();
    const isNew = !history.has(message.id);
    this.#messages.set(message.channel_id, history.set(message.id, message));
    return isNew;
  }

  drop(channelId, id) {
    this.#messages.get(channelId)?.delete(id);
  }

  /** Keeps messages older than those known. */
  putOlder(channelId, messages, more) {
    const known = this.#messages.get(channelId) ?? new Map();
    this.#messages.set(channelId, new Map([...messages.map((one) => [one.id, one]), ...known]));
    this.#more.set(channelId, more);
  }

  /** Notes that `message` came where nobody looked. */
  missed(message) {
    const { count, mentions, first } = this.unread.get(message.channel_id) ?? { count: 0, mentions: 0, first: message.id };
    this.unread.set(message.channel_id, { count: count + 1, mentions: mentions + Number(this.isForMe(message)), first });
  }

  /** Whether `message` mentions this person: by name, by a role of theirs, or answering them. */
  isForMe(message) {
    const roles = this.member(this.me.id, message.channel_id)?.roles ?? [];
    return (
      message.mention_everyone ||
      (message.mentions ?? []).some((one) => one.id === this.me.id) ||
      (message.mention_roles ?? []).some((id) => roles.includes(id))
    );
  }

  /** Whether this person may do `what` in the channel; without word from the server, what everybody may. */
  may(what, channelId = this.current) {
    const may = this.channelOf(channelId)?.may;
    return may ? may.includes(what) : !OF_A_MODERATOR.includes(what);
  }

  get mayGiveRoles() {
    return Boolean(this.guild?.may?.includes("manage_roles") || this.channel?.may?.includes("manage_roles"));
  }

  member(id, channelId = this.current) {
    return find(this.guildOf(channelId)?.members, id);
  }

  /** Whoever has that id, as one sees them here. */
  user(id) {
    return this.member(id) ?? find([this.bot, ...this.people], id) ?? this.#anywhere(id);
  }

  #anywhere(id) {
    for (const guild of this.guilds) if (find(guild.members, id)) return find(guild.members, id);
    return { id, username: "someone", roles: [] };
  }

  /** An author as the server's members see them: with nickname and colour. */
  asMember(author) {
    const { display_name, colour } = this.member(author.id) ?? author;
    return { ...author, display_name, colour };
  }

  role = (id) => find(this.guild?.roles, id);

  setStatus(userId, status) {
    for (const guild of this.guilds) {
      const member = find(guild.members, userId);
      if (member) member.status = status;
    }
  }

  statusOf(user) {
    return user.status ?? (user.bot && this.bot.connected ? "online" : "offline");
  }

  threadsOf(channelId) {
    return this.channels.filter((one) => one.parent_id === channelId && THREADS.includes(one.type));
  }

  /** What an option or a select of this kind offers here, as {value, label, user?, colour?}. */
  entries(kind) {
    const people = (this.guild?.members ?? [this.me, this.bot]).map((one) => ({ value: one.id, label: nameOf(one), user: one }));
    const roles = (this.guild?.roles ?? []).map((one) => ({ value: one.id, label: `@${one.name.replace(/^@/, "")}`, colour: one.colour }));
    const places = (this.guild?.channels ?? []).map((one) => ({ value: one.id, label: `#${one.name}` }));
    return {
      user: people,
      role: roles,
      channel: places,
      [SELECT.user]: people,
      [SELECT.role]: roles,
      [SELECT.channel]: places,
      [SELECT.mentionable]: [...people, ...roles],
    }[kind];
  }
}
