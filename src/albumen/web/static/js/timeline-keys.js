// @ts-check
// The keyboard on a wall.  One photo is in the tab order; arrows move from there.

import { cellAt } from "app/cells";
import { isTyping, register } from "app/keys";
import { monthOf } from "app/layout";
import { t } from "app/i18n";

/** @typedef {import("app/timeline").PhotoTimeline} PhotoTimeline */

/** @param {PhotoTimeline} wall */
export function listenToKeys(wall) {
  wall.grid.addEventListener("focus", () => wall.focusPlace(begin(wall)));
  wall.grid.addEventListener("focusin", (event) => {
    const cell = cellAt(event.target);
    if (cell && cell.place >= 0) {
      wall.current = cell.place;
      wall.grid.tabIndex = -1;
    }
  });
  wall.grid.addEventListener("keydown", (event) => move(wall, event));
  addEventListener("keydown", (event) => anywhere(wall, event));
  const by = (/** @type {string} */ key, /** @type {string} */ said, /** @type {(day: number) => number} */ of) => {
    register(key, said, () => jump(wall, of, 1));
    register(key.toUpperCase(), "", () => jump(wall, of, -1));
  };
  by("d", t("Day forward, back (Shift)"), (day) => day);
  by("m", t("Month forward, back (Shift)"), monthOf);
  by("y", t("Year forward, back (Shift)"), (day) => Math.floor(monthOf(day) / 12));
}

/** Where the focus begins: where it was, else the first photo in the window. @param {PhotoTimeline} wall */
export function begin(wall) {
  const { lane, layout, current } = wall;
  const top = lane.read() + 80;
  if (current >= 0 && current < layout.count) {
    const y = layout.top[layout.lineOf(current)];
    if (y > lane.y - 200 && y < lane.y + lane.screen) return current;
  }
  const line = layout.lineAt(Math.max(0, top));
  return layout.first[Math.min(layout.top[line] < top - 80 ? line + 1 : line, layout.lines - 1)];
}

/** Give the wall the focus, where what had it is gone. @param {PhotoTimeline} wall */
export function takeFocus(wall) {
  const on = document.activeElement;
  const isThere = on?.getClientRects().length; // what was hidden just now has the focus until the next frame
  if (isThere && on !== document.body && !wall.contains(on)) return;
  wall.current = Math.min(wall.current, wall.data.count - 1);
  if (wall.data.count) wall.focusPlace(begin(wall));
  else document.getElementById("main")?.focus();
}

/** @param {PhotoTimeline} wall @param {KeyboardEvent} event */
function move(wall, event) {
  const cell = cellAt(event.target);
  if (!cell || cell.place < 0 || event.altKey) return;
  const { selection } = wall;
  const isControl = event.ctrlKey || event.metaKey;
  const to = target(wall, cell.place, event.key, isControl);
  if (to !== undefined) {
    const place = Math.max(0, Math.min(wall.data.count - 1, to));
    if (event.shiftKey) {
      if (selection.anchor < 0) selection.anchor = cell.place;
      selection.range(selection.anchor, place);
    }
    wall.focusPlace(place);
  } else if ((event.key === " " || event.key === "x") && !isControl) {
    selection.toggle(cell.place);
    wall.focusPlace(cell.place);
  } else if (event.key === "Enter" && event.target === cell.link) wall.open(cell.place);
  else return;
  event.preventDefault();
}

/** Where a key leads from a place. @param {PhotoTimeline} wall @param {number} place @param {string} key
 * @param {boolean} isControl @returns {number | undefined} */
function target(wall, place, key, isControl) {
  const { layout, lane, data } = wall;
  const line = layout.lineOf(place);
  const page = lane.screen * 0.85;
  const forward = document.dir === "rtl" ? -1 : 1;
  const keys = {
    ArrowRight: () => place + forward,
    ArrowLeft: () => place - forward,
    ArrowDown: () => below(layout, place, line + 1),
    ArrowUp: () => below(layout, place, line - 1),
    PageDown: () => below(layout, place, layout.lineAt(layout.top[line] + page)),
    PageUp: () => below(layout, place, layout.lineAt(Math.max(0, layout.top[line] - page))),
    Home: () => (isControl ? 0 : layout.first[line]),
    End: () => (isControl ? data.count : layout.first[line + 1]) - 1,
  };
  return keys[/** @type {keyof keys} */ (key)]?.();
}

/** The photo of a line that is nearest to one of another. @param {import("app/layout").Layout} layout
 * @param {number} place @param {number} line */
function below(layout, place, line) {
  if (line < 0 || line >= layout.lines) return place;
  const middle = layout.x[place] + layout.width[place] / 2;
  let best = layout.first[line];
  let least = Infinity;
  for (let other = best; other < layout.first[line + 1]; other++) {
    const far = Math.abs(layout.x[other] + layout.width[other] / 2 - middle);
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

/** @param {PhotoTimeline} wall @param {KeyboardEvent} event */
function anywhere(wall, event) {
  if (event.defaultPrevented || isTyping(event) || document.querySelector("dialog[open], .pswp")) return;
  const end = endFor(wall.lane, event);
  if (end !== null) wall.go(end);
  else if (event.key === "Escape" && wall.selection.isActive) wall.selection.none();
  else if (event.key === "a" && (event.ctrlKey || event.metaKey) && wall.dataset.actions) wall.selection.all();
  else return;
  event.preventDefault();
}

/** The end that a key asks for on a page of which only a part of the wall is: browsers look for it there.
 * @param {import("app/lane").Lane} lane @param {KeyboardEvent} event */
function endFor(lane, event) {
  if (lane.isShort || event.shiftKey || event.altKey) return null;
  const isArrowEnough = event.metaKey && !event.ctrlKey;
  if (event.key === "Home" || (isArrowEnough && event.key === "ArrowUp")) return -lane.top;
  return event.key === "End" || (isArrowEnough && event.key === "ArrowDown") ? lane.full : null;
}

/** Go to the first photo of the next day, month or year. @param {PhotoTimeline} wall
 * @param {(day: number) => number} of @param {number} by */
function jump(wall, of, by) {
  const { layout, data } = wall;
  const place = wall.current >= 0 ? wall.current : begin(wall);
  const day = layout.dayOf(place);
  const mine = of(data.days[day]);
  let to = day;
  while (to >= 0 && to < data.days.length && of(data.days[to]) === mine) to += by;
  if (to < 0 || to >= data.days.length) return;
  while (by < 0 && to > 0 && of(data.days[to - 1]) === of(data.days[to])) to -= 1;
  wall.focusPlace(data.starts[to]);
}
