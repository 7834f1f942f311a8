// @ts-check
// The cells of a wall: one photo each, used again and again.  What changes while scrolling is as little as can be.

import { clock, dates, length, t } from "app/i18n";
import { decode } from "app/thumbhash";

const KEPT = 4000;
const written = dates({ day: "numeric", month: "long", year: "numeric" });
const latest = { day: NaN, text: "" };
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
  /** The longer of its sides. */
  side = 0;
  #badge = "";
  /** @type {import("app/timeline-data").Photo | null} */
  photo = null;
  asked = 0;
  isStill = true;
  /** Whether its picture is on its way. */
  isComing = false;

  /** @param {(cell: Cell) => void} came told when a picture came @param {(cell: Cell) => void} broken told when not */
  constructor(came, broken) {
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
    this.image.addEventListener("load", () => {
      this.#came();
      came(this);
    });
    this.image.addEventListener("error", () => {
      this.isComing = false;
      if (this.image.hasAttribute("src")) broken(this);
    });
    cells.set(element, this);
  }

  #came() {
    this.isComing = false;
    this.element.classList.toggle("fade", this.isStill && performance.now() - this.asked > 120);
    this.element.classList.add("in");
    this.element.classList.remove("broken");
  }

  /** Show nothing of what was here. */
  clear() {
    if (this.image.hasAttribute("src")) this.image.removeAttribute("src");
    if (!this.said.hidden) this.said.hidden = true;
    this.isComing = false;
    this.place = -1;
    this.photo = null;
    this.element.classList.remove("in", "fade", "broken", "chosen");
  }

  /** Stand at a place of the wall. @param {number} place @param {number} x @param {number} width
   * @param {number} height */
  put(place, x, width, height) {
    if (this.place >= 0) this.clear();
    this.place = place;
    this.side = Math.max(width, height);
    this.element.style.left = `${x}px`;
    this.element.style.width = `${width}px`;
  }

  /** Nothing is known of the photo yet. */
  silence() {
    this.#mark("");
    this.link.removeAttribute("href");
    this.link.removeAttribute("aria-label");
    this.element.classList.remove("hash");
  }

  /** Show what can be seen at any speed. @param {import("app/timeline-data").Photo} photo */
  sketch(photo) {
    this.photo = photo;
    this.#mark(photo.isVideo ? length(photo.seconds) : photo.isFavourite ? "♥" : "");
    const { hash } = photo;
    const hasHash = hash.length > 5;
    if (hasHash) this.#draw(hash);
    this.element.classList.toggle("hash", hasHash);
  }

  /** Say what can be read. @param {import("app/timeline-data").Photo} photo @param {number} day @param {string} href */
  tell(photo, day, href) {
    this.link.href = href;
    this.link.setAttribute("aria-label", named(photo, day));
    if (photo.isWaiting || photo.isFailed) {
      this.said.textContent = photo.isFailed ? t("Cannot be shown") : t("Being prepared");
      this.said.hidden = false;
    }
  }

  /** @param {string} badge */
  #mark(badge) {
    if (this.#badge === badge) return;
    this.#badge = badge;
    this.badge.textContent = badge;
  }

  /** @param {Uint8Array} hash */
  #draw(hash) {
    const key = String.fromCharCode(...hash);
    let image = decoded.get(key);
    if (!image) {
      image = decode(hash);
      decoded.set(key, image);
      if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value ?? key);
    }
    this.canvas.getContext("2d")?.putImageData(image, 0, 0);
  }

  /** Fetch the picture. @param {string} link @param {boolean} isStill whether the page is at rest */
  show(link, isStill) {
    this.asked = performance.now();
    this.isStill = isStill;
    this.isComing = Boolean(link);
    if (link) this.image.src = link;
  }

  /** @param {boolean} isChosen @param {boolean} isChoosing */
  mark(isChosen, isChoosing) {
    this.element.classList.toggle("chosen", isChosen);
    if (isChoosing) this.element.setAttribute("aria-selected", String(isChosen));
    else this.element.removeAttribute("aria-selected");
  }
}

/** A day in words; neighbours mostly share theirs. @param {number} day */
function full(day) {
  if (latest.day !== day) [latest.day, latest.text] = [day, written(day)];
  return latest.text;
}

/** `Photo, 12 May 2024, 14:03, favourite`. @param {import("app/timeline-data").Photo} photo @param {number} day */
export function named(photo, day) {
  const parts = [photo.isVideo ? t("Video") : t("Photo"), full(day), clock(photo.minute)];
  if (photo.isFavourite) parts.push(t("favourite"));
  if (photo.isWaiting) parts.push(t("being prepared"));
  if (photo.isFailed) parts.push(t("cannot be shown"));
  return parts.join(", ");
}
