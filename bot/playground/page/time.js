// Times as Discord shows them: `<t:seconds:style>`, the time of a message, the day of several.

const ENGLISH = "en-GB";
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const DAY = 86_400_000; // milliseconds

const formats = new Map();

/** A formatter of `options`, made once: making one is slow. */
function format(options, date) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(ENGLISH, options));
  return formats.get(key).format(date);
}

function relative(date) {
  const seconds = Math.round((date - Date.now()) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** A <time> that stays right while it is shown. Style R is relative to now. */
export function timeElement(date, style = "f") {
  const node = document.createElement("time");
  if (Number.isNaN(date.getTime())) {
    node.textContent = "Invalid date";
    return node;
  }
  node.dateTime = date.toISOString();
  node.title = format(STYLES.F, date);
  if (style === "R") node.dataset.relative = "";
  node.textContent = style === "R" ? relative(date) : format(STYLES[style] ?? STYLES.f, date);
  return node;
}

/** A message's time: the hour alone for today's, “Yesterday at” for the day before. */
export function messageTime(date) {
  const node = timeElement(date, "t");
  if (isSameDay(date, new Date(Date.now() - DAY))) node.textContent = `Yesterday at ${node.textContent}`;
  else if (!isSameDay(date, new Date())) node.textContent = format(STYLES.s, date);
  return node;
}

export const clock = (date) => format(STYLES.t, date);

export const isSameDay = (one, other) => one.toDateString() === other.toDateString();

/** The words of a divider between days. */
export const dayText = (date) => format(STYLES.D, date);

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    const text = relative(new Date(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
  }
}, 1000);
