// Times as Discord shows them: `<t:seconds:style>` and the time of a message.

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

function relative(date) {
  const seconds = Math.round((date - Date.now()) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** A <time> that stays right while it is shown. Style R is relative to now. */
export function timeElement(date, style = "f") {
  const node = document.createElement("time");
  node.dateTime = date.toISOString();
  node.title = new Intl.DateTimeFormat("en-GB", STYLES.F).format(date);
  if (style === "R") node.dataset.relative = "";
  node.textContent =
    style === "R" ? relative(date) : new Intl.DateTimeFormat("en-GB", STYLES[style] ?? STYLES.f).format(date);
  return node;
}

/** A message's time: only the hour for today's. */
export function messageTime(date) {
  const today = date.toDateString() === new Date().toDateString();
  const node = timeElement(date, "t");
  if (!today) node.textContent = `${new Intl.DateTimeFormat("en-GB", STYLES.d).format(date)}, ${node.textContent}`;
  return node;
}

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    const text = relative(new Date(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
  }
}, 1000);
