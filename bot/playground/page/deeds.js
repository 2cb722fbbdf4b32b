// What the page does with messages and people: asks the server, and shows what came of it.

import { nameOf } from "./avatar.js";
import { typedAgain } from "./completions.js";
import { announce } from "./dom.js";
import { editMessage } from "./message_edit.js";
import { openModal } from "./modal.js";
import { personForm } from "./people_bar.js";
import { line } from "./summary.js";

const THREAD_NAME = 100; // characters at most

const ownForm = (title, ...components) => ({ custom_id: "page", title, components });
const text = (content) => ({ type: 10, content });

export class Deeds {
  /** `parts`: world, actions, view, composer, context (see message_context.js), go(channelId), become(name). */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Does `deed`; what is refused is said beneath the message. */
  async at(message, deed) {
    try {
      return await deed();
    } catch (refused) {
      this.view.complain(message.id, refused.message);
      return null;
    }
  }

  /** What an interaction's answer asks of the page beyond its message: a modal to fill in. */
  follow(answer) {
    if (!answer?.modal) return;
    const send = async (values) => this.follow(await this.actions.submit(answer.modal, values));
    openModal(answer.modal, this.context(), send, { from: nameOf(this.world.bot) });
  }

  async press(message, customId, values, node) {
    node.setAttribute("aria-busy", "true");
    await this.at(message, async () => this.follow(await this.actions.press(message, customId, values)));
    node.removeAttribute("aria-busy");
  }

  async command(name, run) {
    const settle = this.view.pending(this.world.me, name);
    try {
      this.follow(await run());
      settle(null);
    } catch (refused) {
      settle(refused.field ? null : refused.message);
      throw refused;
    }
  }

  /** Runs a context menu command on a user or message; what is refused shows in its own line. */
  menu(kind, name, target) {
    return this.command(name, () => this.actions.menu(kind, name, target)).catch(() => null);
  }

  react(message, emoji, on) {
    return this.at(message, () => this.actions.react(message, emoji, on));
  }

  dismiss(message) {
    document.getElementById("composer").focus();
    return this.at(message, () => this.actions.dismiss(message));
  }

  edit(message) {
    const { names } = this.context();
    editMessage(this.view.article(message.id), typedAgain(message.content, names), {
      save: (words) => this.actions.edit(message, this.composer.spoken(words)),
      done: () => this.view.refresh(message.id),
    });
  }

  /** Edits the last message one wrote here; false where there is none. */
  editLast() {
    const mine = this.world.messagesOf(this.world.current).findLast((one) => one.author.id === this.world.me.id && [0, 19].includes(one.type));
    if (mine) this.edit(mine);
    return Boolean(mine);
  }

  remove(message) {
    const words = line(message, this.context().names) || "This message";
    const form = ownForm("Delete message", text("Is this message to go for good?"), text(`> ${words}`));
    openModal(form, this.context(), () => this.actions.remove(message), { send: "Delete", danger: true });
  }

  /** Asks for a thread's name and begins it, at a message or (null) by itself. */
  startThread(message) {
    const named = message ? line(message, this.context().names).slice(0, 40) : "";
    const input = { type: 4, custom_id: "name", style: 1, max_length: THREAD_NAME, value: named, placeholder: "New thread" };
    openModal(ownForm("Create thread", { type: 18, label: "Thread name", component: input }), this.context(), async ({ name }) => {
      const { channel } = await this.actions.thread(message, name);
      this.go(channel?.id ?? channel);
    }, { send: "Create" });
  }

  copy(words) {
    navigator.clipboard.writeText(words).then(() => announce("Copied"), () => announce("The browser did not let the page copy"));
  }

  /** Opens the form for one more person, and becomes them. */
  addPerson() {
    const { world } = this;
    const guild = world.guild ?? world.guilds[0] ?? null;
    const roles = (guild?.roles ?? []).filter((role) => role.id !== guild.id && !role.managed && role.name !== world.bot.username);
    openModal(personForm(guild, roles), this.context(), async (filled) => {
      const shown = filled.name.trim();
      const plain = shown.toLowerCase().replace(/[^a-z0-9_.]+/g, "_");
      const name = /[a-z0-9]{2}/.test(plain) ? plain : `person_${world.people.length + 1}`;
      const { person } = await this.actions.join({ name, display_name: shown, ...(filled.guild ? { guild: filled.guild, roles: filled.roles ?? [] } : {}) });
      this.become(person?.username ?? name);
    }, { send: "Add" });
  }

  /** Opens the form for a member's roles. */
  giveRoles(user) {
    const { guild } = this.world;
    const roles = guild.roles.filter((role) => role.id !== guild.id && !role.managed);
    const options = roles.map((role) => ({ value: role.id, label: role.name, default: user.roles?.includes(role.id) }));
    const input = { type: 22, custom_id: "roles", required: false, min_values: 0, options };
    openModal(ownForm(`Roles of ${nameOf(user)}`, { type: 18, label: "Roles", component: input }), this.context(), ({ roles: chosen }) => this.actions.roles(guild.id, user.username, chosen), { send: "Save" });
  }
}
