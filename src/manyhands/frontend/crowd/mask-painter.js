// Painting a label map on a stage: brush, polygon and eraser, by mouse, pen, finger and keyboard.
import { make, say } from "./element.js";
import { History } from "./history.js";
import { LabelMap } from "./label-map.js";
import { within } from "./shapes.js";

const SVG = "http://www.w3.org/2000/svg";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HISTORY_BYTES = 64 * 1024 * 1024;

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export class MaskPainter {
  tool = "brush";
  radius = 10;
  corners = [];
  cursor = null;

  /** `part` gives the number to paint with, `colours` those of all parts. */
  constructor({ part, colours, onChange }) {
    Object.assign(this, { part, colours, onChange });
    this.canvas = make("canvas", { className: "mask" });
    this.over = svg("svg", { class: "cursor", "aria-hidden": "true" });
    this.layer = make(
      "div", { className: "layers", tabIndex: 0, role: "application", "aria-label": say("painting_area"), "aria-describedby": "hint" },
      this.canvas, this.over,
    );
    for (const [name, act] of Object.entries({ pointerdown: this.onDown, pointermove: this.onMove, pointerup: this.onUp, pointercancel: this.onUp })) {
      this.layer.addEventListener(name, act.bind(this));
    }
    this.layer.addEventListener("pointerleave", () => this.showCursor(null));
    this.layer.addEventListener("keydown", (event) => this.onKey(event));
  }

  get isReady() { return Boolean(this.map); }

  /** Begin with an image's size, or with an earlier map. */
  begin(map) {
    this.map = map;
    this.canvas.width = map.width;
    this.canvas.height = map.height;
    this.history = new History(Math.max(3, Math.min(50, Math.floor(HISTORY_BYTES / map.pixels.length))));
    this.corners = [];
    this.draw();
  }

  draw(box = { left: 0, top: 0, right: this.map.width, bottom: this.map.height }) {
    if (box) this.canvas.getContext("2d").putImageData(this.map.picture(box, this.colours()), box.left, box.top);
  }

  /** Base64 of the map as a PNG in the parts' own colours. */
  png() { return this.canvas.toDataURL("image/png").split(",")[1]; }

  /** One change that can be taken back; `act` returns the box that it touched. */
  change(act) {
    this.history.keep(this.map.copy());
    this.draw(act(this.map));
    this.onChange();
  }

  travel(direction) {
    if (direction === "undo" && this.corners.length) {
      this.corners.pop();
      this.showCursor(this.cursor);
      return;
    }
    const map = this.history?.[direction](this.map.copy());
    if (!map) return;
    this.map = map;
    this.draw();
    this.onChange();
  }

  get number() { return this.tool === "eraser" ? 0 : this.part(); }

  /* Pointers and keys ------------------------------------------------------------------------------- */

  at(event) { return within(this.stage.place(event), this.stage.size); }

  onDown(event) {
    if (event.button > 0 || !event.isPrimary || !this.map || this.stage.isMoving || this.isOff) return;
    event.preventDefault();
    this.layer.focus({ preventScroll: true });
    const point = this.at(event);
    if (this.tool === "polygon") this.addCorner(point);
    else {
      this.layer.setPointerCapture(event.pointerId);
      this.history.keep(this.map.copy());
      this.last = point;
      this.draw(this.map.stroke(point, point, this.radius, this.number));
    }
  }

  onMove(event) {
    if (!this.map) return;
    const point = this.at(event);
    if (this.last) {
      this.draw(this.map.stroke(this.last, point, this.radius, this.number));
      this.last = point;
    }
    this.showCursor(point);
  }

  onUp() {
    if (!this.last) return;
    this.last = null;
    this.onChange();
  }

  addCorner(point) {
    const [first] = this.corners;
    const isBack = first && Math.hypot(first.x - point.x, first.y - point.y) < 12 * this.stage.scale;
    if (isBack && this.corners.length > 2) this.finish();
    else this.corners.push(point);
    this.showCursor(point);
  }

  finish() {
    const { corners } = this;
    this.corners = [];
    if (corners.length > 2) this.change((map) => map.fill(corners, this.number));
    this.showCursor(this.cursor);
  }

  onKey(event) {
    const arrow = ARROWS[event.key];
    if (!this.map || this.isOff || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) this.walk(arrow, event.shiftKey);
    else if (event.key === " ") this.place(this.cursor ?? this.stage.middle);
    else if (event.key === "Enter" && this.corners.length) this.finish();
    else if (event.key === "Escape" && this.corners.length) {
      this.corners = [];
      this.showCursor(this.cursor);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  place(point) {
    if (this.tool === "polygon") this.addCorner(point);
    else this.change((map) => map.stroke(point, point, this.radius, this.number));
    this.showCursor(point);
  }

  /** The cursor goes by half a brush; with Shift it paints on its way. */
  walk([dx, dy], isPainting) {
    const from = this.cursor ?? this.stage.middle;
    const step = Math.max(1, Math.round(this.radius / 2));
    const to = within({ x: from.x + dx * step, y: from.y + dy * step }, this.stage.size);
    if (isPainting && this.tool !== "polygon") this.change((map) => map.stroke(from, to, this.radius, this.number));
    this.showCursor(to);
  }

  showCursor(point) {
    this.cursor = point ?? this.cursor;
    const { width, height } = this.stage.size;
    this.over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = [];
    const line = (points, kind) => svg("polyline", { points: points.map(({ x, y }) => `${x},${y}`).join(" "), class: kind });
    const path = [...this.corners, ...(point ? [point] : [])];
    if (this.corners.length) parts.push(line(path, "halo"), line(path, "ring"));
    if (point) {
      const radius = this.tool === "polygon" ? 4 * this.stage.scale : this.radius;
      for (const kind of ["halo", "ring"]) parts.push(svg("circle", { cx: point.x, cy: point.y, r: radius, class: kind }));
    }
    this.over.replaceChildren(...parts);
  }
}

/** The pixels of an image address; null when it cannot be loaded or its host does not let it be read. */
export async function pixelsOf(address, { width, height }) {
  const image = new Image();
  if (!address.startsWith("data:")) image.crossOrigin = "anonymous";
  image.src = address;
  try {
    await image.decode();
    const canvas = make("canvas", { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}

export const emptyMap = ({ width, height }) => new LabelMap(width, height);
export const readMap = (image, numberOf) => LabelMap.read(image, numberOf);
