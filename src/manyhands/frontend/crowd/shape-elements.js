// <crowd-bounding-box>, <crowd-polygon>, <crowd-polyline>, <crowd-line>, <crowd-keypoint>: shapes on an image.
import { Annotator } from "./annotator.js";
import { make, say } from "./element.js";
import { LabelTool } from "./label-tool.js";
import { described } from "./shapes.js";
import { Stage } from "./stage.js";

class ShapeTool extends LabelTool {
  static kind = "box";

  main() {
    this.annotator = new Annotator(this.constructor.kind, {
      colour: (label) => this.colour(label),
      label: () => this.label,
      onChange: () => this.onDrawn(),
      onChoose: () => this.showShapes(),
    });
    this.stage = new Stage(this.annotator.layer, () => {
      this.annotator.draw();
      this.validate();
    });
    this.annotator.stage = this.stage;
    const { annotator } = this;
    const add = make("button", { type: "button", className: "button small" }, say("add_shape"));
    add.addEventListener("click", () => annotator.addStarter());
    const finish = make("button", { type: "button", className: "button small" }, say("finish_shape"));
    finish.addEventListener("click", () => annotator.finish());
    finish.hidden = annotator.kind.most <= 2;
    const bar = make(
      "div", { className: "bar", role: "toolbar", "aria-label": say("tools") }, add, finish,
      this.toolButton("undo", say("undo"), () => annotator.undo()), this.toolButton("redo", say("redo"), () => annotator.redo()),
      ...this.stage.buttons,
    );
    const hint = make("p", { className: "hint" }, say(`hint_${this.constructor.kind}`), " ", say("hint_shapes"));
    this.shadowRoot.addEventListener("keydown", (event) => this.onKey(event));
    return [bar, this.stage.root, hint, make("slot")];
  }

  build() {
    super.build();
    this.restore(this.waiting ?? this.initial);
  }

  /** The shapes of the attribute initial-value: a list, or the answer of an earlier task. */
  get initial() {
    const given = this.literal("initial-value", null);
    return Array.isArray(given) ? { [this.annotator.kind.answer]: given } : (given ?? undefined);
  }

  changed(name) {
    super.changed(name);
    this.stage.show(this.text("src"));
    this.stage.image.alt = this.text("header") || say("image_to_judge");
    this.annotator.isOff = this.disabled;
    if (name === "initial-value") this.restore(this.initial);
    this.annotator.draw();
    this.showShapes();
  }

  onLabel(label) { this.annotator.relabel(label); }

  onKey(event) {
    const [target] = event.composedPath();
    if (target.matches?.("input:not([type=radio]), textarea, select")) return;
    const key = event.key.toLowerCase();
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key === "z") event.shiftKey ? this.annotator.redo() : this.annotator.undo();
    else if (isCommand && key === "y") this.annotator.redo();
    else if (isCommand || event.altKey) return;
    else if (key === "a") this.annotator.addStarter();
    else if (key === "enter" && this.annotator.drafted) this.annotator.finish();
    else if (!this.stage.press(event.key)) return;
    event.preventDefault();
  }

  onDrawn() {
    this.showShapes();
    const { shapes, chosen } = this.annotator;
    this.announce(shapes[chosen] ? described(this.annotator.kind, shapes[chosen]) : say("count_labelled", { count: shapes.length }));
    this.tell();
  }

  showShapes() {
    if (!this.list) return;
    const { shapes, chosen, kind } = this.annotator;
    const items = shapes.map((shape, index) => ({ text: described(kind, shape), label: shape.label, isChosen: index === chosen }));
    this.showList(items, {
      onChoose: (index) => this.annotator.focusShape(index),
      onRemove: (index) => this.annotator.remove(index),
    });
  }

  problem() { return this.stage && !this.stage.isReady ? say("image_missing") : ""; }

  get drawn() { return this.annotator.shapes.map((shape) => this.annotator.kind.toAnswer(shape)); }

  answer() {
    if (!this.annotator) return undefined;
    const { width, height } = this.stage.size;
    const answer = { [this.annotator.kind.answer]: this.drawn, inputImageProperties: { height, width } };
    if (!this.hasAttribute("initial-value")) return answer;
    return { ...answer, initialValueModified: JSON.stringify(this.drawn) !== this.initialDrawn };
  }

  restore(answer) {
    if (!this.isBuilt || !this.annotator) {
      this.waiting = answer;
      return;
    }
    const { kind } = this.annotator;
    const read = (given) => {
      const list = Array.isArray(given) ? given : given?.[kind.answer];
      return (Array.isArray(list) ? list : []).map(kind.fromAnswer).filter(({ points }) => points.length >= kind.least);
    };
    this.initialDrawn = JSON.stringify(read(this.initial).map(kind.toAnswer));
    this.annotator.shapes = read(answer);
    this.annotator.chosen = -1;
    this.annotator.draw();
    this.showShapes();
  }

  reset() { this.restore(this.initial); }
  shownValues() { return this.annotator.shapes.map((shape) => described(this.annotator.kind, shape)); }
}

export class CrowdBoundingBox extends ShapeTool {}
export class CrowdPolygon extends ShapeTool {
  static kind = "polygon";
}
export class CrowdPolyline extends ShapeTool {
  static kind = "polyline";
}
export class CrowdLine extends ShapeTool {
  static kind = "line";
}
export class CrowdKeypoint extends ShapeTool {
  static kind = "keypoint";
}
