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

  /** @param {import("app/timeline").PhotoTimeline} wall */
  constructor(wall) {
    this.wall = wall;
    this.rows = new Rows(wall.grid, (cell) => this.#renew(cell), (cell) => this.fill(cell));
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
    const ahead = lane.screen * (this.#speed > FAST ? 0.35 : 0.9);
    const behind = lane.screen * 0.35;
    const from = layout.lineAt(Math.max(0, y - (isDown ? behind : ahead)));
    const to = Math.min(layout.lines, layout.lineAt(y + lane.screen + (isDown ? ahead : behind)) + 1);
    if (this.#speed < FAST * 4) data.want(layout.first[from], layout.first[to]);
    this.rows.show(layout, from, to, lane.offset);
    this.#pictures();
    this.wall.dispatchEvent(new CustomEvent("moved", { detail: y }));
    if (this.#speed > 0.02) this.schedule();
    else if (!grid.contains(document.activeElement)) this.rows.order();
  }

  /** The lane was moved. */
  shift() {
    this.rows.shift(this.wall.layout, this.wall.lane.offset);
  }

  /** Fetch pictures, when one is slow enough to see them. */
  #pictures() {
    if (this.#speed >= FAST) return;
    const { links } = this.wall;
    for (const cell of this.#waiting) {
      const size = this.#size(cell);
      const link = links.get(cell.place, size);
      if (link === undefined) links.want(cell.place, size);
      else {
        this.#waiting.delete(cell);
        cell.show(link, this.#speed < 0.3);
      }
    }
  }

  /** Which rendition is sharp in a cell. @param {Cell} cell */
  #size(cell) {
    const { layout } = this.wall;
    const height = layout.heights[layout.lineOf(cell.place)];
    return Math.max(layout.width[cell.place], height) * Math.min(2, devicePixelRatio) > 400 ? "md" : "sm";
  }

  /** Tell a cell what is known of its photo. @param {Cell} cell */
  fill(cell) {
    const { data, selection } = this.wall;
    this.#waiting.delete(cell);
    const photo = data.get(cell.place);
    if (photo) {
      this.tell(cell, photo);
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
    this.wall.links.renew(cell.place, this.#size(cell));
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
