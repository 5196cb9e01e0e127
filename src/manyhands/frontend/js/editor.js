// The template editor: <textarea data-editor> becomes CodeMirror; the textarea stays what the form sends.
//
// Each change is written to the textarea, which then fires `input`, so that previews listen to one thing.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { html } from "@codemirror/lang-html";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { Decoration, EditorView, MatchDecorator, ViewPlugin, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--text)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55", minBlockSize: "16rem", maxBlockSize: "36rem" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--text-muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--surface-sunken)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--accent-soft)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-tooltip": { background: "var(--surface-raised)", color: "var(--text)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent)", color: "var(--on-accent)" },
});

const placeholderMark = new MatchDecorator({
  regexp: /\$\{[^}\s]+\}/g,
  decoration: Decoration.mark({ class: "tok-placeholder" }),
});
const placeholders = ViewPlugin.fromClass(
  class {
    constructor(view) { this.decorations = placeholderMark.createDeco(view); }
    update(update) { this.decorations = placeholderMark.updateDeco(update, this.decorations); }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** data-columns="image_url,caption" on the textarea: offered after typing ${ */
function columnsOf(textarea) {
  const columns = (textarea.dataset.columns || "").split(",").map((name) => name.trim()).filter(Boolean);
  return (context) => {
    const before = context.matchBefore(/\$\{?\w*/);
    if (!before || !columns.length) return null;
    return { from: before.from, options: columns.map((name) => ({ label: `\${${name}}`, type: "variable" })) };
  };
}

function label(textarea) {
  return textarea.labels?.[0]?.textContent.trim() || textarea.getAttribute("aria-label") || "HTML";
}

/** Turn one textarea into an editor; returns the view. */
function edit(textarea) {
  const language = html();
  const mirror = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    textarea.value = update.state.doc.toString();
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const attributes = { "aria-label": label(textarea), "aria-multiline": "true" };
  const described = textarea.getAttribute("aria-describedby");
  if (described) attributes["aria-describedby"] = described;
  const view = new EditorView({
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        highlightActiveLine(), EditorView.lineWrapping, language, syntaxHighlighting(classHighlighter),
        language.language.data.of({ autocomplete: columnsOf(textarea) }), autocompletion(), placeholders,
        // Tab is left alone: it must move the focus on, or a keyboard user is trapped.
        keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.contentAttributes.of(attributes), EditorView.editable.of(!textarea.readOnly), look, mirror,
      ],
    }),
  });
  const frame = document.createElement("div");
  frame.className = "editor";
  if (textarea.getAttribute("aria-invalid") === "true") frame.dataset.invalid = "";
  frame.append(view.dom);
  textarea.after(frame);
  textarea.hidden = true;
  textarea.required = false; // a hidden required field would block the form without a word; the server checks
  for (const name of textarea.labels ?? []) name.addEventListener("click", () => view.focus());
  return view;
}

for (const textarea of document.querySelectorAll("textarea[data-editor]")) textarea.editor = edit(textarea);
