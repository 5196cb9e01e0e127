// <crowd-input>, <crowd-text-area>, <crowd-slider>: an answer that is written or set.
import { CrowdControl, CrowdElement, make, problemPlace, reflect, say } from "./element.js";

const length = (text) => [...text].length;

function expression(text) {
  try {
    return new RegExp(text, "u");
  } catch {
    return null; // a pattern that is none holds nothing back
  }
}

/** `allowed-pattern` speaks of single characters, as it does with MTurk, or of the whole text. */
class AllowedPattern {
  constructor(text) {
    this.character = expression(`^(?:${text})$`);
    this.whole = expression(`^(?:${text})*$`);
    this.isOfCharacters = /^(?:\[(?:[^\]\\]|\\.)*\]|\\[dDwWsS]|\.)[*+]?$/.test(text);
  }

  admits(typed) {
    return !this.isOfCharacters || !this.character || [...typed].every((each) => this.character.test(each));
  }

  fits(text) {
    return !this.whole || this.whole.test(text) || this.character.test(text);
  }
}

class TextField extends CrowdControl {
  static observedAttributes = [...CrowdControl.observedAttributes, "label", "placeholder", "error-message", "max-length"];

  build() {
    this.control = this.makeControl();
    this.control.id = "control";
    this.control.dataset.describes = "";
    this.caption = make("label", { htmlFor: "control" });
    this.counter = this.on("char-counter") ? make("p", { className: "hint counter" }) : null;
    this.control.value = this.waiting ?? this.text("value");
    this.control.addEventListener("beforeinput", (event) => this.holdBack(event));
    this.control.addEventListener("input", (event) => {
      event.stopPropagation(); // the element says it itself, once
      this.count();
      this.validate();
      this.dispatchEvent(new Event("input", { bubbles: true }));
    });
    this.control.addEventListener("change", () => this.dispatchEvent(new Event("change", { bubbles: true })));
    this.control.addEventListener("keydown", (event) => this.onKey(event));
    const field = make("div", { className: "field" }, this.caption, this.control, this.counter, problemPlace());
    this.shadowRoot.append(field);
    this.changed();
    this.count();
    if (this.on("auto-focus")) this.control.focus();
  }

  onKey() {}

  changed(name) {
    const control = this.control;
    const limits = { maxLength: this.number("max-length", -1) };
    if (name === "value") control.value = this.text("value");
    this.pattern = this.hasAttribute("allowed-pattern") ? new AllowedPattern(this.text("allowed-pattern")) : null;
    if (limits.maxLength >= 0) control.maxLength = limits.maxLength;
    control.placeholder = this.text("placeholder");
    control.disabled = this.disabled;
    control.required = this.required;
    this.caption.textContent = this.text("label");
    this.caption.hidden = !this.text("label");
    control.setAttribute("aria-label", this.labelText || this.text("placeholder") || this.name || say("answer"));
    control.setAttribute("aria-describedby", "problem");
    this.validate();
  }

  connectedCallback() {
    super.connectedCallback();
    // Labels outside may stand after the element.
    queueMicrotask(() => this.changed());
  }

  holdBack(event) {
    if (!this.pattern || !this.on("auto-validate") || !event.data || this.pattern.admits(event.data)) return;
    event.preventDefault();
    this.showProblem(this.text("error-message") || say("not_allowed"));
  }

  count() {
    if (!this.counter) return;
    const most = this.number("max-length", 0);
    this.counter.textContent = most ? `${length(this.value)} / ${most}` : `${length(this.value)}`;
  }

  problem() {
    const text = this.value;
    if (this.required && text.trim() === "") return say("missing");
    if (!this.control || text === "") return "";
    const own = this.text("error-message");
    const least = this.number("min-length", 0);
    if (length(text) < least) return own || say("too_short", { least });
    if (this.pattern && !this.pattern.fits(text)) return own || say("not_allowed");
    return this.control.validity.valid ? "" : own || this.control.validationMessage;
  }

  get value() { return this.control ? this.control.value : (this.waiting ?? this.text("value")); }
  set value(value) {
    this.waiting = value ?? "";
    if (!this.control) return;
    this.control.value = this.waiting;
    this.count();
    this.validate();
  }

  answer() {
    const isFile = this.control?.type === "file";
    return isFile || this.value === "" ? undefined : this.value.replace(/\r\n?/g, "\n");
  }
  restore(answer) { this.value = answer ?? ""; }
  reset() { this.value = this.text("value"); }
  shownValues() { return this.value ? [this.value] : []; }
}

export class CrowdInput extends TextField {
  makeControl() {
    return make("input", { type: this.text("type", "text"), autocomplete: "off" });
  }

  onKey(event) {
    // As in a plain form, Enter sends it.
    if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) this.form?.requestSubmit();
  }
}

export class CrowdTextArea extends TextField {
  makeControl() {
    const rows = (count) => `calc(${count}lh + 1rem)`;
    const area = make("textarea");
    area.style.minBlockSize = rows(this.number("rows", 3));
    if (this.number("max-rows", 0) > 0) area.style.maxBlockSize = rows(this.number("max-rows", 0));
    return area;
  }
}

export class CrowdSlider extends CrowdControl {
  static observedAttributes = [...CrowdControl.observedAttributes, "min", "max", "step", "secondary-progress"];

  build() {
    this.control = make("input", { type: "range", id: "control", "data-describes": "", "aria-describedby": "problem" });
    this.shown = make("output", { htmlFor: "control" });
    this.box = this.on("editable") ? make("input", { type: "number", className: "short" }) : null;
    this.isMoved = this.hasAttribute("value") || this.waiting !== undefined;
    this.control.addEventListener("input", (event) => this.move(event, this.control.value));
    this.box?.addEventListener("input", (event) => this.box.value !== "" && this.move(event, this.box.value));
    this.control.addEventListener("change", (event) => event.stopPropagation());
    const track = make("div", { className: "track" }, this.control, make("div", { className: "marks" }, make("slot")));
    this.shadowRoot.append(make("div", { className: "slider" }, track, this.box ?? this.shown), problemPlace());
    this.changed();
    this.restore(this.waiting ?? this.number("value", this.number("min", 0)));
  }

  connectedCallback() {
    super.connectedCallback();
    queueMicrotask(() => this.changed());
  }

  changed(name) {
    for (const each of [this.control, this.box]) {
      if (!each) continue;
      each.min = this.text("min", "0");
      each.max = this.text("max", "100");
      each.step = this.text("step", "1");
      each.disabled = this.disabled;
      each.setAttribute("aria-label", this.labelText || this.name || say("answer"));
    }
    const share = (this.number("secondary-progress", 0) - this.number("min", 0)) / (this.number("max", 100) - this.number("min", 0));
    this.style.setProperty("--secondary", `${Math.max(0, Math.min(1, share || 0)) * 100}%`);
    if (name === "value") this.restore(this.number("value", 0));
    this.validate();
  }

  move(event, value) {
    event.stopPropagation();
    this.isMoved = true;
    this.show(value);
    this.tell();
  }

  show(value) {
    this.control.value = value;
    this.shown.value = this.control.value;
    if (this.box && Number(this.box.value) !== Number(this.control.value)) this.box.value = this.control.value;
  }

  problem() { return this.required && !this.isMoved ? say("missing") : ""; }
  get value() { return this.control ? Number(this.control.value) : Number(this.waiting ?? this.number("value", 0)); }
  set value(value) {
    this.waiting = Number(value);
    this.isMoved = true;
    if (this.control) this.show(this.waiting);
    this.validate();
  }
  answer() { return this.value; }
  restore(answer) { if (answer !== undefined) this.show(answer); }
  reset() {
    this.isMoved = this.hasAttribute("value");
    this.show(this.number("value", this.number("min", 0)));
  }
  shownValues() { return [String(this.value)]; }
}

/** A word under the slider; they are spread evenly. */
export class CrowdSliderLabel extends CrowdElement {}

reflect(TextField, ["label", "placeholder", "type", "error-message", "allowed-pattern"]);
reflect(CrowdSlider, ["min", "max", "step"]);
