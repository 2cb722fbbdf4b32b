// The sides of the page: servers and channels on the left, people at the top, the bot's state.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./message.js";

/** Draws servers and channels; `go(channelId)` opens one. */
export function drawPlaces(state, { current, unread, go }) {
  const channel = (one, label) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: `place ${unread.has(one.id) ? "unread" : ""}`,
          "aria-current": one.id === current ? "page" : null,
          "data-channel-id": one.id,
          "data-channel": one.name,
          onclick: () => go(one.id),
        },
        label,
        unread.has(one.id) ? el("span", { class: "visually-hidden" }, " (new messages)") : null,
      ),
    );
  const server = (guild) =>
    el(
      "section",
      { "data-guild": guild.name },
      el("h2", {}, guild.name),
      el("ul", {}, guild.channels.map((one) => channel(one, [el("span", { class: "hash", "aria-hidden": "true" }, one.private ? icon("🔒") : "#"), one.name]))),
    );
  const direct = state.direct
    ? el("section", {}, el("h2", {}, "Direct messages"), el("ul", {}, channel(state.direct, [el("span", { class: "hash", "aria-hidden": "true" }, "@"), state.bot.display_name])))
    : null;
  const nothing = state.guilds.length ? null : el("p", { class: "subtext" }, "In no server yet.");
  document.getElementById("place-list").replaceChildren(...[...state.guilds.map(server), direct, nothing].filter(Boolean));

  const botState = document.getElementById("bot-state");
  botState.dataset.connected = state.bot.connected;
  botState.textContent = state.bot.connected ? `${state.bot.display_name} is online` : `${state.bot.display_name} is offline`;
}

/** Draws the people one can be; `become(name)` switches. */
export function drawPeople(state, become) {
  document.getElementById("people").replaceChildren(
    ...state.people.map((person) =>
      el(
        "button",
        {
          type: "button",
          class: "person",
          "aria-pressed": String(person.username === state.me.username),
          "data-person": person.username,
          title: [person.global_name, person.about].filter(Boolean).join(" — "),
          onclick: () => become(person.username),
        },
        avatar(person),
        el("span", { class: "person-name" }, person.global_name),
      ),
    ),
  );
}
