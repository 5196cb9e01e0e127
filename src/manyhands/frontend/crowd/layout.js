// What has no answer: cards, alerts, badges, toasts, tabs, and what opens in a window.
import { CrowdElement, make, newId, reflect, say, whenParsed } from "./element.js";
import { icon } from "./icons.js";

export class CrowdCard extends CrowdElement {
  static observedAttributes = ["heading", "image"];

  build() {
    this.head = make("h2");
    this.picture = make("img", { alt: "" });
    this.shadowRoot.append(make("div", { className: "card" }, this.picture, this.head, make("slot")));
    this.changed();
  }

  changed() {
    this.head.textContent = this.text("heading");
    this.head.hidden = !this.text("heading");
    this.picture.hidden = !this.text("image");
    if (this.text("image")) this.picture.src = this.text("image");
  }
}

export class CrowdAlert extends CrowdElement {
  static observedAttributes = ["type"];

  build() {
    this.note = make("div", { className: "alert" }, make("div", {}, make("slot")));
    this.shadowRoot.append(this.note);
    if (this.on("dismissible")) {
      const close = make("button", { type: "button", className: "button round link", "aria-label": say("close") }, icon("close"));
      close.addEventListener("click", () => this.remove());
      this.note.append(close);
    }
    this.changed();
  }

  changed() {
    const type = ["info", "success", "warning", "error"].find((each) => each === this.text("type")) ?? "info";
    this.note.className = `alert ${type}`;
    this.note.setAttribute("role", type === "error" ? "alert" : "status");
  }
}

export class CrowdBadge extends CrowdElement {
  static observedAttributes = ["label", "icon"];

  build() {
    this.mark = make("span", { className: "badge" });
    this.shadowRoot.append(this.mark);
    this.changed();
    whenParsed(() => document.getElementById(this.text("for"))?.after(this));
  }

  changed() {
    this.mark.replaceChildren(icon(this.text("icon")) ?? this.text("label"));
  }
}

export class CrowdToast extends CrowdElement {
  static observedAttributes = ["text"];

  build() {
    this.note = make("div", { className: "toast", role: "status" }, make("slot"));
    this.shadowRoot.append(this.note);
    this.show();
  }

  changed() { this.show(); }

  /** One at a time is seen. */
  show() {
    for (const each of document.querySelectorAll("crowd-toast")) if (each !== this) each.hide?.();
    clearTimeout(this.timer);
    this.note.hidden = false;
    this.note.replaceChildren(this.text("text"), make("slot"));
    this.timer = setTimeout(() => this.hide(), this.number("duration", 3000));
  }

  hide() {
    clearTimeout(this.timer);
    this.note.hidden = true;
  }

  open() { this.show(); }
  close() { this.hide(); }
}

export class CrowdTab extends CrowdElement {
  static observedAttributes = ["header"];

  changed() { this.closest("crowd-tabs")?.list(); }
}

export class CrowdTabs extends CrowdElement {
  build() {
    this.bar = make("div", { className: "tabs", role: "tablist" });
    this.shadowRoot.append(this.bar, make("slot"));
    this.addEventListener("manyhands-reveal", (event) => {
      const holder = this.panels.find((each) => each.contains(event.target));
      if (holder) this.choose(this.panels.indexOf(holder));
    });
    new MutationObserver(() => this.list()).observe(this, { childList: true });
    this.list();
  }

  get panels() { return [...this.children].filter((each) => each.localName === "crowd-tab"); }

  list() {
    const buttons = this.panels.map((panel, index) => {
      panel.id ||= newId();
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-label", panel.text?.("header") ?? "");
      const button = make("button", { type: "button", role: "tab" }, panel.getAttribute("header") ?? String(index + 1));
      button.addEventListener("click", () => this.choose(index));
      button.addEventListener("keydown", (event) => this.onKey(event, index));
      return button;
    });
    this.bar.replaceChildren(...buttons);
    this.choose(Math.min(this.chosen ?? 0, Math.max(0, buttons.length - 1)));
  }

  choose(index) {
    this.chosen = index;
    for (const [each, panel] of this.panels.entries()) {
      const button = this.bar.children[each];
      panel.hidden = each !== index;
      button?.setAttribute("aria-selected", String(each === index));
      if (button) button.tabIndex = each === index ? 0 : -1;
    }
  }

  onKey(event, index) {
    const count = this.panels.length;
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1 + count, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(to % count);
    this.bar.children[to % count].focus();
  }
}

/** A window over the document, closed by its button, by Escape and by a press beside it. */
export function makeDialog(title, ...children) {
  const id = newId();
  const close = make("button", { type: "button", className: "button round link", "aria-label": say("close") }, icon("close"));
  const heading = make("h2", { id }, title);
  const dialog = make("dialog", { "aria-labelledby": id }, make("header", {}, heading, close), make("div", { className: "content" }, ...children));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return Object.assign(dialog, { heading });
}

export class CrowdModal extends CrowdElement {
  static observedAttributes = ["link-text", "link-type"];

  build() {
    this.opener = make("button", { type: "button", "aria-haspopup": "dialog" });
    this.dialog = makeDialog("", ...this.content());
    this.opener.addEventListener("click", () => this.open());
    this.shadowRoot.append(this.opener, this.dialog);
    this.changed();
  }

  content() { return [make("slot")]; }
  get words() { return say("open_modal"); }

  changed() {
    this.opener.textContent = this.text("link-text") || this.words;
    this.dialog.heading.textContent = this.opener.textContent;
    this.opener.className = this.text("link-type") === "button" ? "button normal" : "button link";
  }

  open() { if (!this.dialog.open) this.dialog.showModal(); }
  close() { this.dialog.close(); }
}

const PARTS = ["short-summary", "detailed-instructions", "positive-example", "negative-example"];

export class CrowdInstructions extends CrowdModal {
  content() {
    this.sections = PARTS.map((name) => {
      const section = make("section", {}, make("h3", {}, say(name.replace("-", "_"))), make("slot", { name }));
      section.hidden = true;
      return section;
    });
    assignSlots(this, PARTS, (found) => {
      for (const [index, name] of PARTS.entries()) this.sections[index].hidden = !found.has(name);
    });
    return [...this.sections, make("slot")];
  }

  get words() { return say("open_instructions"); }
}

/** Put children with these names into the slots of the same name, also those that come later. */
export function assignSlots(element, names, told = () => {}) {
  const look = () => {
    const found = new Map();
    for (const child of element.children) {
      if (!names.includes(child.localName)) continue;
      if (child.slot !== child.localName) child.slot = child.localName;
      found.set(child.localName, child);
    }
    told(found);
  };
  new MutationObserver(look).observe(element, { childList: true, subtree: false });
  queueMicrotask(look);
  return look;
}

reflect(CrowdCard, ["heading", "image"]);
reflect(CrowdToast, ["text", "duration"]);
reflect(CrowdTab, ["header"]);
