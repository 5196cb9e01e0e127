// <crowd-question-answer-generation>: questions with answers about a text, each with tags and with the sentences
// it rests on. Offsets count Unicode characters.
import { make, newId, say, whenParsed } from "./element.js";
import { CrowdTool } from "./tool.js";

const LIMITS = ["question-min-words", "question-max-words", "answer-min-words", "answer-max-words"];
const wordsOf = (text, language) => [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)].filter((each) => each.isWordLike).length;
const empty = () => ({ question: "", answer: "", tags: [], references: [] });

export class CrowdQuestionAnswerGeneration extends CrowdTool {
  static observedAttributes = [...CrowdTool.observedAttributes, "text", "question-tags", "min-questions", "max-questions", ...LIMITS];

  main() {
    this.passage = make("p", { className: "passage" });
    this.notes = make("p", { className: "hint notes" });
    return [this.notes, this.passage, make("slot")];
  }

  side() {
    this.items = make("div", { className: "pairs" });
    this.more = make("button", { type: "button", className: "button small" }, say("add_question"));
    this.more.addEventListener("click", () => {
      this.pairs = [...this.pairs, empty()];
      this.show();
      this.tell();
      this.items.lastElementChild.querySelector("textarea").focus();
    });
    return [this.items, this.more];
  }

  build() {
    super.build();
    // Its form may stand elsewhere in the document and be named.
    whenParsed(() => {
      const form = document.getElementById(this.text("crowd-form-element-id"))?.form;
      if (!form || form.contains(this)) return;
      form.id ||= newId();
      this.setAttribute("form", form.id);
    });
  }

  get name() { return this.text("name") || this.text("crowd-form-element-id"); }
  get language() { return this.closest("[lang]")?.lang || undefined; }
  get least() { return this.number("min-questions", 1); }
  get most() { return this.number("max-questions", 50); }
  get tags() {
    const listed = this.literal("question-tags", []);
    return Array.isArray(listed) ? listed.map(String) : [];
  }
  get allowsOwnTags() { return this.on("allow-custom-question-tags") || this.on("allow-custom-tags"); }

  get sentences() {
    let offset = 0;
    return [...new Intl.Segmenter(this.language, { granularity: "sentence" }).segment(this.text("text"))].map(({ segment }) => {
      const startOffset = offset + [...segment.slice(0, segment.length - segment.trimStart().length)].length;
      offset += [...segment].length;
      return { text: segment.trim(), startOffset, endOffset: startOffset + [...segment.trim()].length };
    }).filter((each) => each.text !== "");
  }

  changed() {
    this.pairs ??= Array.from({ length: Math.max(1, this.least) }, empty);
    this.passage.textContent = this.text("text");
    this.notes.textContent = this.text("instructions").replace(/[^\S\n]+/g, " ");
    this.notes.hidden = !this.text("instructions");
    this.show();
    super.changed();
  }

  show() {
    this.items.replaceChildren(...this.pairs.map((pair, index) => this.item(pair, index)));
    this.more.disabled = this.disabled || this.pairs.length >= this.most;
  }

  item(pair, index) {
    const remove = make("button", { type: "button", className: "button small link" }, say("remove", { what: say("question_number", { number: index + 1 }) }));
    remove.hidden = this.pairs.length <= Math.max(1, this.least);
    remove.addEventListener("click", () => {
      this.pairs = this.pairs.filter((each) => each !== pair);
      this.show();
      this.tell();
    });
    return make(
      "fieldset", { className: "choices card", disabled: this.disabled }, make("legend", { className: "unseen" }, say("question_number", { number: index + 1 })),
      this.area(say("question"), pair, "question"), this.area(say("answer"), pair, "answer"), this.tagChoices(pair), this.references(pair), remove,
    );
  }

  area(words, pair, part) {
    const area = make("textarea", { value: pair[part] });
    area.addEventListener("input", (event) => {
      event.stopPropagation();
      pair[part] = area.value;
      this.tell();
    });
    area.addEventListener("change", (event) => event.stopPropagation());
    return make("label", { className: "field" }, make("span", { className: "caption" }, words), area);
  }

  check(words, isChecked, onChange) {
    const box = make("input", { type: "checkbox", checked: isChecked });
    box.addEventListener("input", (event) => event.stopPropagation());
    box.addEventListener("change", (event) => {
      event.stopPropagation();
      onChange(box.checked);
      this.tell();
    });
    return make("label", { className: "check" }, box, make("span", {}, words));
  }

  tagChoices(pair) {
    const offered = [...new Set([...this.tags, ...pair.tags])];
    if (!offered.length && !this.allowsOwnTags) return null;
    const boxes = offered.map((tag) =>
      this.check(tag, pair.tags.includes(tag), (isOn) => { pair.tags = offered.filter((each) => (each === tag ? isOn : pair.tags.includes(each))); }));
    return make("div", {}, make("p", { className: "caption" }, say("tags")), ...boxes, this.allowsOwnTags ? this.ownTag(pair) : null);
  }

  ownTag(pair) {
    const input = make("input", { "aria-label": say("own_tag"), placeholder: say("own_tag") });
    input.addEventListener("input", (event) => event.stopPropagation());
    input.addEventListener("change", (event) => {
      event.stopPropagation();
      const tag = input.value.trim();
      if (!tag || pair.tags.includes(tag)) return;
      pair.tags = [...pair.tags, tag];
      this.show();
      this.tell();
    });
    return input;
  }

  references(pair) {
    const isIn = (each) => pair.references.some(({ startOffset }) => startOffset === each.startOffset);
    const boxes = this.sentences.map((each) =>
      this.check(each.text, isIn(each), (isOn) => {
        const others = pair.references.filter(({ startOffset }) => startOffset !== each.startOffset);
        const reference = { startOffset: each.startOffset, endOffset: each.endOffset };
        pair.references = (isOn ? [...others, reference] : others).sort((one, other) => one.startOffset - other.startOffset);
      }));
    return make("details", { open: pair.references.length > 0 }, make("summary", {}, say("rests_on")), ...boxes);
  }

  problem() {
    if (!this.items) return "";
    if (this.pairs.length < this.least) return say("questions_least", { least: this.least });
    for (const [index, pair] of this.pairs.entries()) {
      for (const part of ["question", "answer"]) {
        const count = wordsOf(pair[part], this.language);
        const [least, most] = [this.number(`${part}-min-words`, 1), this.number(`${part}-max-words`, Infinity)];
        const values = { number: index + 1, least, most };
        if (count < least) return say(`${part}_short`, values);
        if (count > most) return say(`${part}_long`, values);
      }
    }
    return "";
  }

  answer() {
    const pairs = (this.pairs ?? []).map(({ question, answer, tags, references }) => ({ question, answer, tags, references }));
    return { questionAnswers: pairs };
  }

  restore(answer) {
    const given = Array.isArray(answer?.questionAnswers) ? answer.questionAnswers : [];
    const list = (value) => (Array.isArray(value) ? value : []);
    this.pairs = given.map((each) => ({
      question: String(each?.question ?? ""), answer: String(each?.answer ?? ""), tags: list(each?.tags).map(String), references: list(each?.references),
    }));
    if (!this.pairs.length) this.pairs = undefined;
    if (this.isBuilt) this.changed();
  }

  shownValues() { return (this.pairs ?? []).map(({ question, answer }) => `${question} – ${answer}`); }
}
