// An image to draw on: fitted to its place, zoomed and moved; what lies over it has the image's own pixels.
import { make, say } from "./element.js";
import { icon } from "./icons.js";

const ZOOM_MAX = 16;
const STEP = 1.25;

export class Stage {
  /** `layer` lies on the image; `onChange` is told when the image is there or its scale is another. */
  constructor(layer, onChange) {
    this.layer = layer;
    this.onChange = onChange;
    this.zoom = 1;
    this.isMoving = false;
    this.image = make("img", { alt: "", draggable: false });
    this.canvas = make("div", { className: "canvas" }, this.image, layer);
    this.view = make("div", { className: "stage" }, this.canvas);
    this.failed = make("p", { className: "problem" });
    this.root = make("div", { className: "staged" }, this.view, this.failed);
    this.image.addEventListener("load", () => this.onLoad());
    this.image.addEventListener("error", () => { this.failed.textContent = say("image_failed"); });
    this.view.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.view.addEventListener("pointerdown", (event) => this.onPointer(event));
    new ResizeObserver(() => this.fit()).observe(this.root);
    this.buttons = this.makeButtons();
  }

  makeButtons() {
    const button = (name, words, act) => {
      const made = make("button", { type: "button", className: "button round", title: words, "aria-label": words }, icon(name));
      made.addEventListener("click", act);
      return made;
    };
    this.mover = button("move", say("move_view"), () => this.setMoving(!this.isMoving));
    this.mover.setAttribute("aria-pressed", "false");
    return [
      button("zoom-out", say("zoom_out"), () => this.setZoom(this.zoom / STEP)),
      button("zoom-in", say("zoom_in"), () => this.setZoom(this.zoom * STEP)),
      this.mover,
    ];
  }

  get size() { return { width: this.image.naturalWidth, height: this.image.naturalHeight }; }
  get isReady() { return this.image.complete && this.image.naturalWidth > 0; }

  show(source) {
    if (!source || this.image.getAttribute("src") === source) return;
    this.failed.textContent = "";
    this.image.src = source;
  }

  onLoad() {
    this.failed.textContent = "";
    this.fit();
  }

  /** As large as the place allows; small images not more than four times their size. */
  fit() {
    if (!this.isReady) return;
    const { width, height } = this.size;
    const room = this.root.clientWidth - 2;
    const tall = window.innerHeight * 0.75;
    this.fitted = Math.max(1, Math.min(room, (tall * width) / height, width * 4));
    this.canvas.style.inlineSize = `${this.fitted * this.zoom}px`;
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    this.onChange();
  }

  /** Pixels of the image in one pixel of the screen. */
  get scale() { return this.size.width / ((this.fitted || 1) * this.zoom); }

  setZoom(zoom, at = null) {
    const before = this.zoom;
    this.zoom = Math.min(ZOOM_MAX, Math.max(1, zoom));
    const box = this.view.getBoundingClientRect();
    const x = at ? at.clientX - box.left : box.width / 2;
    const y = at ? at.clientY - box.top : box.height / 2;
    const [left, top] = [this.view.scrollLeft, this.view.scrollTop];
    this.fit();
    // What is under the pointer stays there.
    this.view.scrollLeft = ((left + x) * this.zoom) / before - x;
    this.view.scrollTop = ((top + y) * this.zoom) / before - y;
  }

  onWheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.setZoom(this.zoom * (event.deltaY < 0 ? STEP : 1 / STEP), event);
  }

  setMoving(isMoving) {
    this.isMoving = isMoving;
    this.mover.setAttribute("aria-pressed", String(isMoving));
    this.view.classList.toggle("moving", isMoving);
  }

  /** Drag the view: in its mode, or with the middle button. */
  onPointer(event) {
    if (!(this.isMoving && event.pointerType === "mouse") && event.button !== 1) return;
    event.preventDefault();
    const start = { x: event.clientX, y: event.clientY, left: this.view.scrollLeft, top: this.view.scrollTop };
    const move = (next) => {
      this.view.scrollLeft = start.left - (next.clientX - start.x);
      this.view.scrollTop = start.top - (next.clientY - start.y);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", () => window.removeEventListener("pointermove", move), { once: true });
  }

  /** Where on the image an event of a pointer is. */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = this.size;
    return { x: ((event.clientX - box.left) * width) / box.width, y: ((event.clientY - box.top) * height) / box.height };
  }

  /** The middle of what is seen. */
  get middle() {
    const box = this.view.getBoundingClientRect();
    const seen = this.canvas.getBoundingClientRect();
    const right = Math.min(box.right, seen.right);
    const bottom = Math.min(box.bottom, seen.bottom);
    return this.place({ clientX: (Math.max(box.left, seen.left) + right) / 2, clientY: (Math.max(box.top, seen.top) + bottom) / 2 });
  }

  /** Plus and minus zoom; true when the key was one of these. */
  press(key) {
    const factor = { "+": STEP, "=": STEP, "-": 1 / STEP }[key];
    if (factor) this.setZoom(this.zoom * factor);
    return Boolean(factor);
  }
}
