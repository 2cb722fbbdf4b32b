// A slash command being filled in: one field for each option, the main one in the message box itself.

import { KIND, mainOption, problemWith, readOptions, typedValue } from "./commands.js";
import { el, freshId, markWrong } from "./dom.js";
import { fillIn, optionInput } from "./option_input.js";

const AUTOCOMPLETE_PAUSE = 150; // milliseconds without a key before the bot is asked

export class CommandForm {
  #fields = new Map(); // option name → {option, node, chosen}
  #asked = 0;

  /**
   * `parts` are nodes of the message box: input, name, mainLabel, options, more, form; and `suggestions`.
   * `complete(command, option, typed, options)` resolves to the bot's choices; `entries(kind)` lists people,
   * channels or roles; `changed()` is called when a field was edited.
   */
  constructor(command, rest, { parts, suggestions, complete, entries, changed }) {
    Object.assign(this, { command, parts, suggestions, complete, entries, changed });
    this.main = mainOption(command);
    const { values, left } = readOptions(command, rest);
    this.#dressBox();
    parts.input.value = (this.main && values[this.main.name]) ?? left;
    for (const option of command.options) {
      if (option !== this.main && (option.required || option.name in values)) this.#add(option, values[option.name]);
    }
    this.#offerMore();
  }

  #dressBox() {
    const { input, name, mainLabel, options } = this.parts;
    name.textContent = `/${this.command.name}`;
    name.hidden = false;
    options.hidden = false;
    if (!this.main) {
      input.placeholder = this.command.options.length ? "Enter sends it" : `${this.command.description} — Enter sends it`;
      input.setAttribute("aria-label", `${this.command.name}: press Enter to send`);
      input.readOnly = true;
      return;
    }
    mainLabel.hidden = false;
    mainLabel.textContent = this.main.name;
    input.placeholder = this.main.description;
    input.setAttribute("aria-label", `${this.main.name}: ${this.main.description}`);
    input.inputMode = this.main.type === KIND.string ? "text" : "decimal";
    this.#fields.set(this.main.name, { option: this.main, node: input });
  }

  /** The main option was typed in; true where the bot is asked for choices. */
  typed() {
    if (this.main) this.#hint(this.main);
    if (!this.main?.autocomplete) return false;
    this.#autocomplete(this.main, this.parts.input);
    return true;
  }

  /** Fills `file` into the first option for one that is still empty; false where there is none. */
  takeFile(file) {
    const free = this.command.options.find((one) => one.type === KIND.attachment && !this.#fields.get(one.name)?.node.files.length);
    if (!free || !file) return false;
    const node = this.#fields.get(free.name)?.node ?? this.#add(free);
    const carrier = new DataTransfer();
    carrier.items.add(file);
    node.files = carrier.files;
    this.#offerMore();
    return true;
  }

  /** Shows that the option `name` is wrong, and why. */
  mark(name, problem) {
    const field = this.#fields.get(name);
    if (field) markWrong(field.node, true);
    field?.node.closest(".option")?.classList.add("wrong");
    this.#hint(field?.option, problem);
  }

  /** Stops asking the bot for choices. */
  hush() {
    this.#asked++;
  }

  /** Moves `name:value` out of the main option's text into fields of their own. */
  sortOut() {
    const { input } = this.parts;
    if (!this.main) return;
    const { values, left } = readOptions(this.command, input.value);
    if (left) return;
    input.value = values[this.main.name] ?? "";
    this.restore(Object.entries(values).filter(([name]) => name !== this.main.name));
  }

  /** `{values}` as filled in, or `{name, problem}` of the first field that is wrong (never with `partial`). */
  read({ partial = false } = {}) {
    const values = {};
    for (const [name, { option, node, chosen }] of this.#fields) {
      const { value, problem } = readField(option, node, chosen);
      if (problem && !partial) return { name, problem };
      if (value !== undefined && !problem) values[name] = value;
    }
    return { values };
  }

  /** What stands in the fields, to be put back by `restore`. */
  get texts() {
    return [...this.#fields].map(([name, { node }]) => [name, node.value]);
  }

  restore(texts) {
    for (const [name, text] of texts) {
      const option = this.command.options.find((one) => one.name === name);
      if (option.type === KIND.attachment) continue; // a page may not fill in a file
      if (!this.#fields.has(name)) this.#add(option);
      fillIn(this.#fields.get(name).node, text);
    }
    this.#offerMore();
  }

  /** Puts the cursor where the option `name` is filled in. */
  focus(name) {
    (this.#fields.get(name)?.node ?? this.parts.input).focus();
  }

  /** Says beneath the fields what an option is for. */
  #hint(option, problem = null) {
    const { hint } = this.parts;
    hint.hidden = !option || Boolean(problem);
    if (!option) return;
    const limits = limitsOf(option);
    hint.replaceChildren(el("strong", {}, option.name), " ", option.description, limits ? el("span", { class: "limits" }, limits) : "");
  }

  /** Checks a field that was left, as Discord does. */
  #check(option, node) {
    const { problem } = this.#fields.has(option.name) ? readField(option, node, this.#fields.get(option.name).chosen) : {};
    const wrong = Boolean(problem) && (node.value !== "" || option.required);
    markWrong(node, wrong);
    node.closest(".option")?.classList.toggle("wrong", wrong);
    node.title = wrong ? problem : option.description;
  }

  #offerMore() {
    const left = this.command.options.filter((option) => !this.#fields.has(option.name));
    const chip = (option) => {
      const add = () => {
        this.#add(option).focus();
        this.#offerMore();
      };
      return el(
        "button",
        { type: "button", class: "chip", title: option.description, "data-add-option": option.name, onclick: add },
        `+ ${option.name}`,
      );
    };
    this.parts.more.hidden = !left.length;
    this.parts.more.replaceChildren(...left.map(chip));
  }

  #add(option, value = "") {
    const node = optionInput(option, { entries: this.entries, listId: this.suggestions.node.id });
    node.id = freshId("option");
    node.dataset.option = option.name;
    node.title = option.description;
    if (value) fillIn(node, String(value));
    const mark = option.required ? el("span", { class: "required", "aria-hidden": "true" }, " *") : null;
    const wrap = el("span", { class: "option" }, el("label", { for: node.id }, option.name, mark), node);
    if (!option.required) wrap.append(this.#dropper(option, wrap));
    node.addEventListener("input", () => {
      markWrong(node, false);
      wrap.classList.remove("wrong");
      this.changed();
    });
    node.addEventListener("focus", () => this.#hint(option));
    node.addEventListener("blur", () => {
      this.suggestions.hide();
      this.#check(option, node);
    });
    node.addEventListener("keydown", (event) => this.#key(event, node));
    if (option.autocomplete) {
      for (const event of ["input", "focus"]) node.addEventListener(event, () => this.#autocomplete(option, node));
    }
    this.#fields.set(option.name, { option, node });
    this.parts.options.append(wrap);
    return node;
  }

  #dropper(option, wrap) {
    const drop = () => {
      this.#fields.delete(option.name);
      wrap.remove();
      this.#offerMore();
      this.parts.input.focus();
    };
    return el("button", { type: "button", class: "drop", "aria-label": `Leave out ${option.name}`, onclick: drop }, "✕");
  }

  #key(event, node) {
    if (this.suggestions.key(event)) return;
    if (event.key === "Escape") this.parts.input.focus();
    if (event.key === "Enter" && node.tagName === "SELECT") this.parts.form.requestSubmit();
  }

  async #autocomplete(option, node) {
    const mine = ++this.#asked;
    await new Promise((resolve) => setTimeout(resolve, AUTOCOMPLETE_PAUSE));
    if (mine !== this.#asked) return;
    let choices;
    try {
      choices = await this.complete(this.command, option, node.value, this.read({ partial: true }).values);
    } catch {
      choices = []; // no suggestions is all that a failed autocompletion means, in Discord too
    }
    if (mine !== this.#asked || document.activeElement !== node) return;
    const take = (choice) => {
      // A choice's name is shown, its value sent.
      this.#fields.get(option.name).chosen = choice;
      node.value = choice.name;
    };
    const items = choices.map((choice) => ({ title: choice.name, value: choice }));
    this.suggestions.show(node, items, take, { label: `Choices for ${option.name}` });
  }
}

/** What an option takes, in words. */
function limitsOf({ type, required, min_value: least, max_value: most, min_length: shortest, max_length: longest }) {
  const number = type === KIND.integer || type === KIND.number;
  const range = (from, to, unit) => (from !== undefined && to !== undefined ? `${from} to ${to}${unit}` : to !== undefined ? `at most ${to}${unit}` : from !== undefined ? `at least ${from}${unit}` : null);
  const size = number ? range(least, most, "") : type === KIND.string ? range(shortest || undefined, longest, " characters") : null;
  return [required ? "needed" : null, size].filter(Boolean).join(" · ");
}

function readField(option, node, chosen) {
  if (option.type === KIND.attachment) {
    const [file] = node.files;
    return file || !option.required ? { value: file } : { problem: "A file is needed." };
  }
  const text = node.value.trim();
  if (chosen?.name === text) return { value: chosen.value };
  const problem = problemWith(option, text);
  return problem || !text ? { problem } : { value: typedValue(option, text) };
}
