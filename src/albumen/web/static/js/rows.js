// @ts-check
// The rows of a wall that are near the window: made of what left it, so that their number stays small.

import { Cell } from "app/cells";
import { dates, t } from "app/i18n";

const thisYear = new Date().getUTCFullYear();
const dayOnly = dates({ weekday: "short", day: "numeric", month: "short" });
const dayAndYear = dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const wholeDay = dates({ day: "numeric", month: "long", year: "numeric" });
const ASIDE = "-9999px";
const monthName = dates({ month: "long", year: "numeric" });

/** @typedef {{line: number, element: HTMLElement, cells: Cell[], heads: HTMLElement[], month: HTMLElement | null}} Row */

export class Rows {
  /** @type {Map<number, Row>} by line */
  shown = new Map();
  /** @type {Row[]} */
  #idle = [];
  /** @type {Cell[]} */
  #spare = [];
  /** @type {HTMLElement[]} */
  #spareHeads = [];

  /** @param {HTMLElement} grid @param {{came: (cell: Cell) => void, broken: (cell: Cell) => void,
   *   fill: (cell: Cell) => void}} tell what is done with a cell when its picture came, or did not, and when it is put */
  constructor(grid, tell) {
    this.grid = grid;
    this.tell = tell;
  }

  /** Every cell there is. */
  *cells() {
    for (const row of this.shown.values()) yield* row.cells;
  }

  /** Show just the lines `[from, to)`. @param {import("app/layout").Layout} layout @param {number} from
   * @param {number} to @param {number} offset */
  show(layout, from, to, offset) {
    for (const [line, row] of this.shown) if (line < from || line >= to) this.#release(line, row);
    /** @type {DocumentFragment | null} */
    let added = null;
    for (let line = from; line < to; line++) {
      if (this.shown.has(line)) continue;
      const row = this.#build(layout, line, offset);
      this.shown.set(line, row);
      if (!row.element.isConnected) (added ??= document.createDocumentFragment()).append(row.element);
    }
    if (added) this.grid.append(added);
    for (const { element } of this.#idle) if (!element.hidden && element.style.top !== ASIDE) element.style.top = ASIDE;
  }

  /** Let all go, to be built anew. */
  clear() {
    for (const [line, row] of this.shown) this.#release(line, row);
  }

  /** The lane was moved. @param {import("app/layout").Layout} layout @param {number} offset */
  shift(layout, offset) {
    for (const row of this.shown.values()) row.element.style.top = `${layout.top[row.line] - offset}px`;
  }

  /** While still: what is not in use is not there, and the order of elements is that of reading, so that Tab and screen
   * readers go through time.  While moving, rows that wait for their next use only stand aside, which costs less than to
   * be taken out and in again. @param {boolean} mayOrder */
  rest(mayOrder) {
    for (const { element } of this.#idle) element.hidden = true;
    if (mayOrder) this.#order();
  }

  #order() {
    let before = null;
    for (const line of [...this.shown.keys()].sort((a, b) => a - b)) {
      const element = /** @type {Row} */ (this.shown.get(line)).element;
      if (before ? before.nextElementSibling !== element : this.grid.firstElementChild !== element) {
        if (before) before.after(element);
        else this.grid.prepend(element);
      }
      before = element;
    }
  }

  /** @param {number} line @param {Row} row */
  #release(line, row) {
    for (const cell of row.cells) cell.clear();
    this.shown.delete(line);
    this.#idle.push(row);
  }

  /** @returns {Row} */
  #new() {
    const element = document.createElement("div");
    element.className = "row";
    element.setAttribute("role", "row");
    return { line: -1, element, cells: [], heads: [], month: null };
  }

  /** @param {import("app/layout").Layout} layout @param {number} line @param {number} offset */
  #build(layout, line, offset) {
    const [from, to] = [layout.first[line], layout.first[line + 1]];
    const row = this.#taken(to - from) ?? this.#new();
    const { style } = row.element;
    row.line = line;
    row.element.setAttribute("aria-rowindex", String(line + 1));
    style.top = `${layout.top[line] - offset}px`;
    style.height = `${layout.heights[line]}px`;
    if (row.element.hidden) row.element.hidden = false;
    this.#resize(row, to - from);
    row.cells.forEach((cell, at) => {
      cell.put(from + at, layout.x[from + at], layout.width[from + at], layout.heights[line]);
      this.tell.fill(cell);
    });
    this.#head(layout, line, row);
    return row;
  }

  /** A row that is not in use, if it can be one with so many cells. @param {number} count */
  #taken(count) {
    const at = this.#idle.findLastIndex((row) => row.cells.length === count);
    return at < 0 ? this.#idle.pop() : this.#idle.splice(at, 1)[0];
  }

  /** @param {Row} row @param {number} count */
  #resize(row, count) {
    while (row.cells.length > count) {
      const cell = /** @type {Cell} */ (row.cells.pop());
      cell.clear();
      cell.element.remove();
      this.#spare.push(cell);
    }
    while (row.cells.length < count) {
      const cell = this.#spare.pop() ?? new Cell(this.tell.came, this.tell.broken);
      row.cells.push(cell);
      row.element.append(cell.element);
    }
  }

  /** The headings of the days that begin on a line, and of the month. @param {import("app/layout").Layout} layout
   * @param {number} line @param {Row} row */
  #head(layout, line, row) {
    const count = layout.dayCount[line];
    while (row.heads.length > count) {
      const head = /** @type {HTMLElement} */ (row.heads.pop());
      head.remove();
      this.#spareHeads.push(head);
    }
    while (row.heads.length < count) {
      const head = this.#spareHeads.pop() ?? dayHead();
      row.heads.push(head);
      row.element.insertBefore(head, row.cells[0]?.element ?? null);
    }
    row.heads.forEach((head, at) => {
      const day = layout.day[line] + at;
      const end = at + 1 < count ? layout.dayX[day + 1] - 8 : layout.options.width;
      head.style.left = `${layout.dayX[day]}px`;
      head.style.maxWidth = `${end - layout.dayX[day]}px`;
      sayDay(head, day, layout.shape.days[day]);
    });
    if (layout.isMonth[line]) {
      row.month ??= Object.assign(document.createElement("h2"), { className: "month-head" });
      row.month.textContent = monthName(layout.shape.days[layout.day[line]]);
      row.heads[0].prepend(row.month);
    } else if (row.month) {
      row.month.remove();
      row.month = null;
    }
  }
}

function dayHead() {
  const head = document.createElement("div");
  head.className = "day-head";
  head.setAttribute("role", "rowheader");
  head.innerHTML = '<h3></h3><button type="button" class="pick-day" tabindex="-1"></button>';
  return head;
}

/** @param {HTMLElement} head @param {number} day its number among the days @param {number} since 1970 */
function sayDay(head, day, since) {
  const year = new Date(since * 864e5).getUTCFullYear();
  const heading = /** @type {HTMLElement} */ (head.querySelector("h3"));
  const button = /** @type {HTMLElement} */ (head.querySelector("button"));
  heading.textContent = year === thisYear ? dayOnly(since) : dayAndYear(since);
  button.setAttribute("aria-label", t("Select all of {day}", { day: wholeDay(since) }));
  head.dataset.day = String(day);
}
