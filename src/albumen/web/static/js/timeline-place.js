// @ts-check
// Where one was: the wall comes back to the same photo after Back, a reload, or the page of a photo.

import { json } from "app/http";

/** @param {import("app/timeline").PhotoTimeline} wall */
export function keepPlace(wall) {
  history.scrollRestoration = "manual";
  restore(wall);
  const note = () => {
    if (document.querySelector(".pswp")) return; // the history stands at a photo then
    const { layout, lane, data } = wall;
    if (!layout?.count) return;
    lane.read();
    const line = layout.lineAt(Math.max(0, lane.y));
    const place = lane.y <= 0 ? -1 : layout.first[line];
    const at = { version: data.version, place, id: data.get(place)?.id ?? "", by: lane.y - layout.top[line] };
    history.replaceState({ ...history.state, at }, "");
  };
  addEventListener("scrollend", note);
  addEventListener("pagehide", note);
  addEventListener("pageshow", (event) => event.persisted && wall.refresh());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wall.refresh());
  addEventListener("albumen:changed", () => wall.refresh());
  watch(wall);
}

/** @param {import("app/timeline").PhotoTimeline} wall */
async function restore(wall) {
  const { at } = history.state ?? {};
  const named = /^#p-(\w+)$/.exec(location.hash)?.[1];
  if (named) {
    const place = await placeOf(wall, named);
    if (place >= 0) wall.focusPlace(place);
  } else if (at && at.place >= 0) {
    const place = at.version === wall.data.version ? at.place : await placeOf(wall, at.id);
    if (place >= 0 && place < wall.layout.count) wall.go(wall.layout.top[wall.layout.lineOf(place)] + at.by);
  }
}

/** Where a photo stands; -1 where it is not on this wall. @param {import("app/timeline").PhotoTimeline} wall
 * @param {string} id */
export async function placeOf(wall, id) {
  if (!id || !wall.dataset.place) return -1;
  const told = await json(`${wall.dataset.place}&id=${id}`).catch(() => null);
  return told && told.place < wall.data.count ? told.place : -1;
}

/** Look again, ever less often, while photos in the window are being prepared.
 * @param {import("app/timeline").PhotoTimeline} wall @param {number} [seconds] */
function watch(wall, seconds = 2) {
  setTimeout(async () => {
    const isWaiting = [...wall.painter.rows.cells()].some((cell) => cell.photo?.isWaiting);
    if (isWaiting && document.visibilityState === "visible") await wall.refresh();
    watch(wall, isWaiting ? Math.min(15, seconds * 1.5) : 2);
  }, seconds * 1000);
}
