// The requester's pages: the live preview of a template, and the focus while reviewing.
import { onContent } from "./page.js";

const PREVIEW_DELAY_MS = 400;
let frames = 0;

/** One preview: HTML from the editor or from the page, a row from the samples, into a sandboxed frame. */
class Preview {
  constructor(section) {
    this.section = section;
    this.form = section.querySelector("[data-preview-form]");
    this.at = 0;
    for (const button of section.querySelectorAll("[data-preview-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.previewStep)));
    }
    document.querySelector("[data-preview-html]")?.addEventListener("input", () => this.later());
    this.show();
  }

  get rows() { return JSON.parse(document.getElementById("preview-rows")?.textContent || "[{}]"); }

  get html() {
    const editor = document.querySelector("[data-preview-html]");
    return (editor ?? this.section.querySelector("[data-preview-source] textarea")).value;
  }

  step(by) {
    const { length } = this.rows;
    this.at = (this.at + by + length) % length;
    this.section.querySelector("[data-preview-number]").textContent = this.at + 1;
    this.show();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), PREVIEW_DELAY_MS);
  }

  /** A new frame each time, shown when it has loaded: no flash, and no step in the browser's history. */
  show() {
    for (const waiting of this.section.querySelectorAll("iframe.is-next")) waiting.remove();
    const old = this.section.querySelector("iframe");
    const next = old.cloneNode();
    frames += 1;
    next.name = `preview-${frames}`;
    next.classList.add("is-next");
    next.inert = true;
    old.after(next);
    const fill = (name, value) => { this.form.elements[name].value = value; };
    fill("html", this.html);
    fill("row", JSON.stringify(this.rows[this.at] ?? {}));
    this.form.target = next.name;
    next.addEventListener("load", () => {
      if (!next.isConnected) return;
      old.remove();
      next.classList.remove("is-next");
      next.inert = false;
    });
    this.form.submit();
  }
}

const section = document.querySelector("[data-preview]");
const preview = section && new Preview(section);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.matches?.("[data-preview-source]")) preview?.later();
});

// Review: an opened reason takes the focus; Escape gives it back; a decided row hands over to the next.
document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (details.matches?.("details[data-focus-open]") && details.open) {
    details.querySelector("select, textarea")?.focus();
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const details = event.target.closest?.("details[data-focus-open][open]");
  if (!details) return;
  details.open = false;
  (details.closest(".review-row")?.querySelector("[data-item-focus]") ?? details.querySelector("summary")).focus();
});

onContent((root) => {
  if (!root.matches?.(".review-row")) return;
  const list = root.closest("mh-list-keys");
  if ("problem" in root.dataset) {
    list?.mark(root);
    root.querySelector("details[open] :is(select, textarea)")?.focus();
    return;
  }
  list?.mark(root);
  list?.move(1);
});
