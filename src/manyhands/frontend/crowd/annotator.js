// Drawing shapes on a stage, by mouse, pen, finger and keyboard. Knows nothing of forms and answers.
import { say } from "./element.js";
import { History } from "./history.js";
import { described, isLarge, KINDS, shifted, within } from "./shapes.js";

const SVG = "http://www.w3.org/2000/svg";
const STILL = 4; // pixels of the screen in which a press is no drag
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function draw(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export class Annotator {
  shapes = [];
  chosen = -1;
  drafted = null; // points of the shape being drawn
  held = null; // a handle picked up by a press, put down by the next
  history = new History();

  constructor(kind, { colour, label, onChange, onChoose }) {
    Object.assign(this, { kind: KINDS[kind], colour, label, onChange, onChoose });
    this.layer = draw("svg", { class: kind === "box" ? "shapes filled" : "shapes", role: "group", tabindex: -1, "aria-label": say("drawing_area") });
    for (const [name, act] of Object.entries({
      pointerdown: this.onDown, pointermove: this.onMove, pointerup: this.onUp, pointercancel: this.onCancel, dblclick: this.onDouble,
    })) this.layer.addEventListener(name, act.bind(this));
    this.layer.addEventListener("keydown", (event) => this.onKey(event));
    this.layer.addEventListener("focusin", (event) => this.onFocus(event));
  }

  /* Changes ------------------------------------------------------------------------------------ */

  /** One step that can be undone. */
  change(shapes, chosen = this.chosen) {
    this.history.keep(this.shapes);
    this.shapes = shapes;
    this.choose(Math.min(chosen, shapes.length - 1));
    this.onChange();
  }

  replace(index, points) {
    this.change(this.shapes.map((each, at) => (at === index ? { ...each, points } : each)), index);
  }

  /** A new shape is not chosen: a number key is then the label of the next one. */
  add(points) {
    if (this.label() === null || !isLarge(this.kind, points)) return this.draw();
    const shape = { label: this.label(), points: points.map((each) => within(each, this.stage.size)) };
    return this.change([...this.shapes, shape], -1);
  }

  /** A shape in the middle of what is seen: for who draws with keys. */
  addStarter() {
    const { x, y } = this.stage.middle;
    const { width, height } = this.stage.size;
    const size = Math.min(width, height) / 6 / this.stage.zoom;
    this.add(this.kind.starter(x, y, size));
    this.focusShape(this.shapes.length - 1);
  }

  remove(index = this.chosen) {
    if (index < 0) return;
    this.change(this.shapes.filter((_, at) => at !== index), -1);
  }

  relabel(label) {
    const shape = this.shapes[this.chosen];
    if (!shape || shape.label === label) return this.draw();
    return this.change(this.shapes.map((each) => (each === shape ? { ...each, label } : each)));
  }

  /** Takes back the last point of what is being drawn, else the last change. */
  undo() {
    this.held = null;
    if (this.drafted) {
      this.drafted = this.drafted.length > 1 ? this.drafted.slice(0, -1) : null;
      this.draw();
    } else this.travel(this.history.undo(this.shapes));
  }

  redo() { this.travel(this.history.redo(this.shapes)); }

  travel(shapes) {
    if (!shapes) return;
    this.shapes = shapes;
    this.choose(-1);
    this.onChange();
  }

  choose(index) {
    if (index !== this.chosen) this.held = null;
    this.chosen = index;
    this.draw();
    this.onChoose();
  }

  finish() {
    const points = this.drafted;
    this.drafted = null;
    if (points && points.length >= this.kind.least) this.add(points);
    else this.draw();
  }

  /* Pointers ------------------------------------------------------------------------------------- */

  hit(event) {
    const part = event.target.closest("[data-shape]");
    return part ? { shape: Number(part.dataset.shape), handle: Number(part.dataset.handle ?? -1) } : null;
  }

  at(event) { return within(this.stage.place(event), this.stage.size); }

  onDown(event) {
    if (event.button > 0 || !event.isPrimary || this.stage.isMoving || this.isOff) return;
    event.preventDefault();
    const point = this.at(event);
    if (this.held) return this.putDown(point);
    const found = this.drafted ? null : this.hit(event);
    // A drag inside a box that is not chosen draws another one in it; a mere press chooses it.
    const isOver = found && this.kind === KINDS.box && found.handle < 0 && found.shape !== this.chosen;
    const hit = isOver ? null : found;
    this.layer.setPointerCapture(event.pointerId);
    this.drag = {
      point, hit, over: isOver ? found : null, start: { x: event.clientX, y: event.clientY }, before: this.shapes, isStill: true,
    };
    if (hit) this.focusShape(hit.shape, hit.handle);
    else this.layer.focus({ preventScroll: true });
    return undefined;
  }

  onMove(event) {
    const point = this.at(event);
    const { drag } = this;
    if (!drag) {
      if (!this.drafted && !this.held) return;
      this.hover = point;
      this.draw();
      return;
    }
    const far = Math.hypot(event.clientX - drag.start.x, event.clientY - drag.start.y);
    if (drag.isStill && far < STILL) return;
    drag.isStill = false;
    if (!drag.hit) this.sketch(drag.point, point);
    else this.shapes = drag.before.map((each, index) => (index === drag.hit.shape ? { ...each, points: this.dragged(each.points, drag, point) } : each));
    this.draw();
  }

  dragged(points, { hit, point: from }, to) {
    if (hit.handle >= 0) return this.kind.moved(points, hit.handle, to);
    return shifted(points, to.x - from.x, to.y - from.y, this.stage.size);
  }

  /** Boxes and lines are drawn by one drag; the others by their points. */
  sketch(from, to) {
    if (this.kind.most === 2) {
      this.drafted ??= [from];
      this.hover = to;
    }
  }

  onUp(event) {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    const point = this.at(event);
    if (drag.over && drag.isStill) this.focusShape(drag.over.shape);
    else if (drag.hit && drag.isStill) {
      if (drag.hit.handle >= 0) this.held = drag.hit;
      this.draw();
    } else if (drag.hit) {
      this.history.keep(drag.before);
      this.onChange();
    } else this.addPoint(drag.isStill ? drag.point : point);
  }

  onCancel() {
    if (this.drag?.hit) this.shapes = this.drag.before;
    this.drag = null;
    this.draw();
  }

  addPoint(point) {
    const first = this.drafted?.[0];
    const isBack = first && Math.hypot(first.x - point.x, first.y - point.y) < 12 * this.stage.scale;
    this.hover = null;
    if (this.kind.isClosed && isBack && this.drafted.length >= this.kind.least) return this.finish();
    const before = this.drafted ?? [];
    const last = before.at(-1);
    // The second press of a double one is no point of its own.
    const isTwice = last && Math.hypot(last.x - point.x, last.y - point.y) < 2 * this.stage.scale;
    this.drafted = isTwice ? before : [...before, point];
    if (this.chosen >= 0) this.choose(-1);
    if (this.drafted.length >= this.kind.most) return this.finish();
    return this.draw();
  }

  putDown(point) {
    const { shape, handle } = this.held;
    this.held = null;
    this.replace(shape, this.kind.moved(this.shapes[shape].points, handle, point));
  }

  onDouble(event) {
    event.preventDefault();
    if (this.drafted && this.kind.most > 2) this.finish();
  }

  /* Keys -------------------------------------------------------------------------------------------- */

  onFocus(event) {
    const hit = this.hit(event);
    if (hit && hit.shape !== this.chosen && !this.isDrawing) this.choose(hit.shape);
  }

  onKey(event) {
    const hit = this.hit(event) ?? { shape: this.chosen, handle: -1 };
    const arrow = ARROWS[event.key];
    if (arrow && hit.shape >= 0) this.nudge(hit, arrow, event.shiftKey ? 10 : 1);
    else if (event.key === "Delete" || event.key === "Backspace") this.removePart(hit);
    else if (event.key === "Escape" && (this.drafted || this.held || this.chosen >= 0)) {
      this.drafted = this.held = null;
      this.choose(-1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  nudge({ shape, handle }, [dx, dy], step) {
    const { points } = this.shapes[shape];
    const handles = this.kind.handles(points);
    if (handle < 0) this.replace(shape, shifted(points, dx * step, dy * step, this.stage.size));
    else {
      const { x, y } = handles[handle];
      this.replace(shape, this.kind.moved(points, handle, within({ x: x + dx * step, y: y + dy * step }, this.stage.size)));
    }
  }

  /** A point of a shape that has points to spare, else the whole of it. */
  removePart({ shape, handle }) {
    const { points } = this.shapes[shape] ?? { points: [] };
    if (handle >= 0 && this.kind.most > 2 && points.length > this.kind.least) {
      this.replace(shape, points.filter((_, at) => at !== handle));
    } else this.remove(shape);
  }

  focusShape(index, handle = -1) {
    this.choose(index);
    const key = handle < 0 ? `[data-shape="${index}"]` : `[data-shape="${index}"][data-handle="${handle}"]`;
    this.layer.querySelector(key)?.focus({ preventScroll: true });
  }

  /* Drawing ------------------------------------------------------------------------------------------ */

  draw() {
    if (!this.stage?.isReady || this.isDrawing) return;
    const { width, height } = this.stage.size;
    const focused = this.layer.getRootNode().activeElement?.dataset;
    this.isDrawing = true; // focus comes back to what is drawn anew, and is no choice
    this.layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.layer.replaceChildren(...this.shapes.map((shape, index) => this.drawShape(shape, index)), ...this.drawDraft());
    if (focused?.shape !== undefined) {
      const handle = focused.handle === undefined ? ":not([data-handle])" : `[data-handle="${focused.handle}"]`;
      const again = this.layer.querySelector(`[data-shape="${focused.shape}"]${handle}`) ?? this.layer;
      again.focus({ preventScroll: true }); // so that the next key still comes here
    }
    this.isDrawing = false;
  }

  outline(points, attributes) {
    const text = (list) => list.map(({ x, y }) => `${x},${y}`).join(" ");
    if (this.kind.most === 1) return draw("circle", { ...attributes, cx: points[0].x, cy: points[0].y, r: 6 * this.stage.scale });
    if (this.kind === KINDS.box) return draw("polygon", { ...attributes, points: text(this.kind.handles(points)) });
    return draw(this.kind.isClosed ? "polygon" : "polyline", { ...attributes, points: text(points) });
  }

  drawShape(shape, index) {
    const isChosen = index === this.chosen;
    const { points, label } = shape;
    const scale = this.stage.scale;
    const group = draw("g", {
      class: isChosen ? "shape chosen" : "shape", "data-shape": index, tabindex: 0, role: "img", "aria-label": described(this.kind, shape),
    });
    group.style.setProperty("--label", this.colour(label));
    const name = this.isLineLike ? "halo open" : "halo";
    group.append(this.outline(points, { class: "grip" }), this.outline(points, { class: name }), this.outline(points, { class: this.isLineLike ? "line open" : "line" }));
    const top = this.kind.handles(points).reduce((high, each) => (each.y < high.y ? each : high));
    const y = top.y > 18 * scale ? top.y - 6 * scale : top.y + 18 * scale;
    const text = draw("text", { x: top.x + (this.kind.most === 1 ? 9 * scale : 2 * scale), y, "font-size": 13 * scale, "stroke-width": 4 * scale });
    text.textContent = label;
    group.append(text);
    if (!isChosen || this.kind.most === 1) return group;
    const handles = this.kind.handles(points).map((point, at) => this.drawHandle(point, index, at));
    return draw("g", {}, group, ...handles);
  }

  get isLineLike() { return !this.kind.isClosed && this.kind.most !== 1 && this.kind !== KINDS.box; }

  drawHandle({ x, y }, shape, handle) {
    const isHeld = this.held?.shape === shape && this.held.handle === handle;
    const scale = this.stage.scale;
    const group = draw("g", {
      class: isHeld ? "handle held" : "handle", "data-shape": shape, "data-handle": handle, tabindex: 0, role: "img",
      "aria-label": `${say("point")} ${handle + 1}: ${Math.round(x)}, ${Math.round(y)}`,
    });
    group.style.setProperty("--label", this.colour(this.shapes[shape].label));
    group.append(draw("circle", { class: "grip", cx: x, cy: y, r: 16 * scale }), draw("circle", { class: "knob", cx: x, cy: y, r: 5 * scale }));
    return group;
  }

  drawDraft() {
    const points = [...(this.drafted ?? []), ...(this.drafted && this.hover ? [this.hover] : [])];
    if (!points.length) return [];
    const scale = this.stage.scale;
    const group = draw("g", { class: "draft" });
    group.style.setProperty("--label", this.colour(this.label()));
    if (points.length > 1) group.append(this.outline(points, { class: "halo open" }), this.outline(points, { class: "line open" }));
    group.append(...this.drafted.map(({ x, y }) => draw("circle", { class: "knob", cx: x, cy: y, r: 5 * scale })));
    return [group];
  }
}
