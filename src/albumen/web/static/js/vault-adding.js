// @ts-check
// Photos on their way into a vault, one after the other; of films, this page draws the first frame.

import { t, tn } from "app/i18n";
import { make } from "app/elements";
import { grouped } from "app/vault-look";
import { said } from "app/vault-says";
import { size } from "app/words";

const FILM = /\.(mp4|mov|m4v|webm|mkv)$/i;
const FRAME_SECONDS = 10;

export class Adding {
  /** @type {File[][]} */
  #waiting = [];
  #isRunning = false;
  #added = 0;

  /** @param {HTMLElement} place where is said how far it is @param {import("app/vault-client").Client} client */
  constructor(place, client) {
    this.place = place;
    this.client = client;
    this.status = make("p", { role: "status" });
    this.wrongs = make("ul", { class: "wrong" });
    this.notes = make("ul", { class: "hint vault-notes" });
    place.replaceChildren(this.status, this.wrongs, this.notes);
  }

  get isBusy() {
    return this.#isRunning;
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.#waiting.push(...grouped(files));
    if (!this.#isRunning && this.#waiting.length) void this.#run();
  }

  async #run() {
    this.#isRunning = true;
    this.#added = 0;
    let known = 0;
    this.wrongs.replaceChildren();
    this.notes.replaceChildren();
    for (let files = this.#waiting.shift(); files; files = this.#waiting.shift())
      try {
        const { isNew, isSeen } = await this.#one(files);
        if (isNew) this.#added += 1;
        else known += 1;
        if (!isSeen) this.#note(this.notes, files[0], t("It is in the vault, without a preview: this browser cannot read it."));
      } catch (error) {
        if (/** @type {any} */ (error).code === "locked") break;
        this.#note(this.wrongs, files[0], said(error));
      }
    const added = tn("{n} photo was added.", "{n} photos were added.", this.#added);
    const old = tn("{n} was there already.", "{n} were there already.", known);
    this.status.textContent = known ? [added, old].join(" ") : added;
    this.#isRunning = false;
  }

  /** @param {HTMLElement} list @param {File} file @param {string} what */
  #note(list, file, what) {
    list.append(make("li", {}, `${file.name}: ${what}`));
  }

  /** @param {File[]} files that make one photo @returns {Promise<{isNew: boolean, isSeen: boolean}>} */
  async #one(files) {
    const [file] = files;
    this.status.textContent = t("Encrypting {name} …", { name: file.name });
    const film = FILM.test(file.name) ? await frameOf(file) : {};
    const report = (/** @type {number} */ sent, /** @type {number} */ of) => {
      this.status.textContent = t("Sending {name}: {sent} of {size}", { name: file.name, sent: size(sent), size: size(of) });
    };
    return this.client.ask("add", { files, ...film }, { report, transfer: film.frame ? [film.frame] : [] });
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
