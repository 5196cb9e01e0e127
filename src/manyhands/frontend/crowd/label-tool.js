// A tool that gives labels: a palette with number keys, a list of what has been labelled, undo and redo.
import { make, say } from "./element.js";
import { icon } from "./icons.js";
import { colourOf } from "./palette.js";
import { CrowdTool } from "./tool.js";

const KEYS = "1234567890";

export class LabelTool extends CrowdTool {
  static observedAttributes = [...CrowdTool.observedAttributes, "label-colors", "initial-value", "text"];

  side() {
    this.palette = make("fieldset", { className: "choices" });
    this.list = make("ul", { className: "regions" });
    this.live = make("p", { className: "unseen", role: "status" });
    return [this.palette, make("h3", {}, say("labelled")), this.list, this.live];
  }

  /** A label as text, however the attribute spells it. */
  static labelOf(given) { return typeof given === "string" ? given : String(given?.label ?? given); }

  get labels() { return this.given ?? this.labelsOfAttribute; }
  set labels(list) {
    this.given = [...(list ?? [])];
    if (this.isBuilt) this.changed("labels");
  }
  get labelsOfAttribute() {
    const listed = this.literal("labels", []);
    return Array.isArray(listed) ? listed : [];
  }
  get labelNames() { return this.labels.map((each) => LabelTool.labelOf(each)); }

  colour(label) {
    const given = this.literal("label-colors", null);
    const own = Array.isArray(given) ? given[this.labelNames.indexOf(label)] : given?.[label];
    return typeof own === "string" && CSS.supports("color", own) ? own : colourOf(this.labelNames, label);
  }

  changed() {
    if (!this.labelNames.includes(this.label)) this.label = this.labelNames[0] ?? null;
    const legend = make("legend", {}, say("label"));
    const options = this.labelNames.map((label, index) => this.option(label, index));
    this.palette.replaceChildren(legend, ...options);
    this.palette.disabled = this.disabled;
    super.changed();
  }

  shownName(label) { return label; }

  option(label, index) {
    const control = make("input", { type: "radio", name: "label", value: label });
    control.checked = label === this.label;
    control.addEventListener("input", (event) => event.stopPropagation());
    control.addEventListener("change", (event) => {
      event.stopPropagation();
      this.chooseLabel(label);
    });
    const key = index < KEYS.length ? make("kbd", { "aria-hidden": "true" }, KEYS[index]) : null;
    const option = make("label", { className: "choice" }, control, make("i", { className: "colour" }), make("span", {}, this.shownName(label)), key);
    option.style.setProperty("--label", this.colour(label));
    return option;
  }

  chooseLabel(label) {
    this.label = label;
    for (const each of this.palette.querySelectorAll("input")) each.checked = each.value === label;
    this.onLabel(label);
  }

  onLabel() {}

  /** A number key anywhere in the document. */
  press(key) {
    const label = this.labelNames[KEYS.indexOf(key)];
    if (label === undefined || this.disabled) return false;
    this.chooseLabel(label);
    this.announce(label);
    return true;
  }

  get wantsKeys() { return true; }

  announce(text) { this.live.textContent = text; }

  /** The list beside: each part with a button that leads to it and one that removes it. */
  showList(items, { onChoose, onRemove }) {
    const rows = items.map(({ text, label, isChosen }, index) => {
      const choose = make("button", { type: "button", className: "region", "aria-pressed": String(isChosen) }, text);
      const remove = make("button", { type: "button", className: "button round link", "aria-label": say("remove", { what: text }) }, icon("close"));
      choose.addEventListener("click", () => onChoose(index));
      remove.addEventListener("click", () => onRemove(index));
      const row = make("li", {}, choose, remove);
      row.style.setProperty("--label", this.colour(label));
      return row;
    });
    this.list.replaceChildren(...(rows.length ? rows : [make("li", { className: "hint" }, say("nothing_yet"))]));
  }

  toolButton(name, words, act) {
    const button = make("button", { type: "button", className: "button round", title: words, "aria-label": words }, icon(name));
    button.addEventListener("click", act);
    return button;
  }
}
