// Builds DOM nodes. Text only ever enters the page as text nodes, never as markup.

/** `el("button", {class: "x", onclick: f, "data-id": 3}, "text", node, null)`: null, undefined and false vanish. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

let lastId = 0;

/** An id for a node that another one must name. */
export const freshId = (word) => `${word}-${++lastId}`;

/** Makes a box as tall as what stands in it. */
export function grow(textarea) {
  textarea.style.height = "auto";
  textarea.style.height = `${textarea.scrollHeight + textarea.offsetHeight - textarea.clientHeight}px`;
}

/** Marks an input as wrong, or as right again. */
export function markWrong(input, wrong) {
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Says `text` to screen readers. */
export function announce(text) {
  const line = el("p", {}, text);
  const announcer = document.getElementById("announcer");
  announcer.append(line);
  while (announcer.children.length > 5) announcer.firstChild.remove();
}
