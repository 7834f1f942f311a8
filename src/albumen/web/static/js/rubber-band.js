// @ts-check
// A rectangle drawn with the mouse from between the photos chooses what it touches; with Shift or Ctrl it adds.

const LEAST = 6;

/** @param {import("app/timeline").PhotoTimeline} wall */
export function rubberBand(wall) {
  /** @type {{x: number, y: number, before: Uint8Array, band: HTMLElement | null} | null} */
  let drag = null;
  const at = (/** @type {PointerEvent} */ event) => {
    const box = wall.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY + wall.lane.read() };
  };
  wall.addEventListener("pointerdown", (event) => {
    const target = event.target instanceof Element ? event.target : wall;
    if (event.pointerType !== "mouse" || event.button || target.closest("a, button")) return;
    const isAdding = event.shiftKey || event.ctrlKey || event.metaKey;
    const before = isAdding ? wall.selection.bits.slice() : new Uint8Array(wall.selection.bits.length);
    drag = { ...at(event), before, band: null };
  });
  wall.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const to = at(event);
    if (!drag.band && Math.hypot(to.x - drag.x, to.y - drag.y) < LEAST) return;
    if (!drag.band) {
      drag.band = document.createElement("div");
      drag.band.className = "band";
      wall.grid.append(drag.band);
      wall.setPointerCapture(event.pointerId);
    }
    const box = between(drag, to);
    const { style } = drag.band;
    style.left = `${box.left}px`;
    style.top = `${box.top - wall.lane.offset}px`;
    style.width = `${box.right - box.left}px`;
    style.height = `${box.bottom - box.top}px`;
    wall.selection.replace(drag.before, touched(wall.layout, box));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    wall.addEventListener(end, () => {
      drag?.band?.remove();
      drag = null;
    });
  }
}

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b @returns {Box} */
function between(a, b) {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y),
  };
}

/** The photos that a box touches. @param {import("app/layout").Layout} layout @param {Box} box */
function* touched(layout, box) {
  for (let line = layout.lineAt(box.top); line < layout.lines && layout.top[line] < box.bottom; line++) {
    if (layout.top[line] + layout.heights[line] < box.top) continue;
    for (let place = layout.first[line]; place < layout.first[line + 1]; place++) {
      if (layout.x[place] < box.right && layout.x[place] + layout.width[place] > box.left) yield place;
    }
  }
}
