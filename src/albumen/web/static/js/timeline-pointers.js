// @ts-check
// Mouse, pen and touch on a wall.  Every listener is passive towards scrolling: `touch-action: pan-y` leaves panning to
// the browser, a long press begins choosing, and a drag that sets out sideways paints a range, as on phones elsewhere.

import { cellAt } from "app/cells";

const LONG_PRESS = 380;

/** @typedef {import("app/timeline").PhotoTimeline} PhotoTimeline */

/** @param {PhotoTimeline} wall */
export function listenToPointers(wall) {
  clicks(wall);
  touches(wall);
  if (matchMedia("(any-pointer: fine)").matches) void import("app/rubber-band").then(({ rubberBand }) => rubberBand(wall));
  const warm = () => void import("app/lightbox");
  wall.addEventListener("pointerover", warm, { once: true });
  wall.addEventListener("touchstart", warm, { once: true, passive: true });
}

/** @param {PhotoTimeline} wall */
function clicks(wall) {
  wall.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : wall;
    const day = target.closest(".pick-day");
    if (day instanceof HTMLElement) return pickDay(wall, day);
    const cell = cellAt(target);
    if (!cell || cell.place < 0) return;
    const { selection } = wall;
    const isPicking = target === cell.pick || selection.isActive;
    if (!isPicking && (event.ctrlKey || event.metaKey) && !event.shiftKey) return choose(event, wall, cell.place);
    event.preventDefault();
    if (event.shiftKey) {
      if (selection.anchor < 0) selection.anchor = cell.place;
      selection.range(selection.anchor, cell.place, !selection.has(cell.place) || cell.place === selection.anchor);
    } else if (isPicking) selection.toggle(cell.place);
    else wall.open(cell.place);
  });
}

/** @param {MouseEvent} event @param {PhotoTimeline} wall @param {number} place */
function choose(event, wall, place) {
  event.preventDefault();
  wall.selection.toggle(place);
}

/** @param {PhotoTimeline} wall @param {HTMLElement} button */
function pickDay(wall, button) {
  const day = Number(button.closest(".day-head")?.getAttribute("data-day"));
  const [from, to] = wall.layout.placesOf(day);
  wall.selection.range(from, to - 1, !wall.selection.holds(from, to - 1));
}

/** @param {PhotoTimeline} wall */
function touches(wall) {
  const start = { x: 0, y: 0, place: -1 };
  let timer = 0;
  let isPainting = false;
  let isDone = false; // what began with a long press ends in a click that means nothing
  wall.addEventListener("pointerdown", (event) => {
    isDone = false;
    const cell = cellAt(event.target);
    if (event.pointerType !== "touch" || !cell || cell.place < 0) return;
    Object.assign(start, { x: event.clientX, y: event.clientY, place: cell.place });
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (!wall.selection.has(start.place)) wall.selection.toggle(start.place);
      wall.selection.anchor = start.place;
      isDone = true;
      navigator.vibrate?.(10);
    }, LONG_PRESS);
  });
  wall.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" || start.place < 0) return;
    const [dx, dy] = [Math.abs(event.clientX - start.x), Math.abs(event.clientY - start.y)];
    if (dx > 10 || dy > 10) clearTimeout(timer);
    if (!isPainting && wall.selection.isActive && event.buttons && dx > 14 && dx > dy) {
      isPainting = isDone = true;
      wall.setPointerCapture(event.pointerId);
    }
    if (!isPainting) return;
    const cell = cellAt(document.elementFromPoint(event.clientX, event.clientY));
    if (cell && cell.place >= 0) wall.selection.range(start.place, cell.place);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    wall.addEventListener(end, () => {
      clearTimeout(timer);
      isPainting = false;
      start.place = -1;
    });
  }
  const eat = (/** @type {Event} */ event) => {
    if (!isDone) return;
    isDone = false;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  wall.addEventListener("click", eat, true);
  wall.addEventListener("contextmenu", (event) => {
    if (isDone || start.place >= 0) event.preventDefault();
  });
}
