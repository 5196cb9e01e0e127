// <crowd-classifier>, <crowd-image-classifier> and their multi-select kin: a category, or several.
import { make, say } from "./element.js";
import { drawOverlay } from "./overlay.js";
import { CrowdTool } from "./tool.js";

const KEYS = "1234567890";

class Classifier extends CrowdTool {
  static observedAttributes = [...CrowdTool.observedAttributes, "exclusion-category"];
  static isMultiple = false;

  build() {
    this.chosen = new Set(this.chosen ?? []);
    super.build();
  }

  main() {
    return [make("slot", { name: "classification-target" }), make("slot")];
  }

  side() {
    this.group = make("fieldset", { className: "choices", "aria-describedby": "problem" });
    return [this.group];
  }

  /** What can be chosen: the categories, and the one that excludes them all. */
  get categories() {
    const listed = this.given ?? this.literal("categories", []);
    return Array.isArray(listed) ? listed.map((each) => (typeof each === "string" ? each : String(each?.label ?? each?.text ?? each))) : [];
  }
  set categories(list) {
    this.given = [...list];
    if (this.isBuilt) this.changed();
  }
  get exclusion() {
    const given = this.constructor.isMultiple ? this.literal("exclusion-category", null) : null;
    return typeof given === "string" ? given : (given?.text ?? null);
  }

  changed() {
    const options = [...this.categories, this.exclusion].filter((each) => each !== null);
    const legend = make("legend", {}, say(this.constructor.isMultiple ? "choose_some" : "choose_one"));
    this.options = options.map((text, index) => this.option(text, index));
    this.group.replaceChildren(legend, ...this.options.map((each) => each.parentElement));
    this.group.disabled = this.disabled;
    super.changed();
  }

  option(text, index) {
    const control = make("input", { type: this.constructor.isMultiple ? "checkbox" : "radio", name: "category", value: text });
    control.checked = this.chosen.has(text);
    control.addEventListener("input", (event) => event.stopPropagation());
    control.addEventListener("change", (event) => {
      event.stopPropagation();
      this.choose(text, control.checked);
      this.tell();
    });
    const key = index < KEYS.length ? make("kbd", { "aria-hidden": "true" }, KEYS[index]) : null;
    make("label", { className: "choice" }, control, make("span", {}, text), key);
    return control;
  }

  choose(text, isChosen) {
    if (!this.constructor.isMultiple) this.chosen = new Set(isChosen ? [text] : []);
    else {
      if (isChosen && text === this.exclusion) this.chosen.clear();
      if (isChosen) this.chosen.delete(this.exclusion);
      if (isChosen) this.chosen.add(text);
      else this.chosen.delete(text);
    }
    for (const each of this.options) each.checked = this.chosen.has(each.value);
  }

  /** A number key anywhere in the document, when this is the tool in question. */
  press(key) {
    const option = this.options?.[KEYS.indexOf(key)];
    if (!option || this.disabled) return false;
    option.focus();
    option.click();
    return true;
  }

  get wantsKeys() { return this.chosen.size === 0; }

  get inOrder() { return this.options.filter((each) => this.chosen.has(each.value)).map((each) => each.value); }

  problem() { return this.options && this.chosen.size === 0 ? say("missing") : ""; }

  answer() {
    if (!this.options || this.chosen.size === 0) return undefined;
    return this.constructor.isMultiple ? { labels: this.inOrder } : { label: this.inOrder[0] };
  }

  restore(answer) {
    this.chosen = new Set(answer?.labels ?? (answer?.label === undefined ? [] : [answer.label]));
    if (this.isBuilt) for (const each of this.options) each.checked = this.chosen.has(each.value);
  }

  shownValues() { return this.options ? this.inOrder : []; }
}

/** An image to look at, what was drawn on it earlier, and room for a comment. */
const withImage = (Base) => class extends Base {
  main() {
    this.image = make("img", { className: "picture" });
    this.over = make("div", { className: "over" });
    return [make("div", { className: "pictured" }, this.image, this.over), make("slot")];
  }

  side() {
    this.comment = make("textarea", { rows: 3, id: "comment" });
    this.comment.addEventListener("input", (event) => {
      event.stopPropagation();
      this.tell();
    });
    this.commentHead = make("label", { htmlFor: "comment" });
    this.commentOpener = make("summary");
    this.commentBox = make("details", { hidden: true }, this.commentOpener, make("slot", { name: "worker-comment" }), this.commentHead, this.comment);
    return [...super.side(), this.commentBox];
  }

  onRegions(found) {
    super.onRegions(found);
    const region = found.get("worker-comment");
    this.commentBox.hidden = !region;
    this.commentOpener.textContent = region?.getAttribute("link-text") || say("add_comment");
    this.commentHead.textContent = region?.getAttribute("header") || say("add_comment");
    this.comment.placeholder = region?.getAttribute("placeholder") ?? "";
  }

  changed() {
    super.changed();
    const source = this.text("src");
    if (source && this.image.getAttribute("src") !== source) this.image.src = source;
    this.image.alt = say("image_to_judge");
    drawOverlay(this.over, this.image, this.literal("overlay", null));
  }

  answer() {
    const answer = super.answer();
    const comment = this.comment?.value.trim();
    return answer && comment ? { ...answer, workerComment: comment } : answer;
  }

  restore(answer) {
    super.restore(answer);
    if (!this.isBuilt) return;
    this.comment.value = answer?.workerComment ?? "";
    if (this.comment.value) this.commentBox.open = true;
  }
};

export class CrowdClassifier extends Classifier {}
export class CrowdClassifierMultiSelect extends Classifier {
  static isMultiple = true;
}
export class CrowdImageClassifier extends withImage(CrowdClassifier) {}
export class CrowdImageClassifierMultiSelect extends withImage(CrowdClassifierMultiSelect) {}
