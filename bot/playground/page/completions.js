// What `/`, `@`, `#` and `:` lead to in the message box: commands, people, roles, channels, emoji.

import { suggest } from "./commands.js";
import { el } from "./dom.js";
import { emojiLike, withEmoji } from "./emoji.js";
import { icon, isDrawn } from "./icons.js";

const MOST = 8;
const STARTED = /(?:^|\s)([@#:])([\w-]*)$/;

/** The commands that `text` may become, as suggestions, each with the options it needs. */
export const commandItems = (commands, text, app) =>
  suggest(commands, text).map((command) => ({
    title: [`/${command.name}`, command.options.filter((one) => one.required).map((one) => el("span", { class: "needs" }, one.name))],
    detail: command.description,
    user: app,
    value: command,
  }));

/** Offers what the word before the cursor may become; `entries(kind)` as in command_form.js. */
export function completions(input, suggestions, { entries }) {
  const before = input.value.slice(0, input.selectionStart);
  const [, sign, typed] = STARTED.exec(before) ?? [];
  if (!sign || (sign === ":" && typed.length < 2)) {
    suggestions.hide();
    return;
  }
  const items = OFFERS[sign](typed.toLowerCase(), entries).slice(0, MOST);
  const take = (words) => {
    input.setRangeText(`${words} `, before.length - typed.length - 1, before.length, "end");
    input.dispatchEvent(new Event("input"));
  };
  suggestions.show(input, items, take, { eager: true, label: { "@": "People and roles", "#": "Channels", ":": "Emoji" }[sign] });
}

const bare = (label) => label.replace(/^[@#]/, "");
const like = (list, typed) => list.filter((one) => bare(one.label).toLowerCase().includes(typed) || one.user?.username.includes(typed));

const OFFERS = {
  "@": (typed, entries) =>
    like([...entries("user"), ...entries("role").filter((one) => one.label !== "@everyone")], typed).map((one) => ({
      title: `@${bare(one.label)}`,
      detail: one.user ? one.user.username : "role",
      user: one.user,
      value: `@${bare(one.label)}`,
    })),
  "#": (typed, entries) => like(entries("channel"), typed).map((one) => ({ title: one.label, value: one.label })),
  // What cannot be drawn stands in the box by its name, and is its emoji once sent.
  ":": (typed) =>
    emojiLike(typed).map(({ emoji, name }) =>
      isDrawn(emoji) ? { title: [icon(emoji), ` :${name}:`], value: emoji } : { title: `:${name}:`, value: `:${name}:` },
    ),
};

/** `text` as it is sent: `@Ada` becomes her mention, `#studio` the channel's, `:fire:` the emoji. */
export function spoken(text, { entries }) {
  const marks = [
    ...entries("user").flatMap((one) => [one.label, one.user.username].map((name) => [`@${name}`, `<@${one.value}>`])),
    ...entries("role").filter((one) => one.label !== "@everyone").map((one) => [one.label, `<@&${one.value}>`]),
    ...entries("channel").map((one) => [one.label, `<#${one.value}>`]),
  ].sort(([one], [other]) => other.length - one.length);
  const escape = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\w<])(?:${marks.map(([name]) => escape(name)).join("|")})(?!\\w)`, "gi");
  const meant = (name) => marks.find(([one]) => one.toLowerCase() === name.toLowerCase())[1];
  // What stands in code is left as it is.
  const parts = text.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  return parts.map((part, index) => (index % 2 ? part : withEmoji(marks.length ? part.replace(pattern, meant) : part))).join("");
}

/** The other way round: a message's text as its author would type it. */
export const typedAgain = (content, names) =>
  content
    .replace(/<@!?(\d+)>/g, (_, id) => `@${names.user(id)}`)
    .replace(/<@&(\d+)>/g, (_, id) => `@${names.role(id)}`)
    .replace(/<#(\d+)>/g, (_, id) => `#${names.channel(id)}`);
