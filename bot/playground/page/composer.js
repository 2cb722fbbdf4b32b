// The message box: plain text, or a slash command with a field for each option.

import { CommandForm } from "./command_form.js";
import { flatten, split, suggest } from "./commands.js";
import { el } from "./dom.js";
import { Suggestions } from "./suggestions.js";

export class Composer {
  #commands = [];
  #form = null; // the command being filled in
  #hint = "";
  #suggestions = new Suggestions();

  /**
   * `run(command, options)` and `say(text)` send; both reject with a Refused, whose field names an option.
   * `complete` and `entries` as in command_form.js.
   */
  constructor(parent, { run, say, complete, entries }) {
    Object.assign(this, { run, say, complete, entries });
    this.parts = this.#build();
    const { input, form } = this.parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#suggestions.hide());
    input.addEventListener("focus", () => this.#typed());
    parent.append(form);
    this.reset();
  }

  #build() {
    const input = el("input", {
      id: "composer",
      type: "text",
      autocomplete: "off",
      spellcheck: "true",
      enterkeyhint: "send",
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-controls": this.#suggestions.node.id,
      "aria-describedby": "composer-problem",
    });
    const name = el("span", { class: "command-name" });
    const mainLabel = el("label", { class: "main-label", for: "composer" });
    const leave = () => (this.reset(), input.focus());
    const cancel = el("button", { class: "icon-button", type: "button", "aria-label": "Leave this command", onclick: leave }, "✕");
    const send = el("button", { class: "icon-button send", type: "submit", "aria-label": "Send" }, "➤");
    const options = el("div", { class: "options" });
    const more = el("div", { class: "more-options", role: "group", "aria-label": "More options" });
    const problem = el("p", { class: "problem", role: "alert", id: "composer-problem" });
    const line = el("div", { class: "line" }, name, mainLabel, input, cancel, send);
    const form = el(
      "form",
      { class: "composer", id: "composer-form", novalidate: true },
      this.#suggestions.node,
      problem,
      options,
      line,
      more,
    );
    return { input, name, mainLabel, cancel, send, options, more, problem, form };
  }

  /** The commands to offer, as Discord gives them. */
  set commands(commands) {
    this.#commands = flatten(commands);
  }

  set placeholder(text) {
    this.#hint = text;
    if (!this.#form) this.parts.input.placeholder = text;
  }

  set disabled(disabled) {
    for (const node of [this.parts.input, this.parts.send]) node.disabled = disabled;
  }

  /** Puts `text` into the box as if it had been typed, ready to be sent. */
  fill(text) {
    const { input } = this.parts;
    this.reset();
    const found = split(this.#commands, text);
    if (found) this.#begin(found.command, found.rest);
    else input.value = text;
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }

  /** Back to an empty message box. */
  reset() {
    const { input, name, mainLabel, cancel, options, more } = this.parts;
    this.#form?.hush();
    this.#form = null;
    this.#suggestions.hide();
    Object.assign(input, { value: "", placeholder: this.#hint, inputMode: "text", readOnly: false });
    input.setAttribute("aria-label", "Message");
    for (const node of [name, mainLabel, cancel, options, more]) node.hidden = true;
    options.replaceChildren();
    more.replaceChildren();
    this.#complain(null);
  }

  #complain(text) {
    const { problem, input } = this.parts;
    problem.textContent = text ?? "";
    problem.hidden = !text;
    input.toggleAttribute("aria-invalid", Boolean(text));
  }

  #begin(command, rest) {
    const { parts, complete, entries } = this;
    this.#suggestions.hide();
    const changed = () => this.#complain(null);
    this.#form = new CommandForm(command, rest, { parts, suggestions: this.#suggestions, complete, entries, changed });
    parts.cancel.hidden = false;
    parts.input.focus();
  }

  #key(event) {
    if (this.#suggestions.key(event) || !this.#form) return;
    if (event.key === "Escape") this.reset();
    if (event.key === "Backspace" && !this.parts.input.value) {
      // Takes one back to choosing the command.
      const { name } = this.#form.command;
      event.preventDefault();
      this.reset();
      this.parts.input.value = `/${name}`;
      this.#typed();
    }
  }

  #typed() {
    this.#complain(null);
    if (this.#form) {
      this.#form.typed();
      return;
    }
    const { input } = this.parts;
    // A command's name and a space: from here on its options are filled in, in the same box.
    const found = /\s$/.test(input.value) ? split(this.#commands, input.value) : null;
    const isGroup = found && this.#commands.some((one) => one.name.startsWith(`${found.command.name} `));
    if (found && !found.rest && !isGroup) {
      this.#begin(found.command, "");
      return;
    }
    const items = suggest(this.#commands, input.value).map((command) => ({
      title: `/${command.name}`,
      detail: command.description,
      value: command,
    }));
    const pick = (command) => {
      // A command typed to its end that needs nothing more is meant to be sent.
      const whole = input.value === `/${command.name}` && !command.options.some((option) => option.required);
      this.#begin(command, "");
      if (whole) this.#submit();
    };
    this.#suggestions.show(input, items, pick, { eager: true, label: "Commands" });
  }

  async #submit() {
    const { input } = this.parts;
    this.#suggestions.hide();
    if (!this.#form) {
      const text = input.value.trim();
      const found = split(this.#commands, text);
      if (!text) return;
      if (!found && text.startsWith("/")) this.#complain(`There is no command ${text.split(" ")[0]} here.`);
      else if (!found) await this.#sendText(text);
      else this.#begin(found.command, found.rest);
    }
    if (this.#form) await this.#sendCommand(this.#form);
  }

  async #sendText(text) {
    this.reset();
    try {
      await this.say(text);
    } catch (refused) {
      if (!this.parts.input.value) this.parts.input.value = text;
      this.#complain(refused.message);
    }
  }

  async #sendCommand(form) {
    form.hush();
    form.sortOut();
    const { values, name, problem } = form.read();
    if (problem) {
      this.#blame(name, problem);
      return;
    }
    const { command, texts } = form;
    this.reset();
    try {
      await this.run(command, values);
    } catch (refused) {
      // What is wrong with an option is mended in its field, unless something new is being typed there.
      if (!refused.field || this.#form || this.parts.input.value) return;
      this.#begin(command, "");
      this.#form.restore(texts);
      this.#blame(refused.field, refused.message);
    }
  }

  #blame(name, problem) {
    this.#form.focus(name); // first: getting the focus takes an old complaint away
    this.#complain(`${name}: ${problem}`);
  }
}
