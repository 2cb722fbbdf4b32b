// The inputs of a modal. Each is {node, read(), wrong(), required}, with `group` where several nodes are one input.

import { optionsOf } from "./components.js";
import { el, freshId } from "./dom.js";
import { lookAt, sizeText } from "./files.js";
import { glyph } from "./glyphs.js";
import { Chooser } from "./select.js";

const PARAGRAPH = 2;
const LONGEST = 4000;
const NEEDED = "This is needed.";

export function drawField(component, context, label) {
  const required = component.required ?? true;
  const made = (FIELDS[component.type] ?? unknown)(component, context, label, required);
  return { required, wrong: () => null, ...made };
}

const FIELDS = { 3: choose, 4: write, 5: choose, 6: choose, 7: choose, 8: choose, 19: upload, 21: radios, 22: checks, 23: check };

function unknown(component) {
  const node = el("input", { type: "text", disabled: true, placeholder: `(type ${component.type} cannot be filled in here)` });
  return { node, read: () => null };
}

function write(component, context, label, required) {
  const long = component.style === PARAGRAPH;
  const most = component.max_length ?? LONGEST;
  const least = component.min_length ?? 0;
  const node = el(long ? "textarea" : "input", {
    type: long ? null : "text",
    rows: long ? 4 : null,
    required,
    maxlength: most,
    placeholder: component.placeholder,
    value: component.value ?? "",
  });
  const count = el("span", { class: "count", "aria-hidden": "true" });
  const tell = () => (count.textContent = `${node.value.length}/${most}`);
  node.addEventListener("input", tell);
  tell();
  const wrong = () => {
    if (!node.value) return required ? NEEDED : null;
    return node.value.length < least ? `At least ${least} characters.` : null;
  };
  return { node, read: () => node.value, wrong, face: el("div", { class: "written" }, node, count) };
}

function choose(component, context, label, required) {
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  const options = optionsOf(component, context);
  const chooser = new Chooser({ options, least: required ? least : 0, most, placeholder: component.placeholder || "Make a selection", label: null });
  const wrong = () => {
    const { length } = chooser.values;
    if (!length) return required && least ? NEEDED : null;
    return length < least ? `Choose at least ${least}.` : null;
  };
  return { node: chooser.node, read: () => chooser.values, wrong };
}

function marks(component, type) {
  const name = freshId("marks");
  const boxes = component.options.map((option) => {
    const input = el("input", { type, name, value: option.value });
    input.checked = Boolean(option.default);
    const words = el("span", { class: "mark-words" }, option.label, option.description ? el("span", { class: "subtext" }, option.description) : null);
    return { input, row: el("label", { class: "mark" }, input, words) };
  });
  const group = el("div", { class: "marks", role: type === "radio" ? "radiogroup" : "group" }, boxes.map(({ row }) => row));
  return { group, inputs: boxes.map(({ input }) => input) };
}

function radios(component, context, label, required) {
  const { group, inputs } = marks(component, "radio");
  const read = () => inputs.find((one) => one.checked)?.value ?? null;
  return { node: inputs[0], group, read, wrong: () => (required && read() === null ? NEEDED : null) };
}

function checks(component, context, label, required) {
  const { group, inputs } = marks(component, "checkbox");
  const most = component.max_values ?? inputs.length;
  const least = component.min_values ?? 1;
  const read = () => inputs.filter((one) => one.checked).map((one) => one.value);
  const wrong = () => {
    const { length } = read();
    if (!length) return required && least ? NEEDED : null;
    if (length < least) return `Choose at least ${least}.`;
    return length > most ? `Choose at most ${most}.` : null;
  };
  return { node: inputs[0], group, read, wrong };
}

function check(component) {
  const node = el("input", { type: "checkbox", class: "switch", role: "switch" });
  node.checked = Boolean(component.default);
  return { node, read: () => node.checked, required: false };
}

function upload(component, context, label, required) {
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  const node = el("input", { type: "file", multiple: most > 1, class: "visually-hidden", "aria-label": label });
  const list = el("ul", { class: "picked" });
  const zone = el("label", { class: "drop-zone" }, node, glyph("file"), el("span", {}, most > 1 ? `Drop up to ${most} files, or browse` : "Drop a file, or browse"));
  const group = el("div", { class: "upload-field", role: "group" }, zone, list);
  let files = [];
  const take = (more) => {
    files = [...(most > 1 ? files : []), ...more].slice(0, most);
    list.replaceChildren(...files.map(row));
    group.dispatchEvent(new Event("input"));
  };
  const row = (file) => {
    const away = () => {
      files = files.filter((one) => one !== file);
      take([]);
      node.focus();
    };
    const remove = el("button", { class: "icon-button small", type: "button", "aria-label": `Take ${file.name} out`, onclick: away }, glyph("close"));
    return el("li", {}, lookAt(file, 48) ?? glyph("file"), el("span", { class: "file-name" }, file.name), el("span", { class: "subtext" }, sizeText(file.size)), remove);
  };
  node.addEventListener("change", () => take(node.files));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(event.dataTransfer.files);
  });
  const wrong = () => {
    if (!files.length) return required && least ? NEEDED : null;
    return files.length < least ? `Add at least ${least} files.` : null;
  };
  return { node, group, read: () => files, wrong };
}
