// Forms: go to the error summary, send filters as they change, check all, and press a button only once.
import { onContent } from "./page.js";

onContent((root) => root.querySelector("[data-focus-first]")?.focus());

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-autosubmit]")) field.form?.requestSubmit();
  if (field.matches("[data-check-all]")) {
    for (const box of document.querySelectorAll(field.dataset.checkAll)) {
      if (box.checked === field.checked) continue;
      box.checked = field.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
});

// <form data-once>: a second press while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// <form data-leave-empty>: what was not filled in does not come into the address.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-leave-empty]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});
