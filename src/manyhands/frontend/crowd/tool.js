// The frame of every tool: instructions beside the work, the question above it, choices at its side.
import { CrowdControl, make, problemPlace, reflect, say } from "./element.js";
import { assignSlots, makeDialog } from "./layout.js";

const REGIONS = ["short-instructions", "full-instructions", "classification-target", "worker-comment"];

export class CrowdTool extends CrowdControl {
  // A press on the text or image to judge must not move the focus, and the page, to the first button.
  static delegatesFocus = false;
  static observedAttributes = [...CrowdControl.observedAttributes, "header", "src", "labels", "categories"];

  build() {
    this.head = make("h2", { className: "question", id: "question" });
    this.fullText = makeDialog(say("instructions"), make("slot", { name: "full-instructions" }));
    this.opener = make("button", { type: "button", className: "button link", "aria-haspopup": "dialog" }, say("full_instructions"));
    this.opener.addEventListener("click", () => this.fullText.showModal());
    this.instructions = make(
      "section",
      { className: "instructions", "aria-label": say("instructions") },
      make("h3", {}, say("instructions")),
      make("slot", { name: "short-instructions" }),
      this.opener,
    );
    this.work = make("section", { className: "work" }, this.head, problemPlace(), ...this.main());
    this.sideBox = make("section", { className: "side" }, ...this.side());
    this.shadowRoot.append(make("div", { className: "tool" }, this.instructions, this.work, this.sideBox), this.fullText);
    this.lookAtRegions = assignSlots(this, REGIONS, (found) => this.onRegions(found));
    // The page around hides instructions by hiding the template's own elements.
    new MutationObserver(() => this.lookAtRegions()).observe(this, { subtree: true, attributeFilter: ["hidden"] });
    this.changed();
  }

  focus(options) {
    const places = "input:not(:disabled), textarea, [tabindex='0'], button:not(:disabled)";
    (this.sideBox.querySelector(places) ?? this.work.querySelector(places))?.focus(options);
  }

  main() { return []; }
  side() { return []; }

  onRegions(found) {
    const short = found.get("short-instructions");
    const full = found.get("full-instructions");
    this.instructions.hidden = ![short, full].some((each) => each && !each.hidden);
    this.opener.hidden = !full;
    this.fullText.heading.textContent = full?.getAttribute("header") || say("instructions");
  }

  changed() {
    this.head.textContent = this.text("header");
    this.head.hidden = !this.text("header");
    this.validate();
  }
}

reflect(CrowdTool, ["header", "src"]);
