/* The script of every frame document: it makes a requester's template behave like a task.

   It runs in a sandboxed document without an origin, beside whatever scripts the template brings, and
   can only speak to the page around it by messages. Nothing here is trusted by the server. */
(() => {
  "use strict";

  // Read at once: a template may declare a global of its own called "parent".
  const host = window.parent === window ? null : window.parent;
  const data = JSON.parse(document.getElementById("manyhands-data").textContent);
  const texts = data.texts || {};
  const OURS = new Set(["assignmentId", "hitId", "turkSubmitTo", "workerId", "manyhandsToken", "manyhandsLayout", "manyhandsOptional", "manyhandsReport", "manyhandsDrop", "manyhandsBlank"]);
  const INSTRUCTIONS = "[data-instructions], .instructions, short-instructions, full-instructions";
  const DRAFT_DELAY_MS = 400;
  let lastDraft = null;
  let draftTimer = 0;
  let sent = false;
  let greeted = false;

  const say = (kind, more) => {
    // A document without an origin can name none; the host checks that this frame is the sender.
    if (host) host.postMessage({ manyhands: kind, ...more }, "*");
  };

  /* Forms and fields ------------------------------------------------------------------------- */

  const mainForm = () =>
    [...document.forms].find((form) => form.elements.namedItem("manyhandsToken")) || document.forms[0] || null;
  const controls = () =>
    [...document.querySelectorAll("input, select, textarea")].filter(
      (control) => control.name && !OURS.has(control.name) && !["submit", "button", "reset", "image"].includes(control.type),
    );
  /** Elements with an answer of their own (crowd elements): they say themselves what is wrong, and show it. */
  const isOwn = (control) => typeof control.showProblem === "function";
  const ownControls = () =>
    [...document.forms].flatMap((form) => [...form.elements]).filter((control) => isOwn(control) && control.name);
  const isChoice = (control) => control.type === "radio" || control.type === "checkbox";
  const isText = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select") ||
    (element.matches("input") && !["radio", "checkbox", "button", "submit", "reset", "range", "color"].includes(element.type));

  const snapshot = () => {
    const form = mainForm();
    if (!form) return [];
    return [...new FormData(form)].filter(([name, value]) => !OURS.has(name) && typeof value === "string");
  };

  /* Drafts ------------------------------------------------------------------------------------ */

  const sendDraft = () => {
    clearTimeout(draftTimer);
    if (data.mode !== "work" || sent) return;
    const fields = snapshot();
    const text = JSON.stringify(fields);
    if (text === lastDraft) return;
    lastDraft = text;
    say("draft", { answers: fields });
  };
  const draftSoon = () => {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(sendDraft, DRAFT_DELAY_MS);
  };

  const restore = (pairs, among) => {
    const values = new Map();
    for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
    const changed = [];
    for (const control of among) {
      const mine = values.get(control.name) || [];
      if (isChoice(control)) {
        const checked = mine.includes(control.value);
        if (control.checked !== checked) changed.push(control);
        control.checked = checked;
      } else if (control.type === "select-multiple") {
        for (const option of control.options) option.selected = mine.includes(option.value);
        changed.push(control);
      } else if (control.type !== "file" && mine.length) {
        const value = mine.shift();
        if (control.value !== value) changed.push(control);
        control.value = value;
      }
    }
    // The template's own scripts may hang on these events.
    for (const control of changed) {
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  /* Missing and wrong answers ------------------------------------------------------------------ */

  const textOf = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const groupOf = (control) => (!isOwn(control) && isChoice(control) ? control.closest("fieldset, [role=radiogroup], [role=group]") : null);
  const labelOf = (control) => {
    if (isOwn(control)) return control.labelText || control.name;
    const legend = groupOf(control) && groupOf(control).querySelector("legend");
    if (legend) return textOf(legend);
    if (control.getAttribute("aria-label")) return control.getAttribute("aria-label");
    if (control.labels && control.labels.length) return textOf(control.labels[0]);
    return control.name;
  };
  const isFile = (control) => control.type === "file";
  const isBlank = (control) => control.required && !isChoice(control) && control.value.trim() === "";

  /** The first control of each name that may not be sent as it is, with the reason. */
  const wrong = () => {
    const found = new Map();
    for (const control of controls()) {
      if (found.has(control.name) || control.disabled) continue;
      if (files.get(control.name)?.state === "sending") found.set(control.name, [control, texts.file_wait]);
      else if (control.validity.valueMissing || isBlank(control)) found.set(control.name, [control, texts.missing]);
      else if (control.willValidate && !control.validity.valid) {
        found.set(control.name, [control, control.validationMessage]);
      }
    }
    for (const control of ownControls()) {
      if (found.has(control.name) || !control.willValidate || control.validity.valid) continue;
      found.set(control.name, [control, control.validationMessage]);
    }
    for (const group of document.querySelectorAll("fieldset[data-required]:not([disabled])")) {
      const boxes = [...group.querySelectorAll("input[type=checkbox]")];
      if (boxes.length && !boxes.some((box) => box.checked)) found.set(boxes[0].name, [boxes[0], texts.missing]);
    }
    const inOrder = ([, [one]], [, [other]]) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
    return new Map([...found].sort(inOrder));
  };

  const unmark = (name) => {
    for (const control of ownControls()) if (control.name === name) control.showProblem("");
    for (const control of controls()) {
      if (control.name !== name || !control.hasAttribute("aria-invalid")) continue;
      control.removeAttribute("aria-invalid");
      const described = (control.getAttribute("aria-describedby") || "").split(" ");
      const rest = described.filter((id) => id && !id.startsWith("mh-error-"));
      if (rest.length) control.setAttribute("aria-describedby", rest.join(" "));
      else control.removeAttribute("aria-describedby");
    }
    for (const place of document.querySelectorAll(".mh-error, .mh-invalid, .mh-summary li")) {
      if (place.dataset.mhName !== name) continue;
      if (place.classList.contains("mh-invalid")) place.classList.remove("mh-invalid");
      else place.remove();
    }
    const summary = document.querySelector(".mh-summary");
    if (summary && !summary.querySelector("li")) summary.remove();
  };

  const mark = (name, control, reason, number) => {
    if (isOwn(control)) {
      control.showProblem(reason);
      return;
    }
    const message = document.createElement("span");
    message.className = "mh-error";
    message.id = `mh-error-${number}`;
    message.dataset.mhName = name;
    message.textContent = reason;
    const group = groupOf(control);
    const legend = group && group.querySelector("legend");
    if (legend) legend.after(message);
    else if (group) group.prepend(message);
    else (control.closest("label") || control).after(message);
    const box = group || control.closest(".mh-question") || control;
    box.classList.add("mh-invalid");
    box.dataset.mhName = name;
    for (const same of controls()) {
      if (same.name !== name) continue;
      same.setAttribute("aria-invalid", "true");
      same.setAttribute("aria-describedby", [same.getAttribute("aria-describedby"), message.id].filter(Boolean).join(" "));
    }
  };

  const showSummary = (sentence) => {
    document.querySelector(".mh-summary")?.remove();
    const summary = document.createElement("div");
    summary.className = "mh-summary";
    summary.setAttribute("role", "alert");
    summary.tabIndex = -1;
    const heading = document.createElement("strong");
    heading.textContent = sentence;
    summary.append(heading);
    document.body.prepend(summary);
    return summary;
  };

  const showWrong = (found) => {
    for (const place of document.querySelectorAll(".mh-error")) unmark(place.dataset.mhName);
    for (const control of ownControls()) control.showProblem("");
    const summary = showSummary(texts.summary);
    const list = document.createElement("ul");
    summary.append(list);
    let number = 0;
    for (const [name, [control, reason]] of found) {
      mark(name, control, reason, ++number);
      const link = document.createElement("a");
      link.href = "#";
      link.textContent = reason === texts.missing ? labelOf(control) : `${labelOf(control)} — ${reason}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        // What hides it (a tab) may show it first.
        control.dispatchEvent(new CustomEvent("manyhands-reveal", { bubbles: true, composed: true }));
        control.focus();
        (groupOf(control) || control).scrollIntoView({ block: "center" });
      });
      const item = document.createElement("li");
      item.dataset.mhName = name;
      item.append(link);
      list.append(item);
    }
    summary.focus();
    summary.scrollIntoView({ block: "start" });
    say("invalid", { fields: [...found].map(([name, [control]]) => ({ name, label: labelOf(control) })) });
  };

  /** What the server found missing, with the controls of this document. */
  const fromServer = (names) => {
    const found = new Map();
    for (const name of names) {
      const control = controls().find((each) => each.name === name);
      if (control) found.set(name, [control, (data.problems || {})[name] || texts.missing]);
    }
    return found;
  };

  /* Files: sent by the page around as soon as they are chosen; without it they go with the answer --------- */

  // By field: { state: "kept" | "sending" | "later", name, size, id, share }.
  const files = new Map(Object.entries(data.files || {}).map(([name, file]) => [name, { state: "kept", ...file }]));
  const PIECE_BYTES = 4 * 1024 * 1024;
  let hostTakesFiles = false;
  let fileNumber = 0;
  const inWords = (name, values) => (texts[name] || "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

  /** The place below the field that says which file it has, and the element in it that is read aloud. */
  const placeOf = (control) => {
    const place = document.querySelector(`.mh-file[data-mh-file="${CSS.escape(control.name)}"]`);
    if (place) return place;
    const made = document.createElement("span");
    made.className = "mh-file";
    made.dataset.mhFile = control.name;
    const status = Object.assign(document.createElement("span"), { className: "mh-file-status" });
    status.setAttribute("role", "status");
    made.append(status);
    (control.closest("label") || control).after(made);
    return made;
  };

  const showFile = (control, said = "") => {
    const file = files.get(control.name);
    control.required = (data.required || []).includes(control.name) && !file;
    if (!file && !said) {
      document.querySelector(`.mh-file[data-mh-file="${CSS.escape(control.name)}"]`)?.remove();
      return;
    }
    const place = placeOf(control);
    const words = { kept: "file_kept", sending: "file_sending", later: "file_later" };
    const sentence = file ? inWords(words[file.state], file) : said;
    const status = place.firstElementChild;
    const text = file?.state === "kept" ? `${sentence} (${file.size})` : sentence;
    // Said once, not with every step.
    if (status.textContent !== text) status.textContent = text;
    let bar = place.querySelector("progress");
    if (file?.state === "sending" && !bar) {
      bar = Object.assign(document.createElement("progress"), { max: 1 });
      bar.setAttribute("aria-label", sentence);
      status.after(bar);
    }
    if (file?.state !== "sending") bar?.remove();
    else if (file.share !== undefined) bar.value = file.share;
    let button = place.querySelector("button");
    if (!file || file.state === "later") {
      button?.remove();
      return;
    }
    if (!button) {
      button = Object.assign(document.createElement("button"), { type: "button" });
      button.addEventListener("click", () => takeBack(control));
      place.append(button);
    }
    const stops = file.state === "sending";
    button.textContent = stops ? texts.file_stop_short : texts.file_remove_short;
    button.setAttribute("aria-label", inWords(stops ? "file_stop" : "file_remove", file));
  };

  const onFileChosen = (control) => {
    const [file] = control.files;
    if (!file || !hostTakesFiles || data.mode !== "work" || sent) return;
    const limit = (data.fileLimits || {})[control.name];
    if (limit && file.size > limit.bytes) {
      control.value = "";
      refuse(control, inWords("file_too_large", { most: limit.words }));
      return;
    }
    const before = files.get(control.name);
    // One that is being sent gives way; what is kept stays until the new one is.
    if (before?.state === "sending") say("file-stop", { id: before.id });
    const id = ++fileNumber;
    const kept = before?.state === "kept" ? before : before?.before;
    files.set(control.name, { state: "sending", name: file.name, id, before: kept });
    unmark(control.name);
    showFile(control);
    sendFile(id, control.name, file);
  };

  /** Hand the file to the page around, a piece at a time: the file itself can be read by this document alone. */
  const sendFile = async (id, field, file) => {
    try {
      for (let start = 0; start < file.size; start += PIECE_BYTES) {
        const piece = await file.slice(start, start + PIECE_BYTES).arrayBuffer();
        if (files.get(field)?.id !== id) return;
        host.postMessage({ manyhands: "file-piece", id, piece }, "*", [piece]);
      }
      say("file-send", { id, field, name: file.name, type: file.type });
    } catch {
      // It was moved or changed meanwhile; the browser says so when it sends the form.
      onFileTold({ id, state: "failed" });
    }
  };

  const refuse = (control, reason) => {
    unmark(control.name);
    mark(control.name, control, reason, `file-${++fileNumber}`);
    control.focus();
  };

  const takeBack = (control) => {
    const file = files.get(control.name);
    if (!file) return;
    if (file.state === "sending") {
      say("file-stop", { id: file.id });
      endFile(control, file.before);
    } else {
      file.id = ++fileNumber;
      say("file-remove", { id: file.id, field: control.name });
    }
    control.focus();
  };

  /** The field is empty again, and what is kept for it, if anything, is what counts. */
  const endFile = (control, kept, said = "") => {
    control.value = "";
    if (kept) files.set(control.name, kept);
    else files.delete(control.name);
    showFile(control, said);
  };

  const onFileTold = (message) => {
    const found = [...files].find(([, file]) => file.id === message.id);
    const control = found && controls().find((each) => isFile(each) && each.name === found[0]);
    if (!control) return;
    const [name, file] = found;
    if (message.state === "sending") {
      file.share = message.share;
      showFile(control);
    } else if (message.state === "kept") {
      endFile(control, { state: "kept", name: String(message.name), size: String(message.size) });
      unmark(name);
    } else if (message.state === "removed") endFile(control, null, inWords("file_removed", file));
    else if (message.state === "refused") {
      endFile(control, file.state === "sending" ? file.before : file);
      refuse(control, String(message.message));
    } else if (file.state === "sending") {
      files.set(name, { state: "later", name: file.name, before: file.before });
      showFile(control);
    }
  };

  /* Submitting ---------------------------------------------------------------------------------- */

  /** Required fields that the template's script has made optional meanwhile: the server asks for them else. */
  const noteOptional = (form) => {
    const optional = (data.required || []).filter((name) => {
      const same = controls().filter((control) => control.name === name);
      return !same.some(
        (control) => !control.matches(":disabled") && (control.required || control.closest("fieldset[data-required]")),
      );
    });
    let field = form.elements.namedItem("manyhandsOptional");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "manyhandsOptional" });
      form.append(field);
    }
    field.value = JSON.stringify(optional);
  };

  /* What is recorded: how often keys, a pointer and the clipboard were used, and how often and how long the
     page was left. Counts only, never what was typed or where. The worker's page says so. */
  const counts = { keys: 0, pointer: 0, changes: 0, pastes: 0, leaves: 0, away_s: 0, resumed: data.draft ? 1 : 0 };
  let leftAt = 0;
  const count = (kind, name) =>
    window.addEventListener(kind, (event) => {
      if (event.isTrusted) counts[name] += 1;
    }, true);
  for (const [kind, name] of [["keydown", "keys"], ["pointerdown", "pointer"], ["click", "changes"], ["input", "changes"], ["paste", "pastes"]]) {
    count(kind, name);
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      counts.leaves += 1;
      leftAt = Date.now();
    } else if (leftAt) {
      counts.away_s += Math.round((Date.now() - leftAt) / 1000);
      leftAt = 0;
    }
  });
  const noteCounts = (form) => {
    let field = form.elements.namedItem("manyhandsReport");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "manyhandsReport" });
      form.append(field);
    }
    field.value = JSON.stringify(counts);
  };

  /* Scripts build forms of their own to any of MTurk's addresses: the answer goes to the assignment's own. */
  const direct = (form) => {
    if (data.mode !== "work" || form.elements.namedItem("manyhandsToken")) return;
    if (/\/mturk\/externalSubmit\/?(?:[?#]|$)/.test(form.getAttribute("action") || "")) {
      form.setAttribute("action", `${data.turk.turkSubmitTo}mturk/externalSubmit`);
    }
  };
  const sendForm = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function submitDirected() {
    direct(this);
    return sendForm.call(this);
  };

  const onSubmit = (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    if (data.mode !== "work" || sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const found = wrong();
    if (found.size) {
      event.preventDefault();
      event.stopImmediatePropagation();
      showWrong(found);
      return;
    }
    direct(event.target);
    noteOptional(event.target);
    noteCounts(event.target);
    // After the template's own listeners, which may still hold the form back.
    setTimeout(() => {
      if (event.defaultPrevented) return;
      sent = true;
      say("submitting");
    });
  };

  const submit = () => {
    const form = mainForm();
    if (!form) return;
    const button = [...form.elements].find((element) => element.type === "submit" && !element.disabled);
    form.requestSubmit(button);
  };

  /* Keys ------------------------------------------------------------------------------------------ */

  const choices = (name) => controls().filter((control) => isChoice(control) && control.name === name && !control.disabled);
  const isSeen = (control) => (control.closest("label") || control).getClientRects().length > 0;

  /** The group that number keys choose in: the one with the focus, else the first without an answer. */
  const currentGroup = () => {
    const active = document.activeElement;
    if (active && active.matches("input[type=radio], input[type=checkbox]") && active.name) return choices(active.name);
    const names = [...new Set(controls().filter((control) => control.type === "radio").map((control) => control.name))];
    const groups = names.map(choices).filter((group) => group.length && group.some(isSeen));
    return groups.find((group) => !group.some((control) => control.checked)) || (groups.length === 1 ? groups[0] : []);
  };

  const showKeys = () => {
    const group = data.mode === "work" ? currentGroup() : [];
    const box = group.length ? groupOf(group[0]) : null;
    for (const each of document.querySelectorAll(".mh-keys")) if (each !== box) each.classList.remove("mh-keys");
    if (box) box.classList.add("mh-keys");
  };

  const onKey = (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
      return;
    }
    // Inside an element with a shadow root the target is its host, and says nothing of a text field in it.
    const [target] = event.composedPath();
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key) || isText(target)) return;
    const chosen = currentGroup()[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    chosen.click();
  };

  /* The page around ---------------------------------------------------------------------------------- */

  const instructions = () => [...document.querySelectorAll(INSTRUCTIONS)];

  const sayReady = () =>
    say("ready", { assignmentId: data.assignmentId || null, hasInstructions: instructions().length > 0 });

  /* The answers once more, as a person reads them ------------------------------------------------ */

  const SHOWN_MAX = 500;
  const shownValues = (control) => {
    if (isChoice(control)) return control.checked ? [control.labels.length ? textOf(control.labels[0]) : control.value] : [];
    if (control.matches("select")) return [...control.selectedOptions].filter((one) => one.value).map(textOf);
    const value = isFile(control) ? (files.get(control.name) || control.files[0] || { name: "" }).name : control.value;
    return value.trim() ? [value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)} …` : value] : [];
  };

  const sayAnswers = () => {
    const missing = wrong();
    const fields = new Map();
    for (const control of controls()) {
      const values = control.disabled ? [] : shownValues(control);
      // What the template keeps for itself has no label and is of interest only when it holds something.
      if (control.type === "hidden" && !values.length) continue;
      const field = fields.get(control.name) || { label: labelOf(control), values: [], missing: missing.has(control.name) };
      field.values.push(...values);
      fields.set(control.name, field);
    }
    for (const control of ownControls()) {
      if (control.disabled) continue;
      const field = fields.get(control.name) || { label: labelOf(control), values: [], missing: missing.has(control.name) };
      field.values.push(...control.shownValues());
      fields.set(control.name, field);
    }
    say("answers", { fields: [...fields.values()] });
  };

  const onMessage = (event) => {
    if (!host || event.source !== host || !event.data || typeof event.data !== "object") return;
    const message = event.data;
    if (message.manyhands === "submit") submit();
    else if (message.manyhands === "review") sayAnswers();
    else if (message.manyhands === "instructions") {
      for (const each of instructions()) each.hidden = !message.show;
    } else if (message.manyhands === "host") {
      // The page around may have started listening after "ready" was said: once, say it again.
      if (!greeted && data.mode !== "page") {
        greeted = true;
        sayReady();
      }
      for (const each of document.querySelectorAll("[data-supplied]")) each.hidden = true;
      hostTakesFiles = Boolean(message.files);
    } else if (message.manyhands === "file") {
      onFileTold(message);
    } else if (message.manyhands === "theme" && document.querySelector("[data-color-scheme]")) {
      // Templates that know one scheme only keep it.
      document.documentElement.style.colorScheme = ["light", "dark"].includes(message.scheme) ? message.scheme : "";
    }
  };

  const showPreview = () => {
    const note = document.createElement("p");
    note.className = "mh-note";
    note.setAttribute("role", "note");
    note.textContent = texts.preview;
    // A requester's trial has nothing to accept, and no note.
    if (texts.preview) document.body.prepend(note);
    for (const button of document.querySelectorAll("button, input[type=submit], input[type=image]")) {
      if (["submit", "image"].includes(button.type)) button.disabled = true;
    }
  };

  const start = () => {
    for (const form of document.forms) form.noValidate = true;
    if (data.mode === "work") for (const control of controls().filter(isFile)) showFile(control);
    if (data.mode === "preview") showPreview();
    // The one field of crowd elements is theirs to put back.
    const draft = (data.draft || []).filter(([name]) => name !== "taskAnswers");
    if (draft.length) restore(draft, controls());
    lastDraft = JSON.stringify(snapshot());
    const known = new Set(controls());
    window.addEventListener("load", () => {
      // Fields that the template's own scripts have made meanwhile.
      const late = controls().filter((control) => !known.has(control));
      if (draft.length && late.length) restore(draft, late);
    });
    const missing = fromServer([...(data.missing || []), ...Object.keys(data.problems || {})]);
    if (missing.size) showWrong(missing);
    else if (data.notice) showSummary(data.notice).focus();
    showKeys();
    if (data.submitted) say("submitted", data.submitted);
    if (data.problem) say("problem", data.problem);
    if (data.mode !== "page") sayReady();
  };

  window.addEventListener("submit", onSubmit, true);
  window.addEventListener("message", onMessage);
  window.addEventListener("keydown", onKey);
  window.addEventListener("focusin", showKeys);
  window.addEventListener("pagehide", sendDraft);
  for (const kind of ["input", "change"]) {
    window.addEventListener(kind, (event) => {
      // A template's own script may send the event from the document, which has no attributes.
      const isMarked = event.target.hasAttribute?.("aria-invalid") || "invalid" in (event.target.dataset ?? {});
      if (kind === "change" && event.target.type === "file") onFileChosen(event.target);
      if (event.target.name && isMarked && !wrong().has(event.target.name)) unmark(event.target.name);
      showKeys();
      draftSoon();
    });
  }
  start();
})();
