// @ts-check
// Draws what of a wall is near the window, once a frame at most, and reads no layout while it does.

import { Rows } from "app/rows";

const FAST = 3; // pixels a millisecond: above it nothing but shape and colour is drawn

/** @typedef {import("app/cells").Cell} Cell */

export class Painter {
  #frame = 0;
  #before = { y: 0, at: 0 };
  #speed = 0;
  /** Cells that wait for their picture. @type {Set<Cell>} */
  #waiting = new Set();
  /** Cells whose words nobody could read so fast. @type {Set<Cell>} */
  #untold = new Set();

  /** @param {import("app/timeline").PhotoTimeline} wall */
  constructor(wall) {
    this.wall = wall;
    this.rows = new Rows(wall.grid, {
      came: () => this.#waiting.size && this.schedule(),
      broken: (cell) => this.#renew(cell),
      fill: (cell) => this.fill(cell),
    });
  }

  schedule() {
    this.#frame ||= requestAnimationFrame((at) => {
      this.#frame = 0;
      this.paint(at);
    });
  }

  /** @param {number} at */
  paint(at) {
    const { layout, lane, data, grid } = this.wall;
    if (!layout?.count) return;
    lane.read();
    if (lane.isAtEdge && lane.settle()) this.shift();
    const [y, since] = [lane.y, at - this.#before.at];
    this.#speed = since > 0 && since < 200 ? Math.abs(y - this.#before.y) / since : 0;
    const isDown = y >= this.#before.y;
    this.#before = { y, at };
    const isFirst = !this.rows.shown.size; // what is in the window comes before all else
    const ahead = isFirst ? 0 : lane.screen * (this.#speed > FAST ? 0.35 : 0.9);
    const behind = lane.screen * 0.35;
    const from = layout.lineAt(Math.max(0, y - (isDown ? behind : ahead)));
    const to = Math.min(layout.lines, layout.lineAt(y + lane.screen + (isDown ? ahead : behind)) + 1);
    if (this.#speed < FAST * 4) data.want(layout.first[from], layout.first[to]);
    this.rows.show(layout, from, to, lane.offset);
    if (this.#speed < FAST) {
      this.finish();
      this.#pictures();
    }
    this.wall.dispatchEvent(new CustomEvent("moved", { detail: y }));
    if (this.#speed > 0.02 || isFirst) this.schedule();
    else this.rows.rest(!grid.contains(document.activeElement));
  }

  /** Say what was left unsaid. */
  finish() {
    for (const cell of this.#untold) if (cell.photo) this.tell(cell, cell.photo);
    this.#untold.clear();
  }

  /** The lane was moved. */
  shift() {
    this.rows.shift(this.wall.layout, this.wall.lane.offset);
  }

  /** Fetch pictures, when one is slow enough to see them: those in the window, the largest first, then the others. */
  #pictures() {
    for (const cell of [...this.#waiting].sort((one, other) => other.side - one.side))
      if (this.#isSeen(cell)) this.#picture(cell);
    for (const cell of this.#waiting.size ? this.rows.cells() : []) if (cell.isComing && this.#isSeen(cell)) return;
    for (const cell of this.#waiting) this.#picture(cell);
  }

  /** @param {Cell} cell */
  #isSeen({ place }) {
    const { layout, lane } = this.wall;
    const line = place < 0 ? -1 : layout.lineOf(place);
    return line >= 0 && layout.top[line] < lane.y + lane.screen && layout.top[line] + layout.heights[line] > lane.y;
  }

  /** @param {Cell} cell */
  #picture(cell) {
    const { links } = this.wall;
    const size = sizeOf(cell);
    const link = cell.place < 0 ? "" : links.get(cell.place, size);
    if (link === undefined) links.want(cell.place, size);
    else {
      this.#waiting.delete(cell);
      cell.image.fetchPriority = size === "md" ? "high" : "low"; // what stands out takes longest
      if (link) cell.show(link, this.#speed < 0.3);
    }
  }

  /** Tell a cell what is known of its photo. @param {Cell} cell */
  fill(cell) {
    const { data, selection } = this.wall;
    this.#waiting.delete(cell);
    this.#untold.delete(cell);
    const photo = data.get(cell.place);
    if (!photo) cell.silence();
    else {
      cell.sketch(photo);
      if (this.#speed < FAST) this.tell(cell, photo);
      else this.#untold.add(cell);
      if (!photo.isWaiting) this.#waiting.add(cell);
    }
    cell.mark(selection.has(cell.place), selection.isActive);
  }

  /** @param {Cell} cell @param {import("app/timeline-data").Photo} photo */
  tell(cell, photo) {
    const { data, layout } = this.wall;
    cell.tell(photo, data.days[layout.dayOf(cell.place)], this.wall.address(photo.id));
  }

  /** @param {Cell} cell */
  #renew(cell) {
    if (cell.place < 0) return;
    cell.element.classList.add("broken");
    this.wall.links.renew(cell.place, sizeOf(cell));
    this.#waiting.add(cell);
    this.schedule();
  }

  /** Details have come. */
  came() {
    for (const cell of this.rows.cells()) if (!cell.photo && cell.place >= 0) this.fill(cell);
    this.schedule();
  }

  mark() {
    const { selection } = this.wall;
    for (const cell of this.rows.cells()) cell.mark(selection.has(cell.place), selection.isActive);
  }
}

/** Which rendition is sharp in a cell; a fine screen lets a picture be stretched more. @param {Cell} cell */
const sizeOf = ({ side }) => (side > Math.max(240, 400 / devicePixelRatio) ? "md" : "sm");
