// How messages stand together: one after the other by the same person, and apart where a new day begins.

import { el } from "./dom.js";
import { dayText, isSameDay } from "./time.js";

const TOGETHER = 7 * 60_000; // milliseconds within which somebody's next message needs no new head

/** A line across the messages with a word on it. */
export const divider = (words, look) => el("div", { class: `divider ${look}`, role: "separator", "aria-label": words }, el("span", {}, words));

const facts = new WeakMap(); // article → {author, time, alone, apart}

/**
 * Notes what `arrange` must know of a message's article: who wrote it and when; `alone` where it has a head in any
 * case; `apart` where the next one does.
 */
export const remember = (article, known) => facts.set(article, known);

/** Sets an article's look by what stands before it: without a head of its own, or below a new day's line. */
export function arrange(article) {
  let before = article.previousElementSibling;
  while (before?.matches(".divider.day")) {
    const stale = before;
    before = before.previousElementSibling;
    stale.remove();
  }
  const isNew = before?.matches(".divider.new");
  if (isNew) before = before.previousElementSibling;
  const { author, time, alone } = facts.get(article);
  const last = before && facts.get(before);
  const sameDay = last ? isSameDay(last.time, time) : false;
  const follows = last && !isNew && sameDay && last.author === author && time - last.time < TOGETHER;
  article.classList.toggle("compact", Boolean(follows && !alone && !last.apart));
  if (!sameDay) article.before(divider(dayText(time), "day"));
}
