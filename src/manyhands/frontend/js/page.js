// What the parts share: words in the reader's language, announcements, toasts, and a hook for new content.

const words = JSON.parse(document.getElementById("site-words")?.textContent ?? "{}");

/** A sentence in the reader's language, its {placeholders} filled. */
export function say(name, values = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export const language = document.documentElement.lang || "en";

/** Tell a screen reader, politely. */
export function announce(text) {
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
}

/** Show a short message in the corner. tone: good, warn, bad or nothing. */
export function toast(text, tone = "") {
  const place = document.getElementById("toasts");
  if (!place || !text) return;
  const box = document.createElement("div");
  box.className = tone ? `message message-${tone}` : "message";
  const body = document.createElement("div");
  body.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link-button small";
  close.textContent = say("dismiss");
  close.addEventListener("click", () => box.remove());
  box.append(body, close);
  place.append(box);
  // Bad news stays until it is dismissed.
  if (tone !== "bad") setTimeout(() => box.remove(), 8000);
}

/** Call `work(root)` for the page now, and for every part that htmx puts in later. */
export function onContent(work) {
  work(document);
  document.addEventListener("htmx:load", (event) => work(event.detail.elt));
}

/** A value remembered on this device; storage may be refused, then nothing is remembered. */
export const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* refused: not remembered */ } },
};
