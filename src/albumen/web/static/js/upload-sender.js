// @ts-check
// One file on its way: in pieces that survive a broken line, gone on with after a reload of the page.

import { csrf } from "app/http";
import { isPassing, reasonOf, statusOf, tus } from "app/tus";
import { tagsOf } from "app/upload-sidecars";

const PIECE_BYTES = 8 << 20;
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];

/** @typedef {import("app/upload-engine").Item} Item */
/** @typedef {import("app/upload-engine").Target} Target */
/** @typedef {{state: "added" | "refused" | "failed" | "signed-out", id: string, reason: string, isFinal?: boolean}} Outcome */

export class Sending {
  /** @type {any} */
  #upload = null;
  #isHeld = false;

  /** @param {Item} item @param {Target} target @param {(bytes: number) => void} onProgress */
  constructor(item, target, onProgress) {
    this.item = item;
    this.target = target;
    this.onProgress = onProgress;
  }

  /** Send it, from where it stands; what became of it. @returns {Promise<Outcome>} */
  async run() {
    const { Upload } = await tus();
    const told = await this.#told();
    return new Promise((done) => {
      let id = "";
      const { file, sha256 } = this.item;
      this.#upload = new Upload(file, {
        endpoint: "/v1/uploads",
        chunkSize: PIECE_BYTES,
        uploadDataDuringCreation: file.size <= PIECE_BYTES,
        retryDelays: PAUSES_MS,
        removeFingerprintOnSuccess: true,
        fingerprint: () => Promise.resolve(`albumen-${this.target.event}-${sha256 || file.lastModified}-${file.size}-${file.name}`),
        headers: { "X-CSRF-Token": csrf() },
        metadata: told,
        onProgress: this.onProgress,
        onAfterResponse: (/** @type {any} */ _, /** @type {any} */ answer) => {
          id = answer.getHeader("Albumen-File-Id") ?? id;
        },
        onShouldRetry: isPassing,
        onSuccess: () => done({ state: "added", id, reason: "" }),
        onError: (/** @type {any} */ error) => done({ state: stateAfter(error), id: "", reason: reasonOf(error), isFinal: isFinal(error) }),
      });
      this.#begin();
    });
  }

  async #begin() {
    const before = await this.#upload.findPreviousUploads().catch(() => []);
    if (before.length) this.#upload.resumeFromPreviousUpload(before[0]);
    if (!this.#isHeld) this.#upload.start();
  }

  /** What the server is told of it. */
  async #told() {
    const { event, set } = this.target;
    /** @type {Record<string, string>} */
    const told = { filename: this.item.file.name };
    if (event) told.eventId = event;
    if (event && set) told.set = set;
    const tags = this.item.sidecars.length ? await tagsOf(this.item.sidecars) : {};
    if (Object.keys(tags).length) told.metadata = JSON.stringify(tags);
    return told;
  }

  /** Stop while there is no connection. */
  hold() {
    this.#isHeld = true;
    this.#upload?.abort().catch(() => {});
  }

  /** Go on from where the server says that it stands. */
  goOn() {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#upload?.start();
  }
}

/** Whether the same again is refused again: for its kind or content, not for what holds just now. @param {any} error */
function isFinal(error) {
  const status = statusOf(error);
  return status >= 400 && status < 500 && ![408, 409, 423, 429].includes(status);
}

/** @param {any} error @returns {Outcome["state"]} */
function stateAfter(error) {
  const status = statusOf(error);
  if (status === 401) return "signed-out";
  return isPassing(error) ? "failed" : "refused";
}
