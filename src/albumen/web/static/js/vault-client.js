// @ts-check
// The page's side of the vault's worker: asks, and is told.  `stop` lets the worker go, and all keys with it.

/** @typedef {{signature: string, type: string, name: string, size: number, pixelSize?: number[], duration?: number}} File_ */
/** @typedef {{signature: string, files: File_[], deletedAt: string | null, fields: Record<string, any>}} Photo */
/** @typedef {(sent: number, size: number) => void} Report */

export class Client {
  #worker = new Worker(import.meta.resolve("app/vault-worker"), { type: "module" });
  /** @type {Map<number, {done: (answer: any) => void, fail: (error: Error) => void, report?: Report}>} */
  #asked = new Map();
  #count = 0;
  /** @type {(head: {n: number, sha256: string}) => void} */
  onchange = () => {};
  /** @type {(error: Error) => void} */
  onfailure = () => {};

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#told(data);
    this.#worker.onerror = () => this.onfailure(wrong({ code: "odd", detail: "" }));
  }

  /** @param {any} data */
  #told({ id, answer, failure, progress, changed }) {
    if (changed) this.onchange(changed.head);
    const asked = this.#asked.get(id);
    if (id === undefined && failure) this.onfailure(wrong(failure));
    if (!asked) return;
    if (progress) asked.report?.(progress.sent, progress.size);
    else this.#asked.delete(id);
    if (failure) asked.fail(wrong(failure));
    else if (!progress) asked.done(answer);
  }

  /** @param {string} verb @param {Record<string, any>} [given] @param {{report?: Report, transfer?: Transferable[]}} [options]
   * @returns {Promise<any>} */
  ask(verb, given = {}, { report, transfer = [] } = {}) {
    const id = (this.#count += 1);
    return new Promise((done, fail) => {
      this.#asked.set(id, { done, fail, report });
      this.#worker.postMessage({ id, verb, given }, transfer);
    });
  }

  stop() {
    this.#worker.terminate();
    for (const { fail } of this.#asked.values()) fail(wrong({ code: "locked", detail: "" }));
    this.#asked.clear();
  }
}

/** @param {{code: string, detail: string}} failure */
const wrong = ({ code, detail }) => Object.assign(new Error(code), { code, detail });
