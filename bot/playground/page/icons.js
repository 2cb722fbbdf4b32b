// Line drawings for the emoji that buttons and reactions wear most, which not every machine has a font for.

import { hasFont, spelled } from "./emoji_fonts.js";
import { drawing } from "./glyphs.js";

const STROKES = {
  "🔄": "M20 11a8 8 0 0 0-14.3-4.2M4 4v4h4M4 13a8 8 0 0 0 14.3 4.2M20 20v-4h-4",
  "🗑": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  "✏": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  "⚙": "M12 8.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7zM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M5.3 18.7l2.1-2.1M16.6 7.4l2.1-2.1",
  "❌": "M6 6l12 12M18 6L6 18",
  "✖": "M6 6l12 12M18 6L6 18",
  "✅": "M5 12.5l5 5L19 7",
  "⏹": "M6 6h12v12H6z",
  "❤": "M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20z",
  "⭐": "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z",
  "✉": "M3 6h18v12H3zM3 7l9 6 9-6",
  "⬅": "M20 12H4M10 6l-6 6 6 6",
  "➡": "M4 12h16M14 6l6 6-6 6",
  "⬆": "M12 20V4M6 10l6-6 6 6",
  "⬇": "M12 4v16M6 14l6 6 6-6",
  "🔍": "M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M15.5 15.5L20.5 20.5",
  "👍": "M7 11v9H4v-9zM7 11l4-8c1.7 0 2.5 1.2 2.2 3L12.5 10H18c1.5 0 2.3 1 2 2.4l-1.5 6c-.3 1-1 1.6-2 1.6H7",
  "👎": "M7 13V4H4v9zM7 13l4 8c1.7 0 2.5-1.2 2.2-3l-.7-4H18c1.5 0 2.3-1 2-2.4l-1.5-6c-.3-1-1-1.6-2-1.6H7",
  "🔥": "M12 3c1 4 5.5 6 5.5 11a5.5 5.5 0 0 1-11 0c0-2.5 1.5-4 2.5-5 .3 1.5 1 2.5 2 3 .8-3 0-6 1-9z",
  "🎉": "M4 20l4-11 7 7zM14 9c1-3 3-1 4-4M16 12c3-1 2 1 4 0M12 4v2M19 9h.01M16 3h.01M20 16h.01",
  "👀": "M8 6c2 0 3 2.7 3 6s-1 6-3 6-3-2.7-3-6 1-6 3-6zM16 6c2 0 3 2.7 3 6s-1 6-3 6-3-2.7-3-6 1-6 3-6zM9 12v2M17 12v2",
  "🎨": "M12 3a9 9 0 1 0 0 18c2 0 2-1.5 1.4-2.6-.7-1.3 0-2.9 1.6-2.9H18a3 3 0 0 0 3-3C21 7 17 3 12 3zM8 9h.01M13 7h.01M17 10h.01M7 14h.01",
  "🌙": "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  "☀": "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  "👋": "M7 13 4.5 8.5c-.6-1.2 1-2.1 1.7-1L9 11M9 11 6 5.5c-.6-1.2 1.1-2 1.7-.9l3.3 5.4M11 10 8.5 5c-.5-1.2 1.2-2 1.8-.8l4.2 7.3c.3-1.5.5-3.5 2-3.5.9 0 1 .8.9 1.5l-.4 5a6 6 0 0 1-5 5.5c-2.5.3-4-1-5-3z",
  "🚀": "M9 15l-3-3c2-6 6-9 13-9 0 7-3 11-9 13zM6 12H3l2-4h3M12 18v3l4-2v-3M14.5 9.5h.01M5 16c-1 1-1.5 3-1.5 4.5 1.5 0 3.5-.5 4.5-1.5",
  "💡": "M9 17h6M10 20h4M12 3a6 6 0 0 0-3.5 10.9c.5.4.5 1 .5 1.6V17h6v-1.5c0-.6 0-1.2.5-1.6A6 6 0 0 0 12 3z",
};
const COLOURS = { "❤": "love", "⭐": "gold", "🔥": "flame", "✅": "good", "❌": "bad", "💡": "gold", "🌙": "gold", "☀": "gold", "🎉": "party" };

const plainly = (emoji) => emoji.replace(/\ufe0f/g, "");

/** Whether there is more to show of an emoji than its name. */
export const isDrawn = (emoji) => plainly(emoji) in STROKES || hasFont(emoji);

/** The drawing of an emoji, or the font's, or its name. Decorative: say the meaning beside it. */
export function icon(emoji) {
  const plain = plainly(emoji);
  const strokes = STROKES[plain];
  if (!strokes) return hasFont(emoji) ? document.createTextNode(emoji) : spelled(emoji);
  return drawing(strokes, `icon ${COLOURS[plain] ?? ""}`);
}
