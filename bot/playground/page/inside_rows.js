// Tables and bars of the inside drawer, drawn anew only where something changed.

import { el } from "./dom.js";

/** Keeps the children of `parent` in step with `items`: `draw(item)` builds one, `keyOf(item)` names it. */
export function keeper(parent, keyOf, draw) {
  let kept = new Map(); // key → {said, node}
  return (items) => {
    const now = new Map();
    for (const item of items) {
      const [key, said] = [keyOf(item), JSON.stringify(item)];
      const before = kept.get(key);
      now.set(key, before?.said === said ? before : { said, node: draw(item) });
    }
    for (const [key, { node }] of kept) if (now.get(key)?.node !== node) node.remove();
    let place = parent.firstElementChild;
    for (const { node } of now.values()) {
      if (node === place) place = place.nextElementSibling;
      else parent.insertBefore(node, place);
    }
    kept = now;
  };
}

/** A table of `columns` [[heading, class]]; `show(items)` draws them, or the words `empty` where there are none. */
export function table(caption, columns, { empty, keyOf, draw }) {
  const body = el("tbody");
  const heads = columns.map(([heading, look]) => el("th", { scope: "col", class: look }, heading));
  const whole = el("table", {}, el("caption", { class: "visually-hidden" }, caption), el("thead", {}, el("tr", {}, heads)), body);
  const nothing = el("p", { class: "inside-empty" }, empty);
  const keep = keeper(body, keyOf, (item) => el("tr", {}, draw(item)));
  const node = el("div", { class: "inside-table" }, whole, nothing);
  return {
    node,
    show(items) {
      whole.hidden = !items.length;
      nothing.hidden = Boolean(items.length);
      keep(items);
    },
  };
}

/** A bar filled to `part` of `whole`; the numbers beside it say the same. */
export function bar(part, whole) {
  const node = el("span", { class: "inside-bar", "aria-hidden": "true" });
  node.style.setProperty("--part", whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0);
  return node;
}

export const seconds = (value) => (value === null ? "–" : `${value.toFixed(Math.abs(value) < 9.95 ? 1 : 0)} s`);

const CLOCK = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** The time of day of Unix seconds. */
export const clock = (at) => el("time", { datetime: new Date(at * 1000).toISOString() }, CLOCK.format(new Date(at * 1000)));

export const cell = (look, ...children) => el("td", { class: look }, ...children);
