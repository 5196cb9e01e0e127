// <crowd-entity-annotation>: parts of a text, labelled. Offsets count Unicode characters (code points), so
// that text[start:end] is the part in Python; the end is not part of it.
import { make, say } from "./element.js";
import { History } from "./history.js";
import { LabelTool } from "./label-tool.js";

const count = (text) => [...text].length;
const byPlace = (one, other) => one.startOffset - other.startOffset || one.endOffset - other.endOffset;

/** The text cut into words or letters, with their offsets. */
function cut(text, granularity, language) {
  let offset = 0;
  return [...new Intl.Segmenter(language, { granularity }).segment(text)].map(({ segment }) => {
    const start = offset;
    offset += count(segment);
    return { text: segment, start, end: offset, isSpace: segment.trim() === "" };
  });
}

export class CrowdEntityAnnotation extends LabelTool {
  entities = [];
  chosen = -1;
  history = new History();
  granularity = "word";

  main() {
    this.place = make("div", { className: "text", role: "listbox", "aria-multiselectable": "true", "aria-label": say("text_to_label") });
    this.place.addEventListener("pointerdown", (event) => this.onDown(event));
    this.place.addEventListener("pointermove", (event) => this.onMove(event));
    this.place.addEventListener("pointerup", () => this.onUp());
    this.place.addEventListener("pointercancel", () => { this.from = null; });
    this.place.addEventListener("keydown", (event) => this.onKey(event));
    const letters = make("button", { type: "button", className: "button small", "aria-pressed": "false" }, say("by_letters"));
    letters.addEventListener("click", () => {
      this.granularity = this.granularity === "word" ? "grapheme" : "word";
      letters.setAttribute("aria-pressed", String(this.granularity === "grapheme"));
      this.write();
    });
    const bar = make(
      "div", { className: "bar", role: "toolbar", "aria-label": say("tools") },
      this.toolButton("undo", say("undo"), () => this.travel("undo")), this.toolButton("redo", say("redo"), () => this.travel("redo")), letters,
    );
    return [bar, this.place, make("p", { className: "hint" }, say("hint_text")), make("slot")];
  }

  build() {
    super.build();
    this.restore(this.waiting ?? this.initial);
    // By itself it is a form of its own: templates look for that one here.
    if (!this.closest("crowd-form")) this.shadowRoot.append(make("crowd-form", { hidden: true }));
  }

  get initial() {
    const given = this.literal("initial-value", null);
    return Array.isArray(given) ? { entities: given } : (given ?? undefined);
  }

  changed(name) {
    super.changed(name);
    this.write();
    if (name === "initial-value") this.restore(this.initial);
  }

  definition(label) { return this.labels.find((each) => LabelTool.labelOf(each) === label); }
  shownName(label) { return String(this.definition(label)?.fullDisplayName ?? label); }
  shortName(label) { return String(this.definition(label)?.shortDisplayName ?? label); }

  /** Write the text anew, cut as it is wanted now. */
  write() {
    const language = this.closest("[lang]")?.lang || undefined;
    this.characters = [...this.text("text")];
    const nodeOf = (part) => (part.isSpace ? document.createTextNode(part.text) : make("span", { className: "part", role: "option" }, part.text));
    const parts = cut(this.text("text"), this.granularity, language).map((part) => ({ ...part, node: nodeOf(part) }));
    this.place.replaceChildren(...parts.map((part) => part.node));
    this.words = parts.filter((part) => !part.isSpace);
    for (const [index, word] of this.words.entries()) word.node.tabIndex = index === 0 ? 0 : -1;
    this.range = null;
    this.paint();
  }

  /* What is selected -------------------------------------------------------------------------------- */

  wordAt(event) {
    const over = this.shadowRoot.elementFromPoint(event.clientX, event.clientY);
    const index = this.words.findIndex((word) => word.node === over);
    return index < 0 ? null : index;
  }

  select(from, to) {
    this.range = from === null ? null : [Math.min(from, to), Math.max(from, to)];
    for (const [index, word] of this.words.entries()) {
      const isIn = this.range !== null && index >= this.range[0] && index <= this.range[1];
      word.node.setAttribute("aria-selected", String(isIn));
    }
  }

  /** Move the cursor to a word. */
  go(index) {
    for (const word of this.words) word.node.tabIndex = -1;
    this.words[index].node.tabIndex = 0;
    this.words[index].node.focus();
  }

  entitiesAt(index) {
    const { start, end } = this.words[index];
    return this.entities.filter((each) => each.startOffset < end && each.endOffset > start);
  }

  onDown(event) {
    const index = this.wordAt(event);
    if (event.button > 0 || index === null || this.disabled) return;
    event.preventDefault();
    this.place.setPointerCapture(event.pointerId);
    this.from = index;
    this.isByKeys = false; // after a press, a number is the label of the next one
    this.go(index);
    this.select(index, index);
  }

  onMove(event) {
    const index = this.from === null || this.from === undefined ? null : this.wordAt(event);
    if (index !== null) this.select(this.from, index);
  }

  /** A part is labelled at once; a press on a labelled word chooses what it is part of. */
  onUp() {
    if (this.from === null || this.from === undefined) return;
    const [first, last] = this.range;
    const [there] = this.entitiesAt(first);
    this.from = null;
    if (first === last && there) this.choose(this.entities.indexOf(there));
    else this.mark();
  }

  onKey(event) {
    const index = this.words.findIndex((word) => word.node === event.target);
    if (index < 0) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key.toLowerCase() === "z") this.travel(event.shiftKey ? "redo" : "undo");
    else if (isCommand || event.altKey) return;
    else if (step) this.walk(index, step, event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") this.markAt(index);
    else if (event.key === "Delete" || event.key === "Backspace") this.removeAt(index);
    else if (event.key === "Escape") {
      this.select(null);
      this.choose(-1);
    } else return;
    event.preventDefault();
  }

  walk(index, step, isExtending) {
    this.isByKeys = true;
    const next = Math.min(this.words.length - 1, Math.max(0, index + step));
    if (isExtending) {
      this.anchor ??= index;
      this.select(this.anchor, next);
    } else {
      this.anchor = null;
      this.select(null);
    }
    this.choose(-1);
    this.go(next);
  }

  markAt(index) {
    if (!this.range) this.select(index, index);
    this.mark();
  }

  removeAt(index) {
    const there = this.entities[this.chosen] ?? this.entitiesAt(index).at(-1);
    if (there) this.remove(this.entities.indexOf(there));
  }

  /** A label was picked: for the chosen part, else for what is selected. */
  onLabel(label) {
    const entity = this.entities[this.chosen];
    if (entity) this.change(this.entities.map((each) => (each === entity ? { ...each, label } : each)));
    else if (this.range) this.mark();
  }

  press(key) {
    const focused = this.words.findIndex((word) => word.node === this.shadowRoot.activeElement);
    // The word under the cursor is meant when nothing else is.
    if (this.isByKeys && focused >= 0 && !this.range && this.chosen < 0) this.select(focused, focused);
    return super.press(key);
  }

  /* What is labelled --------------------------------------------------------------------------------- */

  mark() {
    if (!this.range || this.label === null) return;
    const [first, last] = this.range.map((index) => this.words[index]);
    const made = { endOffset: last.end, label: this.label, startOffset: first.start };
    this.select(null);
    this.anchor = null;
    const isThere = this.entities.some((each) => each.label === made.label && byPlace(each, made) === 0);
    if (!isThere) this.change([...this.entities, made].sort(byPlace));
  }

  remove(index) { this.change(this.entities.filter((_, at) => at !== index)); }

  change(entities) {
    this.history.keep(this.entities);
    this.settle(entities);
  }

  travel(direction) {
    const entities = this.history[direction](this.entities);
    if (entities) this.settle(entities);
  }

  settle(entities) {
    this.entities = entities;
    this.chosen = -1;
    this.paint();
    this.announce(say("count_labelled", { count: entities.length }));
    this.tell();
  }

  choose(index) {
    if (index >= 0) this.select(null);
    this.chosen = index;
    this.paint();
  }

  described({ label, startOffset, endOffset }) {
    return `${this.shownName(label)}: ${this.characters.slice(startOffset, endOffset).join("")}`;
  }

  paint() {
    for (const word of this.words) {
      const here = this.entities.filter((each) => each.startOffset < word.end && each.endOffset > word.start);
      const starting = here.filter((each) => each.startOffset >= word.start);
      const lines = here.map((each, level) => `inset 0 ${-3 * (level + 1)}px ${this.colour(each.label)}`);
      word.node.style.boxShadow = lines.join(", ");
      word.node.style.setProperty("--label", here.length ? this.colour(here[0].label) : "transparent");
      word.node.classList.toggle("labelled", here.length > 0);
      word.node.classList.toggle("chosen", here.includes(this.entities[this.chosen]));
      word.node.dataset.tag = starting.map((each) => this.shortName(each.label)).join(" / ");
      if (here.length) word.node.setAttribute("aria-description", here.map((each) => this.shownName(each.label)).join(", "));
      else word.node.removeAttribute("aria-description");
      if (!word.node.hasAttribute("aria-selected")) word.node.setAttribute("aria-selected", "false");
    }
    const items = this.entities.map((each, index) => ({ text: this.described(each), label: each.label, isChosen: index === this.chosen }));
    this.showList(items, { onChoose: (index) => this.choose(index), onRemove: (index) => this.remove(index) });
  }

  get drawn() { return this.entities.map(({ endOffset, label, startOffset }) => ({ endOffset, label, startOffset })); }

  answer() { return { entities: this.drawn }; }

  restore(answer) {
    if (!this.isBuilt || !this.place) {
      this.waiting = answer;
      return;
    }
    const given = Array.isArray(answer) ? answer : answer?.entities;
    this.entities = (Array.isArray(given) ? given : [])
      .map((each) => ({ endOffset: Number(each?.endOffset), label: String(each?.label), startOffset: Number(each?.startOffset) }))
      .filter((each) => each.startOffset < each.endOffset)
      .sort(byPlace);
    this.chosen = -1;
    this.paint();
  }

  reset() { this.restore(this.initial); }
  shownValues() { return this.entities.map((each) => this.described(each)); }
}
