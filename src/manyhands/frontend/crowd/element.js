// What all crowd elements share: how they are built, what they say, how controls take part in a form.
import { readLiteral } from "./literal.js";
import { sheet } from "./sheet.js";

const data = JSON.parse(document.getElementById("manyhands-data")?.textContent ?? "{}");

/** The draft or refused answer that the document was opened with, as pairs of a form. */
export const draft = Array.isArray(data.draft) ? data.draft : [];

/** A text in the worker's language; `{name}` stands for a value. */
export function say(key, values = {}) {
  const text = data.crowd?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** An element with properties, attributes (names with a dash, and role) and children. Strings are text. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role" || key === "part" || key === "form") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let lastId = 0;
export const newId = () => `c${++lastId}`;

/** Attributes as properties, the way templates set them. */
export function reflect(kind, names) {
  for (const name of names) {
    const property = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    Object.defineProperty(kind.prototype, property, {
      get() { return this.getAttribute(name) ?? ""; },
      set(value) { this.setAttribute(name, value ?? ""); },
    });
  }
}

export class CrowdElement extends HTMLElement {
  static delegatesFocus = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: this.constructor.delegatesFocus });
    root.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (this.isBuilt) return;
    this.isBuilt = true;
    this.build();
  }

  attributeChangedCallback(name) {
    if (this.isBuilt) this.changed(name);
  }

  /** Fill the shadow root; attributes are there, children may still be on their way. */
  build() {
    this.shadowRoot.append(make("slot"));
  }

  changed() {}

  text(name, otherwise = "") {
    return this.getAttribute(name) ?? otherwise;
  }

  number(name, otherwise) {
    const number = parseFloat(this.getAttribute(name));
    return Number.isFinite(number) ? number : otherwise;
  }

  /** A switch: there or not; "false" is written too, and means not. */
  on(name) {
    return this.hasAttribute(name) && this.getAttribute(name) !== "false";
  }

  literal(name, otherwise) {
    return readLiteral(this.getAttribute(name), otherwise);
  }
}

/** An element with an answer. The frame's script asks it like any control of a form. */
export class CrowdControl extends CrowdElement {
  static formAssociated = true;
  static delegatesFocus = true;
  static observedAttributes = ["disabled", "required", "value", "checked"];

  constructor() {
    super();
    this.internals = this.attachInternals();
  }

  connectedCallback() {
    super.connectedCallback();
    this.validate();
  }

  get form() { return this.internals.form; }
  get name() { return this.text("name"); }
  set name(value) { this.setAttribute("name", value); }
  get required() { return this.on("required"); }
  set required(value) { this.toggleAttribute("required", Boolean(value)); }
  get disabled() { return this.on("disabled"); }
  set disabled(value) { this.toggleAttribute("disabled", Boolean(value)); }
  get validity() { return this.internals.validity; }
  get validationMessage() { return this.internals.validationMessage; }
  get willValidate() { return this.internals.willValidate && !this.disabled; }
  checkValidity() { return this.internals.checkValidity(); }
  reportValidity() { return this.internals.reportValidity(); }

  /** What goes into the answer under the name; undefined leaves it out. */
  answer() { return undefined; }
  /** Put an earlier answer back; undefined is an answer that was left out. */
  restore() {}
  /** Why the answer may not be sent as it is, or nothing. */
  problem() { return ""; }
  /** The answer as a person reads it. */
  shownValues() { return []; }

  get value() { return this.answer(); }
  set value(value) {
    this.restore(value);
    this.validate();
  }
  get _submittableValue() { return this.answer(); }

  get labelText() {
    const outside = [...this.internals.labels].map((each) => each.textContent.replace(/\s+/g, " ").trim()).join(" ");
    return this.getAttribute("aria-label") || this.text("label") || this.text("header") || outside;
  }

  validate() {
    const reason = this.problem();
    if (reason) this.internals.setValidity({ customError: true }, reason);
    else this.internals.setValidity({});
    return reason;
  }

  /** A worker has changed the answer. */
  tell() {
    this.validate();
    this.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Show at the element what is wrong with it, or that nothing is any more. Called by the frame's script. */
  showProblem(reason) {
    this.dataset.invalid = "";
    if (!reason) delete this.dataset.invalid;
    for (const place of this.shadowRoot.querySelectorAll("[data-problem]")) place.textContent = reason;
    for (const control of this.shadowRoot.querySelectorAll("[data-describes]")) {
      if (reason) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }

  changed() {
    this.validate();
  }

  formResetCallback() {
    this.reset();
    this.validate();
  }

  reset() {
    this.restore(undefined);
  }
}

/** The place where a control's shadow root says what is wrong. */
export function problemPlace() {
  return make("p", { className: "problem", id: "problem", "data-problem": "" });
}

/** Run once the template's own markup is complete. */
export function whenParsed(act) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", act, { once: true });
  else act();
}
