// The nodes that the message box is made of.

import { el } from "./dom.js";
import { glyph } from "./glyphs.js";

/** Builds the box; `leave` takes one out of a command. */
export function buildComposer(suggestions, { leave }) {
  const input = el("textarea", {
    id: "composer",
    rows: 1,
    autocomplete: "off",
    spellcheck: "true",
    enterkeyhint: "send",
    "aria-autocomplete": "list",
    "aria-controls": suggestions.id,
    "aria-describedby": "composer-problem composer-hint",
  });
  const sign = (name, label, more = {}) => el("button", { class: "icon-button", type: "button", "aria-label": label, title: label, ...more }, glyph(name));
  const attach = sign("plus", "Attach a file");
  const picker = el("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files to attach", id: "file-picker" });
  const name = el("span", { class: "command-name" });
  const mainLabel = el("label", { class: "main-label", for: "composer" });
  const cancel = sign("close", "Leave this command", { onclick: leave });
  const smile = sign("smile", "Put in an emoji");
  const send = el("button", { class: "icon-button send", type: "submit", "aria-label": "Send", title: "Send" }, glyph("send"));
  const options = el("div", { class: "options" });
  const more = el("div", { class: "more-options", role: "group", "aria-label": "More options" });
  const hint = el("p", { class: "option-hint", id: "composer-hint", hidden: true });
  const problem = el("p", { class: "problem", role: "alert", id: "composer-problem" });
  const above = el("div", { class: "above" });
  const line = el("div", { class: "line" }, attach, picker, name, mainLabel, input, cancel, smile, send);
  const form = el("form", { class: "composer", id: "composer-form", novalidate: true }, suggestions, above, problem, hint, options, line, more);
  return { input, name, mainLabel, cancel, send, smile, attach, picker, options, more, hint, problem, above, form };
}
