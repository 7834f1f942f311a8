// @ts-check
// The cells of a wall: one photo each, used again and again.  What changes while scrolling is as little as can be.

import { clock, dates, length, t } from "app/i18n";
import { decode } from "app/thumbhash";

const KEPT = 4000;
const full = dates({ day: "numeric", month: "long", year: "numeric" });
/** Decoded placeholders by hash. @type {Map<string, ImageData>} */
const decoded = new Map();

const MARKUP = `<a tabindex="-1"><canvas width="16" height="16" aria-hidden="true"></canvas><img alt="" decoding="async"
  draggable="false"><span class="said" hidden></span></a><button class="pick" type="button" tabindex="-1"></button>
  <span class="badge" aria-hidden="true"></span>`;

/** Elements know their cell. @type {WeakMap<Element, Cell>} */
const cells = new WeakMap();

/** The cell that an event, or a point, is in. @param {EventTarget | null} target @returns {Cell | undefined} */
export function cellAt(target) {
  const element = target instanceof Element ? target.closest(".cell") : null;
  return element ? cells.get(element) : undefined;
}

export class Cell {
  place = -1;
  /** @type {import("app/timeline-data").Photo | null} */
  photo = null;
  asked = 0;
  isStill = true;

  /** @param {(cell: Cell) => void} broken told when a picture does not come */
  constructor(broken) {
    const element = document.createElement("div");
    element.className = "cell";
    element.setAttribute("role", "gridcell");
    element.innerHTML = MARKUP;
    const find = (/** @type {string} */ selector) => /** @type {any} */ (element.querySelector(selector));
    this.element = element;
    this.link = /** @type {HTMLAnchorElement} */ (find("a"));
    this.canvas = /** @type {HTMLCanvasElement} */ (find("canvas"));
    this.image = /** @type {HTMLImageElement} */ (find("img"));
    this.said = /** @type {HTMLElement} */ (find(".said"));
    this.pick = /** @type {HTMLButtonElement} */ (find(".pick"));
    this.badge = /** @type {HTMLElement} */ (find(".badge"));
    this.pick.setAttribute("aria-label", t("Select"));
    this.image.addEventListener("load", () => this.#came());
    this.image.addEventListener("error", () => this.image.hasAttribute("src") && broken(this));
    cells.set(element, this);
  }

  #came() {
    this.element.classList.toggle("fade", this.isStill && performance.now() - this.asked > 120);
    this.element.classList.add("in");
    this.element.classList.remove("broken");
  }

  /** Show nothing of what was here. */
  clear() {
    if (this.image.hasAttribute("src")) this.image.removeAttribute("src");
    if (this.photo?.isWaiting || this.photo?.isFailed) this.said.hidden = true;
    this.place = -1;
    this.photo = null;
    this.element.className = "cell";
  }

  /** Stand at a place of the wall. @param {number} place @param {number} x @param {number} width */
  put(place, x, width) {
    this.clear();
    this.place = place;
    this.element.style.left = `${x}px`;
    this.element.style.width = `${width}px`;
    this.link.removeAttribute("href");
  }

  /** @param {import("app/timeline-data").Photo} photo @param {number} day @param {string} href */
  tell(photo, day, href) {
    this.photo = photo;
    this.link.href = href;
    this.link.setAttribute("aria-label", named(photo, day));
    const mark = photo.isVideo ? length(photo.seconds) : photo.isFavourite ? "♥" : "";
    if (this.badge.textContent !== mark) this.badge.textContent = mark;
    if (photo.isWaiting || photo.isFailed) {
      this.said.textContent = photo.isFailed ? t("Cannot be shown") : t("Being prepared");
      this.said.hidden = false;
    }
    if (photo.hash.length > 5) this.#draw(photo.hash);
  }

  /** @param {Uint8Array} hash */
  #draw(hash) {
    const key = hash.join();
    let image = decoded.get(key);
    if (!image) {
      image = decode(hash);
      decoded.set(key, image);
      if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value ?? key);
    }
    this.canvas.getContext("2d")?.putImageData(image, 0, 0);
    this.element.classList.add("hash");
  }

  /** Fetch the picture. @param {string} link @param {boolean} isStill whether the page is at rest */
  show(link, isStill) {
    this.asked = performance.now();
    this.isStill = isStill;
    if (link) this.image.src = link;
  }

  /** @param {boolean} isChosen @param {boolean} isChoosing */
  mark(isChosen, isChoosing) {
    this.element.classList.toggle("chosen", isChosen);
    if (isChoosing) this.element.setAttribute("aria-selected", String(isChosen));
    else this.element.removeAttribute("aria-selected");
  }
}

/** `Photo, 12 May 2024, 14:03, favourite`. @param {import("app/timeline-data").Photo} photo @param {number} day */
export function named(photo, day) {
  const parts = [photo.isVideo ? t("Video") : t("Photo"), full(day), clock(photo.minute)];
  if (photo.isFavourite) parts.push(t("favourite"));
  if (photo.isWaiting) parts.push(t("being prepared"));
  if (photo.isFailed) parts.push(t("cannot be shown"));
  return parts.join(", ");
}
