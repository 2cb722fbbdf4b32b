// Line drawings for the emoji that buttons wear most, which not every machine has a font for.

const SVG = "http://www.w3.org/2000/svg";
const STROKES = {
  "🔄": "M20 11a8 8 0 0 0-14.3-4.2M4 4v4h4M4 13a8 8 0 0 0 14.3 4.2M20 20v-4h-4",
  "🗑": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  "👁": "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM9.2 12a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0",
  "📄": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  "🔒": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  "✏": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  "❌": "M6 6l12 12M18 6L6 18",
  "✖": "M6 6l12 12M18 6L6 18",
  "⏹": "M6 6h12v12H6z",
  "❤": "M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20z",
  "⭐": "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z",
  "✉": "M3 6h18v12H3zM3 7l9 6 9-6",
  "⬅": "M20 12H4M10 6l-6 6 6 6",
  "➡": "M4 12h16M14 6l6 6-6 6",
  "⬆": "M12 20V4M6 10l6-6 6 6",
  "⬇": "M12 4v16M6 14l6 6 6-6",
  "🔍": "M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M15.5 15.5L20.5 20.5",
};

/** The drawing of an emoji, or its text where there is none. Decorative: say the meaning beside it. */
export function icon(emoji) {
  const strokes = STROKES[emoji.replace(/\ufe0f/g, "")];
  if (!strokes) return document.createTextNode(emoji);
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", strokes);
  svg.append(path);
  return svg;
}
