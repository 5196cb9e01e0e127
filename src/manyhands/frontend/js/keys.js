// Keys declared in the page: data-key="a" data-key-label="Approve" on a button, link or field.
//
// A key works on the current item of an <mh-list-keys>, else on the page. Single keys rest while a text
// field has focus, and can be switched off (WCAG 2.1.4); combinations such as ctrl+enter always work.
import { memory } from "./page.js";

const SINGLE = "keys:single";
const help = () => document.getElementById("key-help");

class ListKeys extends HTMLElement {
  get items() { return [...this.querySelectorAll(this.getAttribute("items") || "[data-item]")]; }
  get current() { return this.querySelector(".is-current"); }

  connectedCallback() {
    this.addEventListener("focusin", (event) => {
      const item = this.items.find((one) => one.contains(event.target));
      if (item) this.mark(item);
    });
  }

  mark(item) {
    this.current?.classList.remove("is-current");
    item.classList.add("is-current");
  }

  move(step) {
    const items = this.items;
    if (!items.length) return;
    const at = items.indexOf(this.current);
    const next = items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))];
    const target = next.querySelector("[data-item-focus], summary") ?? next;
    if (target === next && !next.hasAttribute("tabindex")) next.tabIndex = -1;
    target.focus({ preventScroll: true });
    this.mark(next);
    next.scrollIntoView({ block: "nearest" });
  }

  open() {
    const item = this.current;
    const link = item?.querySelector("[data-open]");
    const details = item?.matches("details") ? item : item?.querySelector("details");
    if (link) link.click();
    else if (details) details.open = !details.open;
    return Boolean(link || details);
  }
}
customElements.define("mh-list-keys", ListKeys);

function named(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && (event.key.length > 1 || /^\p{L}$/u.test(event.key))) parts.push("shift");
  parts.push(event.key.toLowerCase());
  return parts.join("+");
}

function isTyping(element) {
  return element?.closest?.('input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"]), textarea, select, [contenteditable="true"], .cm-editor');
}

const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function declared(key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const current = document.querySelector("mh-list-keys .is-current");
  const within = current && [...current.querySelectorAll(wanted)].find(visible);
  if (within) return within;
  return [...document.querySelectorAll(wanted)].find((one) => visible(one) && !one.closest("mh-list-keys [data-item]"));
}

function use(element) {
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return element.focus();
  element.click();
  // At once, not with the toggle event that comes later: what is typed next is words, not keys.
  const opened = element.matches("summary") && element.closest("details[data-focus-open][open]");
  return opened && opened.querySelector("select, textarea")?.focus();
}

function single(key, event) {
  const list = document.querySelector("mh-list-keys");
  if (key === "?") { showHelp(); return true; }
  if (list && key === "j") { list.move(1); return true; }
  if (list && key === "k") { list.move(-1); return true; }
  const onControl = event.target.closest?.("a, button, summary, input");
  return Boolean(list && key === "enter" && !onControl && list.open());
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const key = named(event);
  const combined = key.includes("ctrl+") || key.includes("alt+");
  if (!combined && (isTyping(event.target) || memory.get(SINGLE) === "off")) return;
  const element = declared(key);
  if (element) use(element);
  else if (combined || !single(key, event)) return;
  event.preventDefault();
});

function showHelp() {
  const dialog = help();
  if (!dialog || dialog.open) return;
  dialog.showModal();
}

/** The list is read from the page each time it opens, so it is never wrong. */
function fill(dialog) {
  const list = dialog.querySelector("[data-key-list]");
  for (const old of list.querySelectorAll("[data-listed]")) old.remove();
  const rows = [];
  if (document.querySelector("mh-list-keys")) {
    rows.push(...dialog.querySelector("template[data-list-keys]").content.cloneNode(true).children);
  }
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key][data-key-label]")) {
    const { key, keyLabel } = element.dataset;
    if (seen.has(key)) continue;
    seen.add(key);
    rows.push(...row(key, keyLabel));
  }
  for (const part of rows) { part.dataset.listed = ""; list.append(part); }
}

function row(key, label) {
  const term = document.createElement("dt");
  const words = document.createElement("dd");
  words.textContent = label;
  for (const part of key.split("+")) {
    const cap = document.createElement("kbd");
    cap.textContent = part[0].toUpperCase() + part.slice(1);
    term.append(cap, " ");
  }
  return [term, words];
}

const dialog = help();
if (dialog) {
  new MutationObserver(() => { if (dialog.open) fill(dialog); }).observe(dialog, { attributeFilter: ["open"] });
  const box = dialog.querySelector("[data-single-keys]");
  box.checked = memory.get(SINGLE) !== "off";
  box.addEventListener("change", () => memory.set(SINGLE, box.checked ? "on" : "off"));
}
