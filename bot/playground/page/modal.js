// A modal of the bot (or of the page's own), as a dialog with a form.

import { el, freshId } from "./dom.js";
import { glyph } from "./glyphs.js";
import { drawField } from "./modal_fields.js";
import { markdown } from "./markdown_blocks.js";

const ROW = 1;
const TEXT_DISPLAY = 10;
const LABEL = 18;
const LONGEST = 4000; // characters of a text input

/**
 * Opens `modal` (Discord's {custom_id, title, components}); `submit(values)` sends {custom_id: value or values} and
 * rejects with a reason to show. The dialog closes once it resolves. `send` and `danger` dress the button; `from` is
 * the bot whose modal it is.
 */
export function openModal(modal, context, submit, { send: sendWord = "Submit", danger = false, from = null } = {}) {
  const fields = [];
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const send = el("button", { class: `button ${danger ? "danger" : "primary"}`, type: "submit" }, sendWord);
  const title = el("h2", { id: freshId("modal") }, modal.title);
  const cancel = (look, ...face) => el("button", { class: look, type: "button", onclick: () => dialog.close() }, ...face);
  const close = cancel("icon-button modal-close", glyph("close"));
  close.setAttribute("aria-label", "Close");
  const form = el(
    "form",
    { method: "dialog", novalidate: true },
    el("div", { class: "modal-head" }, title, close),
    from ? el("p", { class: "subtext" }, `This form will be sent to ${from}. Do not share passwords or other secrets.`) : null,
    modal.components.map((component) => part(component, fields, context)),
    problem,
    el("div", { class: "modal-buttons" }, cancel("button secondary", "Cancel"), send),
  );
  const dialog = el("dialog", { class: "modal", "aria-labelledby": title.id, "data-custom-id": modal.custom_id }, form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const wrong = fields.filter((field) => field.complain(field.wrong()));
    if (wrong.length) {
      wrong[0].node.focus();
      return;
    }
    send.disabled = true;
    try {
      await submit(Object.fromEntries(fields.map(({ customId, read }) => [customId, read()])));
      dialog.close();
    } catch (refused) {
      const at = fields.find((field) => field.customId === refused.field);
      if (at) {
        at.complain(refused.message);
        at.node.focus();
      } else {
        problem.textContent = refused.message;
        problem.hidden = false;
      }
    } finally {
      send.disabled = false;
    }
  });
  const holder = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    const back = holder?.isConnected ? holder : document.getElementById("composer");
    back.blur(); // or, where the marked text went with the dialog, Chromium gives it the focus without a cursor
    back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.node ?? send).focus();
  if (fields[0]?.node.matches("input[type=text], textarea")) fields[0].node.setSelectionRange(LONGEST, LONGEST);
}

function part(component, fields, context) {
  if (component.type === TEXT_DISPLAY) return el("div", { class: "text" }, markdown(component.content, context.names));
  if (component.type === LABEL) return labelled(component.component, component, fields, context);
  if (component.type === ROW) return labelled(component.components[0], component.components[0], fields, context);
  return el("p", { class: "subtext" }, `(a component of type ${component.type}, which this page cannot show)`);
}

function labelled(component, { label, description }, fields, context) {
  const field = drawField(component, context, label);
  const id = freshId("field");
  const hint = description ? el("p", { class: "subtext", id: `${id}-hint` }, description) : null;
  const problem = el("p", { class: "problem", id: `${id}-problem`, hidden: true });
  const mark = field.required ? el("span", { class: "required", "aria-hidden": "true" }, " *") : null;
  field.node.dataset.customId = component.custom_id;
  const frame = field.group ?? field.node;
  frame.setAttribute("aria-describedby", [hint?.id, problem.id].filter(Boolean).join(" "));
  const complain = (text) => {
    problem.textContent = text ?? "";
    problem.hidden = !text;
    field.node.toggleAttribute("data-wrong", Boolean(text));
    return Boolean(text);
  };
  frame.addEventListener("input", () => complain(null));
  fields.push({ customId: component.custom_id, complain, ...field });
  if (field.group) {
    const title = el("p", { class: "field-title", id }, label, mark);
    frame.setAttribute("aria-labelledby", id);
    return el("div", { class: "field" }, title, hint, frame, problem);
  }
  field.node.id = id;
  return el("div", { class: "field" }, el("label", { for: id }, label, mark), hint, field.face ?? field.node, problem);
}
