// Going through the messages with the keyboard, and the bar that shows on the one pointed at.

/** Arrow keys step from message to message; letters go to the message box; the bar follows pointer and focus. */
export function onMessageKeys({ view, bar }) {
  const scroller = document.getElementById("scroll");
  const list = document.getElementById("messages");
  const follow = (event) => {
    const { article, message } = view.messageAt(event.target);
    if (message && !article.querySelector(".edit")) bar.show(article, message);
  };
  list.addEventListener("pointerover", (event) => event.pointerType !== "touch" && follow(event));
  list.addEventListener("focusin", follow);
  list.addEventListener("pointerleave", () => {
    if (!list.contains(document.activeElement)) bar.hide();
  });

  scroller.addEventListener("keydown", (event) => {
    const { article } = view.messageAt(event.target);
    if (event.target !== scroller && event.target !== article) return;
    const shown = [...list.querySelectorAll(":scope > [data-message-id]")];
    const at = shown.indexOf(article);
    const to = { ArrowUp: at < 0 ? shown.at(-1) : shown[at - 1], ArrowDown: at < 0 ? null : shown[at + 1], End: shown.at(-1) }[event.key];
    if (to) {
      event.preventDefault();
      to.focus({ preventScroll: true });
      to.scrollIntoView({ block: "nearest" });
    } else if (event.key === "ArrowDown" && article) {
      event.preventDefault();
      document.getElementById("composer").focus();
    } else if (event.key === "Escape") {
      document.getElementById("composer").focus();
      view.scroll.toEnd();
    }
  });

  // Whoever begins to write means the message box.
  addEventListener("keydown", (event) => {
    const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    const busy = event.target.closest("input, textarea, select, dialog, .popover, [role=combobox], .inside");
    if (plain && !busy) document.getElementById("composer").focus();
  });
}
