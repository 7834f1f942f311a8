// @ts-check
// Signed links to pictures, fetched for 64 neighbours at once and kept until they end.

import { json } from "app/http";

const BLOCK = 64;
const KEPT = 400; // blocks
const PATIENCE = 60_000;

/** @typedef {{src?: string, width?: number, height?: number, full?: string, film?: string, stream?: string,
 *   name?: string, favourite?: boolean}} Shown */
/** @typedef {{until: number, links: Record<string, any>}} Block */

export class Links extends EventTarget {
  /** @type {Map<string, Block | null>} null while it is fetched */
  #blocks = new Map();
  /** @type {Map<string, {times: number, at: number}>} blocks whose links did not help, and when to try again */
  #tried = new Map();

  /** @param {string} url @param {import("app/timeline-data").TimelineData} data */
  constructor(url, data) {
    super();
    this.url = url;
    this.data = data;
  }

  /** The link of a photo; undefined until it is known, empty where there is none.
   * @param {number} place @param {string} size @returns {any} */
  get(place, size) {
    const key = keyOf(place, size);
    const block = this.#blocks.get(key);
    if (!block) return undefined;
    if (block.until < Date.now() / 1000 + 30) {
      this.#blocks.delete(key);
      return undefined;
    }
    const photo = this.data.get(place);
    return photo ? (block.links[photo.id] ?? "") : undefined;
  }

  /** Have the links round a place fetched. @param {number} place @param {string} size */
  want(place, size) {
    const number = Math.floor(place / BLOCK);
    const key = keyOf(place, size);
    if (this.#blocks.has(key) || (this.#tried.get(key)?.at ?? 0) > Date.now()) return;
    const ids = [];
    for (let at = number * BLOCK; at < Math.min(this.data.count, (number + 1) * BLOCK); at++) {
      const photo = this.data.get(at);
      if (!photo) return; // its chunk is on its way, and tells when it is there
      ids.push(photo.id);
    }
    this.#load(key, ids, size);
  }

  /** @param {string} key @param {string[]} ids @param {string} size @param {RequestCache} [cache] */
  async #load(key, ids, size, cache = this.#tried.has(key) ? "reload" : "default") {
    this.#blocks.set(key, null);
    try {
      const told = await json(`${this.url}&size=${size}&ids=${ids.join(",")}`, { cache });
      this.#blocks.set(key, told);
      if (this.#blocks.size > KEPT) this.#blocks.delete(this.#blocks.keys().next().value ?? key);
      this.dispatchEvent(new Event("links"));
    } catch {
      this.#blocks.delete(key);
      this.#later(key);
    }
  }

  /** Take the links round a place anew, because one of them did not help: at once, then ever less often.
   * @param {number} place @param {string} size */
  renew(place, size) {
    const key = keyOf(place, size);
    if (!this.#blocks.get(key)) return;
    this.#blocks.delete(key);
    this.#later(key);
  }

  /** @param {string} key */
  #later(key) {
    const before = this.#tried.get(key) ?? { times: 0, at: 0 };
    const times = Date.now() - before.at > PATIENCE ? 0 : before.times;
    const wait = times && Math.min(PATIENCE, 500 * 2 ** times);
    this.#tried.set(key, { times: times + 1, at: Date.now() + wait });
    setTimeout(() => this.dispatchEvent(new Event("links")), wait + 20);
  }

  /** What the viewer shows of one photo. @param {string} id @returns {Promise<Shown>} */
  async shown(id) {
    const told = await json(`${this.url}&size=lg&ids=${id}`);
    return told.links[id] ?? {};
  }

  forget() {
    this.#blocks.clear();
  }
}

/** The name of the block that a place is in. @param {number} place @param {string} size */
const keyOf = (place, size) => `${size}:${Math.floor(place / BLOCK)}`;
