// @ts-check
// How fast something goes, by its last ten seconds.

const SPAN_MS = 10_000;
const LEAST_MS = 800;

export class Pace {
  /** @type {[number, number][]} when, and how much there was */
  #notes = [];

  /** @param {number} amount so far */
  note(amount) {
    const now = performance.now();
    if (this.#notes.length && amount < this.#notes[0][1]) this.#notes = [];
    this.#notes.push([now, amount]);
    while (this.#notes.length > 2 && (this.#notes[0][0] < now - SPAN_MS || this.#notes.length > 400)) this.#notes.shift();
  }

  /** 0 while that cannot be said. */
  get perSecond() {
    const [first, last] = [this.#notes[0], this.#notes.at(-1)];
    if (!first || !last || last[0] - first[0] < LEAST_MS) return 0;
    return ((last[1] - first[1]) / (last[0] - first[0])) * 1000;
  }
}
