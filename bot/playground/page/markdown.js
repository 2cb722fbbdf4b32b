// Discord's markdown inside a line, into DOM nodes. Blocks are in markdown_blocks.js.

import { el } from "./dom.js";
import { emojiName } from "./emoji.js";
import { icon } from "./icons.js";
import { timeElement } from "./time.js";

const LINK = /https?:\/\/[^\s<>]+[^\s<>.,:;!?'")\]|*_~]/;
const PICTURE = /(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?(?:\u200d\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)*)/u;
const INLINE = [
  { name: "escape", pattern: /\\([^A-Za-z0-9\s])/ },
  { name: "code", pattern: /``(.+?)``(?!`)|`([^`\n]+)`/s },
  { name: "time", pattern: /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/ },
  { name: "user", pattern: /<@!?(\d+)>/ },
  { name: "role", pattern: /<@&(\d+)>/ },
  { name: "channel", pattern: /<#(\d+)>/ },
  { name: "command", pattern: /<\/([-\w ]+):(\d+)>/ },
  { name: "guide", pattern: /<id:(customize|browse|guide|linked-roles)>/ },
  { name: "emoji", pattern: /<a?:(\w+):\d+>/ },
  { name: "everybody", pattern: /@(everyone|here)\b/ },
  { name: "named", pattern: /\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: +"([^"\n]*)")?\)/ },
  { name: "link", pattern: new RegExp(`<(${LINK.source})>|(${LINK.source})`) },
  { name: "both", pattern: /\*\*\*(?=\S)(.+?)\*\*\*(?!\*)/s },
  { name: "bold", pattern: /\*\*(?=\S)(.+?)\*\*(?!\*)/s },
  { name: "underline", pattern: /__(?=\S)(.+?)__(?!_)/s },
  { name: "italic", pattern: /\*(?=[^\s*])((?:\*\*.+?\*\*|[^*])+?)\*(?!\*)|(?<!\w)_(?=[^\s_])((?:__.+?__|[^_])+?)_(?!\w)/s },
  { name: "struck", pattern: /~~(?=\S)(.+?)~~/s },
  { name: "spoiler", pattern: /\|\|(.+?)\|\|/s },
  { name: "picture", pattern: PICTURE },
];

/** The nodes of `text`. `names` finds people, channels and roles: {user(id), channel(id), role(id), run(command)…}. */
export function inline(text, names) {
  const nodes = [];
  while (text) {
    let first = null;
    for (const { name, pattern } of INLINE) {
      const match = pattern.exec(text);
      if (match && (!first || match.index < first.match.index)) first = { name, match };
    }
    if (!first) return [...nodes, text];
    const { name, match } = first;
    if (match.index) nodes.push(text.slice(0, match.index));
    nodes.push(MAKE[name](match, names));
    text = text.slice(match.index + match[0].length);
  }
  return nodes;
}

const outside = (address, children, title = null) =>
  el("a", { href: address, title, target: "_blank", rel: "noopener noreferrer" }, children);

const mention = (words, run, colour = null) => {
  const node = el(run ? "button" : "span", { class: "mention", type: run ? "button" : null, onclick: run }, words);
  if (colour) {
    node.classList.add("coloured");
    node.style.setProperty("--who", colour);
  }
  return node;
};

const MAKE = {
  escape: ([, sign]) => sign,
  code: ([, double, single]) => el("code", {}, double ?? single),
  time: ([, seconds, style]) => timeElement(new Date(Number(seconds) * 1000), style),
  user: ([, id], names) => mention(`@${names.user(id)}`, names.profile && ((event) => names.profile(id, event.currentTarget))),
  role: ([, id], names) => mention(`@${names.role(id)}`, null, names.roleColour?.(id)),
  channel: ([, id], names) => mention(`#${names.channel(id)}`, names.go?.(id)),
  command: ([, name], names) => mention(`/${name}`, () => names.run(name)),
  guide: ([, place]) => mention(place.replace("-", " ")),
  emoji: ([, name]) => `:${name}:`,
  everybody: ([whole]) => mention(whole),
  named: ([, label, address, title], names) => outside(address, inline(label, names), title ?? address),
  link: ([, hidden, open]) => outside(hidden ?? open, hidden ?? open),
  both: ([, inner], names) => el("em", {}, el("strong", {}, inline(inner, names))),
  bold: ([, inner], names) => el("strong", {}, inline(inner, names)),
  underline: ([, inner], names) => el("u", {}, inline(inner, names)),
  italic: ([, star, line], names) => el("em", {}, inline(star ?? line, names)),
  struck: ([, inner], names) => el("s", {}, inline(inner, names)),
  spoiler: ([, inner], names) => spoiler(inline(inner, names)),
  picture: ([emoji]) => el("span", { class: "emoji", role: "img", "aria-label": emojiName(emoji) }, icon(emoji)),
};

/** Text that shows itself when pressed. */
function spoiler(children) {
  const inside = el("span", { class: "spoiler-inside" }, children);
  const cover = el("button", { class: "spoiler", type: "button", "aria-label": "Spoiler: press to show" }, inside);
  inside.inert = true;
  cover.addEventListener("click", () => {
    const shown = el("span", { class: "spoiler shown", tabindex: "-1" }, [...inside.childNodes]);
    cover.replaceWith(shown);
    shown.focus();
  });
  return cover;
}

/** Whether `text` is nothing but a few emoji, which are then drawn large. */
export function isJumbo(text) {
  const rest = text.replace(new RegExp(PICTURE, "gu"), "").trim();
  return text.trim() !== "" && rest === "" && text.length < 60;
}

/** What a screen reader should be told of `text`, and what a preview shows of it. */
export const plain = (text, names) =>
  text
    .replace(/\|\|.+?\|\|/gs, " (spoiler) ")
    .replace(/<@!?(\d+)>/g, (_, id) => `@${names?.user(id) ?? "someone"}`)
    .replace(/<@&(\d+)>/g, (_, id) => `@${names?.role(id) ?? "a role"}`)
    .replace(/<#(\d+)>/g, (_, id) => `#${names?.channel(id) ?? "a channel"}`)
    .replace(/<t:-?\d+(?::\w)?>/g, "")
    .replace(/<\/([-\w ]+):\d+>/g, "/$1")
    .replace(/\[([^\]\n]+)\]\(<?https?:[^\s)]+\)/g, "$1")
    .replace(/^(-# |#{1,3} |> )/gm, "")
    .replace(/[*~`\\]|__/g, "")
    .replace(/\s+/g, " ")
    .trim();
