// Colours of labels: told apart by hue and lightness, white text on each keeps 4.5:1.
export const PALETTE = ["#1a6fae", "#c2410c", "#27813a", "#be2257", "#6741d9", "#0b7285", "#8a5a00", "#50565c", "#a61e4d", "#364fc7"];

/** The colour of a label: by its place in the list. */
export function colourOf(labels, label) {
  return PALETTE[Math.max(0, labels.indexOf(label)) % PALETTE.length];
}
