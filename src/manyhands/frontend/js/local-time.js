// <time datetime data-local="datetime|date|time">: in the person's zone (a visitor's: the browser's) and
// language; the title names the zone.
import { language, onContent } from "./page.js";

const styles = {
  datetime: { dateStyle: "medium", timeStyle: "short" },
  date: { dateStyle: "medium" },
  time: { timeStyle: "short" },
};

const zone = document.documentElement.dataset.zone;

function written(style) {
  try {
    return new Intl.DateTimeFormat(language, { ...style, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(language, style); // a zone this browser has not heard of
  }
}

// Sign-up: the account begins in the browser's zone.
onContent((root) => {
  for (const field of root.querySelectorAll("[data-browser-zone]")) {
    field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
});

onContent((root) => {
  const full = written({ dateStyle: "full", timeStyle: "long" });
  for (const time of root.querySelectorAll("time[data-local]")) {
    const instant = new Date(time.dateTime);
    if (Number.isNaN(instant.valueOf())) continue;
    time.textContent = written(styles[time.dataset.local] ?? styles.datetime).format(instant);
    time.title = full.format(instant);
  }
});
