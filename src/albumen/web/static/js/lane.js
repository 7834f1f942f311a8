// @ts-check
// Where a wall stands on the page.  Browsers end a page at about 33 million pixels, and less on dense screens; a wall
// higher than LIMIT stands in a lane of that height, which is moved along it whenever scrolling rests or nears its end.

const LIMIT = 8_000_000;
const STILL = 100_000; // from either end

export class Lane {
  offset = 0;
  full = 0;
  height = 0;
  top = 0;
  screen = 0;
  /** Where the page was scrolled to, read once a frame. */
  scrolled = 0;

  /** @param {HTMLElement} grid */
  constructor(grid) {
    this.grid = grid;
  }

  /** The only layout reads; never while scrolling. @param {number} full the height of the whole wall */
  measure(full) {
    this.full = full;
    this.height = Math.min(full, LIMIT);
    this.grid.style.height = `${this.height}px`;
    this.top = this.grid.getBoundingClientRect().top + scrollY;
    this.screen = innerHeight;
    this.offset = Math.min(this.offset, full - this.height);
    this.read();
  }

  get isShort() {
    return this.full <= LIMIT;
  }

  /** How far down the wall the top of the window may be. */
  get most() {
    return Math.max(1, this.full - this.screen + this.top);
  }

  /** The top of the window, on the wall. */
  read() {
    this.scrolled = scrollY;
    return this.scrolled - this.top + this.offset;
  }

  get y() {
    return this.scrolled - this.top + this.offset;
  }

  /** Bring a place of the wall to the top of the window. @param {number} y */
  go(y) {
    const wanted = Math.max(-this.top, Math.min(y, this.full - this.screen + 1000));
    if (!this.isShort) this.offset = wanted - this.#mapped(wanted);
    scrollTo({ top: Math.max(0, wanted - this.offset + this.top), behavior: "instant" });
    this.read();
  }

  /** Where in the lane a place of the wall belongs: as far along as it is along the wall.  Near both ends the lane
   * stands still, so that nothing interrupts scrolling there. @param {number} y */
  #mapped(y) {
    if (y <= STILL) return y;
    if (y >= this.full - STILL) return y - this.full + this.height;
    const share = (y - STILL) / (this.full - 2 * STILL);
    return Math.round(STILL + share * (this.height - 2 * STILL));
  }

  /** Whether the lane ends so near that one could scroll out of it. */
  get isAtEdge() {
    if (this.isShort) return false;
    const within = this.scrolled - this.top;
    const least = this.screen * 2;
    const isAtTop = within < least && this.offset > 0;
    return isAtTop || (within > this.height - least - this.screen && this.offset < this.full - this.height);
  }

  /** Move the lane so that it has as much room on both sides as the wall has; true where it moved. */
  settle() {
    if (this.isShort) return false;
    const { offset, y } = this;
    this.go(y);
    return offset !== this.offset;
  }
}
