// One style sheet for all shadow roots: the site's own tokens and the controls drawn with them.
import tokens from "../css/tokens.css";
import boxes from "./document.css";
import shapes from "./annotation.css";
import controls from "./controls.css";

// Whether it is light or dark is the template's decision, so the tokens' own is left out.
const ofHost = tokens.replace("color-scheme: light dark;", "").replaceAll(":root", ":host").replace(/\[data-theme[^}]*\}/g, "");

export const sheet = new CSSStyleSheet();
sheet.replaceSync(ofHost + controls + shapes);

/** The boxes that the elements are in the template's own document. */
export function adoptBoxes() {
  const own = new CSSStyleSheet();
  own.replaceSync(boxes);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, own];
}
