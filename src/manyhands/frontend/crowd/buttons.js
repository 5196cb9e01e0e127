// <crowd-button>, <crowd-icon-button>, <crowd-fab>: what is pressed.
import { CrowdElement, make, reflect, say } from "./element.js";
import { icon } from "./icons.js";

const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);

/** An address that leads to a page; one that would run as a script leads nowhere. */
function safeAddress(text) {
  try {
    return SAFE.has(new URL(text, document.baseURI).protocol) ? text : null;
  } catch {
    return null;
  }
}

const picture = (address) => make("img", { src: address, alt: "", className: "icon" });

class Pressed extends CrowdElement {
  static delegatesFocus = true;
  static observedAttributes = ["disabled", "loading", "icon", "label", "title"];

  get disabled() { return this.on("disabled"); }
  set disabled(value) { this.toggleAttribute("disabled", Boolean(value)); }
}

export class CrowdButton extends Pressed {
  build() {
    const action = this.text("form-action");
    const variant = this.text("variant", action === "submit" ? "primary" : "normal");
    const href = this.hasAttribute("href") ? safeAddress(this.text("href")) : null;
    this.pressed = href === null
      ? make("button", { type: "button" })
      : make("a", { href, target: this.text("target", "_blank"), rel: "noopener noreferrer" });
    this.pressed.className = `button ${variant}`;
    this.shadowRoot.append(this.pressed);
    this.addEventListener("click", (event) => {
      if (event.defaultPrevented || this.disabled || this.loading) return;
      if (action === "submit") this.owner?.requestSubmit();
      if (action === "reset") this.owner?.reset();
    });
    this.changed();
  }

  get loading() { return this.on("loading"); }
  set loading(value) { this.toggleAttribute("loading", Boolean(value)); }

  /** The form it acts on: it is no control, so that a form never takes it for its own button. */
  get owner() {
    return this.closest("form") ?? this.closest("crowd-form")?.form ?? this.getRootNode().host?.closest("form");
  }

  changed() {
    const drawn = this.hasAttribute("icon-url") ? picture(this.text("icon-url")) : icon(this.text("icon"));
    const parts = [drawn, make("span", {}, make("slot"))].filter(Boolean);
    this.pressed.replaceChildren(...(this.text("icon-align") === "right" ? parts.reverse() : parts));
    this.pressed.disabled = this.disabled || this.loading;
    this.pressed.setAttribute("aria-busy", String(this.loading));
  }
}

/** A round button with an icon or a character; its title is its name. */
class Round extends Pressed {
  static look = "";

  build() {
    this.pressed = make("button", { type: "button", className: `button ${this.constructor.look}` });
    this.shadowRoot.append(this.pressed);
    this.changed();
  }

  changed() {
    const name = this.text("title") || this.text("label") || this.text("icon") || say("button");
    this.pressed.replaceChildren(icon(this.text("icon")) ?? (this.text("label") || this.text("icon")));
    this.pressed.setAttribute("aria-label", name);
    this.pressed.disabled = this.disabled;
  }
}

export class CrowdIconButton extends Round {
  static look = "round link";
}

export class CrowdFab extends Round {
  static look = "round floating primary";
}

reflect(CrowdButton, ["variant", "href", "icon", "form-action"]);
reflect(Round, ["icon", "label"]);
