// @ts-check
// Which photos are chosen: a byte a photo here, ranges `[a, b)` on the wire.  Never a hundred thousand ids.

export class Selection extends EventTarget {
  count = 0;
  /** Where a range begins; -1 for nowhere. */
  anchor = -1;

  /** @param {number} count */
  constructor(count) {
    super();
    this.bits = new Uint8Array(count);
  }

  get isActive() {
    return this.count > 0;
  }

  /** @param {number} place */
  has(place) {
    return this.bits[place] === 1;
  }

  /** @param {number} place @param {number} value */
  #set(place, value) {
    if (this.bits[place] === value) return;
    this.bits[place] = value;
    this.count += value ? 1 : -1;
  }

  /** @param {number} place */
  toggle(place) {
    this.#set(place, this.bits[place] ? 0 : 1);
    this.anchor = place;
    this.#changed();
  }

  /** All between two places, both included. @param {number} a @param {number} b @param {boolean} [isChosen] */
  range(a, b, isChosen = true) {
    for (let place = Math.min(a, b); place <= Math.max(a, b); place++) this.#set(place, isChosen ? 1 : 0);
    this.#changed();
  }

  /** Whether all between two places are chosen. @param {number} a @param {number} b */
  holds(a, b) {
    for (let place = a; place <= b; place++) if (!this.bits[place]) return false;
    return true;
  }

  all() {
    this.bits.fill(1);
    this.count = this.bits.length;
    this.#changed();
  }

  none() {
    this.bits.fill(0);
    this.count = 0;
    this.anchor = -1;
    this.#changed();
  }

  /** Put back what was chosen before a drag, and add what it covers. @param {Uint8Array} before
   * @param {Iterable<number>} places */
  replace(before, places) {
    this.bits.set(before);
    this.count = before.reduce((sum, each) => sum + each, 0);
    for (const place of places) this.#set(place, 1);
    this.#changed();
  }

  /** @returns {[number, number][]} */
  ranges() {
    /** @type {[number, number][]} */
    const found = [];
    for (let place = 0; place < this.bits.length; place++) {
      if (!this.bits[place]) continue;
      const from = place;
      while (place < this.bits.length && this.bits[place]) place++;
      found.push([from, place]);
    }
    return found;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
