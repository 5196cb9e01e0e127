// <time datetime data-local="datetime|date|time">: in the browser's zone and language; the title names the zone.
import { language, onContent } from "./page.js";

const styles = {
  datetime: { dateStyle: "medium", timeStyle: "short" },
  date: { dateStyle: "medium" },
  time: { timeStyle: "short" },
};

onContent((root) => {
  const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  for (const time of root.querySelectorAll("time[data-local]")) {
    const instant = new Date(time.dateTime);
    if (Number.isNaN(instant.valueOf())) continue;
    time.textContent = new Intl.DateTimeFormat(language, styles[time.dataset.local] ?? styles.datetime).format(instant);
    time.title = full.format(instant);
  }
});
