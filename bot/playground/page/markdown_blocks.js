// Discord's markdown by lines: headings, small print, quotes, lists, code blocks.

import { el } from "./dom.js";
import { inline, isJumbo } from "./markdown.js";

const HEADING = /^(#{1,3}) +(\S.*)/;
const SMALL = /^-# +(\S.*)/;
const QUOTE = /^> (.*)|^>$/;
const REST_QUOTED = /(^|\n)>>> ([\s\S]+)$/;
const ITEM = /^( *)(?:[-*]|(\d+)\.) +(\S.*)/;

/** The nodes of `text`; `names` as in markdown.js. */
export function markdown(text, names) {
  if (isJumbo(text)) return [el("p", { class: "jumbo" }, inline(text.trim(), names))];
  const parts = text.split(/```(?:([\w+-]+)\n)?([\s\S]*?)```/);
  const nodes = [];
  for (let at = 0; at < parts.length; at += 3) {
    nodes.push(...quoted(parts[at], names));
    if (at + 2 < parts.length) nodes.push(codeBlock(parts[at + 2], parts[at + 1]));
  }
  return nodes;
}

const codeBlock = (code, language) =>
  el("pre", { tabindex: "0", "aria-label": language ? `Code, ${language}` : "Code" }, el("code", {}, code.replace(/^\n|\n$/g, "")));

function quoted(text, names) {
  const rest = REST_QUOTED.exec(text);
  if (!rest) return blocks(text, names);
  return [...blocks(text.slice(0, rest.index), names), el("blockquote", {}, blocks(rest[2], names))];
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
  const lines = text.split("\n");
  while (lines.length) {
    const line = lines.shift();
    let match;
    if ((match = HEADING.exec(line))) {
      // The page's own headings are h1 and h2, so a message's begin at h3.
      block(el(`h${match[1].length + 2}`, {}, inline(match[2], names)));
    } else if ((match = SMALL.exec(line))) {
      block(el("p", { class: "subtext" }, inline(match[1], names)));
    } else if (QUOTE.test(line)) {
      const said = [line, ...taken(lines, QUOTE)].map((one) => one.replace(/^> ?/, ""));
      block(el("blockquote", {}, blocks(said.join("\n"), names)));
    } else if (ITEM.test(line)) {
      const items = [line, ...taken(lines, ITEM)].map((one) => ITEM.exec(one));
      while (items.length) block(list(items, names));
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return nodes;
}

/** Takes the lines off the front that look like `pattern`. */
function taken(lines, pattern) {
  const found = [];
  while (lines.length && pattern.test(lines[0])) found.push(lines.shift());
  return found;
}

/** Takes a list off the front of what ITEM matched; those further in than the first make lists of their own. */
function list(items, names) {
  const [[, margin, number]] = items;
  const node = el(number ? "ol" : "ul", { start: number });
  while (items.length && Boolean(items[0][2]) === Boolean(number)) {
    const [, indent, , words] = items.shift();
    const item = el("li", {}, inline(words, names));
    const inner = [];
    while (items.length && items[0][1].length > Math.max(indent.length, margin.length)) inner.push(items.shift());
    while (inner.length) item.append(list(inner, names));
    node.append(item);
  }
  return node;
}
