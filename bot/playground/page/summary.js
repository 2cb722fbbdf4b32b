// A message in one line of words.

import { nameOf } from "./avatar.js";
import { plain } from "./markdown.js";

const LOADING = 1 << 7;
const EPHEMERAL = 1 << 6;
const TEXT_DISPLAY = 10;
const GALLERY = 12;
const FILE = 13;

export const isEphemeral = (message) => Boolean(message.flags & EPHEMERAL);
export const isLoading = (message) => Boolean(message.flags & LOADING);

/** What stands in a message: its words, and how many pictures and files. */
export function contents(message) {
  const texts = [message.content ?? "", ...(message.embeds ?? []).flatMap((one) => [one.title ?? "", one.description ?? ""])];
  const isPicture = (one) => one.content_type?.startsWith("image/");
  let pictures = (message.attachments ?? []).filter(isPicture).length;
  let files = (message.attachments ?? []).length - pictures;
  const walk = (components) => {
    for (const one of components ?? []) {
      if (one.type === TEXT_DISPLAY) texts.push(one.content);
      if (one.type === GALLERY) pictures = Math.max(pictures, one.items.length);
      if (one.type === FILE) files = Math.max(files, 1);
      walk(one.components);
    }
  };
  walk(message.components);
  return { text: texts.filter(Boolean).join("\n"), pictures, files };
}

const counted = (count, one) => (count ? `${count} ${count === 1 ? one : `${one}s`}` : null);

/** What to tell somebody who cannot see the message; `names` as in markdown.js. */
export function summary(message, names) {
  if (isLoading(message)) return `${nameOf(message.author)} is thinking`;
  return `${nameOf(message.author)}: ${line(message, names)}`;
}

/** The message's beginning, as a reply shows it. */
export function line(message, names) {
  const { text, pictures, files } = contents(message);
  const things = [counted(pictures, "picture"), counted(files, "file")].filter(Boolean).join(", ");
  return [things && `${things}.`, plain(text, names).slice(0, 160)].filter(Boolean).join(" ");
}
