// htmx: the CSRF token from the page (its cookie is not for scripts), failures in words, toasts by header.
import { say, toast } from "./page.js";

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (event.detail.verb !== "get" && token) event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401 || status === 403) toast(say("signed_out"), "bad");
  else if (status === 429) toast(say("too_many"), "warn");
  else toast(event.detail.xhr.getResponseHeader("X-Message") || say("failed"), "bad");
});

document.addEventListener("htmx:sendError", () => toast(say("offline"), "bad"));

// Answer with the header HX-Trigger: {"toast": {"text": "…", "tone": "good"}}
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.tone));
