// <mh-timer deadline-ms server-now-ms [total-ms]>: counts down by the server's clock.
//
// The offset between the clocks is taken once; every tick is arithmetic on the wall clock, so a laptop
// that slept shows the right time when it wakes. Only the server decides what is too late.
import { announce, language, say } from "./page.js";

const WARN_SHARE = 0.2;
const URGENT_SHARE = 0.05;

class Timer extends HTMLElement {
  connectedCallback() {
    this.deadline = Number(this.getAttribute("deadline-ms"));
    const serverNow = Number(this.getAttribute("server-now-ms")) || Date.now();
    this.offset = serverNow - whenAnswered();
    this.total = Number(this.getAttribute("total-ms")) || this.deadline - serverNow;
    this.level = "";
    this.setAttribute("role", "timer");
    this.tick = this.tick.bind(this);
    document.addEventListener("visibilitychange", this.tick);
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.next);
    document.removeEventListener("visibilitychange", this.tick);
  }

  tick() {
    clearTimeout(this.next);
    const left = Math.max(0, this.deadline - (Date.now() + this.offset));
    this.textContent = left ? clock(left) : say("time_up");
    this.enter(levelOf(left / this.total), left);
    if (left) this.next = setTimeout(this.tick, (left % 1000) + 5);
  }

  enter(level, left) {
    if (level === this.level) return;
    this.level = level;
    for (const name of ["warn", "urgent", "over"]) this.classList.toggle(`is-${name}`, name === level);
    if (!level) return;
    announce(level === "over" ? say("time_up") : say("time_left", { time: spoken(left) }));
    this.dispatchEvent(new CustomEvent(`mh-timer:${level}`, { bubbles: true, detail: { left } }));
  }
}

/** The moment the server's answer arrived, or now for a part that came later. */
function whenAnswered() {
  const answered = performance.getEntriesByType("navigation")[0]?.responseStart;
  return answered && document.readyState !== "complete" ? performance.timeOrigin + answered : Date.now();
}

function levelOf(share) {
  if (share <= 0) return "over";
  if (share <= URGENT_SHARE) return "urgent";
  return share <= WARN_SHARE ? "warn" : "";
}

function clock(left) {
  const seconds = Math.ceil(left / 1000);
  const pad = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

function spoken(left) {
  const unit = left >= 60000 ? "minute" : "second";
  const number = Math.max(1, Math.round(left / (unit === "minute" ? 60000 : 1000)));
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number);
}

customElements.define("mh-timer", Timer);
