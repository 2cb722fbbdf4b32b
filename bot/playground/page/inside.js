// The drawer beside the chat: what goes on inside the studio, and faults to switch on.

import { el } from "./dom.js";
import { faultSwitches } from "./inside_faults.js";
import { lanes, ledger, queue } from "./inside_studio.js";
import { traffic } from "./inside_traffic.js";
import { resizable } from "./inside_width.js";

const SHEETS = ["/page/inside.css", "/page/inside_parts.css"];
const KEPT_OPEN = "easel-inside-parts";
const STATES = {
  starting: "Starting",
  loading: "Loading the model",
  ready: "Ready",
  restarting: "Starting again",
  failed: "Out of order",
  closed: "Closed",
};

/** Fills `drawer` and keeps it up to date until `close()`. */
export function openInside(drawer) {
  const worker = el("p", { class: "inside-worker" });
  const parts = [
    part("work", "At work", lanes()),
    part("queue", "Fair queue", queue()),
    part("faults", "Faults to try", faultSwitches()),
    part("traffic", "Traffic with Discord", traffic()),
    part("ledger", "Ledger", ledger()),
  ];
  const head = el("header", { class: "inside-head" }, el("h2", {}, "Inside the studio"), worker);
  const body = el("div", { class: "inside-body", tabindex: "-1" }, head, parts.map((one) => one.node));
  const stopResizing = resizable(drawer);
  dressed().then(() => drawer.append(body));
  const line = new Line({
    onTold(told) {
      drawWorker(worker, told.worker);
      for (const one of parts) one.show(told);
    },
    onLost: () => drawWorker(worker, { state: "lost", detail: "The connection to the playground is lost; trying again…" }),
  });
  return {
    close() {
      line.close();
      stopResizing();
      body.remove();
    },
  };
}

/** A part that folds; which are open is remembered. `inner` has `node`, `show(told)` and `count(told)`, a few words. */
function part(name, title, inner) {
  const count = el("span", { class: "inside-count" });
  const kept = JSON.parse(localStorage.getItem(KEPT_OPEN) ?? "{}");
  const node = el(
    "details",
    { class: "inside-part", "data-part": name, open: kept[name] ?? true },
    el("summary", {}, el("h3", {}, title), count),
    el("div", { class: "inside-inner" }, inner.node),
  );
  node.addEventListener("toggle", () => {
    const now = JSON.parse(localStorage.getItem(KEPT_OPEN) ?? "{}");
    localStorage.setItem(KEPT_OPEN, JSON.stringify({ ...now, [name]: node.open }));
  });
  return {
    node,
    show(told) {
      inner.show(told);
      const words = inner.count(told);
      if (count.textContent !== words) count.textContent = words;
    },
  };
}

function drawWorker(line, worker) {
  const { state, device, model, detail } = worker ?? { state: "absent" };
  const words = {
    absent: "Nobody is inside: the bot is starting, or has left.",
    lost: detail,
  }[state] ?? [STATES[state] ?? state, model, device && `on ${device}`, detail].filter(Boolean).join(" · ");
  line.dataset.state = state;
  if (line.textContent !== words) line.textContent = words;
}

/** Resolves once the drawer's style sheets are there. */
function dressed() {
  const missing = SHEETS.filter((href) => !document.querySelector(`link[href="${href}"]`));
  return Promise.all(
    missing.map((href) => {
      const sheet = el("link", { rel: "stylesheet", href });
      const settled = new Promise((resolve) => ["load", "error"].forEach((kind) => sheet.addEventListener(kind, resolve)));
      document.head.append(sheet);
      return settled;
    }),
  );
}

/** A connection that comes back by itself. */
class Line {
  #socket = null;
  #closed = false;
  #waits = 0;

  constructor({ onTold, onLost }) {
    this.onTold = onTold;
    this.onLost = onLost;
    this.#connect();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#socket = new WebSocket(`${scheme}://${location.host}/page/inside`);
    this.#socket.addEventListener("message", (event) => {
      this.#waits = 0;
      if (!this.#closed) this.onTold(JSON.parse(event.data));
    });
    this.#socket.addEventListener("close", () => {
      if (this.#closed) return;
      this.onLost();
      const delay = Math.min(8000, 250 * 2 ** this.#waits++);
      setTimeout(() => !this.#closed && this.#connect(), delay);
    });
  }

  close() {
    this.#closed = true;
    this.#socket.close();
  }
}
