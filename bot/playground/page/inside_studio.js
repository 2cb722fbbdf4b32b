// Lanes, fair queue and ledger of the inside drawer.

import { el } from "./dom.js";
import { bar, cell, clock, keeper, seconds, table } from "./inside_rows.js";

const STATES = { running: "at work", held: "held", paused: "paused for others", delivering: "on its way to Discord", accepted: "just accepted" };
const KINDS = { reserve: "promised", settle: "given back", refund: "refunded" };

const shortId = (id) => el("code", { class: "inside-id", title: id }, id.slice(0, 6));
const who = ({ user, guild }) => [el("span", { class: "inside-who" }, user), el("span", { class: "inside-where" }, guild)];

/** The pictures being drawn: in which slot, whose, and how far each is. */
export function lanes() {
  const list = el("ul", { class: "inside-lanes", "aria-label": "Pictures being drawn" });
  const nothing = el("p", { class: "inside-empty" }, "No picture is being drawn.");
  const keep = keeper(list, ({ job_id: id, picture }) => `${id} ${picture}`, drawLane);
  return {
    node: el("div", {}, list, nothing),
    show(told) {
      const people = new Map(told.queue.jobs.map((job) => [job.job_id, job.user]));
      nothing.hidden = Boolean(told.lanes.length);
      const inOrder = [...told.lanes].sort((one, other) => one.slot - other.slot);
      keep(inOrder.map((lane) => ({ ...lane, user: people.get(lane.job_id) ?? "" })));
    },
    count: ({ lanes: now, slots }) => (now.length ? `${now.length} of ${Math.max(slots, now.length)} slots` : "idle"),
  };
}

function drawLane({ slot, user, picture, step, of }) {
  return el(
    "li",
    { class: "inside-lane" },
    el("span", { class: "inside-slot", title: `Slot ${slot + 1}` }, el("span", { class: "visually-hidden" }, "Slot "), slot + 1),
    el("span", { class: "inside-who" }, user),
    el("span", { class: "inside-picture" }, `picture ${picture}`),
    bar(step, of),
    el("span", { class: "inside-steps" }, of ? `step ${step} of ${of}` : "preparing"),
  );
}

/** Who has used how much, and whose turn comes when. */
export function queue() {
  const owners = table(
    "Compute-seconds of everybody",
    [["Person"], ["Used in 24 hours", "inside-wide"], ["Lead", "inside-number"], ["Jobs", "inside-number"]],
    { empty: "Nobody has asked for anything yet.", keyOf: ({ owner }) => owner, draw: drawOwner },
  );
  const jobs = table(
    "Jobs in serving order",
    [["Turn"], ["Person"], ["Job"], ["Costs about", "inside-number"], ["Done in", "inside-number"]],
    { empty: "The line is empty.", keyOf: ({ job_id: id }) => id, draw: drawJob },
  );
  const about = "Whose lead is least is served next. A lead is compute-seconds ahead of the others.";
  const gap = el("p", { class: "inside-about" });
  return {
    node: el("div", {}, owners.node, jobs.node, el("p", { class: "inside-about" }, about), gap),
    show({ queue: { owners: all, jobs: line, gap_s: apart, bound_s: bound } }) {
      const most = Math.max(...all.map((one) => one.used_seconds), 1);
      owners.show([...all].sort((one, other) => other.used_seconds - one.used_seconds).map((one) => ({ ...one, most })));
      jobs.show(line);
      gap.textContent = bound
        ? `The largest gap between two who both waited was ${seconds(apart)}; at most ${seconds(bound)} is promised.`
        : "No two people have waited at once yet.";
    },
    count: ({ queue: { jobs: line } }) => `${line.filter((job) => job.position > 0).length} waiting`,
  };
}

function drawOwner(owner) {
  const share = owner.weight === 1 ? null : el("span", { class: "inside-where" }, `share × ${owner.weight}`);
  const jobs = [owner.running && `${owner.running} at work`, owner.waiting && `${owner.waiting} waiting`].filter(Boolean);
  return [
    el("th", { scope: "row" }, who(owner), share),
    cell("inside-wide", bar(owner.used_seconds, owner.most), el("span", {}, seconds(owner.used_seconds))),
    cell("inside-number", owner.ahead_seconds > 0 ? `+${seconds(owner.ahead_seconds)}` : "0 s"),
    cell("inside-number", jobs.join(", ") || "–"),
  ];
}

function drawJob(job) {
  const step = ["running", "paused"].includes(job.state) && job.of_steps ? `, step ${job.steps} of ${job.of_steps}` : "";
  return [
    cell("", job.position || (job.position === 0 ? "now" : "–")),
    el("th", { scope: "row" }, who(job)),
    cell("", shortId(job.job_id), STATES[job.state] ? el("span", { class: "inside-where" }, `${STATES[job.state]}${step}`) : null),
    cell("inside-number", seconds(job.estimate)),
    cell("inside-number", seconds(job.eta)),
  ];
}

/** What was promised, settled and refunded. */
export function ledger() {
  const entries = table(
    "Newest entries of the ledger",
    [["At"], ["Person"], ["What"], ["Compute", "inside-number"], ["Job"]],
    { empty: "Nothing was promised yet.", keyOf: ({ job_id: id, kind }) => `${id} ${kind}`, draw: drawEntry },
  );
  return {
    node: entries.node,
    show: (told) => entries.show(told.ledger),
    count: () => "",
  };
}

function drawEntry(entry) {
  const sign = entry.seconds > 0 ? "+" : entry.seconds < 0 ? "−" : "";
  return [
    cell("", clock(entry.at)),
    el("th", { scope: "row" }, who(entry)),
    cell(`inside-${entry.kind}`, KINDS[entry.kind] ?? entry.kind),
    cell("inside-number", `${sign}${seconds(Math.abs(entry.seconds))}`),
    cell("", shortId(entry.job_id)),
  ];
}
