// @ts-check
// A text as a QR code (ISO/IEC 18004), made in the browser: a server that made it could show another key.

const ECC = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26]; // bytes of each block that mend errors, by version, at level M
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const LEVEL_M_MASK_0 = 0b101010000010010;

/** @param {number} version how many modules are free for bytes */
function room(version) {
  const aligns = Math.floor(version / 7) + 2;
  const whole = (16 * version + 128) * version + 64;
  return version < 2 ? whole : whole - ((25 * aligns - 10) * aligns - 55) - (version < 7 ? 0 : 36);
}

/** @param {number} version how many bytes fit */
const bytesOf = (version) => Math.floor(room(version) / 8) - ECC[version - 1] * BLOCKS[version - 1];

/** @param {number} one @param {number} other @returns {number} */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

/** @param {number} degree @returns {number[]} */
function divisor(degree) {
  const found = [...new Array(degree - 1).fill(0), 1];
  for (let step = 0, root = 1; step < degree; step += 1, root = times(root, 2))
    for (let at = 0; at < degree; at += 1) found[at] = times(found[at], root) ^ (found[at + 1] ?? 0);
  return found;
}

/** What mends errors in a block. @param {number[]} block @param {number[]} by */
function remainder(block, by) {
  const found = new Array(by.length).fill(0);
  for (const each of block) {
    const factor = each ^ found.shift();
    found.push(0);
    by.forEach((value, at) => (found[at] ^= times(value, factor)));
  }
  return found;
}

/** @param {Uint8Array} content @param {number} version */
function padded(content, version) {
  const bits = [0b0100, content.length].map((each, at) => each.toString(2).padStart(at ? (version < 10 ? 8 : 16) : 4, "0"));
  for (const each of content) bits.push(each.toString(2).padStart(8, "0"));
  const spelled = `${bits.join("")}0000`;
  const bytes = (spelled.padEnd(Math.ceil(spelled.length / 8) * 8, "0").match(/.{8}/g) ?? []).map((each) => parseInt(each, 2));
  for (let fill = 0xec; bytes.length < bytesOf(version); fill ^= 0xec ^ 0x11) bytes.push(fill);
  return bytes.slice(0, bytesOf(version));
}

/** All bytes in the order that they are drawn in. @param {number[]} bytes @param {number} version */
function interleaved(bytes, version) {
  const [count, ecc, whole] = [BLOCKS[version - 1], ECC[version - 1], Math.floor(room(version) / 8)];
  const [short, shorts, by] = [Math.floor(whole / count) - ecc, count - (whole % count), divisor(ecc)];
  const blocks = [];
  for (let at = 0, number = 0; number < count; number += 1) {
    const length = short + (number < shorts ? 0 : 1);
    blocks.push(bytes.slice(at, at + length));
    at += length;
  }
  const mends = blocks.map((each) => remainder(each, by));
  const drawn = [];
  for (let at = 0; at <= short; at += 1) for (const each of blocks) if (at < each.length) drawn.push(each[at]);
  for (let at = 0; at < ecc; at += 1) for (const each of mends) drawn.push(each[at]);
  return drawn;
}

class Grid {
  /** @param {number} version */
  constructor(version) {
    this.version = version;
    this.size = version * 4 + 17;
    this.dark = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
    this.fixed = this.dark.map((row) => [...row]);
  }

  /** @param {number} x @param {number} y @param {boolean} isDark */
  set(x, y, isDark) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y][x] = isDark;
    this.fixed[y][x] = true;
  }

  /** Squares in squares. @param {number} x @param {number} y @param {number} reach @param {number[]} light */
  rings(x, y, reach, light) {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1)
        this.set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  }

  frame() {
    for (let at = 0; at < this.size; at += 1) {
      this.set(6, at, at % 2 === 0);
      this.set(at, 6, at % 2 === 0);
    }
    const far = this.size - 4;
    for (const [x, y] of [[3, 3], [far, 3], [3, far]]) this.rings(x, y, 4, [2, 4]);
    const aligns = this.aligns();
    for (const [i, x] of aligns.entries())
      for (const [j, y] of aligns.entries()) {
        const isCorner = (i === 0 && j === 0) || (i === 0 && j === aligns.length - 1) || (i === aligns.length - 1 && j === 0);
        if (!isCorner) this.rings(x, y, 2, [1]);
      }
    this.words();
  }

  aligns() {
    if (this.version === 1) return [];
    const count = Math.floor(this.version / 7) + 2;
    const step = Math.ceil((this.size - 13) / (count * 2 - 2)) * 2;
    return [6, ...Array.from({ length: count - 1 }, (_, at) => this.size - 7 - (count - 2 - at) * step)];
  }

  /** What says how it is to be read: level and mask, and the version where it is large. */
  words() {
    const bit = (/** @type {number} */ at) => ((LEVEL_M_MASK_0 >>> at) & 1) === 1;
    const side = [0, 1, 2, 3, 4, 5, 7, 8];
    for (let at = 0; at < 8; at += 1) {
      this.set(8, side[at], bit(at));
      this.set(this.size - 1 - at, 8, bit(at));
    }
    for (let at = 8; at < 15; at += 1) {
      this.set(at === 8 ? 7 : 14 - at, 8, bit(at));
      this.set(8, this.size - 15 + at, bit(at));
    }
    this.set(8, this.size - 8, true);
    if (this.version < 7) return;
    let rest = this.version;
    for (let at = 0; at < 12; at += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const told = (this.version << 12) | rest;
    for (let at = 0; at < 18; at += 1)
      for (const [x, y] of [[this.size - 11 + (at % 3), Math.floor(at / 3)], [Math.floor(at / 3), this.size - 11 + (at % 3)]])
        this.set(x, y, ((told >>> at) & 1) === 1);
  }

  /** @param {number[]} bytes */
  fill(bytes) {
    let at = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step += 1)
        for (const x of [right, right - 1]) {
          const y = ((right + 1) & 2) === 0 ? this.size - 1 - step : step;
          if (this.fixed[y][x]) continue;
          const isSet = at < bytes.length * 8 && ((bytes[at >>> 3] >>> (7 - (at & 7))) & 1) === 1;
          this.dark[y][x] = isSet !== ((x + y) % 2 === 0);
          at += 1;
        }
    }
  }
}

/** The dark and light modules, row by row. @param {string} text of 213 bytes at most @returns {boolean[][]} */
export function qr(text) {
  const content = new TextEncoder().encode(text);
  const version = ECC.findIndex((_, at) => bytesOf(at + 1) >= content.length + (at < 9 ? 2 : 3)) + 1;
  if (!version) throw new RangeError("too long for a code");
  const grid = new Grid(version);
  grid.frame();
  grid.fill(interleaved(padded(content, version), version));
  return grid.dark;
}

/** The same as a picture, dark on light whatever the page's colours are. @param {string} text @param {string} label */
export function qrPicture(text, label) {
  const [rows, name] = [qr(text), "http://www.w3.org/2000/svg"];
  const picture = document.createElementNS(name, "svg");
  const edge = rows.length + 8;
  for (const [key, value] of Object.entries({ viewBox: `0 0 ${edge} ${edge}`, role: "img", "aria-label": label, class: "vault-code" }))
    picture.setAttribute(key, value);
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  for (const [fill, d] of [["#fff", `M0 0h${edge}v${edge}h-${edge}z`], ["#000", dark]]) {
    const path = picture.appendChild(document.createElementNS(name, "path"));
    path.setAttribute("fill", fill);
    path.setAttribute("d", d);
  }
  return picture;
}
