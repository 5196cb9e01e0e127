// <crowd-checkbox>, <crowd-toggle-button>, <crowd-radio-group>, <crowd-radio-button>: yes or no, by name and value.
import { CrowdControl, CrowdElement, make, problemPlace, say, whenParsed } from "./element.js";

class Box extends CrowdControl {
  static kind = "checkbox";

  build() {
    this.control = make("input", { type: this.constructor.kind, "data-describes": "", "aria-describedby": "problem" });
    this.control.checked = this.waiting ?? this.on("checked");
    this.control.addEventListener("input", (event) => event.stopPropagation());
    this.control.addEventListener("change", (event) => {
      event.stopPropagation();
      this.onChosen();
      this.tell();
    });
    const label = make("label", { className: "check" }, this.control, make("span", {}, make("slot")));
    this.shadowRoot.append(label, problemPlace());
    this.changed();
    whenParsed(() => this.nameControl());
  }

  /** A box whose text stands elsewhere still has a name. */
  nameControl() {
    if (!this.textContent.trim()) this.control.setAttribute("aria-label", this.labelText || this.name || say("answer"));
  }

  onChosen() {}

  changed(name) {
    this.control.disabled = this.disabled;
    if (name === "checked") this.control.checked = this.on("checked");
    this.validate();
  }

  get value() { return this.text("value", "on"); }
  set value(value) { this.setAttribute("value", value); }
  get checked() { return this.control ? this.control.checked : (this.waiting ?? this.on("checked")); }
  set checked(checked) {
    this.waiting = Boolean(checked);
    if (!this.control) return;
    this.control.checked = this.waiting;
    this.onChosen();
    this.validate();
  }

  problem() { return this.required && !this.checked ? say("missing") : ""; }
  answer() { return { [this.value]: this.checked }; }
  restore(answer) { this.checked = Boolean(answer?.[this.value]); }
  reset() { this.checked = this.on("checked"); }
  shownValues() { return this.checked ? [this.labelText || this.value] : []; }

  get labelText() {
    return this.textContent.replace(/\s+/g, " ").trim() || super.labelText;
  }
}

export class CrowdCheckbox extends Box {}

export class CrowdToggleButton extends Box {
  build() {
    super.build();
    this.control.role = "switch";
    this.control.className = "switch";
    if (this.on("invalid")) this.showProblem(say("missing"));
  }
}

export class CrowdRadioButton extends Box {
  static kind = "radio";

  build() {
    super.build();
    this.control.addEventListener("keydown", (event) => this.onKey(event));
    whenParsed(() => this.onGroup());
  }

  /** The buttons of which one can be chosen: those of the group, else those of the same name. */
  siblings() {
    const group = this.closest("crowd-radio-group");
    const all = [...(group ?? this.getRootNode()).querySelectorAll("crowd-radio-button")];
    return group ? all : all.filter((each) => !each.closest("crowd-radio-group") && each.name === this.name && each.form === this.form);
  }

  onChosen() {
    if (this.checked) for (const each of this.siblings()) if (each !== this && each.control) each.control.checked = false;
    this.onGroup();
  }

  /** One stop for the Tab key in a group, and "2 of 5" for who cannot see it. */
  onGroup() {
    const all = this.siblings().filter((each) => each.control);
    const stop = all.find((each) => each.checked) ?? all.find((each) => !each.disabled);
    for (const [index, each] of all.entries()) {
      each.control.tabIndex = each === stop ? 0 : -1;
      each.control.setAttribute("aria-setsize", all.length);
      each.control.setAttribute("aria-posinset", index + 1);
      each.validate();
    }
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = this.siblings().filter((each) => !each.disabled);
    const next = all[(all.indexOf(this) + step + all.length) % all.length];
    next.focus();
    next.control.click();
  }

  problem() {
    const all = this.siblings();
    return all.some((each) => each.required) && !all.some((each) => each.checked) ? say("missing") : "";
  }
}

export class CrowdRadioGroup extends CrowdElement {
  build() {
    super.build();
    if (!this.hasAttribute("role")) this.setAttribute("role", "radiogroup");
  }

  get buttons() { return [...this.querySelectorAll("crowd-radio-button")]; }
  get value() { return this.buttons.find((each) => each.checked)?.value; }
}
