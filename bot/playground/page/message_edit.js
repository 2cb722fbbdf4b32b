// A message being rewritten in its place: Enter saves, Esc leaves it.

import { el, grow } from "./dom.js";

/**
 * Replaces the words of `article` by a box with `text`; `save(text)` rejects with what is wrong; `done` is called
 * when the box is gone.
 */
export function editMessage(article, text, { save, done }) {
  if (article.querySelector(".edit-box")) return;
  const body = article.querySelector(".body");
  const box = el("textarea", { class: "edit-box", "aria-label": "Edit the message", rows: 1, value: text });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const link = (words, run) => el("button", { class: "link", type: "button", onclick: run }, words);
  const form = el("div", { class: "edit" }, box, problem, el("p", { class: "subtext" }, "Esc to ", link("leave", leave), " · Enter to ", link("save", keep)));

  function leave() {
    form.remove();
    body.hidden = false;
    article.focus({ preventScroll: true });
    done();
  }

  async function keep() {
    try {
      await save(box.value.trim());
      leave();
    } catch (refused) {
      problem.textContent = refused.message;
      problem.hidden = false;
    }
  }

  box.addEventListener("input", () => grow(box));
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      keep();
    }
  });
  body.hidden = true;
  body.after(form);
  grow(box);
  box.focus();
  box.setSelectionRange(text.length, text.length);
  form.scrollIntoView({ block: "nearest" });
}
