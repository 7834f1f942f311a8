// @ts-check
// Photos on their way into a vault, one after the other; of films, this page draws the first frame.

import { t, tn } from "app/i18n";
import { make } from "app/elements";
import { said } from "app/vault-says";
import { size } from "app/words";

const FILM = /\.(mp4|mov|m4v|webm|mkv)$/i;
const FRAME_SECONDS = 10;

export class Adding {
  /** @type {File[]} */
  #waiting = [];
  #isRunning = false;
  #added = 0;

  /** @param {HTMLElement} place where is said how far it is @param {import("app/vault-client").Client} client */
  constructor(place, client) {
    this.place = place;
    this.client = client;
    this.status = make("p", { role: "status" });
    this.wrongs = make("ul", { class: "wrong" });
    place.replaceChildren(this.status, this.wrongs);
  }

  get isBusy() {
    return this.#isRunning;
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.#waiting.push(...files);
    if (!this.#isRunning && this.#waiting.length) void this.#run();
  }

  async #run() {
    this.#isRunning = true;
    this.#added = 0;
    let known = 0;
    this.wrongs.replaceChildren();
    for (let file = this.#waiting.shift(); file; file = this.#waiting.shift())
      try {
        const { isNew } = await this.#one(file);
        if (isNew) this.#added += 1;
        else known += 1;
      } catch (error) {
        if (/** @type {any} */ (error).code === "locked") break;
        this.wrongs.append(make("li", {}, `${file.name}: ${said(error)}`));
      }
    const added = tn("{n} photo was added.", "{n} photos were added.", this.#added);
    const old = tn("{n} was there already.", "{n} were there already.", known);
    this.status.textContent = known ? [added, old].join(" ") : added;
    this.#isRunning = false;
  }

  /** @param {File} file @returns {Promise<{isNew: boolean}>} */
  async #one(file) {
    this.status.textContent = t("Encrypting {name} …", { name: file.name });
    const film = FILM.test(file.name) ? await frameOf(file) : {};
    const report = (/** @type {number} */ sent, /** @type {number} */ of) => {
      this.status.textContent = t("Sending {name}: {sent} of {size}", { name: file.name, sent: size(sent), size: size(of) });
    };
    return this.client.ask("add", { file, ...film }, { report, transfer: film.frame ? [film.frame] : [] });
  }

  clear() {
    this.#waiting = [];
    this.place.replaceChildren();
  }
}

/** The first frame of a film and how long it is, as far as this browser can tell. @param {File} file
 * @returns {Promise<{frame?: ImageBitmap, duration?: number}>} */
async function frameOf(file) {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  try {
    await new Promise((done, fail) => {
      setTimeout(fail, FRAME_SECONDS * 1000);
      video.onloadeddata = done;
      video.onerror = fail;
      video.src = url;
    });
    const frame = await createImageBitmap(video);
    return { frame, ...(Number.isFinite(video.duration) ? { duration: Math.round(video.duration * 1000) / 1000 } : {}) };
  } catch {
    return {};
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}
