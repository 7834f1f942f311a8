// @ts-check
// Pictures of a vault as addresses that the page can show; each is given back when it is no longer seen.

const AT_ONCE = 6;
const TYPES = /** @type {Record<string, string>} */ ({
  ...{ jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", gif: "image/gif", webp: "image/webp", avif: "image/avif" },
  ...{ bmp: "image/bmp", mp4: "video/mp4", m4v: "video/mp4", mov: "video/mp4", webm: "video/webm", mkv: "video/webm" },
});
export const PLAIN = "application/octet-stream";

/** What a browser is to take a file for, by its name; nothing that could run. @param {string} name */
export const mimeOf = (name) => TYPES[name.toLowerCase().split(".").pop() ?? ""] ?? PLAIN;

/** @typedef {import("app/vault-client").Photo} Photo */

/** The first file that is no thumbnail. @param {Photo} photo */
export const originalOf = (photo) => photo.files.find((each) => each.type !== "thumbnail") ?? photo.files[0];

/** A thumbnail, by its edge. @param {Photo} photo @param {number} edge */
export const thumbnailOf = (photo, edge) => photo.files.find((each) => each.type === "thumbnail" && each.name === `${edge}.jpg`);

/** What a grid shows of a photo, as far as there is anything. @param {Photo} photo */
export function smallOf(photo) {
  const original = originalOf(photo);
  const isSmall = original.size < 2e6 && mimeOf(original.name).startsWith("image/");
  return thumbnailOf(photo, 512) ?? thumbnailOf(photo, 2048) ?? (isSmall ? original : null);
}

/** What a page of one photo shows. @param {Photo} photo */
export function largeOf(photo) {
  const original = originalOf(photo);
  return thumbnailOf(photo, 2048) ?? (mimeOf(original.name).startsWith("image/") ? original : smallOf(photo));
}

export class Pictures {
  /** @type {Set<string>} */
  #urls = new Set();
  /** @type {(() => Promise<unknown>)[]} */
  #waiting = [];
  #running = 0;

  /** @param {import("app/vault-client").Client} client */
  constructor(client) {
    this.client = client;
  }

  /** The address of a file, whole and checked. @param {string} photo @param {{signature: string, name: string}} file
   * @param {string} [mime] @param {() => boolean} [isWanted] by the time that its turn comes @returns {Promise<string>} */
  url(photo, file, mime = mimeOf(file.name), isWanted = () => true) {
    return new Promise((done, fail) => {
      this.#waiting.push(() => (isWanted() ? this.#made({ photo, file: file.signature, mime }).then(done, fail) : Promise.resolve(done(""))));
      void this.#next();
    });
  }

  /** @param {{photo: string, file: string, mime: string}} wanted */
  async #made(wanted) {
    const url = URL.createObjectURL(await this.client.ask("file", wanted));
    this.#urls.add(url);
    return url;
  }

  async #next() {
    if (this.#running >= AT_ONCE) return;
    const work = this.#waiting.pop(); // what was asked for last is what is looked at
    if (!work) return;
    this.#running += 1;
    await work();
    this.#running -= 1;
    void this.#next();
  }

  /** @param {string} url */
  giveBack(url) {
    URL.revokeObjectURL(url);
    this.#urls.delete(url);
  }

  clear() {
    for (const url of this.#urls) URL.revokeObjectURL(url);
    this.#urls.clear();
    this.#waiting = [];
  }
}
