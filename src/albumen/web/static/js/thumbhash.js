// @ts-check
// ThumbHash at 16 × 16, whatever the shape: the hash holds at most 7 × 7 waves, and the page stretches the picture.
// Canvases of one size never resize, and all pictures share their tables.

const SIDE = 16;
const WAVES = 7;
const COS = Float32Array.from({ length: SIDE * WAVES }, (_, at) =>
  Math.cos((Math.PI / SIDE) * (Math.floor(at / WAVES) + 0.5) * (at % WAVES)),
);
const [LIGHT, YELLOW, RED, ALPHA] = [64, 16, 16, 32].map((many) => new Float32Array(many));

/** Reads the waves of one channel into `to`. @param {Uint8Array} hash @param {{at: number}} nibble
 * @param {Float32Array} to @param {[number, number, number]} shape how many across, down, and their scale */
function channel(hash, nibble, to, [across, down, scale]) {
  let count = 0;
  for (let y = 0; y < down; y++) {
    for (let x = y ? 0 : 1; x * down < across * (down - y); x++) {
      const value = (hash[nibble.at >> 1] >> ((nibble.at & 1) << 2)) & 15;
      nibble.at += 1;
      to[count++] = (value / 7.5 - 1) * scale;
    }
  }
}

/** The sum of a channel's waves at a point. @param {Float32Array} waves @param {number} across @param {number} down
 * @param {number} px @param {number} py offsets into the table */
function sum(waves, across, down, px, py) {
  let total = 0;
  let count = 0;
  for (let y = 0; y < down; y++) {
    const factor = COS[py + y] * 2;
    for (let x = y ? 0 : 1; x * down < across * (down - y); x++) total += waves[count++] * COS[px + x] * factor;
  }
  return total;
}

/** @param {Uint8Array} hash @returns {ImageData} */
export function decode(hash) {
  const head = hash[0] | (hash[1] << 8) | (hash[2] << 16);
  const shape = hash[3] | (hash[4] << 8);
  const hasAlpha = head >> 23;
  const isWide = shape >> 15;
  const least = hasAlpha ? 5 : 7;
  const across = Math.max(3, isWide ? least : shape & 7);
  const down = Math.max(3, isWide ? shape & 7 : least);
  const nibble = { at: hasAlpha ? 12 : 10 };
  channel(hash, nibble, LIGHT, [across, down, ((head >> 18) & 31) / 31]);
  channel(hash, nibble, YELLOW, [3, 3, (((shape >> 3) & 63) / 63) * 1.25]);
  channel(hash, nibble, RED, [3, 3, (((shape >> 9) & 63) / 63) * 1.25]);
  if (hasAlpha) channel(hash, nibble, ALPHA, [5, 5, (hash[5] >> 4) / 15]);
  const image = new ImageData(SIDE, SIDE);
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at += 4) {
      const [px, py] = [x * WAVES, y * WAVES];
      const l = (head & 63) / 63 + sum(LIGHT, across, down, px, py);
      const p = ((head >> 6) & 63) / 31.5 - 1 + sum(YELLOW, 3, 3, px, py);
      const q = ((head >> 12) & 63) / 31.5 - 1 + sum(RED, 3, 3, px, py);
      const blue = l - (2 / 3) * p;
      const red = (3 * l - blue + q) / 2;
      image.data[at] = red * 255;
      image.data[at + 1] = (red - q) * 255;
      image.data[at + 2] = blue * 255;
      image.data[at + 3] = hasAlpha ? ((hash[5] & 15) / 15 + sum(ALPHA, 5, 5, px, py)) * 255 : 255;
    }
  }
  return image;
}
