// Discord's markdown, as far as bots use it, into DOM nodes.

import { el } from "./dom.js";
import { timeElement } from "./time.js";

const LINK = /https?:\/\/[^\s<>]+[^\s<>.,:;!?'")\]]/;
const INLINE = [
  { name: "escape", pattern: /\\([^A-Za-z0-9\s])/ },
  { name: "code", pattern: /``(.+?)``|`([^`\n]+)`/s },
  { name: "time", pattern: /<t:(-?\d{1,12})(?::([tTdDfFR]))?>/ },
  { name: "user", pattern: /<@!?(\d+)>/ },
  { name: "role", pattern: /<@&(\d+)>/ },
  { name: "channel", pattern: /<#(\d+)>/ },
  { name: "command", pattern: /<\/([-\w ]+):(\d+)>/ },
  { name: "emoji", pattern: /<a?:(\w+):\d+>/ },
  { name: "named", pattern: /\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/ },
  { name: "link", pattern: new RegExp(`<?(${LINK.source})>?`) },
  { name: "bold", pattern: /\*\*(?=\S)(.+?)\*\*(?!\*)/s },
  { name: "underline", pattern: /__(?=\S)(.+?)__(?!_)/s },
  { name: "italic", pattern: /\*(?=[^\s*])([^*]+?)\*|\b_(?=\S)([^_]+?)_\b/s },
  { name: "struck", pattern: /~~(?=\S)(.+?)~~/s },
  { name: "spoiler", pattern: /\|\|(.+?)\|\|/s },
];

/** The nodes of `text`. `names` finds people, channels and roles: {user(id), channel(id), role(id), run(command)}. */
export function markdown(text, names) {
  const nodes = [];
  const parts = text.split(/```(?:[\w+-]*\n)?([\s\S]*?)```/);
  parts.forEach((part, index) => {
    if (index % 2) nodes.push(el("pre", {}, el("code", {}, part.replace(/\n$/, ""))));
    else nodes.push(...blocks(part, names));
  });
  return nodes;
}

function blocks(text, names) {
  const nodes = [];
  let paragraph = [];
  const flush = () => {
    const said = paragraph.join("\n").replace(/^\n+|\n+$/g, "");
    if (said) nodes.push(el("p", {}, inline(said, names)));
    paragraph = [];
  };
  const block = (node) => (flush(), nodes.push(node));
  for (const line of text.split("\n")) {
    let match;
    if ((match = /^(#{1,3}) +(.+)/.exec(line))) {
      // The page's own headings are h1 and h2, so a message's begin at h3.
      block(el(`h${match[1].length + 2}`, {}, inline(match[2], names)));
    } else if ((match = /^-# +(.+)/.exec(line))) {
      block(el("p", { class: "subtext" }, inline(match[1], names)));
    } else if ((match = /^> ?(.*)/.exec(line))) {
      flush();
      if (nodes.at(-1)?.tagName !== "BLOCKQUOTE") nodes.push(el("blockquote"));
      nodes.at(-1).append(el("p", {}, inline(match[1], names)));
    } else if ((match = /^(\s*)(?:[-*]|\d+\.) +(.+)/.exec(line))) {
      flush();
      const list = /^\s*\d/.test(line) ? "OL" : "UL";
      if (nodes.at(-1)?.tagName !== list) nodes.push(el(list.toLowerCase()));
      nodes.at(-1).append(el("li", { class: match[1] ? "deeper" : null }, inline(match[2], names)));
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return nodes;
}

function inline(text, names) {
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

const outside = (address, children) =>
  el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);

const MAKE = {
  escape: ([, sign]) => sign,
  code: ([, double, single]) => el("code", {}, double ?? single),
  time: ([, seconds, style]) => timeElement(new Date(Number(seconds) * 1000), style),
  user: ([, id], names) => el("span", { class: "mention" }, `@${names.user(id)}`),
  role: ([, id], names) => el("span", { class: "mention" }, `@${names.role(id)}`),
  channel: ([, id], names) => el("span", { class: "mention" }, `#${names.channel(id)}`),
  command: ([, name], names) =>
    el("button", { class: "mention", type: "button", onclick: () => names.run(name) }, `/${name}`),
  emoji: ([, name]) => `:${name}:`,
  named: ([, label, address], names) => outside(address, inline(label, names)),
  link: ([, address]) => outside(address, address),
  bold: ([, inner], names) => el("strong", {}, inline(inner, names)),
  underline: ([, inner], names) => el("u", {}, inline(inner, names)),
  italic: ([, star, line], names) => el("em", {}, inline(star ?? line, names)),
  struck: ([, inner], names) => el("s", {}, inline(inner, names)),
  spoiler: ([, inner], names) => spoiler(inline(inner, names)),
};

/** Text that shows itself when pressed. */
export function spoiler(children) {
  const inside = el("span", { class: "spoiler-inside" }, children);
  const cover = el("button", { class: "spoiler", type: "button", "aria-label": "Spoiler: press to show" }, inside);
  inside.inert = true;
  cover.addEventListener("click", () => cover.replaceWith(el("span", { class: "spoiler shown" }, children)));
  return cover;
}

/** What a screen reader should be told of `text`. */
export const plain = (text) =>
  text
    .replace(/<t:\d+(?::\w)?>|<\/([-\w ]+):\d+>/g, "$1")
    .replace(/^-# |[*_~`|#>\\]/gm, "")
    .replace(/\s+/g, " ")
    .trim();
