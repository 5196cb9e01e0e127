// The page around a task's frame: drafts, Submit, instructions, and going on to the next task.
//
// The frame runs a requester's HTML on another origin. It is believed only as far as its own answers go:
// a message counts when it comes from this very frame, and what it may do is in the table `handlers`.
import "./breaks.js";
import { announce, language, memory, say, toast } from "./page.js";
import { fileHandlers } from "./task-files.js";

const frame = document.getElementById("task-frame");
const texts = JSON.parse(document.getElementById("task-words")?.textContent ?? "{}");
const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const INSTRUCTIONS = "task:instructions";
const RETRY_MS = 5000;
const LOAD_MS = 12000;

const tell = (name, values = {}) => (texts[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
const panel = () => document.getElementById("task-panel");
const urls = () => panel()?.dataset ?? {};
const send = (message) => frame?.contentWindow?.postMessage(message, "*"); // a sandboxed frame has no origin to name

/* What the panel says -------------------------------------------------------------------------- */

function status(text, tone = "") {
  const place = document.getElementById("draft-status");
  if (!place) return;
  place.textContent = text;
  place.className = `draft-status ${tone}`;
}

const clock = (instant) => new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(instant);

/* Drafts: one request at a time, the newest answers win ----------------------------------------- */

const draft = { waiting: null, busy: false, unsaved: false, timer: 0 };

function keepDraft(answers) {
  draft.waiting = answers;
  draft.unsaved = true;
  saveDraft();
}

async function saveDraft() {
  clearTimeout(draft.timer);
  const url = urls().draftUrl;
  if (draft.busy || draft.waiting === null || !url) return;
  const answers = draft.waiting;
  draft.waiting = null;
  draft.busy = true;
  const outcome = await post(url, answers);
  draft.busy = false;
  if (url !== urls().draftUrl) return; // handed in meanwhile
  if (outcome.saved) {
    if (draft.waiting === null) draft.unsaved = false;
    status(tell("saved", { time: clock(new Date(outcome.saved)) }));
    if (draft.waiting !== null) saveDraft();
  } else if (outcome.message) {
    // The server has answered no: to try again would not help.
    draft.unsaved = true;
    status(tell("unsaved_refused", { message: outcome.message }), "bad");
    refreshBar();
  } else {
    draft.waiting ??= answers;
    draft.unsaved = true;
    status(tell("unsaved"), "warn");
    draft.timer = setTimeout(saveDraft, RETRY_MS);
  }
}

async function post(url, answers) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(answers),
      // Also while the page is being left; browsers allow 64 KB of that.
      keepalive: document.visibilityState === "hidden",
    });
    if (answer.ok) return { saved: (await answer.json()).saved_at };
    if (answer.status >= 500) return {};
    return { message: (await answer.json().catch(() => ({}))).message || say("failed") };
  } catch {
    return {};
  }
}

function forgetDraft() {
  clearTimeout(draft.timer);
  Object.assign(draft, { waiting: null, unsaved: false });
}

const files = fileHandlers({ urls, send, token, changed: () => refreshBar() });

window.addEventListener("online", saveDraft);
window.addEventListener("beforeunload", (event) => {
  if (((draft.unsaved && !draft.busy) || files.isBusy()) && urls().draftUrl) event.preventDefault();
});

/* Submit ------------------------------------------------------------------------------------------ */

function enableSubmit(on) {
  for (const button of document.querySelectorAll("[data-task-submit], [data-task-review]")) button.disabled = !on;
}

document.addEventListener("click", (event) => {
  const submits = event.target.closest?.("[data-task-submit]");
  if (submits) {
    submits.closest("dialog")?.close();
    send({ manyhands: "submit" });
  }
  if (event.target.closest?.("[data-task-review]")) send({ manyhands: "review" });
  const opener = event.target.closest?.("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest?.("[data-dialog-close]")) event.target.closest("dialog").close();
  if (event.target.closest?.("[data-instructions-toggle]")) toggleInstructions();
});

// A message to the requester has been sent: its dialog has done its work.
document.addEventListener("htmx:afterRequest", (event) => {
  const dialog = event.target.closest?.("dialog");
  if (!dialog || !event.detail.successful) return;
  event.target.reset?.();
  dialog.close();
});

/* The answers once more, before they are handed in ---------------------------------------------- */

function part(name, text, className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function showAnswers(fields) {
  const dialog = document.getElementById("answers-dialog");
  if (!dialog || dialog.open) return;
  const rows = fields.flatMap((field) => {
    const values = Array.isArray(field.values) ? field.values : [];
    const shown = field.missing ? part("dd", texts.is_missing, "bad") : part("dd", values.join(", ") || texts.is_empty, values.length ? "preserve" : "muted");
    return [part("dt", String(field.label)), shown];
  });
  dialog.querySelector("dl").replaceChildren(...rows);
  dialog.querySelector("[data-none]").hidden = rows.length > 0;
  dialog.showModal();
}

/* Instructions ------------------------------------------------------------------------------------- */

let hasInstructions = false;

function showInstructions() {
  const show = memory.get(INSTRUCTIONS) !== "hidden";
  for (const toggle of document.querySelectorAll("[data-instructions-toggle]")) {
    toggle.hidden = !hasInstructions;
    toggle.setAttribute("aria-expanded", String(show));
    const words = show ? texts.hide_instructions : texts.show_instructions;
    if (words) toggle.textContent = words;
  }
  if (hasInstructions) send({ manyhands: "instructions", show });
}

function toggleInstructions() {
  memory.set(INSTRUCTIONS, memory.get(INSTRUCTIONS) === "hidden" ? "shown" : "hidden");
  showInstructions();
}

/* The bar ------------------------------------------------------------------------------------------ */

/** Show the bar and the panel of an assignment; the frame stays as it is. */
async function swapBar(url) {
  if (!url || !window.htmx) return;
  await window.htmx.ajax("GET", url, { target: "#task-bar", swap: "outerHTML" });
  showInstructions();
}

const refreshBar = () => swapBar(urls().barUrl);

// Time is up: the server says what that means, what was typed stays in sight. A moment later, because
// an answer sent in the last second may still be on its way. When this device's clock was wrong, the task
// is still held, and nothing is forgotten.
document.addEventListener("mh-timer:over", () => {
  setTimeout(async () => {
    await refreshBar();
    if (!urls().draftUrl) forgetDraft();
  }, 1500);
});

for (const level of ["warn", "urgent"]) {
  document.addEventListener(`mh-timer:${level}`, (event) => {
    const { left } = event.detail;
    const unit = left >= 60000 ? "minute" : "second";
    const number = Math.max(1, Math.round(left / (unit === "minute" ? 60000 : 1000)));
    const time = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number);
    toast(tell("ending", { time }), "warn");
  });
}

// A clock that was set, or a device that slept: the server is asked how much time is left. A dialog that is
// open holds something typed; then the next look asks.
const CLOCK_LOOK_MS = 10000;
const CLOCK_OFF_MS = 5000;
let clocks = { wall: Date.now(), steady: performance.now() };
function lookAtClock() {
  const now = { wall: Date.now(), steady: performance.now() };
  const isOff = Math.abs(now.wall - clocks.wall - (now.steady - clocks.steady)) > CLOCK_OFF_MS;
  if (isOff && document.querySelector("dialog[open]")) return;
  clocks = now;
  if (isOff && urls().draftUrl) refreshBar();
}
if (frame && urls().draftUrl) {
  setInterval(lookAtClock, CLOCK_LOOK_MS);
  document.addEventListener("visibilitychange", lookAtClock);
}

/* Messages of the frame ------------------------------------------------------------------------------ */

let isReady = false;

function scheme() {
  const theme = document.documentElement.dataset.theme;
  return theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

const greet = () => send({ manyhands: "host", files: Boolean(urls().filesUrl) });

const handlers = {
  ...files.handlers,
  ready(message) {
    isReady = true;
    hasInstructions = Boolean(message.hasInstructions);
    greet();
    send({ manyhands: "theme", scheme: scheme() });
    enableSubmit(true);
    showInstructions();
  },
  draft(message) {
    if (Array.isArray(message.answers)) keepDraft(message.answers);
  },
  invalid(message) {
    const fields = (message.fields ?? []).map((field) => field.label || field.name).join(", ");
    status(tell("missing", { fields }), "bad");
  },
  answers(message) {
    if (Array.isArray(message.fields)) showAnswers(message.fields);
  },
  submitting() {
    forgetDraft();
    enableSubmit(false);
    status(tell("sending"));
  },
  submitted(message) {
    forgetDraft();
    if (message.next?.assignmentId && message.open) open(message.next.assignmentId);
    else if (message.next?.assignmentId) goOn(message.next.assignmentId);
    else if (message.autoAccept) location.assign(`${urls().finishedUrl}?submitted=1`);
    else location.assign(`${urls().groupUrl}?submitted=1`);
  },
  problem(message) {
    enableSubmit(true);
    status(message.message ?? "", "bad");
    if (message.message) toast(message.message, "bad");
    refreshBar();
  },
};

/** A next task that this frame cannot show: its own page is opened. */
function open(next) {
  const here = urls().pageUrl;
  location.assign(here.slice(0, here.lastIndexOf("/") + 1) + encodeURIComponent(next));
}

async function goOn(next) {
  const here = urls().pageUrl;
  const base = here.slice(0, here.lastIndexOf("/") + 1);
  history.replaceState(null, "", base + encodeURIComponent(next));
  document.getElementById("task-frame").focus();
  await swapBar(`${base}${encodeURIComponent(next)}/bar`);
  document.querySelector(".task-words")?.remove();
  enableSubmit(isReady);
  status(tell("next"), "good");
  announce(tell("next"));
}

window.addEventListener("message", (event) => {
  if (!frame || event.source !== frame.contentWindow) return;
  const kind = event.data?.manyhands;
  if (typeof kind === "string" && Object.hasOwn(handlers, kind)) handlers[kind](event.data);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => send({ manyhands: "theme", scheme: scheme() }));

if (frame) {
  enableSubmit(false);
  // The frame may have been ready before this script was: greeted, it says so again.
  greet();
  setTimeout(() => { if (!isReady && texts.not_loaded) status(texts.not_loaded, "bad"); }, LOAD_MS);
}
