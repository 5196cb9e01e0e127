// Number keys anywhere in the document: for the tool with the focus, else for the first that waits for them.
const TEXTS = "textarea, select, input:not([type=radio], [type=checkbox], [type=range])";

export function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
  const [target] = event.composedPath();
  if (target.isContentEditable || target.matches?.(TEXTS)) return;
  const tools = [...document.querySelectorAll("*")].filter((each) => typeof each.press === "function" && each.localName.startsWith("crowd-"));
  const focused = tools.find((each) => each.contains(document.activeElement));
  const tool = focused ?? tools.find((each) => each.wantsKeys) ?? (tools.length === 1 ? tools[0] : null);
  if (tool?.press(event.key)) event.preventDefault();
}
