// @ts-check
// Pure geometry: shapes, runs of days and a width become typed arrays.  Knows no page.

/** Width ÷ height for each byte of the index. */
export const RATIO = Float32Array.from({ length: 256 }, (_, byte) => 2 ** ((byte - 128) / 48));
const DAY = 864e5;
const LEAST_DAY = 152; // room for a short day's heading

/**
 * @typedef {{width: number, row: number, gap: number, dayHead: number, monthHead: number, dayGap: number}} Options
 * @typedef {{shapes: Uint8Array, days: Int32Array, starts: Uint32Array}} Shape
 */

/** @param {number} day days since 1970 @returns {number} months since the year 0 */
export function monthOf(day) {
  const date = new Date(day * DAY);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Where every photo and every heading is.  Lines are rows of photos; a line may begin several short days. */
export class Layout {
  lines = 0;
  height = 0;

  /** @param {Shape} shape @param {Options} options */
  constructor(shape, options) {
    const count = shape.shapes.length;
    const most = count + shape.days.length + 1;
    this.shape = shape;
    this.options = options;
    this.count = count;
    this.x = new Float32Array(count);
    this.width = new Float32Array(count);
    this.first = new Uint32Array(most);
    this.top = new Float64Array(most);
    this.heights = new Float32Array(most);
    this.day = new Int32Array(most);
    this.dayCount = new Uint16Array(most);
    this.isMonth = new Uint8Array(most);
    this.dayX = new Float32Array(shape.days.length);
    this.#lay();
  }

  #lay() {
    const { shape, options } = this;
    let month = -1;
    /** Where the next short day may begin on the last line; negative where it may not. */
    let open = -1;
    for (let day = 0; day < shape.days.length; day++) {
      const [from, to] = this.placesOf(day);
      const itsMonth = monthOf(shape.days[day]);
      const isNew = itsMonth !== month;
      month = itsMonth;
      const natural = this.#natural(from, to);
      const isShort = natural < options.width * 0.9;
      if (isShort && open >= 0 && !isNew && open + Math.max(natural, LEAST_DAY) <= options.width) {
        this.dayX[day] = open;
        this.dayCount[this.lines - 1] += 1;
        open = Math.max(this.#put(from, to, open, options.row), open + LEAST_DAY) + options.dayGap;
        continue;
      }
      this.#long(day, isNew);
      open = isShort ? Math.max(natural + options.gap, LEAST_DAY) + options.dayGap : -1;
    }
    this.first[this.lines] = this.count;
    this.top[this.lines] = this.height;
  }

  /** The width of a day on one row, as far as it fits. @param {number} from @param {number} to */
  #natural(from, to) {
    const { row, gap, width } = this.options;
    let natural = -gap;
    for (let at = from; at < to && natural <= width; at++) natural += RATIO[this.shape.shapes[at]] * row + gap;
    return natural;
  }

  /** A day on rows of its own. @param {number} day @param {boolean} isNew whether a month begins */
  #long(day, isNew) {
    const { options } = this;
    const [from, to] = this.placesOf(day);
    this.height += options.dayHead + (isNew ? options.monthHead : 0);
    for (let at = from; at < to; ) {
      const { end, height } = this.#row(at, to);
      this.#put(at, end, 0, height);
      const line = this.lines++;
      this.first[line] = at;
      this.top[line] = this.height;
      this.heights[line] = height;
      this.day[line] = day;
      this.dayCount[line] = at === from ? 1 : 0;
      this.isMonth[line] = at === from && isNew ? 1 : 0;
      this.height += height + options.gap;
      at = end;
    }
  }

  /** How many photos fill a row best, and how high it then is.  A last row keeps the usual height.
   * @param {number} from @param {number} to */
  #row(from, to) {
    const { width, row, gap } = this.options;
    let sum = 0;
    let end = from;
    while (end < to) {
      const ratio = RATIO[this.shape.shapes[end]];
      const without = end > from ? (width - gap * (end - from - 1)) / sum : Infinity;
      const height = (width - gap * (end - from)) / (sum + ratio);
      if (height < row && Math.abs(without - row) < Math.abs(row - height)) break;
      sum += ratio;
      end += 1;
      if (height <= row) break;
    }
    const height = (width - gap * (end - from - 1)) / sum;
    return { end, height: height > row * 1.45 ? row : height };
  }

  /** @param {number} from @param {number} to @param {number} x @param {number} height */
  #put(from, to, x, height) {
    for (let at = from; at < to; at++) {
      const width = RATIO[this.shape.shapes[at]] * height;
      this.x[at] = x;
      this.width[at] = width;
      x += width + this.options.gap;
    }
    return x;
  }

  /** The places of a day, `[from, to)`. @param {number} day @returns {[number, number]} */
  placesOf(day) {
    const { starts } = this.shape;
    return [starts[day], day + 1 < starts.length ? starts[day + 1] : this.count];
  }

  /** @param {number} place */
  lineOf(place) {
    return last(this.first, this.lines, place);
  }

  /** @param {number} y */
  lineAt(y) {
    return last(this.top, this.lines, y);
  }

  /** @param {number} place */
  dayOf(place) {
    return last(this.shape.starts, this.shape.starts.length, place);
  }
}

/** The last of `count` ascending numbers that is not above a value. @param {ArrayLike<number>} sorted
 * @param {number} count @param {number} value */
export function last(sorted, count, value) {
  let low = 0;
  let high = Math.max(0, count - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
