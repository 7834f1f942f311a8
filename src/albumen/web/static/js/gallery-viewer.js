// @ts-check
// A photo of an event as large as the window: with its own address, its heart, and a way to keep it.

import { showsFilms } from "app/film-slide";
import { keepsOn } from "app/guest-film";
import { t } from "app/i18n";
import { icon } from "app/icons";
import PhotoSwipe from "vendor/photoswipe";

const hasLetters = document.documentElement.dataset.keys !== "off";

/** @typedef {{all: () => HTMLAnchorElement[], isOld: (link: HTMLAnchorElement) => boolean,
 *   looked: (link: HTMLAnchorElement) => Promise<void>}} Gallery */

/** Show a photo.  `isThere`: the address is its own already.
 * @param {HTMLAnchorElement} link @param {Gallery} gallery @param {boolean} isThere */
export function show(link, gallery, isThere) {
  if (document.querySelector(".pswp")) return;
  const box = new PhotoSwipe(options(gallery.all().indexOf(link)));
  const { all } = gallery;
  box.addFilter("numItems", () => all().length);
  box.addFilter("itemData", (/** @type {unknown} */ _, /** @type {number} */ at) => slide(all()[at]));
  box.addFilter("thumbEl", (/** @type {unknown} */ _, /** @type {unknown} */ __, /** @type {number} */ at) => all()[at]?.querySelector("img"));
  showsFilms(box, (film, { id }) => keepsOn(film, id));
  if (!isThere) history.pushState({ viewer: true }, "", link.href);
  const deeds = buttons(box, gallery);
  look(box, gallery, deeds.say);
  box.on("keydown", (/** @type {any} */ event) => keyed(event, deeds));
  leave(box, gallery);
  box.init();
}

/** @param {number} index */
function options(index) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    index,
    bgOpacity: 1,
    loop: false,
    wheelToZoom: true,
    showHideAnimationType: isCalm ? "none" : "zoom",
    mainClass: "lightbox",
    closeTitle: t("Close"),
    zoomTitle: t("Zoom"),
    arrowPrevTitle: t("Previous"),
    arrowNextTitle: t("Next"),
    errorMsg: t("This photo cannot be shown."),
  };
}

/** What is shown of a photo. @param {HTMLAnchorElement} link */
function slide(link) {
  const image = link.querySelector("img");
  const size = { width: Number(link.dataset.width), height: Number(link.dataset.height) };
  const alt = link.getAttribute("aria-label") ?? "";
  const { film, id } = link.dataset;
  if (film) return { type: "film", film, id, msrc: link.dataset.large || image?.currentSrc, alt, ...size };
  return { src: link.dataset.large || image?.currentSrc, msrc: image?.currentSrc, alt, ...size, element: link };
}

/** Each photo that comes is looked at, and the address becomes its own. @param {any} box @param {Gallery} gallery
 * @param {() => void} say */
function look(box, { all, isOld, looked }, say) {
  /** @type {HTMLAnchorElement | null} */
  let last = null;
  box.on("change", async () => {
    const link = all()[box.currIndex];
    const wasOld = isOld(link);
    if (link === last && !wasOld) return;
    last = link;
    await looked(link);
    if (last !== link || box.isDestroying) return;
    say();
    if (history.state?.viewer) history.replaceState({ viewer: true }, "", link.href);
    if (wasOld) box.refreshSlideContent(box.currIndex);
  });
}

/** The heart and what saves a photo, where the code allows these. @param {any} box @param {Gallery} gallery */
function buttons(box, gallery) {
  const list = /** @type {HTMLElement} */ (document.querySelector("[data-tiles]"));
  const now = () => gallery.all()[box.currIndex];
  const heart = () => /** @type {HTMLElement | null} */ (now()?.closest("li")?.querySelector(".heart button") ?? null);
  /** @type {{heart?: HTMLElement, save?: HTMLElement}} */
  const made = {};
  const say = () => {
    made.heart?.setAttribute("aria-pressed", heart()?.getAttribute("aria-pressed") ?? "false");
    if (made.save) made.save.hidden = !now()?.dataset.save;
  };
  const deeds = {
    say,
    favour: list.querySelector(".heart") && (() => heart()?.click()),
    save: "saves" in list.dataset && (() => save(now(), gallery)),
  };
  box.on("uiRegister", () => {
    const add = (/** @type {"heart" | "save"} */ name, /** @type {string} */ title, /** @type {string} */ drawn, /** @type {unknown} */ onClick) => {
      const told = { name, title, ariaLabel: title, order: 8, isButton: true, html: icon(drawn).outerHTML, onClick };
      if (onClick) box.ui.registerElement({ ...told, onInit: (/** @type {HTMLElement} */ element) => (made[name] = element) });
    };
    add("heart", t("Favourite"), "heart", deeds.favour);
    add("save", t("Download"), "download", deeds.save);
  });
  const pressed = new MutationObserver(say);
  pressed.observe(list, { subtree: true, attributeFilter: ["aria-pressed"] });
  for (const name of ["afterInit", "change"]) box.on(name, say);
  box.on("destroy", () => pressed.disconnect());
  return deeds;
}

/** @param {HTMLAnchorElement} link @param {Gallery} gallery */
async function save(link, { isOld, looked }) {
  if (isOld(link)) await looked(link);
  if (link.dataset.save) location.assign(link.dataset.save);
}

/** @param {any} event @param {{favour: unknown, save: unknown}} deeds */
function keyed(event, { favour, save }) {
  const { key, target, ctrlKey, metaKey, altKey } = event.originalEvent;
  const deed = hasLetters && { f: favour, D: save }[/** @type {string} */ (key)];
  if (typeof deed !== "function" || ctrlKey || metaKey || altKey || target instanceof HTMLVideoElement) return;
  event.originalEvent.preventDefault();
  deed();
}

/** Back closes, and closing goes back. @param {any} box @param {Gallery} gallery */
function leave(box, { all }) {
  const back = () => (box.opener.isOpen ? box.close() : box.on("openingAnimationEnd", () => box.close()));
  addEventListener("popstate", back, { once: true });
  box.on("destroy", () => {
    removeEventListener("popstate", back);
    if (history.state?.viewer) history.back();
    const last = all()[box.currIndex];
    last?.scrollIntoView({ block: "nearest" });
    last?.focus({ preventScroll: true });
  });
}
