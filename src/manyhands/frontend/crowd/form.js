// <crowd-form>: one answer of many elements. The platform has put a real form around its children; what the
// form sends is replaced by the single field that MTurk sends, `taskAnswers`: a JSON array with one object.
import { CrowdControl, CrowdElement, draft } from "./element.js";

const FIELD = "taskAnswers";
const KEPT = /^(?:assignmentId|hitId|turkSubmitTo|workerId|manyhands.*)$/;
const BUTTONS = new Set(["submit", "button", "reset", "image", "fieldset", "output", "object"]);

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isPlain = (control) => !(control instanceof CrowdControl) && !BUTTONS.has(control.type) && !KEPT.test(control.name);

/** What a plain control of HTML adds to the answer. */
function plainAnswer(control) {
  if (control.type === "checkbox" || control.type === "radio") return { [control.value]: control.checked };
  if (control.type === "select-multiple") return [...control.selectedOptions].map((option) => option.value);
  if (control.type === "file" || control.value === "") return undefined;
  return control.value;
}

function controlsOf(form) {
  return [...form.elements].filter(
    (control) => control.name && !control.matches(":disabled") && !control.disabled && (control instanceof CrowdControl || isPlain(control)),
  );
}

/** The whole answer: by name, boxes and buttons of one name together. */
export function answersOf(form) {
  const answers = new Map();
  for (const control of controlsOf(form)) {
    const answer = control instanceof CrowdControl ? control.answer() : plainAnswer(control);
    if (answer === undefined) continue;
    const before = answers.get(control.name);
    answers.set(control.name, isObject(before) && isObject(answer) ? { ...before, ...answer } : answer);
  }
  return Object.fromEntries(answers);
}

/** Whether this form's answer is one of crowd elements. */
export function isCrowdForm(form) {
  if (form.closest("crowd-form") || form.querySelector("crowd-form")) return true;
  return [...form.elements].some((control) => control instanceof CrowdControl);
}

function onFormData(event) {
  if (!(event.target instanceof HTMLFormElement) || !isCrowdForm(event.target)) return;
  const answers = answersOf(event.target);
  for (const name of new Set(event.formData.keys())) if (!KEPT.test(name)) event.formData.delete(name);
  event.formData.set(FIELD, JSON.stringify([answers]));
}

const restored = new WeakSet();

/** Put the draft, or the answer that was just refused, back into the form: each control once. */
export function restoreDraft() {
  const text = draft.find(([name]) => name === FIELD)?.[1];
  const form = [...document.forms].find(isCrowdForm);
  if (text === undefined || !form) return;
  const answers = JSON.parse(text)[0];
  for (const control of controlsOf(form)) {
    if (restored.has(control)) continue;
    restored.add(control);
    const answer = Object.hasOwn(answers, control.name) ? answers[control.name] : undefined;
    if (control instanceof CrowdControl) {
      control.restore(answer);
      control.validate();
    } else restorePlain(control, answer);
  }
}

function restorePlain(control, answer) {
  if (control.type === "file") return;
  if (control.type === "checkbox" || control.type === "radio") control.checked = Boolean(answer?.[control.value]);
  else if (control.type === "select-multiple") {
    for (const option of control.options) option.selected = Boolean(answer?.includes?.(option.value));
  } else control.value = answer ?? "";
  // The template's own scripts may hang on these events.
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

export class CrowdForm extends CrowdElement {
  build() {
    super.build();
    this.addEventListener("submit", (event) => {
      // .submit() is like that of a form: checked here, but the template's own listener is not asked again.
      if (this.isPassing && event.target === this.form) event.stopPropagation();
    }, true);
  }

  /** The real form: inside, or around where a template brought its own. */
  get form() {
    const within = this.getRootNode().host;
    return this.querySelector("form") ?? this.closest("form") ?? within?.closest("form") ?? null;
  }

  submit() {
    this.isPassing = true;
    this.form?.requestSubmit();
    this.isPassing = false;
  }

  requestSubmit() {
    this.form?.requestSubmit();
  }

  reset() {
    this.form?.reset();
  }

  get elements() {
    return this.form?.elements;
  }

  _serializeForm() {
    return { [FIELD]: JSON.stringify([answersOf(this.form)]) };
  }

  /** Templates put a function of their own here to take the answer elsewhere. */
  _submitHelperForm() {
    this.submit();
  }

  get isTakenOver() {
    return Object.hasOwn(this, "_submitHelperForm");
  }
}

/** Every <crowd-form> that stands for this form, those in shadow roots too. */
function standingFor(form) {
  const places = [form.getRootNode(), ...[...form.elements].map((control) => control.shadowRoot).filter(Boolean)];
  return places.flatMap((place) => [...place.querySelectorAll("crowd-form")]).filter((each) => each.form === form);
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  for (const each of standingFor(form)) {
    // The event of a form around does not pass through the element: it gets one of its own.
    const own = new Event("submit", { cancelable: true });
    if (!each.contains(form) && !each.isPassing && !each.dispatchEvent(own)) event.preventDefault();
    if (!event.defaultPrevented && each.isTakenOver) {
      event.preventDefault();
      each._submitHelperForm(each._serializeForm());
    }
  }
}

export function listen() {
  document.addEventListener("formdata", onFormData);
  window.addEventListener("submit", onSubmit);
}
