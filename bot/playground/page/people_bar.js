// Who one can be: everybody's face at the top of the page, a press away.

import { avatar, nameOf } from "./avatar.js";
import { el } from "./dom.js";
import { glyph } from "./glyphs.js";

/** The address of this page as `person`, at the channel shown. */
export const addressOf = (person, channel) => `?${new URLSearchParams({ as: person, ...(channel ? { channel } : {}) })}`;

const inNewTab = (world, person) => open(addressOf(person.username, world.current), "_blank", "noopener");

/** Draws the people; `become(name)` switches, `add()` opens the form for one more. */
export function drawPeople(world, { become, add }) {
  const one = (person) => {
    const isMe = person.username === world.me.username;
    return el(
      "button",
      {
        type: "button",
        class: "person",
        "aria-pressed": String(isMe),
        "data-person": person.username,
        title: [nameOf(person), person.about, "Ctrl-click: in a new tab"].filter(Boolean).join(" — "),
        onclick: (event) => (event.ctrlKey || event.metaKey ? inNewTab(world, person) : become(person.username)),
        onauxclick: (event) => event.button === 1 && inNewTab(world, person),
      },
      avatar(person),
      el("span", { class: "person-name" }, nameOf(person)),
    );
  };
  const node = document.getElementById("people");
  const held = node.contains(document.activeElement) ? document.activeElement.dataset.person : null;
  node.replaceChildren(
    ...world.people.map(one),
    el("button", { type: "button", class: "person add-person", "aria-label": "Add a person", title: "Add a person", onclick: add }, glyph("plus")),
  );
  if (held) node.querySelector(`[data-person="${CSS.escape(held)}"]`)?.focus();
}

/** The form for one more person, as a modal. `roles` are those one may be given in `guild`. */
export function personForm(guild, roles) {
  const label = (words, component, description) => ({ type: 18, label: words, description, component });
  const where = {
    type: 21,
    custom_id: "guild",
    options: [
      ...(guild ? [{ value: guild.id, label: guild.name, description: "A member from the start", default: true }] : []),
      { value: "", label: "No server", description: "A stranger to everybody", default: !guild },
    ],
  };
  const components = [
    label("Name", { type: 4, custom_id: "name", style: 1, max_length: 32, placeholder: "Kim" }),
    label("Where", where),
  ];
  if (roles.length) components.push(label("Roles", { type: 22, custom_id: "roles", required: false, min_values: 0, options: roles.map((role) => ({ value: role.id, label: role.name })) }));
  return { custom_id: "add-person", title: "Add a person", components };
}
