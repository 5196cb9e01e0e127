// Attributes of crowd elements hold JSON as people write it: single quotes, bare keys, trailing commas,
// comments. Read by hand, because the text may come from a requester's row: it is never run.

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  get next() {
    return this.text[this.at] ?? "";
  }

  wrong(what) {
    throw new SyntaxError(`${what} expected at character ${this.at + 1}`);
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found?.[0] ?? null;
  }

  space() {
    this.take(/(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y);
  }

  document() {
    const value = this.value();
    this.space();
    if (this.next) this.wrong("the end");
    return value;
  }

  value() {
    this.space();
    if (this.next === "[") return this.list();
    if (this.next === "{") return this.object();
    if (/["'`]/.test(this.next)) return this.string();
    return this.word();
  }

  /** Members between brackets; commas may be missing at the end, or too many. */
  members(end, read) {
    this.at += 1;
    for (;;) {
      this.space();
      if (!this.next) this.wrong(end);
      if (this.next === end) break;
      if (this.next === ",") this.at += 1;
      else read();
    }
    this.at += 1;
  }

  list() {
    const values = [];
    this.members("]", () => values.push(this.value()));
    return values;
  }

  object() {
    const entries = [];
    this.members("}", () => {
      const key = /["'`]/.test(this.next) ? this.string() : this.take(/[^\s:,{}[\]"'`]+/y);
      if (key === null) this.wrong("a name");
      this.space();
      if (this.next !== ":") this.wrong(":");
      this.at += 1;
      entries.push([key, this.value()]);
    });
    // Defines each key as its own, "__proto__" too.
    return Object.fromEntries(entries);
  }

  string() {
    const quote = this.next;
    let text = "";
    this.at += 1;
    while (this.next !== quote) {
      if (!this.next) this.wrong(quote);
      text += this.next === "\\" ? this.escape() : this.next;
      this.at += 1;
    }
    this.at += 1;
    return text;
  }

  escape() {
    this.at += 1;
    const hex = this.next === "u" && /^[0-9a-f]{4}$/i.test(this.text.slice(this.at + 1, this.at + 5));
    if (hex) {
      this.at += 4;
      return String.fromCharCode(parseInt(this.text.slice(this.at - 3, this.at + 1), 16));
    }
    return { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "\n": "" }[this.next] ?? this.next;
  }

  word() {
    const word = this.take(/[^\s,:[\]{}"'`]+/y);
    const known = { true: true, false: false, null: null, undefined: null };
    if (word === null) this.wrong("a value");
    if (Object.hasOwn(known, word)) return known[word];
    const number = Number(word);
    return Number.isNaN(number) ? this.wrong("a quoted string") : number;
  }
}

/** The value an attribute's text stands for; `otherwise` when it is absent, empty or cannot be read. */
export function readLiteral(text, otherwise = null) {
  if (text === null || text === undefined || text.trim() === "") return otherwise;
  try {
    return new Reader(text).document();
  } catch (error) {
    console.warn(`An attribute of a crowd element cannot be read: ${error.message}.`, text.slice(0, 200));
    return otherwise;
  }
}
