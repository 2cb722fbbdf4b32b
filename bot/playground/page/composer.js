// The message box: plain text with files, or a slash command with a field for each option.

import { CommandForm } from "./command_form.js";
import { flatten, split } from "./commands.js";
import { commandItems, completions, spoken } from "./completions.js";
import { buildComposer } from "./composer_parts.js";
import { grow, markWrong } from "./dom.js";
import { pickEmoji } from "./emoji_picker.js";
import { ReplyLine } from "./reply_line.js";
import { Suggestions } from "./suggestions.js";
import { Uploads } from "./uploads.js";

export class Composer {
  #commands = [];
  #form = null; // the command being filled in
  #hint = "";
  #suggestions = new Suggestions();

  /**
   * `page` gives: `run(command, options)` and `say(text, {files, reply_to})`, which send and reject with a Refused
   * whose field names an option; `complete` and `entries` as in command_form.js; `typing()`; `editLast()`; `app()`,
   * the bot's user.
   */
  constructor(parent, page) {
    Object.assign(this, page);
    this.page = page;
    this.parts = buildComposer(this.#suggestions.node, { leave: () => (this.reset(), this.parts.input.focus()) });
    const { input, form, above, attach, picker, smile } = this.parts;
    this.uploads = new Uploads({ picker, changed: () => this.#complain(null) });
    this.reply = new ReplyLine(() => input.focus());
    above.append(this.reply.node, this.uploads.node);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#suggestions.hide());
    input.addEventListener("focus", () => this.#suggest());
    input.addEventListener("paste", (event) => event.clipboardData.files.length && (event.preventDefault(), this.take(event.clipboardData.files)));
    attach.addEventListener("click", () => picker.click());
    smile.addEventListener("click", () => pickEmoji({ anchor: smile }, (emoji) => this.write(emoji)));
    parent.append(form);
    this.reset();
  }

  /** The commands to offer, as Discord gives them. */
  set commands(commands) {
    this.#commands = flatten(commands);
  }

  set placeholder(text) {
    this.#hint = text;
    if (!this.#form) this.parts.input.placeholder = text;
  }

  /** What one may do here: nothing at all, write, attach files. */
  allow({ any, write, attach }) {
    for (const node of [this.parts.input, this.parts.send, this.parts.smile]) node.disabled = !any;
    this.parts.attach.hidden = !write || !attach;
    this.mayAttach = write && attach;
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
    this.#typed();
  }

  /** Takes files that were dropped, pasted or picked: for the command's option, or to be sent with the message. */
  take(files) {
    if (this.#form) this.#form.takeFile(files[0]) || this.#complain("This command has no more room for a file.");
    else if (this.mayAttach) this.uploads.add(files);
    else this.#complain("You may not attach files here.");
  }

  /** `text` as it is sent; see completions.js. */
  spoken(text) {
    return spoken(text, this.page);
  }

  /** Answers `message`, whose author is called `words`. */
  answer(message, words) {
    if (this.#form) this.reset();
    this.reply.show(message, words);
    this.parts.input.focus();
  }

  /** Back to an empty message box. */
  reset() {
    const { input, name, mainLabel, cancel, options, more, hint } = this.parts;
    this.#form?.hush();
    this.#form = null;
    this.#suggestions.hide();
    this.reply.hide();
    this.uploads.clear();
    Object.assign(input, { value: "", placeholder: this.#hint, inputMode: "text", readOnly: false });
    input.setAttribute("aria-label", "Message");
    for (const node of [name, mainLabel, cancel, options, more, hint]) node.hidden = true;
    this.parts.form.classList.remove("in-command");
    options.replaceChildren();
    more.replaceChildren();
    this.#complain(null);
    grow(this.parts.input);
  }

  #complain(text) {
    const { problem, input } = this.parts;
    problem.textContent = text ?? "";
    problem.hidden = !text;
    markWrong(input, Boolean(text));
  }

  /** Puts `text` in where the cursor is. */
  write(text) {
    const { input } = this.parts;
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.focus();
    this.#typed();
  }

  #begin(command, rest) {
    const { parts, complete, entries } = this;
    const [file] = this.uploads.files;
    this.#suggestions.hide();
    this.reply.hide();
    const changed = () => this.#complain(null);
    this.#form = new CommandForm(command, rest, { parts, suggestions: this.#suggestions, complete, entries, changed });
    if (file && this.#form.takeFile(file)) this.uploads.clear();
    parts.cancel.hidden = false;
    parts.form.classList.add("in-command");
    parts.input.focus();
    grow(this.parts.input);
  }

  #key(event) {
    const { input } = this.parts;
    if (this.#suggestions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.parts.form.requestSubmit();
    } else if (event.key === "Escape") {
      if (this.#form) this.reset();
      else this.reply.hide();
    } else if (event.key === "ArrowUp" && !input.value && !this.#form) {
      if (this.editLast()) event.preventDefault();
    } else if (event.key === "Backspace" && this.#form && !input.value) {
      // Takes one back to choosing the command.
      const { name } = this.#form.command;
      event.preventDefault();
      this.reset();
      input.value = `/${name}`;
      this.#typed();
    }
  }

  #typed() {
    this.#complain(null);
    grow(this.parts.input);
    if (!this.#form && this.parts.input.value && !this.parts.input.value.startsWith("/")) this.typing();
    this.#suggest();
  }

  #suggest() {
    const { input } = this.parts;
    if (this.#form?.typed()) return;
    if (this.#form || !input.value.startsWith("/")) {
      completions(input, this.#suggestions, this.page);
      return;
    }
    // A command's name and a space: from here on its options are filled in, in the same box.
    const found = /\s$/.test(input.value) ? split(this.#commands, input.value) : null;
    const isGroup = found && this.#commands.some((one) => one.name.startsWith(`${found.command.name} `));
    if (found && !found.rest && !isGroup) {
      this.#begin(found.command, "");
      return;
    }
    this.#offerCommands();
  }

  #offerCommands() {
    const { input } = this.parts;
    const items = commandItems(this.#commands, input.value, this.app());
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
      if (!text && !this.uploads.files.length) return;
      if (!found && text.startsWith("/") && !this.uploads.files.length) this.#complain(`There is no command ${text.split(" ")[0]} here.`);
      else if (!found) await this.#sendText(text);
      else this.#begin(found.command, found.rest);
    }
    if (this.#form) await this.#sendCommand(this.#form);
  }

  async #sendText(text) {
    const files = this.uploads.taken();
    const { message } = this.reply;
    this.reset();
    try {
      await this.say(this.spoken(text), { files, reply_to: message?.id });
    } catch (refused) {
      if (!this.parts.input.value) this.parts.input.value = text;
      this.uploads.restore(files);
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
    this.#form.mark(name, problem);
  }
}
