// A modal of the bot, as a dialog with a form.

import { el, freshId } from "./dom.js";
import { optionsOf } from "./components.js";
import { markdown } from "./markdown.js";

const PARAGRAPH = 2;

/**
 * Opens `modal` (Discord's {custom_id, title, components}); `submit(values)` sends {custom_id: value or values} and
 * rejects with a reason to show. The dialog closes once it resolves.
 */
export function openModal(modal, context, submit) {
  const fields = [];
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const send = el("button", { class: "button primary", type: "submit" }, "Submit");
  const title = el("h2", { id: freshId("modal") }, modal.title);
  const form = el(
    "form",
    { method: "dialog", novalidate: false },
    title,
    modal.components.map((component) => part(component, fields, context)),
    problem,
    el(
      "div",
      { class: "modal-buttons" },
      el("button", { class: "button secondary", type: "button", onclick: () => dialog.close() }, "Cancel"),
      send,
    ),
  );
  const dialog = el("dialog", { class: "modal", "aria-labelledby": title.id, "data-custom-id": modal.custom_id }, form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    problem.hidden = true;
    try {
      await submit(Object.fromEntries(fields.map(({ customId, read }) => [customId, read()])));
      dialog.close();
    } catch (refused) {
      problem.textContent = refused.message;
      problem.hidden = false;
    } finally {
      send.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.node.focus();
}

function part(component, fields, context) {
  if (component.type === 10) return el("div", { class: "text" }, markdown(component.content, context.names));
  if (component.type === 1) return component.components.map((inner) => field(inner, inner.label, null, fields, context));
  if (component.type === 18) return field(component.component, component.label, component.description, fields, context);
  return el("p", { class: "subtext" }, `(a component of type ${component.type}, which this page cannot show)`);
}

function field(component, label, description, fields, context) {
  const made = (FIELDS[component.type] ?? unknown)(component, context);
  const required = component.required ?? true;
  fields.push({ customId: component.custom_id, ...made });
  const id = freshId("field");
  const hint = description ? el("p", { class: "subtext", id: `${id}-hint` }, description) : null;
  const mark = required ? el("span", { class: "required", "aria-hidden": "true" }, " *") : null;
  made.node.dataset.customId = component.custom_id;
  if (hint) made.node.setAttribute("aria-describedby", hint.id);
  if (made.group) {
    return el("fieldset", { class: "field" }, el("legend", {}, label, mark), hint, made.group);
  }
  made.node.id = id;
  return el("div", { class: "field" }, el("label", { for: id }, label, mark), hint, made.node);
}

const FIELDS = { 3: choose, 4: write, 5: choose, 6: choose, 7: choose, 8: choose, 21: radios, 22: checks, 23: check };

function unknown(component) {
  const node = el("input", { type: "text", disabled: true, placeholder: `(type ${component.type} cannot be filled in here)` });
  return { node, read: () => null };
}

function write(component) {
  const node = el(component.style === PARAGRAPH ? "textarea" : "input", {
    type: component.style === PARAGRAPH ? null : "text",
    rows: component.style === PARAGRAPH ? 4 : null,
    required: component.required ?? true,
    minlength: component.min_length,
    maxlength: component.max_length ?? 4000,
    placeholder: component.placeholder,
    value: component.value ?? "",
  });
  return { node, read: () => node.value };
}

function choose(component, context) {
  const many = (component.max_values ?? 1) > 1;
  const required = component.required ?? true;
  const node = el("select", { required, multiple: many });
  if (!many) node.append(el("option", { value: "" }, component.placeholder ?? ""));
  for (const option of optionsOf(component, context)) {
    const entry = el("option", { value: option.value }, [option.emoji?.name, option.label].filter(Boolean).join(" "));
    entry.selected = Boolean(option.default);
    node.append(entry);
  }
  return { node, read: () => [...node.selectedOptions].map((one) => one.value).filter(Boolean) };
}

function marks(component, type) {
  const name = freshId("marks");
  const inputs = component.options.map((option) =>
    el("input", { type, name, value: option.value, required: type === "radio" && (component.required ?? true) }),
  );
  inputs.forEach((input, index) => (input.checked = Boolean(component.options[index].default)));
  const group = el(
    "div",
    {},
    inputs.map((input, index) => el("label", { class: "mark" }, input, " ", component.options[index].label)),
  );
  return { group, inputs };
}

function radios(component) {
  const { group, inputs } = marks(component, "radio");
  return { node: inputs[0], group, read: () => inputs.find((one) => one.checked)?.value ?? null };
}

function checks(component) {
  const { group, inputs } = marks(component, "checkbox");
  return { node: inputs[0], group, read: () => inputs.filter((one) => one.checked).map((one) => one.value) };
}

function check(component) {
  const node = el("input", { type: "checkbox" });
  node.checked = Boolean(component.default);
  return { node, read: () => node.checked };
}
