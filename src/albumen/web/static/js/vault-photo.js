// @ts-check
// One photo of a vault, over the whole window: turned by keys and buttons, saved, deleted.

import { t } from "app/i18n";
import { make } from "app/elements";
import { toast } from "app/toast";
import { nameOf, takenOf } from "app/vault-grid";
import { largeOf, originalOf, PLAIN, smallOf } from "app/vault-pictures";
import { said } from "app/vault-says";
import { swipes } from "app/swipe";
import { size } from "app/words";

/** @typedef {import("app/vault-client").Photo} Photo */

const SAVED_AT_ONCE = 64 << 20; // what is larger is decrypted while it is saved

/** Whether the history stands at a photo; at which one, it does not say. */
const isNoted = () => Boolean(history.state?.photo);
const note = () => history.pushState({ photo: true }, "");

export class PhotoView {
  /** @type {Photo[]} */
  #photos = [];
  #at = 0;
  #shown = 0;
  /** @type {string[]} */
  #streams = [];
  /** Whether a step back that was begun here has not come yet. */
  #isStepping = false;

  /** @param {HTMLDialogElement} dialog @param {import("app/vault-pictures").Pictures} pictures
   * @param {import("app/vault-streams").Streams} streams @param {(photo: Photo) => Promise<void>} [remove] */
  constructor(dialog, pictures, streams, remove) {
    this.dialog = dialog;
    this.pictures = pictures;
    this.streams = streams;
    this.over = new AbortController();
    const { signal } = this.over;
    const on = (/** @type {string} */ name, /** @type {() => unknown} */ run) =>
      dialog.querySelector(`[data-${name}]`)?.addEventListener("click", run, { signal });
    on("newer", () => this.#turn(-1));
    on("older", () => this.#turn(1));
    on("save", () => this.#save());
    on("shut", () => dialog.close());
    on("remove", () => remove?.(this.#photos[this.#at]));
    dialog.addEventListener("keydown", (event) => this.#key(event), { signal });
    dialog.addEventListener("close", () => this.#closed(), { signal });
    addEventListener("popstate", () => this.#stepped(), { signal });
    swipes(dialog, { left: () => this.#turn(1), right: () => this.#turn(-1), down: () => dialog.close() }, signal);
  }

  /** @param {Photo[]} photos @param {number} at */
  open(photos, at) {
    this.#photos = photos;
    this.#at = at;
    if (!this.dialog.open) {
      this.dialog.showModal();
      if (!this.#isStepping && !isNoted()) note();
    }
    void this.#show();
  }

  /** Back closes the photo, and closing it goes back. */
  #stepped() {
    const wasOwn = this.#isStepping;
    this.#isStepping = false;
    if (!this.dialog.open) return;
    if (wasOwn) note(); // another photo was opened meanwhile
    else this.dialog.close();
  }

  #closed() {
    this.#leave();
    if (!isNoted() || this.#isStepping) return;
    this.#isStepping = true;
    history.back();
  }

  get current() {
    return this.#photos[this.#at];
  }

  /** @param {number} by */
  #turn(by) {
    if (this.#photos[this.#at + by]) this.open(this.#photos, this.#at + by);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target instanceof HTMLVideoElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") this.#turn(-1);
    else if (event.key === "ArrowRight") this.#turn(1);
  }

  #place() {
    return /** @type {HTMLElement} */ (this.dialog.querySelector("[data-stage]"));
  }

  async #show() {
    const [photo, turn] = [this.#photos[this.#at], (this.#shown += 1)];
    const original = originalOf(photo);
    this.#empty();
    const facts = [takenOf(photo), original.name, size(original.size)].filter(Boolean).join(" · ");
    /** @type {HTMLElement} */ (this.dialog.querySelector("[data-facts]")).textContent = facts;
    this.dialog.setAttribute("aria-label", nameOf(photo));
    for (const [name, by] of /** @type {[string, number][]} */ ([["newer", -1], ["older", 1]]))
      this.dialog.querySelector(`[data-${name}]`)?.toggleAttribute("hidden", !this.#photos[this.#at + by]);
    try {
      const media = original.type === "video" ? await this.#film(photo) : await this.#image(photo, () => turn === this.#shown);
      if (media && turn === this.#shown && this.dialog.open) this.#place().replaceChildren(media);
    } catch (error) {
      if (turn === this.#shown) this.#place().replaceChildren(make("p", { class: "wrong", role: "alert" }, said(error)));
    }
  }

  /** @param {Photo} photo @param {() => boolean} isWanted */
  async #image(photo, isWanted) {
    const [large, small] = [largeOf(photo), smallOf(photo)];
    if (!large || !small) return make("p", {}, t("There is no preview yet: the device that added this photo could not read it. Another device may add one. Save the photo to see it."));
    const url = await this.pictures.url(photo.signature, large, undefined, isWanted);
    return url && make("img", { src: url, alt: nameOf(photo), "data-url": url });
  }

  /** @param {Photo} photo */
  async #film(photo) {
    const url = await this.#stream(photo, originalOf(photo));
    if (!url) return make("p", {}, t("This browser cannot play films of a vault. Save the film to see it."));
    const video = make("video", { src: url, controls: "", playsinline: "", "aria-label": nameOf(photo) });
    video.addEventListener("error", () => {
      if (video.isConnected) video.replaceWith(make("p", {}, t("This browser cannot play this film. Save it to see it.")));
    });
    return video;
  }

  /** @param {Photo} photo @param {import("app/vault-client").File_} file */
  async #stream(photo, file) {
    const url = await this.streams.url(photo.signature, file);
    this.#streams.push(url);
    return url;
  }

  async #save() {
    const photo = this.#photos[this.#at];
    for (const file of photo.files.filter((each) => each.type !== "thumbnail"))
      try {
        const stream = file.size > SAVED_AT_ONCE ? await this.streams.url(photo.signature, file) : "";
        const url = stream ? `${stream}?save` : await this.pictures.url(photo.signature, file, PLAIN);
        make("a", { href: url, download: file.name }).click();
        if (!stream) setTimeout(() => this.pictures.giveBack(url), 60_000);
      } catch (error) {
        toast(said(error));
      }
  }

  #empty() {
    const url = this.#place().querySelector("img")?.dataset.url;
    if (url) this.pictures.giveBack(url);
    this.#place().querySelector("video")?.removeAttribute("src");
    this.#place().querySelector("video")?.load();
    for (const each of this.#streams.splice(0)) this.streams.giveBack(each);
    this.#place().replaceChildren();
  }

  #leave() {
    this.#shown += 1;
    this.#empty();
  }

  /** Leave nothing on the page. @param {boolean} isLeaving whether the page itself is left */
  clear(isLeaving) {
    this.over.abort();
    this.#leave();
    const isOver = this.dialog.open && isNoted() && !this.#isStepping;
    this.dialog.close();
    if (isOver && !isLeaving) history.back();
    /** @type {HTMLElement} */ (this.dialog.querySelector("[data-facts]")).textContent = "";
  }
}
