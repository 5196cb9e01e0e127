// A map of an image that says for each pixel what it belongs to: 0 nothing, else the number of a part.
// Pure arithmetic; edges are exact, so that a picture of it has the parts' own colours and no others.

export const PARTS_MAX = 255;

export class LabelMap {
  constructor(width, height, pixels = new Uint8Array(width * height)) {
    Object.assign(this, { width, height, pixels });
  }

  copy() { return new LabelMap(this.width, this.height, this.pixels.slice()); }

  /** The whole pixels between these bounds, or null when there are none. */
  bounds(left, top, right, bottom) {
    const box = {
      left: Math.max(0, Math.floor(left)), top: Math.max(0, Math.floor(top)),
      right: Math.min(this.width, Math.ceil(right)), bottom: Math.min(this.height, Math.ceil(bottom)),
    };
    return box.left < box.right && box.top < box.bottom ? box : null;
  }

  /** All within `radius` of the way from one point to the other. Returns the box that may have changed. */
  stroke(from, to, radius, part) {
    const box = this.bounds(
      Math.min(from.x, to.x) - radius, Math.min(from.y, to.y) - radius, Math.max(from.x, to.x) + radius, Math.max(from.y, to.y) + radius,
    );
    if (!box) return null;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    for (let y = box.top; y < box.bottom; y += 1) {
      for (let x = box.left; x < box.right; x += 1) {
        const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
        const along = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
        const [ox, oy] = [px - along * dx, py - along * dy];
        if (ox * ox + oy * oy <= radius * radius) this.pixels[y * this.width + x] = part;
      }
    }
    return box;
  }

  /** All inside a polygon, by rows: between the first and second crossing, the third and fourth, and so on. */
  fill(points, part) {
    const xs = points.map((each) => each.x);
    const ys = points.map((each) => each.y);
    const box = this.bounds(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
    if (!box) return null;
    for (let y = box.top; y < box.bottom; y += 1) {
      const crossings = this.crossings(points, y + 0.5);
      for (let at = 0; at + 1 < crossings.length; at += 2) {
        const start = Math.max(0, Math.ceil(crossings[at] - 0.5));
        const end = Math.min(this.width, Math.ceil(crossings[at + 1] - 0.5));
        if (start < end) this.pixels.fill(part, y * this.width + start, y * this.width + end);
      }
    }
    return box;
  }

  crossings(points, y) {
    const found = [];
    for (const [index, one] of points.entries()) {
      const other = points[(index + 1) % points.length];
      if (one.y <= y !== other.y <= y) found.push(one.x + ((y - one.y) * (other.x - one.x)) / (other.y - one.y));
    }
    return found.sort((one, other) => one - other);
  }

  /** Take a part off the map. */
  clear(part) {
    for (let at = 0; at < this.pixels.length; at += 1) if (this.pixels[at] === part) this.pixels[at] = 0;
  }

  /** How many pixels each part has, by its number. */
  counts() {
    const counts = new Array(PARTS_MAX + 1).fill(0);
    for (const part of this.pixels) counts[part] += 1;
    return counts;
  }

  /** The picture of a box of the map; `colours` are [r, g, b] by number. */
  picture({ left, top, right, bottom }, colours) {
    const image = new ImageData(right - left, bottom - top);
    let to = 0;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1, to += 4) {
        const colour = colours[this.pixels[y * this.width + x]];
        if (!colour) continue;
        [image.data[to], image.data[to + 1], image.data[to + 2]] = colour;
        image.data[to + 3] = 255;
      }
    }
    return image;
  }

  /** Read a picture back: pixels of a known colour are that part. */
  static read(image, numberOf) {
    const map = new LabelMap(image.width, image.height);
    for (let at = 0; at < map.pixels.length; at += 1) {
      const [r, g, b, a] = image.data.subarray(4 * at, 4 * at + 4);
      if (a > 127) map.pixels[at] = numberOf((r << 16) | (g << 8) | b);
    }
    return map;
  }
}
