// Everything a page needs beyond HTML: each part is small, and pages work without any of it.
import "./theme.js";
import "./timer.js";
import "./htmx.js";
import "./disclosure.js";
import "./local-time.js";
import "./keys.js";
import "./forms.js";
import "./push.js";
import "./app.js";
import "./passkeys.js";

document.documentElement.classList.add("js");
