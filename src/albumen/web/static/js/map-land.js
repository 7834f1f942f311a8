// @ts-check
// Land and borders on canvas tiles, drawn from outlines that lie beside this page: no tile server is asked.

const HIGHEST = 85.0511; // degrees: where the square of a web map ends
const TILE = 256;

/** @typedef {{line: Float64Array, west: number, east: number, north: number, south: number}} Shape */
/** @typedef {{unit: number, arcs: number[][], land: number[][], borders: number[]}} Outlines */

/** @param {number} east in degrees; the share of the world's square @returns {number} */
const across = (east) => (east + 180) / 360;

/** @param {number} north */
function down(north) {
  const sine = Math.sin((Math.max(-HIGHEST, Math.min(HIGHEST, north)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** @param {number[]} steps @param {number} unit */
function placed(steps, unit) {
  const line = new Float64Array(steps.length);
  let [x, y] = [0, 0];
  for (let at = 0; at < steps.length; at += 2) {
    x += steps[at];
    y += steps[at + 1];
    line[at] = across(x / unit);
    line[at + 1] = down(y / unit);
  }
  return line;
}

/** @param {Float64Array} line */
function reversed(line) {
  const back = new Float64Array(line.length);
  for (let at = 0; at < line.length; at += 2) back.set([line[line.length - at - 2], line[line.length - at - 1]], at);
  return back;
}

/** Lines one after the other; past the date line they go on, and a ring round the pole is closed below it.
 * @param {Float64Array[]} lines @returns {Shape} */
function shape(lines) {
  /** @type {number[]} */
  const line = [];
  let shift = 0;
  for (const part of lines) {
    for (let at = 0; at < part.length; at += 2) {
      const step = line.length ? part[at] + shift - line[line.length - 2] : 0;
      if (Math.abs(step) > 0.5) shift -= Math.sign(step);
      line.push(part[at] + shift, part[at + 1]);
    }
  }
  if (shift && Math.abs(line[line.length - 2] - line[0]) > 0.5) line.push(line[line.length - 2], 1, line[0], 1);
  const found = { line: Float64Array.from(line), west: Infinity, east: -Infinity, north: 1, south: 0 };
  for (let at = 0; at < line.length; at += 2) {
    found.west = Math.min(found.west, line[at]);
    found.east = Math.max(found.east, line[at]);
    found.north = Math.min(found.north, line[at + 1]);
    found.south = Math.max(found.south, line[at + 1]);
  }
  return found;
}

/** @param {Outlines} told */
function unpacked({ unit, arcs, land, borders }) {
  const lines = arcs.map((steps) => placed(steps, unit));
  const walked = (/** @type {number} */ arc) => (arc < 0 ? reversed(lines[~arc]) : lines[arc]);
  return { land: land.map((ring) => shape(ring.map(walked))), borders: borders.map((arc) => shape([lines[arc]])) };
}

/** Follow a line, but for steps that nobody sees. @param {CanvasRenderingContext2D} pen @param {Float64Array} line
 * @param {{left: number, top: number, scale: number}} view */
function trace(pen, line, { left, top, scale }) {
  let [beforeX, beforeY] = [Infinity, Infinity];
  for (let at = 0; at < line.length; at += 2) {
    const [x, y] = [(line[at] - left) * scale, (line[at + 1] - top) * scale];
    if (Math.abs(x - beforeX) + Math.abs(y - beforeY) < 1) continue;
    if (at) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    [beforeX, beforeY] = [x, y];
  }
}

/** Follow all lines of a view; those past the date line are seen on its other side, too.
 * @param {CanvasRenderingContext2D} pen @param {Shape[]} shapes @param {{left: number, top: number, side: number, scale: number}} view */
function traceAll(pen, shapes, { left, top, side, scale }) {
  pen.beginPath();
  for (const { line, west, east, north, south } of shapes) {
    if (north > top + side || south < top) continue;
    for (const turn of [-1, 0, 1]) {
      const from = left + turn;
      if (west <= from + side && east >= from) trace(pen, line, { left: from, top, scale });
    }
  }
}

/** A layer for Leaflet. @param {any} leaflet @param {Outlines} told */
export function landLayer(leaflet, told) {
  const { land, borders } = unpacked(told);
  const Layer = leaflet.GridLayer.extend({
    /** @param {{x: number, y: number, z: number}} coords */
    createTile({ x, y, z }) {
      const sharpness = Math.min(devicePixelRatio, 2);
      const side = 1 / 2 ** z;
      const view = { left: x * side, top: y * side, side, scale: (TILE * sharpness) / side };
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = TILE * sharpness;
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const colours = getComputedStyle(document.documentElement);
      pen.fillStyle = colours.getPropertyValue("--map-land");
      pen.strokeStyle = colours.getPropertyValue("--map-border");
      pen.lineWidth = sharpness;
      traceAll(pen, land, view);
      pen.fill("evenodd");
      traceAll(pen, borders, view);
      pen.stroke();
      return canvas;
    },
  });
  return new Layer({ tileSize: TILE, keepBuffer: 1 });
}
