// A reminder to take a break after so many minutes of work on end, kept on this device across tasks.
//
// Work is on end while task pages are open without a pause of five minutes. The reminder stands above the
// buttons, never over the timer or the answers, and takes no focus.
import { announce, memory } from "./page.js";

const MINUTES = "breaks:minutes";
const WORKED = "breaks:worked";
const USUAL = "50";
const PAUSE_MS = 5 * 60000;
const LATER_MS = 10 * 60000;
const LOOK_MS = 20000;

const box = document.querySelector("[data-break]");
const choice = document.querySelector("[data-break-minutes]");
const wanted = () => Number(memory.get(MINUTES) ?? USUAL) * 60000;

function worked() {
  const [since, seen] = (memory.get(WORKED) ?? "").split(" ").map(Number);
  const now = Date.now();
  return seen && now >= seen && now - seen < PAUSE_MS ? since : now;
}

const keep = (since) => memory.set(WORKED, `${since} ${Date.now()}`);

function look() {
  if (document.visibilityState === "hidden") return;
  const since = worked();
  keep(since);
  const isDue = wanted() > 0 && Date.now() - since >= wanted();
  if (isDue && box.hidden) announce(box.textContent.trim());
  box.hidden = !isDue;
}

if (box) {
  box.querySelector("[data-break-taken]").addEventListener("click", () => { keep(Date.now()); look(); });
  box.querySelector("[data-break-later]").addEventListener("click", () => { keep(Date.now() - wanted() + LATER_MS); look(); });
  if (choice) {
    choice.value = memory.get(MINUTES) ?? USUAL;
    choice.addEventListener("change", () => { memory.set(MINUTES, choice.value); look(); });
  }
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", look);
  look();
}
