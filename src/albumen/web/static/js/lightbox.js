// @ts-check
// A photo as large as the window, over its wall: PhotoSwipe, with our bar, our history, films and facts.

import { RATIO } from "app/layout";
import { t } from "app/i18n";
import { named } from "app/cells";
import { showsFilms } from "app/film-slide";
import { addBar, keysOf } from "app/lightbox-bar";
import { styled } from "app/styles";
import PhotoSwipe from "vendor/photoswipe";

const LONGEST = 1440;

/** @typedef {import("app/timeline").PhotoTimeline} Wall */

/** @type {any} */
let open = null;

// The style sheets are fetched with the first photo.
styled(document.querySelector('meta[name="lightbox"]')?.getAttribute("content") ?? "");

/** @param {Wall} wall @param {number} place */
export async function openLightbox(wall, place) {
  if (open) return;
  /** What is shown of photos, by id. @type {Map<string, import("app/links").Shown | null>} */
  const shown = new Map();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  await wall.data.known(place);
  const box = (open = new PhotoSwipe(options(place, isCalm)));
  box.addFilter("numItems", () => wall.data.count);
  box.addFilter("itemData", (/** @type {any} */ _, /** @type {number} */ at) => slide(wall, box, shown, at));
  box.addFilter("thumbEl", (/** @type {any} */ _, /** @type {any} */ __, /** @type {number} */ at) => {
    return wall.cellOf(at)?.image ?? null;
  });
  box.addFilter("placeholderSrc", (/** @type {string} */ src, /** @type {any} */ content) => content.data.msrc ?? src);
  showsFilms(box);
  box.on("zoomPanUpdate", ({ slide: at }) => sharpen(at));
  addBar(wall, box, shown);
  history_(wall, box);
  box.on("keydown", (/** @type {any} */ event) => keysOf(wall, box, event));
  box.on("change", () => wall.painter.schedule());
  box.on("close", () => wall.reveal(box.currIndex));
  box.on("destroy", () => {
    open = null;
    wall.focusPlace(Math.min(box.currIndex, wall.data.count - 1));
  });
  box.init();
}

/** @param {number} index @param {boolean} isCalm */
function options(index, isCalm) {
  return {
    index,
    bgOpacity: 1,
    showHideAnimationType: isCalm ? "none" : "zoom",
    showAnimationDuration: 220,
    hideAnimationDuration: 220,
    wheelToZoom: true,
    loop: false,
    preload: [1, 2],
    clickToCloseNonZoomable: false,
    tapAction: "toggle-controls",
    bgClickAction: "toggle-controls",
    mainClass: "lightbox",
    counter: false,
    zoom: true,
    close: false,
    closeTitle: t("Close"),
    zoomTitle: t("Zoom"),
    arrowPrevTitle: t("Previous"),
    arrowNextTitle: t("Next"),
    errorMsg: t("This photo cannot be shown."),
  };
}

/** One slide: its shape is known at once, its picture soon. @param {Wall} wall @param {any} box
 * @param {Map<string, any>} shown @param {number} at */
function slide(wall, box, shown, at) {
  wall.data.want(Math.max(0, at - 8), Math.min(wall.data.count, at + 8));
  const ratio = RATIO[wall.data.shapes[at]];
  const size = ratio >= 1 ? [LONGEST, LONGEST / ratio] : [LONGEST * ratio, LONGEST];
  const [width, height] = size.map(Math.round);
  const photo = wall.data.get(at);
  if (!photo) {
    wall.data.known(at).then((known) => known && open === box && box.refreshSlideContent(at));
    return { html: '<p class="state"></p>', width, height };
  }
  const told = shown.get(photo.id);
  const msrc = wall.cellOf(at)?.image.getAttribute("src") || wall.links.get(at, "sm") || undefined;
  const alt = named(photo, wall.data.days[wall.layout.dayOf(at)]);
  if (told === undefined) {
    shown.set(photo.id, null);
    wall.links.shown(photo.id).then(
      (links) => {
        shown.set(photo.id, links);
        if (open === box) box.refreshSlideContent(at);
      },
      () => shown.delete(photo.id),
    );
  }
  if (photo.isVideo && told?.film) return { type: "film", ...told, msrc, width, height, alt };
  if (!told?.src) return { src: msrc, msrc, width, height, alt, ...(msrc ? {} : { html: waiting(photo) }) };
  return { src: told.src, msrc, width: told.width, height: told.height, alt, full: told.full };
}

/** @param {import("app/timeline-data").Photo} photo */
function waiting(photo) {
  const said = photo.isFailed ? t("Cannot be shown") : photo.isWaiting ? t("Being prepared") : "";
  return `<p class="state">${said}</p>`;
}

/** The whole photo, once somebody zooms into it. @param {any} at */
function sharpen(at) {
  const { full } = at.data;
  const image = at.content.element;
  if (!full || !(image instanceof HTMLImageElement) || image.dataset.full) return;
  if (at.currZoomLevel < at.zoomLevels.fit * 1.6) return;
  image.dataset.full = "yes";
  const better = new Image();
  better.onload = () => (image.src = full);
  better.src = full;
}

/** The address is that of the photo; Back closes, and lands where one was. @param {Wall} wall @param {any} box */
function history_(wall, box) {
  const address = () => {
    const photo = wall.data.get(box.currIndex);
    return photo ? wall.address(photo.id) : location.href;
  };
  const before = document.title;
  let isBack = false;
  const back = () => {
    isBack = true;
    if (open !== box) return;
    if (box.opener.isOpen) box.close();
    else box.on("openingAnimationEnd", () => box.close()); // it cannot be closed before
  };
  box.on("beforeOpen", () => {
    sessionStorage.setItem("albumen.grid", "yes");
    history.pushState({ lightbox: true }, "", address());
    addEventListener("popstate", back, { once: true });
  });
  box.on("change", async () => {
    await wall.data.known(box.currIndex);
    if (open === box && history.state?.lightbox) history.replaceState({ lightbox: true }, "", address());
  });
  box.on("close", () => {
    removeEventListener("popstate", back);
    document.title = before;
    if (!isBack && history.state?.lightbox) history.back();
  });
}
