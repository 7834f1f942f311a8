// @ts-check
// The photos of a vault by month.  A tile has its picture only while it is near: what scrolls away is given back.

import { clock, dates, length, t } from "app/i18n";
import { icon } from "app/icons";
import { make } from "app/elements";
import { originalOf, smallOf } from "app/vault-pictures";

/** @typedef {import("app/vault-client").Photo} Photo */

const NEAR = "600px";
const month = dates({ month: "long", year: "numeric" });
const day = dates({ day: "numeric", month: "long", year: "numeric" });
const DAY = 864e5;

/** @param {string} spelled `2019-06-28T12:43:29+02:00`; the clock where it was taken is what counts */
const dayOf = (spelled) => Date.UTC(Number(spelled.slice(0, 4)), Number(spelled.slice(5, 7)) - 1, Number(spelled.slice(8, 10))) / DAY;

/** When a photo was taken, in words; empty where nobody knows. @param {Photo} photo */
export function takenOf({ fields: { takenAt } }) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(takenAt ?? "")) return "";
  return `${day(dayOf(takenAt))}, ${clock(Number(takenAt.slice(11, 13)) * 60 + Number(takenAt.slice(14, 16)))}`;
}

/** @param {Photo} photo */
const isFilm = (photo) => originalOf(photo).type === "video";

/** How a photo is called where it cannot be seen. @param {Photo} photo */
export const nameOf = (photo) =>
  [isFilm(photo) ? t("Video") : t("Photo"), takenOf(photo) || t("no date"), originalOf(photo).name].join(", ");

/** The newest first; what has no date comes last. @param {Photo} one @param {Photo} other */
const byDate = (one, other) => {
  const [mine, others] = [one, other].map((each) => String(each.fields.takenAt ?? ""));
  return mine === others ? (one.signature < other.signature ? -1 : 1) : mine < others ? 1 : -1;
};

export class Grid {
  /** @type {Map<string, HTMLElement>} */
  #tiles = new Map();
  /** @type {Photo[]} in the order that they are shown in */
  photos = [];

  /** @param {HTMLElement} place @param {import("app/vault-pictures").Pictures} pictures
   * @param {(at: number) => void} open @param {"month" | ""} by */
  constructor(place, pictures, open, by = "month") {
    this.place = place;
    this.pictures = pictures;
    this.open = open;
    this.by = by;
    this.near = new IntersectionObserver((seen) => seen.forEach((each) => this.#pass(each)), { rootMargin: NEAR });
  }

  /** @param {Photo[]} photos */
  show(photos) {
    this.photos = this.by ? [...photos].sort(byDate) : photos;
    const kept = new Set(this.photos.map((each) => each.signature));
    for (const [signature, tile] of this.#tiles) if (!kept.has(signature)) this.#drop(signature, tile);
    const months = new Map();
    for (const photo of this.photos) {
      const name = this.by ? String(photo.fields.takenAt ?? "").slice(0, 7) : "";
      months.set(name, [...(months.get(name) ?? []), this.#tile(photo)]);
    }
    const focused = document.activeElement;
    this.place.replaceChildren(...[...months].map(([name, tiles]) => this.#section(name, tiles)));
    if (focused instanceof HTMLElement && this.place.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** @param {string} name @param {HTMLElement[]} tiles */
  #section(name, tiles) {
    const list = make("ul", { class: "vault-tiles" }, ...tiles);
    if (!this.by) return list;
    const title = name ? month(dayOf(`${name}-01`)) : t("Without a date");
    return make("section", { class: "vault-month" }, make("h2", {}, title), list);
  }

  /** @param {Photo} photo */
  #tile(photo) {
    const [known, small] = [this.#tiles.get(photo.signature), smallOf(photo)];
    if (known && known.dataset.small === (small?.signature ?? "")) return known;
    if (known) this.#drop(photo.signature, known); // another device has added a preview
    const button = make("button", { type: "button", "aria-label": nameOf(photo) });
    const image = /** @type {HTMLImageElement} */ (make("img", { alt: "", draggable: "false" }));
    const { preview } = photo.fields;
    if (typeof preview === "string" && /^[\w+/=]+$/.test(preview)) image.dataset.preview = `data:image/webp;base64,${preview}`;
    if (image.dataset.preview) image.src = image.dataset.preview;
    if (small) button.append(image);
    else button.append(icon(isFilm(photo) ? "play" : "images"), make("span", { class: "name" }, originalOf(photo).name));
    if (!small && !isFilm(photo)) button.append(make("span", { class: "name" }, t("No preview yet")));
    if (isFilm(photo) && small) button.append(this.#badge(photo));
    button.addEventListener("click", () => this.open(this.photos.findIndex((each) => each.signature === photo.signature)));
    const tile = make("li", { "data-photo": photo.signature, "data-small": small?.signature ?? "" }, button);
    this.#tiles.set(photo.signature, tile);
    this.near.observe(tile);
    return tile;
  }

  /** @param {Photo} photo */
  #badge(photo) {
    const { duration } = originalOf(photo);
    return make("span", { class: "length" }, icon("play"), duration ? length(Math.round(duration)) : "");
  }

  /** @param {IntersectionObserverEntry} seen */
  async #pass({ target, isIntersecting }) {
    const tile = /** @type {HTMLElement} */ (target);
    const image = tile.querySelector("img");
    const photo = this.photos.find((each) => each.signature === tile.dataset.photo);
    const file = photo && smallOf(photo);
    if (!image || !photo || !file) return;
    tile.toggleAttribute("data-near", isIntersecting);
    if (!isIntersecting) return this.#giveBack(image);
    if (tile.dataset.url) return;
    const isWanted = () => tile.isConnected && tile.hasAttribute("data-near");
    const url = await this.pictures.url(photo.signature, file, undefined, isWanted).catch(() => "");
    if (!url) return;
    if (!isWanted() || tile.dataset.url) return this.pictures.giveBack(url);
    tile.dataset.url = image.src = url;
  }

  /** @param {HTMLImageElement} image */
  #giveBack(image) {
    const tile = /** @type {HTMLElement} */ (image.closest("li"));
    if (!tile.dataset.url) return;
    this.pictures.giveBack(tile.dataset.url);
    delete tile.dataset.url;
    if (image.dataset.preview) image.src = image.dataset.preview;
    else image.removeAttribute("src");
  }

  /** @param {string} signature @param {HTMLElement} tile */
  #drop(signature, tile) {
    this.near.unobserve(tile);
    const image = tile.querySelector("img");
    if (image) this.#giveBack(image);
    this.#tiles.delete(signature);
  }

  /** Leave nothing on the page. */
  clear() {
    this.near.disconnect();
    this.#tiles.clear();
    this.photos = [];
    this.place.replaceChildren();
  }
}
