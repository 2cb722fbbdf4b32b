// The input for one option of a slash command.

import { KIND } from "./commands.js";
import { el } from "./dom.js";

const LISTED = {
  [KIND.user]: ["user"],
  [KIND.channel]: ["channel"],
  [KIND.role]: ["role"],
  [KIND.mentionable]: ["user", "role"],
};
const YES_OR_NO = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];

/** `entries(kind)` lists people, channels or roles as {value, label}; `listId` names the list of suggestions. */
export function optionInput(option, { entries, listId }) {
  if (option.type === KIND.attachment) return el("input", { type: "file" });
  const listed = choicesOf(option, entries);
  if (listed) {
    const nothing = el("option", { value: "" }, "choose…");
    return el("select", {}, nothing, listed.map(({ value, label }) => el("option", { value }, label)));
  }
  const isText = option.type === KIND.string;
  const offers = option.autocomplete ? { role: "combobox", "aria-expanded": "false", "aria-controls": listId } : {};
  return el("input", {
    type: "text",
    inputmode: isText ? null : "decimal",
    class: isText ? null : "short",
    placeholder: isText ? option.description : range(option),
    autocomplete: "off",
    ...offers,
  });
}

/** Fills `text` into an option's input; where one chooses, by value or by what the choice is called. */
export function fillIn(node, text) {
  if (node.tagName === "SELECT" && text) {
    const plain = (words) => words.replace(/^[@#]/, "").toLowerCase();
    const meant = [...node.options].find((one) => one.value === text || plain(one.label) === plain(text));
    // What is not on offer stays to be seen, and is refused when it is sent.
    if (!meant) node.append(el("option", { value: text }, text));
    node.value = meant?.value ?? text;
  } else node.value = text;
}

function choicesOf(option, entries) {
  if (option.choices?.length) return option.choices.map(({ name, value }) => ({ value: String(value), label: name }));
  if (option.type === KIND.boolean) return YES_OR_NO;
  return LISTED[option.type]?.flatMap(entries);
}

function range({ min_value: least, max_value: most }) {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  return least === undefined ? "number" : `from ${least}`;
}
