// What stands for an emoji that this machine has no font for, where a browser would show an empty box.

import { el } from "./dom.js";
import { shortName } from "./emoji.js";

const SIDE = 24; // pixels; enough to tell one drawing from another
const NO_CHARACTER = "\u{10ffff}"; // no font ever draws it: what it looks like is the empty box
const LETTERS = 0x1f1e6 - "a".charCodeAt(0); // from a letter to its sign in flags
const known = new Map(); // first character → whether a font draws it
let pen = null;
let names = null; // asked for once, when the first one is needed

const first = (emoji) => String.fromCodePoint(emoji.codePointAt(0));

function pixels(character) {
  pen ??= Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }).getContext("2d", { willReadFrequently: true });
  pen.clearRect(0, 0, SIDE, SIDE);
  pen.font = `${(SIDE * 2) / 3}px ${getComputedStyle(document.body).fontFamily}`;
  pen.textBaseline = "top";
  pen.fillText(character, 2, 2);
  return pen.getImageData(0, 0, SIDE, SIDE).data.join();
}

/** Whether a font of this machine draws the emoji. */
export function hasFont(emoji) {
  const character = first(emoji);
  if (!known.has(character)) known.set(character, pixels(character) !== pixels(NO_CHARACTER));
  return known.get(character);
}

/** A flag is its country's two letters, in signs of their own; undefined for what is no flag. */
const flagName = (emoji) => (/^\p{RI}/u.test(emoji) ? `flag_${[...emoji].map((sign) => String.fromCharCode(sign.codePointAt(0) - LETTERS)).join("")}` : undefined);

/** The emoji's name between colons, as one would type it. */
export function spelled(emoji) {
  const name = shortName(emoji) ?? flagName(emoji);
  const node = el("span", { class: "emoji-name" }, `:${name ?? "…"}:`);
  if (name) return node;
  names ??= fetch("/page/emoji.json").then((answer) => answer.json()).catch(() => ({}));
  names.then((all) => (node.textContent = `:${all[first(emoji)] ?? `u+${emoji.codePointAt(0).toString(16)}`}:`));
  return node;
}
