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
  /** What can be scrolled of the page that is not the wall: what stands above and below it, but for a window. */
  #beside = 0;
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
    this.#beside = document.documentElement.scrollHeight - this.screen - this.height;
    this.offset = Math.min(this.offset, full - this.height);
    this.read();
  }

  get isShort() {
    return this.full <= LIMIT;
  }

  /** How far one can scroll, were the whole wall on the page. */
  get most() {
    return Math.max(1, this.full + this.#beside);
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
    this.offset = this.#offsetAt(wanted);
    scrollTo({ top: Math.max(0, wanted - this.offset + this.top), behavior: "instant" });
    this.read();
  }

  /** How far along the wall the lane stands while the window is at a place: the place is as far along the lane as it is
   * along the wall.  Near both ends the lane stands still, so that nothing interrupts scrolling there. @param {number} y */
  #offsetAt(y) {
    const most = this.full - this.height;
    if (y <= STILL || !most) return 0;
    if (y >= this.full - STILL) return most;
    const share = (y - STILL) / (this.full - 2 * STILL);
    return y - Math.round(STILL + share * (this.height - 2 * STILL));
  }

  /** Whether the lane ends so near that one could scroll out of it. */
  get isAtEdge() {
    if (this.isShort) return false;
    const within = this.scrolled - this.top;
    const least = this.screen * 2;
    const isAtTop = within < least && this.offset > 0;
    return isAtTop || (within > this.height - least - this.screen && this.offset < this.full - this.height);
  }

  /** Move the lane so that it has as much room on both sides as the wall has; true where it moved.  It goes by where the
   * page is now: what was read for the last frame may lie before a scroll that has just ended, and would undo it. */
  settle() {
    if (this.isShort) return false;
    const y = this.read();
    if (this.#offsetAt(y) === this.offset) return false;
    this.go(y);
    return true;
  }
}
