// <crowd-text-ranking>: responses to a text, put in order by one measure or several.
import { make, say } from "./element.js";
import { CrowdTool } from "./tool.js";

export class CrowdTextRanking extends CrowdTool {
  static observedAttributes = [...CrowdTool.observedAttributes, "text", "responses", "ordinal-ranking-dimensions"];

  main() {
    this.source = make("p", { className: "passage" });
    this.cards = make("ol", { className: "responses" });
    return [this.source, this.cards, make("slot")];
  }

  side() {
    this.measures = make("div", { className: "measures" });
    return [this.measures];
  }

  list(name) {
    const listed = this.literal(name, []);
    return Array.isArray(listed) ? listed : [];
  }

  get responses() { return this.list("responses").map((each) => String(each?.text ?? each)); }
  get dimensions() {
    return this.list("ordinal-ranking-dimensions").map((each) => ({ name: String(each?.name ?? each), allowTie: each?.allowTie === true }));
  }

  changed() {
    this.ranks ??= {};
    this.source.textContent = this.text("text");
    this.source.hidden = !this.text("text");
    this.cards.replaceChildren(
      ...this.responses.map((text, index) => make("li", { className: "card" }, make("h3", {}, this.nameOf(index)), make("p", {}, text))),
    );
    this.measures.replaceChildren(...this.dimensions.map((each) => this.measure(each)));
    super.changed();
  }

  nameOf(index) { return say("response", { number: index + 1 }); }

  measure({ name, allowTie }) {
    const rows = this.responses.map((_, index) => this.row(name, index));
    const hint = make("p", { className: "hint" }, say(allowTie ? "hint_ranks_tie" : "hint_ranks"));
    return make("fieldset", { className: "choices" }, make("legend", {}, name), hint, ...rows);
  }

  row(name, index) {
    const ranks = this.responses.map((_, rank) => new Option(String(rank + 1), String(rank + 1)));
    const select = make("select", { disabled: this.disabled }, new Option("–", ""), ...ranks);
    select.value = String(this.ranks[name]?.[index] ?? "");
    select.addEventListener("input", (event) => event.stopPropagation());
    select.addEventListener("change", (event) => {
      event.stopPropagation();
      const given = this.responses.map((_, at) => this.ranks[name]?.[at] ?? null);
      given[index] = Number(select.value) || null;
      this.ranks = { ...this.ranks, [name]: given };
      this.tell();
    });
    return make("label", { className: "rank" }, make("span", {}, this.nameOf(index)), select);
  }

  /** All ranks of a measure; null where one is open. */
  given(name) { return this.responses.map((_, index) => this.ranks?.[name]?.[index] ?? null); }

  problem() {
    if (!this.measures) return "";
    for (const { name, allowTie } of this.dimensions) {
      const ranks = this.given(name);
      if (ranks.includes(null)) return say("ranks_missing", { what: name });
      if (!allowTie && new Set(ranks).size < ranks.length) return say("ranks_tied", { what: name });
    }
    return "";
  }

  answer() { return Object.fromEntries(this.dimensions.map(({ name }) => [name, this.given(name)])); }

  restore(answer) {
    this.ranks = Object.fromEntries(Object.entries(answer ?? {}).filter(([, ranks]) => Array.isArray(ranks)));
    if (this.isBuilt) this.changed();
  }

  shownValues() { return this.dimensions.map(({ name }) => `${name}: ${this.given(name).map((each) => each ?? "–").join(", ")}`); }
}
