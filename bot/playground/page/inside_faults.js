// The inside drawer's switches: what a bad day does to the bot.

import { announce, el, freshId } from "./dom.js";

/** A switch for each fault; built once, so that nobody loses the one they are at. */
export function faultSwitches() {
  const list = el("ul", { class: "inside-faults" });
  const switches = new Map();
  return {
    node: list,
    show({ faults }) {
      for (const fault of faults) {
        if (!switches.has(fault.name)) {
          const one = new Switch(fault);
          switches.set(fault.name, one);
          list.append(one.node);
        }
        switches.get(fault.name).show(fault);
      }
    },
    count: ({ faults }) => {
      const on = faults.filter((fault) => fault.on).length;
      return on ? `${on} on` : "all off";
    },
  };
}

class Switch {
  #name;
  #title;
  #button;
  #struck = el("span", { class: "inside-struck" });
  #problem = el("p", { class: "problem", hidden: true });
  #dials = new Map();
  #asking = 0; // how many answers are on their way; meanwhile the server's news is older than what one sees

  constructor({ name, title, about, settings }) {
    this.#name = name;
    this.#title = title;
    const [label, words] = [freshId("fault"), freshId("fault-about")];
    this.#button = el("button", {
      class: "inside-switch",
      type: "button",
      role: "switch",
      "aria-checked": "false",
      "aria-labelledby": label,
      "aria-describedby": words,
      "data-fault": name,
      onclick: () => this.#ask(!this.#isOn),
    });
    this.node = el(
      "li",
      { class: "inside-fault" },
      el("p", { class: "inside-fault-head" }, this.#button, el("strong", { id: label }, title), this.#struck),
      el("p", { class: "inside-about", id: words }, about),
      el("p", { class: "inside-dials" }, settings.map((setting) => this.#dial(setting))),
      this.#problem,
    );
  }

  get #isOn() {
    return this.#button.getAttribute("aria-checked") === "true";
  }

  show({ on, struck, settings }) {
    this.#struck.textContent = struck ? `struck ${struck} ×` : "";
    if (this.#asking) return;
    this.#button.setAttribute("aria-checked", String(on));
    for (const { name, value } of settings) {
      const dial = this.#dials.get(name);
      if (dial !== document.activeElement) dial.value = value;
    }
  }

  #dial({ name, label, unit, value, min, max, step }) {
    const input = el("input", { type: "number", min, max, step, value, onchange: () => this.#ask(this.#isOn) });
    this.#dials.set(name, input);
    return el("label", { class: "inside-dial" }, label, input, unit);
  }

  async #ask(on) {
    const settings = Object.fromEntries([...this.#dials].map(([name, input]) => [name, input.valueAsNumber]));
    const was = this.#isOn;
    this.#asking += 1;
    this.#button.setAttribute("aria-checked", String(on));
    let refused;
    try {
      refused = await post({ name: this.#name, on, settings });
    } finally {
      this.#asking -= 1;
    }
    this.#problem.hidden = !refused;
    this.#problem.textContent = refused ?? "";
    if (refused) this.#button.setAttribute("aria-checked", String(was));
    if (refused) announce(refused);
    else if (on !== was) announce(`${this.#title}: ${on ? "on" : "off"}`);
  }
}

/** Asks for it; resolves to what was refused, in words, or null. */
async function post(wish) {
  try {
    const answer = await fetch("/page/inside/fault", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
    });
    return answer.ok ? ((await answer.json()).refused ?? null) : `The playground failed at this (${answer.status}).`;
  } catch {
    return "The playground server does not answer. Is it still running?";
  }
}
