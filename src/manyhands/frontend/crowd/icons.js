// Drawn icons under the names that templates use for them (those of Polymer's iron-icons).
const PATHS = {
  add: "M10 4v12M4 10h12",
  remove: "M4 10h12",
  close: "m5 5 10 10M15 5 5 15",
  clear: "m5 5 10 10M15 5 5 15",
  check: "m4 10.5 4 4 8-9",
  done: "m4 10.5 4 4 8-9",
  search: "M13 13l4 4M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Z",
  delete: "M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10",
  create: "M4 16l1-4 8-8 3 3-8 8-4 1Z",
  refresh: "M16 5v4h-4M16 9a6.5 6.5 0 1 0 .3 4",
  undo: "M7 4 3 8l4 4M3 8h8a5 5 0 0 1 0 10H8",
  redo: "m13 4 4 4-4 4M17 8H9a5 5 0 0 0 0 10h3",
  info: "M10 9v5M10 6v.5M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z",
  help: "M8 8a2 2 0 1 1 3 1.7c-.7.4-1 .9-1 1.8M10 14v.5M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z",
  warning: "M10 3 2.5 16.5h15L10 3ZM10 8v4M10 14v.5",
  star: "m10 3 2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.3l5-.7L10 3Z",
  favorite: "M10 16.5 4 10.5a3.7 3.7 0 0 1 6-4.3 3.7 3.7 0 0 1 6 4.3l-6 6Z",
  home: "M3 10l7-6 7 6M5 9v7h10V9",
  settings: "M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4",
  "arrow-back": "M16 10H4M9 5l-5 5 5 5",
  "arrow-forward": "M4 10h12M11 5l5 5-5 5",
  "arrow-drop-down": "m5 8 5 5 5-5",
  "expand-more": "m5 8 5 5 5-5",
  move: "M10 3v14M3 10h14M7.5 5.5 10 3l2.5 2.5M7.5 14.5 10 17l2.5-2.5M5.5 7.5 3 10l2.5 2.5M14.5 7.5 17 10l-2.5 2.5",
  "zoom-in": "M13 13l4 4M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8.5 6v5M6 8.5h5",
  "zoom-out": "M13 13l4 4M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM6 8.5h5",
};
const SVG = "http://www.w3.org/2000/svg";

/** The icon of this name, or nothing: a name unknown here is for the caller to write out. */
export function icon(name) {
  const path = Object.hasOwn(PATHS, name) ? PATHS[name] : null;
  if (path === null) return null;
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
