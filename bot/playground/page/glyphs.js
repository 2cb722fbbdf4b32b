// The page's own signs, drawn as lines.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  hash: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  at: "M16 12a4 4 0 1 0-8 0a4 4 0 1 0 8 0zM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5",
  thread: "M5 9h9M4 15h8M9 4 7 20M14 4l-.8 6M15 14h6M15 18h4",
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  members: "M4 20c0-3.5 2.2-5.5 5-5.5s5 2 5 5.5M5.8 8a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0M16 14.7c2.4.2 4 2 4 5.3M15.5 5.2a3 3 0 0 1 0 5.6",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 4l-5 16-3.5-6.5zM20 4 11.5 13.5",
  smile: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM9 9.5h.01M15 9.5h.01M8.5 14c1.8 2.5 5.2 2.5 7 0",
  reply: "M10 6 4 12l6 6M4 12h9c4 0 7 2 7 7",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  apps: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM17 13.5v7M13.5 17h7",
  eye: "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM9.2 12a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0",
  down: "M12 4v16M6 14l6 6 6-6",
  chevron: "M6 9l6 6 6-6",
  check: "M5 12.5 10 17.5 19 7",
  sun: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  outside: "M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9",
  person: "M5 20c0-4 3-6 7-6s7 2 7 6M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
  tab: "M4 6h16v13H4zM4 10h16M9 6v4",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
  spark: "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8zM19 17v4M17 19h4",
};

/** The sign called `name`. Decorative: say the meaning beside it. */
export const glyph = (name) => drawing(PATHS[name], `glyph glyph-${name}`);

/** A line drawing on a ground of 24 × 24. */
export function drawing(strokes, look = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", class: look, "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", strokes);
  svg.append(path);
  return svg;
}
