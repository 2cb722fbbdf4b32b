// What one does, asked of the server as the person one is. Each rejects with a Refused, whose message is for people.

import { allCarried, carried } from "./files.js";
import { ask } from "./wire.js";

export class Actions {
  constructor(world) {
    this.world = world;
  }

  #ask(action, asked, channel = this.world.current) {
    return ask(action, { as: this.world.me.username, channel, ...asked });
  }

  #about(action, message, asked = {}) {
    return this.#ask(action, { message: message.id, ...asked }, message.channel_id);
  }

  async command(command, options) {
    return this.#ask("command", { command, options: await allCarried(options) });
  }

  async complete(command, option, typed, options) {
    const { choices } = await this.#ask("autocomplete", { command, option, typed, options: await allCarried(options) });
    return choices;
  }

  press(message, customId, values) {
    return this.#about("press", message, { custom_id: customId, ...(values ? { values } : {}) });
  }

  async submit(modal, values) {
    return this.#ask("submit", { modal: modal.key, values: await allCarried(values) });
  }

  menu(kind, command, target) {
    return this.#ask("menu", { kind, command, target });
  }

  async say(text, { files = [], reply_to: replyTo = null } = {}) {
    const ready = files.map(async ({ file, spoiler, description }) => ({ ...(await carried(file)), spoiler, ...(description ? { description } : {}) }));
    return this.#ask("say", { text, ...(replyTo ? { reply_to: replyTo } : {}), ...(files.length ? { files: await Promise.all(ready) } : {}) });
  }

  edit(message, text) {
    return this.#about("edit", message, { text });
  }

  remove(message) {
    return this.#about("delete", message);
  }

  dismiss(message) {
    return this.#about("dismiss", message);
  }

  react(message, emoji, on) {
    return this.#about("react", message, { emoji, on });
  }

  typing() {
    return this.#ask("typing", {});
  }

  /** Begins a thread, at a message or (null) by itself. */
  thread(message, name) {
    return this.#ask("thread", { name, ...(message ? { message: message.id } : {}) });
  }

  history(channel, before, limit) {
    return this.#ask("history", { before, limit }, channel);
  }

  join(person) {
    return this.#ask("join", person);
  }

  roles(guild, person, roles) {
    return this.#ask("roles", { guild, person, roles });
  }
}
