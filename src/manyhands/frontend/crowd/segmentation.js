// <crowd-semantic-segmentation> and <crowd-instance-segmentation>: every pixel of an image gets a label, or
// belongs to one of several things of a label.
import { make, say } from "./element.js";
import { PARTS_MAX } from "./label-map.js";
import { LabelTool } from "./label-tool.js";
import { emptyMap, MaskPainter, pixelsOf, readMap } from "./mask-painter.js";
import { PALETTE } from "./palette.js";
import { Stage } from "./stage.js";

const TOOLS = { brush: "b", polygon: "p", eraser: "e" };
const HEX = /^#[0-9a-f]{6}$/i;
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const keyOf = (hex) => parseInt(hex.slice(1), 16);

/** A colour for the part of this number: those of the palette, then others, no two alike. */
function colourOfNumber(number) {
  if (number < PALETTE.length) return PALETTE[number];
  const scrambled = (0x2b5a91 + number * 0x5bd1e9) & 0xffffff;
  return `#${scrambled.toString(16).padStart(6, "0")}`;
}

class Segmentation extends LabelTool {
  parts = []; // {label, color}; a part's number on the map is its place here, from 1

  main() {
    this.painter = new MaskPainter({
      part: () => this.partToPaint(),
      colours: () => [null, ...this.parts.map(({ color }) => rgb(color))],
      onChange: () => this.onPainted(),
    });
    this.stage = new Stage(this.painter.layer, () => this.onImage());
    this.painter.stage = this.stage;
    this.shadowRoot.addEventListener("keydown", (event) => this.onKey(event));
    const hint = make("p", { className: "hint", id: "hint" }, say("hint_mask"));
    return [this.makeBar(), this.stage.root, hint, make("slot")];
  }

  makeBar() {
    this.choices = Object.entries(TOOLS).map(([tool, key]) => {
      const button = make("button", { type: "button", className: "button small" }, `${say(tool)} (${key.toUpperCase()})`);
      button.addEventListener("click", () => this.chooseTool(tool));
      return Object.assign(button, { tool });
    });
    this.size = make("input", { type: "range", min: 1, max: 100, value: this.painter.radius, "aria-label": say("brush_size") });
    this.size.addEventListener("input", (event) => {
      event.stopPropagation();
      this.painter.radius = Number(this.size.value);
    });
    this.size.addEventListener("change", (event) => event.stopPropagation());
    this.chooseTool("brush");
    return make(
      "div", { className: "bar", role: "toolbar", "aria-label": say("tools") }, ...this.choices,
      make("label", { className: "size" }, say("brush_size"), this.size), ...this.moreButtons(),
      this.toolButton("undo", say("undo"), () => this.painter.travel("undo")), this.toolButton("redo", say("redo"), () => this.painter.travel("redo")),
      ...this.stage.buttons,
    );
  }

  moreButtons() { return []; }

  chooseTool(tool) {
    this.painter.tool = tool;
    this.painter.corners = [];
    for (const each of this.choices) each.setAttribute("aria-pressed", String(each.tool === tool));
  }

  build() {
    super.build();
    if (this.waiting === undefined) this.waiting = this.literal("initial-value", undefined);
    if (this.stage.isReady) this.onImage();
  }

  changed(name) {
    super.changed(name);
    this.stage.show(this.text("src"));
    this.stage.image.alt = this.text("header") || say("image_to_judge");
    this.painter.isOff = this.disabled;
    this.showParts();
  }

  onKey(event) {
    const [target] = event.composedPath();
    if (target.matches?.("input:not([type=radio], [type=range]), textarea, select")) return;
    const key = event.key.toLowerCase();
    const tool = Object.keys(TOOLS).find((each) => TOOLS[each] === key);
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key === "z") this.painter.travel(event.shiftKey ? "redo" : "undo");
    else if (isCommand && key === "y") this.painter.travel("redo");
    else if (isCommand || event.altKey) return;
    else if (tool) this.chooseTool(tool);
    else if (key === "[" || key === "]") {
      this.size.value = Number(this.size.value) + (key === "]" ? 2 : -2);
      this.painter.radius = Number(this.size.value);
    } else if (!this.pressMore(key) && !this.stage.press(event.key)) return;
    event.preventDefault();
  }

  pressMore() { return false; }

  /* The map -------------------------------------------------------------------------------------------- */

  onImage() {
    const { width, height } = this.stage.size;
    const { map } = this.painter;
    if (!map || map.width !== width || map.height !== height) {
      this.painter.begin(emptyMap(this.stage.size));
      this.painter.radius = Math.max(2, Math.round(width / 60));
      this.size.max = Math.max(20, Math.round(width / 8));
      this.size.value = this.painter.radius;
    }
    if (this.waiting !== undefined) this.load(this.waiting);
    this.validate();
  }

  /** Put an earlier mask back: parts with their colours, and the picture that has them. */
  async load(answer) {
    this.waiting = undefined;
    const parts = this.partsOf(answer).filter(({ color }) => HEX.test(color)).slice(0, PARTS_MAX);
    const data = answer?.labeledImage?.pngImageData;
    const address = typeof data === "string" ? `data:image/png;base64,${data}` : answer?.src;
    if (typeof address !== "string" || !parts.length) return this.settle(parts, emptyMap(this.stage.size), answer);
    this.pending = answer;
    const image = await pixelsOf(address, this.stage.size);
    this.pending = null;
    if (!image) this.stage.failed.textContent = say("mask_failed");
    const numbers = new Map(parts.map(({ color }, index) => [keyOf(color), index + 1]));
    return this.settle(parts, image ? readMap(image, (colour) => numbers.get(colour) ?? 0) : emptyMap(this.stage.size), answer);
  }

  settle(parts, map, answer) {
    this.parts = parts;
    this.isModified = Boolean(answer?.initialValueModified);
    this.painter.begin(map);
    this.afterChange();
    this.validate();
  }

  onPainted() {
    this.isModified = true;
    this.afterChange();
    this.announce(this.list.textContent);
    this.tell();
  }

  afterChange() {
    this.counts = this.painter.map.counts();
    this.png = null;
    this.showParts();
  }

  partText({ label }, index) {
    const share = (100 * this.counts[index + 1]) / this.painter.map.pixels.length;
    return `${label}: ${share < 0.1 ? "< 0.1" : share.toFixed(1)} %`;
  }

  get painted() { return this.parts.map((part, index) => ({ part, index })).filter(({ index }) => this.counts?.[index + 1] > 0); }

  showParts() {
    if (!this.list) return;
    const painted = this.painted;
    const items = painted.map(({ part, index }) => ({ text: this.partText(part, index), label: part.label, isChosen: this.isCurrent(index) }));
    this.showList(items, {
      onChoose: (at) => this.choosePart(painted[at].index),
      onRemove: (at) => this.painter.change((map) => {
        map.clear(painted[at].index + 1);
        return undefined; // all of it is drawn anew
      }),
    });
    for (const [at, { part }] of painted.entries()) this.list.children[at].style.setProperty("--label", part.color);
  }

  problem() {
    return this.stage && !this.stage.isReady ? say("image_missing") : "";
  }

  answer() {
    if (this.pending) return this.pending;
    if (!this.painter?.isReady) return undefined;
    this.png ??= this.painter.png();
    const { width, height } = this.stage.size;
    const answer = { ...this.partsAnswer(), labeledImage: { pngImageData: this.png }, inputImageProperties: { height, width } };
    return this.hasAttribute("initial-value") ? { ...answer, initialValueModified: Boolean(this.isModified) } : answer;
  }

  restore(answer) {
    this.waiting = answer ?? {};
    if (this.stage?.isReady) this.onImage();
  }

  reset() { this.restore(this.literal("initial-value", {})); }
  shownValues() { return this.painted.map(({ part, index }) => this.partText(part, index)); }
}

export class CrowdSemanticSegmentation extends Segmentation {
  /** One part for each label, made when it is first used. */
  partToPaint() {
    const found = this.parts.findIndex(({ label }) => label === this.label);
    if (found >= 0) return found + 1;
    this.parts = [...this.parts, { label: this.label, color: this.hex(this.label) }];
    return this.parts.length;
  }

  /** The label's own colour, unless an earlier mask has given it to another. */
  hex(label) {
    const taken = new Set(this.parts.map(({ color }) => color.toLowerCase()));
    const wished = this.colour(label);
    for (let number = -1; ; number += 1) {
      const color = number < 0 ? wished : colourOfNumber(number);
      if (HEX.test(color) && !taken.has(color.toLowerCase())) return color;
    }
  }

  colour(label) { return this.parts?.find((part) => part.label === label)?.color ?? super.colour(label); }
  isCurrent(index) { return this.parts[index].label === this.label; }
  choosePart(index) { this.chooseLabel(this.parts[index].label); }
  onLabel() { this.showParts(); }

  partsOf(answer) {
    return Object.entries(answer?.labelMappings ?? {}).map(([label, value]) => ({ label, color: String(value?.color ?? "") }));
  }

  partsAnswer() {
    return { labelMappings: Object.fromEntries(this.painted.map(({ part }) => [part.label, { color: part.color }])) };
  }
}

export class CrowdInstanceSegmentation extends Segmentation {
  current = -1;

  moreButtons() {
    const add = make("button", { type: "button", className: "button small" }, say("next_instance"));
    add.addEventListener("click", () => this.next());
    return [add];
  }

  pressMore(key) {
    if (key !== "n") return false;
    this.next();
    return true;
  }

  /** What is painted from now on is another thing. */
  next() {
    this.current = -1;
    this.showParts();
    this.announce(say("next_instance_begun"));
  }

  partToPaint() {
    if (this.current < 0 && this.parts.length < PARTS_MAX) {
      this.parts = [...this.parts, { label: this.label, color: this.unusedColour() }];
      this.current = this.parts.length - 1;
    }
    return Math.max(0, this.current) + 1;
  }

  unusedColour() {
    const taken = new Set(this.parts.map(({ color }) => color.toLowerCase()));
    let number = this.parts.length;
    while (taken.has(colourOfNumber(number))) number += 1;
    return colourOfNumber(number);
  }

  onLabel(label) {
    if (this.parts[this.current]?.label !== label) this.next();
  }

  partText(part, index) { return `${index + 1}. ${super.partText(part, index)}`; }
  isCurrent(index) { return index === this.current; }
  choosePart(index) {
    this.chooseLabel(this.parts[index].label);
    this.current = index;
    this.showParts();
  }

  partsOf(answer) {
    const listed = Array.isArray(answer?.instances) ? answer.instances : [];
    return listed.map((each) => ({ label: String(each?.label ?? ""), color: String(each?.color ?? "") }));
  }

  partsAnswer() {
    return { instances: this.painted.map(({ part }) => ({ color: part.color, label: part.label })) };
  }

  settle(parts, map, answer) {
    this.current = -1;
    super.settle(parts, map, answer);
  }
}
