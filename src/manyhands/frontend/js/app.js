// The installable app: the service worker, and 'Install the app' in the profile menu.
//
// The menu's entry is a link to a page that tells how; where the browser offers to install by itself, a
// press on it asks the browser instead.
import { language, memory } from "./page.js";

const SHELL_LANGUAGE = "app:shell";
let offer = null;

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
});
window.addEventListener("appinstalled", () => { offer = null; });

document.addEventListener("click", (event) => {
  if (!offer || !event.target.closest?.("[data-install]")) return;
  event.preventDefault();
  offer.prompt();
  offer = null;
});

async function serve() {
  const registration = await navigator.serviceWorker.register("/sw.js");
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
  if (!worker || memory.get(SHELL_LANGUAGE) === language) return;
  memory.set(SHELL_LANGUAGE, language);
  worker.postMessage("shell");
}

// After the page: nothing here is needed to see it.
if ("serviceWorker" in navigator) {
  window.addEventListener("load", () => serve().catch(() => { /* refused: the site works without */ }));
}

for (const again of document.querySelectorAll("[data-reload]")) again.addEventListener("click", () => location.reload());
