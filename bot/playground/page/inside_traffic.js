// Requests and gateway events of the inside drawer, with what Discord's description says of them.

import { el } from "./dom.js";
import { glyph } from "./glyphs.js";
import { clock, keeper } from "./inside_rows.js";

const SHOWN = { all: "Everything", rest: "Requests", gateway: "Gateway", trouble: "Trouble" };

const isTrouble = (line) => line.injected || (line.status ?? 200) >= 400 || line.status === 0 || (line.verdict ?? "ok") !== "ok";
const wanted = { all: () => true, rest: (line) => line.direction === "rest", gateway: (line) => line.direction === "gateway", trouble: isTrouble };

/** The newest lines, newest first, as one wants to see them. */
export function traffic() {
  const list = el("ol", { class: "inside-lines", reversed: true });
  const box = el("div", { class: "inside-scroll", tabindex: "0", role: "region", "aria-label": "Newest traffic first" }, list);
  const nothing = el("p", { class: "inside-empty" });
  const choice = el("select", { class: "inside-choice", "aria-label": "Traffic to show", onchange: () => draw() });
  choice.append(...Object.entries(SHOWN).map(([value, words]) => el("option", { value }, words)));
  const keep = keeper(list, ({ number }) => number, drawLine);
  let lines = [];
  const draw = () => {
    const some = lines.filter(wanted[choice.value]);
    nothing.textContent = choice.value === "trouble" ? "No trouble: switch on a fault to see some." : "Nothing yet.";
    nothing.hidden = Boolean(some.length);
    box.hidden = !some.length;
    keep(some);
  };
  return {
    node: el("div", {}, choice, box, nothing),
    show(told) {
      lines = told.traffic;
      draw();
    },
    count({ traffic: all }) {
      const wrong = all.filter((line) => line.verdict?.startsWith("not in")).length;
      return wrong ? `${wrong} not as described` : "";
    },
  };
}

function drawLine(line) {
  const isRest = line.direction === "rest";
  return el(
    "li",
    { class: `inside-line ${isTrouble(line) ? "trouble" : ""}` },
    clock(line.at),
    el("abbr", { class: "inside-direction", title: isRest ? "Request to the REST API" : "Gateway" }, isRest ? "REST" : "GW"),
    el("span", { class: "inside-what", title: line.what }, short(line.what), line.note ? el("span", { class: "inside-where" }, line.note) : null),
    el("span", { class: "inside-status", "data-class": statusClass(line) }, statusWords(line)),
    el("span", { class: "inside-ms" }, line.ms === null ? "" : `${line.ms} ms`),
    verdictOf(line),
  );
}

/** Without the names of what varies; it may be broken after each slash. */
function short(what) {
  return what
    .replace(/\{\w+\}/g, "…")
   .split("/").flatMap((piece, index) => (index ? ["/", document.createElement("wbr"), piece] : [piece]));
}

function statusWords({ direction, status }) {
  if (status === null) return direction === "rest" ? "…" : "";
  return status === 0 ? "cut" : String(status);
}

const statusClass = ({ status }) => (status ? Math.floor(status / 100) : status === 0 ? "cut" : "none");

function verdictOf({ verdict, injected, status, direction }) {
  if (injected) return el("span", { class: "inside-verdict planned" }, "a fault switched on here");
  if (verdict === "ok") {
    const words = el("span", { class: "visually-hidden" }, "as Discord describes it");
    return el("span", { class: "inside-verdict ok", title: "As Discord describes it" }, glyph("check"), words);
  }
  if (verdict) return el("span", { class: `inside-verdict ${verdict.startsWith("not in") ? "wrong" : "refused"}` }, verdict);
  return status === null && direction === "rest" ? el("span", { class: "inside-verdict planned" }, "under way") : null;
}
