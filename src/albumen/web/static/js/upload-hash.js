// @ts-check
// The SHA-256 of files one after the other, in a worker.

export class Hasher {
  /** @type {Worker | null} */
  #worker = null;

  /** Its digest in hexadecimal digits, empty where none can be had; `isGone` where the file cannot be read any more.
   * @param {File} file @returns {Promise<{sha256: string, isGone?: boolean}>} */
  async of(file) {
    try {
      const worker = (this.#worker ??= started());
      return await new Promise((done, fail) => {
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = fail;
        worker.postMessage({ file });
      });
    } catch {
      return { sha256: "" }; // the server finds out as well what it has already
    }
  }

  /** Let the worker go, until it is needed again. */
  rest() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

function started() {
  const worker = new Worker(import.meta.resolve("app/upload-worker"));
  worker.postMessage({ script: import.meta.resolve("vendor/sha256.min") });
  return worker;
}
