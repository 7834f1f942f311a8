// @ts-check
// The shape of a whole timeline in one small binary answer; details come in chunks of 512 that never change.

import { fail } from "app/http";

const CHUNK = 512;
const KEPT = 64; // chunks, so details of 32,768 photos at most
const [FAVOURITE, VIDEO, WAITING, FAILED] = [1, 2, 4, 8];

/** What is known of a photo, read from its chunk when somebody asks: most of it nobody does while a wall is scrolled. */
export class Photo {
  #view;
  #at;

  /** @param {DataView} view a chunk @param {number} at its first byte there */
  constructor(view, at) {
    this.#view = view;
    this.#at = at;
  }

  get id() {
    return this.#view.getBigUint64(this.#at, true).toString(36);
  }

  get minute() {
    return this.#view.getUint16(this.#at + 8, true);
  }

  get #flags() {
    return this.#view.getUint8(this.#at + 10);
  }

  get isFavourite() {
    return Boolean(this.#flags & FAVOURITE);
  }

  get isVideo() {
    return Boolean(this.#flags & VIDEO);
  }

  get isWaiting() {
    return Boolean(this.#flags & WAITING);
  }

  get isFailed() {
    return Boolean(this.#flags & FAILED);
  }

  get seconds() {
    return this.#view.getUint8(this.#at + 11);
  }

  get hash() {
    return new Uint8Array(this.#view.buffer, this.#at + 13, this.#view.getUint8(this.#at + 12));
  }
}

export class TimelineData extends EventTarget {
  count = 0;
  version = "";
  shapes = new Uint8Array();
  days = new Int32Array();
  starts = new Uint32Array();
  /** @type {Map<number, {view: DataView, at: Uint32Array}>} */
  #chunks = new Map();
  /** @type {Map<number, AbortController>} */
  #under = new Map();
  /** Chunks that somebody waits for, wherever the window is. @type {Set<number>} */
  #awaited = new Set();

  /** @param {{index: string, chunks: string}} addresses */
  constructor({ index, chunks }) {
    super();
    this.addresses = { index, chunks };
  }

  /** Read the index; true where it is another than before. */
  async open() {
    const answer = await fetch(this.addresses.index, { headers: { Accept: "*/*" } });
    if (!answer.ok) throw await fail(answer);
    const bytes = await answer.arrayBuffer();
    const view = new DataView(bytes);
    const [count, runs, letters] = [4, 8, 12].map((at) => view.getUint32(at, true));
    const end = 16 + runs * 8 + count;
    const version = new TextDecoder().decode(new Uint8Array(bytes, end, letters));
    if (version === this.version) return false;
    this.days = new Int32Array(runs);
    this.starts = new Uint32Array(runs);
    for (let run = 0, start = 0, at = 16; run < runs; run++, at += 8) {
      this.days[run] = view.getInt32(at, true);
      this.starts[run] = start;
      start += view.getUint32(at + 4, true);
    }
    this.shapes = new Uint8Array(bytes, 16 + runs * 8, count);
    this.count = count;
    this.version = version;
    this.#forget();
    return true;
  }

  #forget() {
    for (const control of this.#under.values()) control.abort();
    this.#under.clear();
    this.#chunks.clear();
  }

  /** What is known of a photo; null until its chunk is there. @param {number} place @returns {Photo | null} */
  get(place) {
    const chunk = this.#chunks.get(Math.floor(place / CHUNK));
    const at = chunk?.at[place % CHUNK];
    if (!chunk || at === undefined) return null;
    return new Photo(chunk.view, at);
  }

  /** Note what was just changed, before the server tells. @param {number} place @param {boolean} isFavourite */
  favour(place, isFavourite) {
    const chunk = this.#chunks.get(Math.floor(place / CHUNK));
    if (!chunk) return;
    const at = chunk.at[place % CHUNK] + 10;
    const flags = chunk.view.getUint8(at);
    chunk.view.setUint8(at, isFavourite ? flags | FAVOURITE : flags & ~FAVOURITE);
  }

  /** Have the details of `[from, to)` fetched, and stop fetching what is far from there.
   * @param {number} from @param {number} to */
  want(from, to) {
    const [low, high] = [Math.floor(from / CHUNK), Math.floor(Math.max(from, to - 1) / CHUNK)];
    for (const [number, control] of this.#under) {
      if ((number >= low - 1 && number <= high + 1) || this.#awaited.has(number)) continue;
      control.abort();
      this.#under.delete(number);
    }
    for (let number = low; number <= high && number * CHUNK < this.count; number++) {
      if (!this.#chunks.has(number) && !this.#under.has(number)) this.#load(number);
    }
  }

  /** What is known of a photo, once it is. @param {number} place @returns {Promise<Photo | null>} */
  async known(place) {
    const number = Math.floor(place / CHUNK);
    this.#awaited.add(number);
    if (!this.#chunks.has(number) && !this.#under.has(number)) await this.#load(number);
    const deadline = performance.now() + 15_000;
    while (!this.#chunks.has(number) && this.#under.has(number) && performance.now() < deadline) {
      await new Promise((done) => this.addEventListener("chunk", done, { once: true }));
    }
    this.#awaited.delete(number);
    return this.get(place);
  }

  /** @param {number} number */
  async #load(number) {
    const control = new AbortController();
    this.#under.set(number, control);
    try {
      const { version } = this;
      const url = this.addresses.chunks.replace("{version}", version).replace("{number}", String(number));
      const answer = await fetch(url, { signal: control.signal, headers: { Accept: "*/*" } });
      if (answer.status === 410) this.dispatchEvent(new Event("gone"));
      if (!answer.ok) throw await fail(answer);
      const bytes = await answer.arrayBuffer();
      if (version === this.version) this.#keep(number, new DataView(bytes));
    } catch (error) {
      if (!(error instanceof Error && error.name === "AbortError")) {
        this.dispatchEvent(new CustomEvent("fail", { detail: { number, error } }));
      }
    } finally {
      if (this.#under.get(number) === control) this.#under.delete(number);
    }
  }

  /** @param {number} number @param {DataView} view */
  #keep(number, view) {
    const at = new Uint32Array(CHUNK);
    let count = 0;
    for (let byte = 0; byte < view.byteLength; byte += 13 + view.getUint8(byte + 12)) at[count++] = byte;
    this.#chunks.set(number, { view, at: at.subarray(0, count) });
    if (this.#chunks.size > KEPT) this.#chunks.delete(this.#chunks.keys().next().value ?? number);
    const detail = { from: number * CHUNK, to: number * CHUNK + count };
    this.dispatchEvent(new CustomEvent("chunk", { detail }));
  }
}
