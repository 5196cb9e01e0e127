// What an earlier task drew on an image, shown over it to be judged: boxes, or a coloured mask.
import { make } from "./element.js";
import { colourOf } from "./palette.js";

/** `over` lies on the image and has its size. Everything is placed in shares of it. */
export function drawOverlay(over, image, overlay) {
  over.replaceChildren();
  const boxes = overlay?.boundingBox;
  const mask = overlay?.semanticSegmentation ?? overlay?.instanceSegmentation;
  if (mask?.src) over.append(make("img", { src: String(mask.src), alt: "", className: "mask" }));
  if (!Array.isArray(boxes?.value)) return;
  const place = () => over.replaceChildren(...boxes.value.map((box) => boxOf(box, boxes.labels ?? [], image)));
  if (image.naturalWidth) place();
  else image.addEventListener("load", place, { once: true });
}

function boxOf(box, labels, image) {
  const share = (length, whole) => `${(100 * Number(length)) / (whole || 1)}%`;
  const shown = make("div", { className: "box" }, make("span", {}, String(box.label ?? "")));
  shown.style.insetInlineStart = share(box.left, image.naturalWidth);
  shown.style.insetBlockStart = share(box.top, image.naturalHeight);
  shown.style.inlineSize = share(box.width, image.naturalWidth);
  shown.style.blockSize = share(box.height, image.naturalHeight);
  shown.style.setProperty("--label", colourOf(labels, box.label));
  return shown;
}
