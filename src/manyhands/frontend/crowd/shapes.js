// The geometry of what is drawn on an image: pure functions, in pixels of the image as it is.
//
// A shape is {label, points}; a box has two of its corners as points.

const round = Math.round;
const vertices = (points) => points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
const point = (value) => ({ x: Number(value?.x) || 0, y: Number(value?.y) || 0 });

function edges(points) {
  const xs = points.map((each) => each.x);
  const ys = points.map((each) => each.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function corners(points) {
  const { left, top, right, bottom } = edges(points);
  return [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }];
}

const ofVertices = {
  handles: (points) => points,
  moved: (points, index, to) => points.map((each, at) => (at === index ? to : each)),
  toAnswer: ({ label, points }) => ({ label, vertices: vertices(points) }),
  fromAnswer: (value) => ({ label: String(value?.label ?? ""), points: (value?.vertices ?? []).map(point) }),
};

/** What tells the kinds apart. `least` and `most` count points; `answer` is the name in the output. */
export const KINDS = {
  box: {
    answer: "boundingBoxes",
    least: 2,
    most: 2,
    handles: corners,
    moved: (points, index, to) => [corners(points)[(index + 2) % 4], to],
    toAnswer({ label, points }) {
      const { left, top, right, bottom } = edges(points);
      return { height: round(bottom) - round(top), label, left: round(left), top: round(top), width: round(right) - round(left) };
    },
    fromAnswer(value) {
      const [left, top] = [Number(value?.left) || 0, Number(value?.top) || 0];
      const far = { x: left + (Number(value?.width) || 0), y: top + (Number(value?.height) || 0) };
      return { label: String(value?.label ?? ""), points: [{ x: left, y: top }, far] };
    },
    starter: (x, y, size) => [{ x: x - size, y: y - size }, { x: x + size, y: y + size }],
  },
  polygon: {
    ...ofVertices,
    answer: "polygons",
    least: 3,
    most: Infinity,
    isClosed: true,
    starter: (x, y, size) => corners([{ x: x - size, y: y - size }, { x: x + size, y: y + size }]),
  },
  polyline: {
    ...ofVertices,
    answer: "polylines",
    least: 2,
    most: Infinity,
    starter: (x, y, size) => [{ x: x - size, y }, { x, y: y - size / 2 }, { x: x + size, y }],
  },
  line: { ...ofVertices, answer: "lines", least: 2, most: 2, starter: (x, y, size) => [{ x: x - size, y }, { x: x + size, y }] },
  keypoint: {
    ...ofVertices,
    answer: "keypoints",
    least: 1,
    most: 1,
    toAnswer: ({ label, points: [{ x, y }] }) => ({ label, x: round(x), y: round(y) }),
    fromAnswer: (value) => ({ label: String(value?.label ?? ""), points: [point(value)] }),
    starter: (x, y) => [{ x, y }],
  },
};

export const within = ({ x, y }, { width, height }) => ({ x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) });

/** All points moved alike, and no further than the image's edge. */
export function shifted(points, dx, dy, { width, height }) {
  const { left, top, right, bottom } = edges(points);
  const x = Math.min(width - right, Math.max(-left, dx));
  const y = Math.min(height - bottom, Math.max(-top, dy));
  return points.map((each) => ({ x: each.x + x, y: each.y + y }));
}

/** The shape in words that need no language: its label and its numbers. */
export function described(kind, shape) {
  const { label, left, top, width, height, x, y, vertices: all } = kind.toAnswer(shape);
  if (width !== undefined) return `${label}: ${left}, ${top}, ${width} × ${height}`;
  if (x !== undefined) return `${label}: ${x}, ${y}`;
  const shown = all.slice(0, 6).map((each) => `${each.x}, ${each.y}`).join("; ");
  return `${label}: ${shown}${all.length > 6 ? `; … (${all.length})` : ""}`;
}

export const isLarge = (kind, points) => {
  if (points.length < kind.least) return false;
  const { left, top, right, bottom } = edges(points);
  if (kind === KINDS.box) return right - left >= 1 && bottom - top >= 1;
  return kind.most === 1 || right - left >= 1 || bottom - top >= 1;
};

export { corners, edges };
