// @ts-check
// The queue of files: hashed, asked for at the server in hundreds, and those it has not sent three at a time.

import { t } from "app/i18n";
import { Hasher } from "app/upload-hash";
import { here, tooMuch } from "app/upload-check";
import { unfit } from "app/upload-kinds";
import { Sending } from "app/upload-sender";

/**
 * @typedef {"waiting" | "sending" | "added" | "here" | "refused" | "failed"} State
 * @typedef {{event: string, set: string, library: string}} Target where files go: the event and its set, if any, and
 *   the library that is looked in; empty for the user's own
 * @typedef {{file: File, path: string, sidecars: File[], state: State, sent: number, id: string, reason: string,
 *   sha256: string, twins: Item[], isFinal: boolean}} Item `isFinal`: the same again would be refused again
 */

const ASKED_AT_ONCE = 200;

export class UploadEngine extends EventTarget {
  /** @type {Record<State, Set<Item>>} */
  lists = { waiting: new Set(), sending: new Set(), added: new Set(), here: new Set(), refused: new Set(), failed: new Set() };
  totalBytes = 0;
  settledBytes = 0;
  /** What all must wait for, in words: the connection, or somebody to sign in. */
  held = "";
  /** @type {Item[]} not hashed yet */
  #fresh = [];
  /** @type {Item[]} not asked for yet */
  #hashed = [];
  /** @type {Item[]} to be sent */
  #ready = [];
  /** @type {Map<string, Item>} the first file of each content */
  #known = new Map();
  /** @type {Set<Sending>} */
  #open = new Set();
  #isHashing = false;
  #isAsking = false;
  #hasher = new Hasher();

  /** @param {Target} target */
  constructor(target) {
    super();
    this.target = target;
    addEventListener("offline", () => this.#hold(t("There is no connection. It goes on by itself when it is back.")));
    addEventListener("online", () => this.#goOn());
  }

  /** How many are sent at once: one where the visitor wants to save data. */
  get atOnce() {
    return /** @type {any} */ (navigator).connection?.saveData ? 1 : 3;
  }

  get left() {
    return this.lists.waiting.size + this.lists.sending.size;
  }

  /** Bytes that need not be sent any more. */
  get sentBytes() {
    let sum = this.settledBytes;
    for (const item of this.lists.sending) sum += item.sent;
    return sum;
  }

  /** @param {import("app/upload-groups").Grouped[]} found */
  add(found) {
    for (const each of found) {
      /** @type {Item} */
      const item = { ...each, state: "waiting", sent: 0, id: "", reason: "", sha256: "", twins: [], isFinal: false };
      this.totalBytes += item.file.size;
      this.lists.waiting.add(item);
      const reason = unfit(item.file);
      if (reason) this.#settle(item, { state: "refused", reason, isFinal: true });
      else this.#fresh.push(item);
    }
    this.#hash();
    this.#changed();
  }

  /** Send again what was refused or broke off, where that may help. @param {"refused" | "failed"} state */
  retry(state) {
    for (const item of [...this.lists[state]].filter((each) => !each.isFinal)) {
      this.settledBytes -= item.file.size;
      this.#move(item, "waiting");
      Object.assign(item, { sent: 0, reason: "" });
      this.#hashed.push(item); // there may be room by now
    }
    this.#ask();
    this.#changed();
  }

  /** Forget what is done. */
  clear() {
    for (const state of /** @type {State[]} */ (["added", "here", "refused", "failed"])) {
      for (const item of this.lists[state]) this.totalBytes -= item.file.size;
      this.lists[state].clear();
    }
    this.settledBytes = 0;
  }

  async #hash() {
    if (this.#isHashing) return;
    this.#isHashing = true;
    for (let item; (item = this.#fresh.shift()); this.#ask()) {
      const { sha256, isGone } = await this.#hasher.of(item.file);
      item.sha256 = sha256;
      const first = sha256 && this.#known.get(sha256);
      if (isGone) this.#settle(item, { state: "failed", reason: t("The file cannot be read. Choose it once more.") });
      else if (!first) this.#hashed.push(item);
      else if (first.state === "waiting" || first.state === "sending") first.twins.push(item);
      else this.#hashed.push(item);
      if (sha256 && !first) this.#known.set(sha256, item);
    }
    this.#isHashing = false;
    this.#hasher.rest();
    this.#ask();
  }

  /** Ask which of the hashed files are there already: hundreds at once, and fewer while nothing is to be sent. */
  async #ask() {
    const isIdle = this.#ready.length < this.atOnce;
    if (this.#isAsking || !this.#hashed.length || this.held) return;
    if (this.#hashed.length < ASKED_AT_ONCE && this.#fresh.length && !isIdle) return;
    const batch = this.#hashed.splice(0, ASKED_AT_ONCE);
    this.#isAsking = true;
    const told = await here(batch, this.target);
    this.#isAsking = false;
    let planned = this.#ready.reduce((sum, each) => sum + each.file.size, 0);
    for (const item of batch) {
      const id = told.found.get(item.sha256);
      const reason = id ? "" : tooMuch(item.file.size, told, planned);
      const isFinal = told.most !== null && item.file.size > told.most;
      if (id || reason) this.#settle(item, { state: id ? "here" : "refused", id, reason, isFinal });
      else planned += this.#ready.push(item) && item.file.size;
    }
    this.#send();
    this.#ask();
  }

  #send() {
    while (!this.held && this.#open.size < this.atOnce && this.#ready.length) this.#one(/** @type {Item} */ (this.#ready.shift()));
    this.#changed();
  }

  /** @param {Item} item */
  async #one(item) {
    const sending = new Sending(item, this.target, (bytes) => {
      item.sent = bytes;
      this.dispatchEvent(new Event("progress"));
    });
    this.#open.add(sending);
    this.#move(item, "sending");
    const { state, ...told } = await sending.run().catch(({ message }) => ({ state: "failed", id: "", reason: message }));
    this.#open.delete(sending);
    if (state === "signed-out") {
      this.#move(item, "waiting");
      this.#ready.unshift(item);
      this.#hold(t("You were signed out. Sign in again and choose the same files: what was sent is kept."));
    } else this.#settle(item, { state: /** @type {State} */ (state), ...told });
    this.#send();
    this.#ask();
  }

  /** @param {Item} item @param {{state: State, id?: string, reason?: string, isFinal?: boolean}} outcome */
  #settle(item, { state, id = "", reason = "", isFinal = false }) {
    Object.assign(item, { id, reason, isFinal, sent: 0 });
    this.settledBytes += item.file.size;
    this.#move(item, state);
    for (const twin of item.twins.splice(0)) {
      if (id) this.#settle(twin, { state: "here", id });
      else this.#hashed.push(twin);
    }
    this.#changed();
  }

  /** @param {Item} item @param {State} to */
  #move(item, to) {
    this.lists[item.state].delete(item);
    item.state = to;
    this.lists[to].add(item);
  }

  /** @param {string} why */
  #hold(why) {
    this.held = why;
    for (const each of this.#open) each.hold();
    this.#changed();
  }

  #goOn() {
    this.held = "";
    for (const each of this.#open) each.goOn();
    this.#send();
    this.#ask();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
