// Menus that close, details that remember, dialogs that open, text that copies.
import { memory, onContent, say, toast } from "./page.js";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest?.("[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  if (event.target.matches?.("dialog") && outside(event)) event.target.close();
  const copier = event.target.closest?.("[data-copy]");
  if (copier) navigator.clipboard?.writeText(copier.dataset.copy).then(() => toast(say("copied"), "good"));
  const opensAll = event.target.closest?.("[data-open-all]");
  if (opensAll) openAll(opensAll);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

function outside(event) {
  const box = event.target.getBoundingClientRect();
  const within = event.clientX >= box.left && event.clientX <= box.right;
  return !(within && event.clientY >= box.top && event.clientY <= box.bottom);
}

/** <button data-open-all="selector" aria-pressed>: opens all, or closes all when pressed again. */
function openAll(button) {
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  for (const details of document.querySelectorAll(button.dataset.openAll)) details.open = open;
}

// <details data-remember="instructions">: open or closed as the reader left it on this device.
onContent((root) => {
  for (const details of root.querySelectorAll("details[data-remember]")) {
    const key = `open:${details.dataset.remember}`;
    const left = memory.get(key);
    if (left !== null) details.open = left === "1";
    details.addEventListener("toggle", () => memory.set(key, details.open ? "1" : "0"));
  }
});
