// Who is writing, and telling others that one is.

import { nameOf } from "./avatar.js";
import { el } from "./dom.js";

const SHOWN = 10_000; // milliseconds that one sign of typing is shown, as in Discord
const PAUSE = 8_000; // milliseconds before the next sign is sent

export class Typing {
  #writing = new Map(); // channel id → Map of user id → when their sign ends
  #told = new Map(); // channel id → when a sign was last sent
  #timer = 0;

  constructor(world) {
    this.world = world;
    this.node = document.getElementById("typing");
  }

  /** `userId` began to write in a channel. */
  began(channelId, userId) {
    const here = this.#writing.get(channelId) ?? new Map();
    this.#writing.set(channelId, here.set(userId, Date.now() + SHOWN));
    this.draw();
  }

  /** They sent it, or left. */
  ended(channelId, userId) {
    if (this.#writing.get(channelId)?.delete(userId)) this.draw();
  }

  /** Whether it is time to tell others that one writes here. */
  isDue(channelId) {
    const due = Date.now() - (this.#told.get(channelId) ?? 0) > PAUSE;
    if (due) this.#told.set(channelId, Date.now());
    return due;
  }

  /** What one wrote was sent; the next word is worth a new sign. */
  sent(channelId) {
    this.#told.delete(channelId);
  }

  draw() {
    clearTimeout(this.#timer);
    const here = this.#writing.get(this.world.current) ?? new Map();
    for (const [id, end] of here) if (end <= Date.now()) here.delete(id);
    const names = [...here.keys()].filter((id) => id !== this.world.me.id).map((id) => nameOf(this.world.user(id)));
    this.node.replaceChildren(...(names.length ? [dots(), el("span", {}, ...words(names))] : []));
    if (here.size) this.#timer = setTimeout(() => this.draw(), Math.max(100, Math.min(...here.values()) - Date.now()));
  }
}

const dots = () => el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));

function words(names) {
  if (names.length > 3) return ["Several people are typing…"];
  const parts = names.flatMap((name, index) => [index ? (index === names.length - 1 ? " and " : ", ") : "", el("strong", {}, name)]);
  return [...parts, names.length === 1 ? " is typing…" : " are typing…"];
}
