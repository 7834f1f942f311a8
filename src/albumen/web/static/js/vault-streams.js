// @ts-check
// Addresses by which films are played, and large files saved, while they are decrypted; a service worker answers them.

import { random } from "app/vault-bytes";
import { mimeOf } from "app/vault-pictures";

const PATH = "/vault/stream/";
const SCRIPT = "/vault-sw.js";

export class Streams {
  /** @type {Map<string, {photo: string, file: import("app/vault-client").File_}>} */
  #open = new Map();

  /** @param {import("app/vault-client").Client} client @param {string} scope the path of this page */
  constructor(client, scope) {
    this.client = client;
    this.scope = scope;
    navigator.serviceWorker?.addEventListener("message", this.#told);
    navigator.serviceWorker?.startMessages();
  }

  /** The address of a file; empty where this browser has no such worker. @param {string} photo
   * @param {import("app/vault-client").File_} file */
  async url(photo, file) {
    if (!(await this.#isReady())) return "";
    const id = Array.from(random(12), (each) => each.toString(16).padStart(2, "0")).join("");
    this.#open.set(id, { photo, file });
    return `${PATH}${id}`;
  }

  /** @param {string} url */
  giveBack(url) {
    this.#open.delete(url.slice(PATH.length));
  }

  /** Whether the worker is there, and this page is its. */
  async #isReady() {
    const found = navigator.serviceWorker;
    if (!found) return false;
    try {
      await found.register(SCRIPT, { scope: this.scope });
    } catch {
      return false;
    }
    const isOurs = () => new URL(found.controller?.scriptURL ?? location.href).pathname === SCRIPT;
    for (let left = 50; !isOurs() && left; left -= 1) {
      const changed = new Promise((done) => found.addEventListener("controllerchange", done, { once: true }));
      await Promise.race([changed, new Promise((done) => setTimeout(done, 200))]);
    }
    return isOurs();
  }

  /** @param {MessageEvent} event */
  #told = async ({ data: { stream }, ports: [port] }) => {
    const found = this.#open.get(stream?.id);
    if (!found) return port?.postMessage({ failure: "gone" });
    const { photo, file } = found;
    if (stream.start === undefined) return port.postMessage({ size: file.size, mime: mimeOf(file.name), name: file.name });
    try {
      const { start, length } = stream;
      const bytes = await this.client.ask("range", { photo, file: file.signature, start, length });
      port.postMessage({ bytes }, [bytes.buffer]);
    } catch (error) {
      port.postMessage({ failure: String(error) });
    }
  };

  clear() {
    this.#open.clear();
    navigator.serviceWorker?.removeEventListener("message", this.#told);
  }
}
