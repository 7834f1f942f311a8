// @ts-check
// The bar over a photo, what its buttons do, and the same by keys.

import { fragment, send } from "app/http";
import { dates, t } from "app/i18n";
import { icon } from "app/icons";
import { takeFocus } from "app/timeline-keys";
import { toast } from "app/toast";

const isNarrow = matchMedia("(max-width: 640px)").matches;
const day = isNarrow
  ? dates({ day: "numeric", month: "short", year: "numeric" })
  : dates({ weekday: "short", day: "numeric", month: "long", year: "numeric" });
const PAUSE = 4000;

/** @typedef {import("app/timeline").PhotoTimeline} Wall */

/** @param {Wall} wall @param {any} box @param {Map<string, any>} shown */
export function addBar(wall, box, shown) {
  box.on("uiRegister", () => {
    const { ui } = box;
    const actions = new Set((wall.dataset.actions ?? "").split(" "));
    ui.registerElement({ ...button("back", t("Back"), "arrow-left"), order: 1, onClick: () => box.close() });
    ui.registerElement({
      name: "date",
      order: 2,
      isButton: false,
      tagName: "p",
      onInit: (/** @type {HTMLElement} */ element) => {
        element.setAttribute("aria-live", "polite");
        const say = () => (element.textContent = day(wall.data.days[wall.layout.dayOf(box.currIndex)]));
        box.on("change", say);
        box.on("firstUpdate", say);
      },
    });
    if (actions.has("favourite")) ui.registerElement(heart(wall, box));
    ui.registerElement({ ...button("info", t("About this photo"), "info"), onClick: () => about(wall, box) });
    if (actions.has("download")) {
      ui.registerElement({ ...button("save", t("Download"), "download"), onClick: () => download(wall, box) });
    }
    if (actions.has("trash")) {
      ui.registerElement({ ...button("bin", t("Delete"), "trash-2"), onClick: () => discard(wall, box) });
    }
    ui.registerElement({ ...button("show", t("Slideshow"), "play"), onClick: () => slideshow(wall, box) });
  });
  box.on("destroy", () => {
    shown.clear();
    document.body.append(...document.querySelectorAll("#toasts")); // it goes on
    if (!wall.data.count) document.getElementById("main")?.focus();
  });
}

/** @param {string} name @param {string} title @param {string} drawn */
function button(name, title, drawn) {
  return { name, title, ariaLabel: title, order: 8, isButton: true, html: icon(drawn).outerHTML };
}

/** @param {Wall} wall @param {any} box */
function heart(wall, box) {
  return {
    ...button("heart", t("Favourite"), "heart"),
    onInit: (/** @type {HTMLElement} */ element) => {
      const say = () => {
        element.setAttribute("aria-pressed", String(Boolean(wall.data.get(box.currIndex)?.isFavourite)));
      };
      box.on("change", say);
      box.on("firstUpdate", say);
      box.on("favoured", say);
    },
    onClick: () => favour(wall, box),
  };
}

/** @param {Wall} wall @param {any} box */
async function favour(wall, box) {
  const place = box.currIndex;
  const photo = wall.data.get(place);
  if (!photo) return;
  const wanted = !photo.isFavourite;
  const set = (/** @type {boolean} */ is) => {
    wall.data.favour(place, is);
    wall.retell(place);
    box.dispatch("favoured");
  };
  set(wanted);
  try {
    await send(`${wall.dataset.library}/files/${photo.id}`, { favorite: wanted }, "PATCH");
  } catch (error) {
    set(!wanted);
    toast(error instanceof Error ? error.message : "");
  }
}

/** @param {Wall} wall @param {any} box */
function download(wall, box) {
  const photo = wall.data.get(box.currIndex);
  if (photo) location.assign(`${wall.address(photo.id)}/original`);
}

/** Into the trash, and on to the next photo. @param {Wall} wall @param {any} box */
async function discard(wall, box) {
  const place = box.currIndex;
  const photo = wall.data.get(place);
  if (!photo || box.isDiscarding) return;
  box.isDiscarding = true;
  try {
    const done = await send(`${wall.dataset.library}/selection/trash`, { fileIds: [photo.id] });
    await renew(wall, box, place);
    if (wall.data.get(place)?.id === photo.id) box.close(); // the wall could not be looked at again
    toast(t("The photo is in the trash."), {
      action: t("Undo"),
      run: async () => {
        try {
          await send(`${wall.dataset.library}/operations/${done.operationId}/undo`);
          await renew(wall, box, place);
        } finally {
          if (box.isDestroying) takeFocus(wall);
          else box.element.focus();
        }
      },
    });
  } catch (error) {
    toast(error instanceof Error ? error.message : "");
  } finally {
    box.isDiscarding = false;
  }
}

/** Look at the wall again, and show what stands at a place now; the last photo where there is none so far on.
 * @param {Wall} wall @param {any} box @param {number} place */
async function renew(wall, box, place) {
  const before = wall.data.count;
  await wall.refresh();
  if (box.isDestroying) return;
  const { count } = wall.data;
  if (!count) return box.close();
  const to = Math.min(place, count - 1);
  await wall.data.known(to);
  if (box.isDestroying) return;
  for (let at = place; at <= Math.max(before, count); at++) box.contentLoader.removeByIndex(at);
  if (box.currIndex !== to) box.goTo(to);
  box.mainScroll.itemHolders.forEach((/** @type {any} */ holder, /** @type {number} */ at) => box.setContent(holder, to - 1 + at, true));
  box.dispatch("change");
}

/** The facts, beside the photo, or over it on a phone. @param {Wall} wall @param {any} box */
async function about(wall, box) {
  const old = box.element.querySelector(".about-sheet");
  if (old) return old.remove();
  const sheet = document.createElement("aside");
  sheet.className = "about-sheet";
  sheet.setAttribute("aria-label", t("About this photo"));
  const fill = async () => {
    const photo = wall.data.get(box.currIndex);
    if (!photo || !sheet.isConnected) return;
    const facts = await fragment(`${wall.address(photo.id)}/info`).catch(() => null);
    if (facts && wall.data.get(box.currIndex)?.id === photo.id) sheet.replaceChildren(facts);
  };
  for (const name of ["wheel", "pointerdown", "click"]) sheet.addEventListener(name, (event) => event.stopPropagation());
  box.element.append(sheet);
  box.on("change", fill);
  await fill();
}

/** @param {Wall} wall @param {any} box */
function slideshow(wall, box) {
  if (box.show) {
    clearInterval(box.show);
    box.show = 0;
  } else {
    box.show = setInterval(() => (box.currIndex + 1 < wall.data.count ? box.next() : clearInterval(box.show)), PAUSE);
    box.on("destroy", () => clearInterval(box.show));
  }
  box.element.classList.toggle("running", Boolean(box.show));
}

/** @param {Wall} wall @param {any} box @param {any} event */
export function keysOf(wall, box, event) {
  const { key, ctrlKey, metaKey, altKey } = event.originalEvent;
  if (ctrlKey || metaKey || altKey) return;
  const video = box.currSlide?.content.element;
  const actions = new Set((wall.dataset.actions ?? "").split(" "));
  /** @type {Record<string, (() => unknown) | false>} */
  const deeds = {
    f: actions.has("favourite") && (() => favour(wall, box)),
    i: () => about(wall, box),
    s: () => slideshow(wall, box),
    D: actions.has("download") && (() => download(wall, box)),
    Delete: actions.has("trash") && (() => discard(wall, box)),
    "+": () => box.toggleZoom(),
    z: () => box.toggleZoom(),
    " ": () => video instanceof HTMLVideoElement && (video.paused ? video.play() : video.pause()),
  };
  const deed = deeds[key];
  if (!deed || (key === " " && event.originalEvent.target.closest?.("button, a"))) return;
  event.preventDefault();
  event.originalEvent.preventDefault();
  deed();
}

