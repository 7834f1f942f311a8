// @ts-check
// What can be done to the chosen photos, however many: one request with ranges, and a way back.

import { fragment, json, send } from "app/http";
import { t, tn } from "app/i18n";
import { register } from "app/keys";
import { takeFocus } from "app/timeline-keys";
import { toast } from "app/toast";

const PAUSE = 700;

/** @typedef {import("app/timeline").PhotoTimeline} Wall */

const wall = /** @type {Wall | null} */ (document.querySelector("photo-timeline"));
const bar = document.querySelector(".select-bar");
const said = bar?.querySelector("b");

/** What is chosen, on the wire. @param {Wall} wall */
function chosen({ data, dataset, selection }) {
  return { timeline: data.version, of: dataset.of ?? "", ranges: selection.ranges() };
}

/** @param {string} path */
const address = (path) => `${wall?.dataset.library}/${path}`;

/** @param {unknown} error */
const sorry = (error) => toast(error instanceof Error ? error.message : "");

/** Do something to what is chosen, say so, and offer the way back.
 * @param {Wall} wall @param {string} deed @param {object} told @param {(count: number) => string} words */
async function perform(wall, deed, told, words) {
  try {
    const count = wall.selection.count;
    const begun = await send(address(`selection/${deed}`), { ...chosen(wall), ...told });
    wall.selection.none();
    const done = await finished(begun, count);
    await wall.refresh();
    const undo = async () => {
      try {
        await finished(await send(address(`operations/${done.operationId}/undo`)), count);
        await wall.refresh();
        toast(t("Undone."));
      } finally {
        takeFocus(wall);
      }
    };
    toast(words(done.done), { action: t("Undo"), run: undo });
  } catch (error) {
    sorry(error);
  }
  takeFocus(wall);
}

/** An operation once it has ended. @param {any} operation @param {number} count */
async function finished(operation, count) {
  while (operation.status === "pending" || operation.status === "undoing") {
    toast(t("Working: {done} of {count}", { done: operation.done, count }));
    await new Promise((done) => setTimeout(done, PAUSE));
    operation = await json(address(`operations/${operation.operationId}`));
  }
  return operation;
}

/** @param {Wall} wall */
async function download(wall) {
  const offer = await send(address("selection/download"), chosen(wall));
  location.assign(offer.url);
}

/** What was told of an album, a folder or tags; null where nothing was. @param {string} what */
async function asked(what) {
  const form = await fragment(`/choose/${what}`); // first: without a connection it says so
  return (await import("app/select-ask")).asked(form);
}

/** @param {Wall} wall */
async function toAlbum(wall) {
  const told = await asked("album");
  const name = String(told?.get("name") ?? "").trim();
  if (!told || !name) return;
  const albumId = told.get("album") ?? (await send(address("albums"), { name })).albumId;
  const words = (/** @type {number} */ n) => tn("{n} photo is in “{name}”.", "{n} photos are in “{name}”.", n, { name });
  await perform(wall, "add-to-album", { albumId }, words);
}

/** @param {Wall} wall */
async function tag(wall) {
  const told = await asked("tags");
  const list = (/** @type {string} */ name) =>
    String(told?.get(name) ?? "").split(",").map((each) => each.trim()).filter(Boolean);
  const [add, remove] = [list("add"), [...list("remove"), .../** @type {string[]} */ (told?.getAll("gone") ?? [])]];
  if (!add.length && !remove.length) return;
  await perform(wall, "tag", { add, remove }, (n) => tn("{n} photo is tagged.", "{n} photos are tagged.", n));
}

/** @param {Wall} wall */
async function move(wall) {
  const folderId = (await asked("folder"))?.get("folder");
  if (!folderId) return;
  await perform(wall, "move", { folderId }, (n) => tn("{n} photo was moved.", "{n} photos were moved.", n));
}

/** @type {Record<string, (wall: Wall) => unknown>} */
const deeds = {
  favourite: (wall) =>
    perform(wall, "edit", { favorite: true }, (n) => tn("{n} photo is a favourite.", "{n} photos are favourites.", n)),
  album: toAlbum,
  tag,
  move,
  download,
  out: (wall) =>
    perform(wall, "remove-from-album", { albumId: (wall.dataset.of ?? "").replace("album:", "") }, (n) =>
      tn("{n} photo is out of the album.", "{n} photos are out of the album.", n),
    ),
  archive: (wall) =>
    perform(wall, "edit", { archived: true }, (n) => tn("{n} photo is in the archive.", "{n} photos are in the archive.", n)),
  unarchive: (wall) =>
    perform(wall, "edit", { archived: false }, (n) => tn("{n} photo is in the timeline.", "{n} photos are in the timeline.", n)),
  trash: (wall) =>
    perform(wall, "trash", {}, (n) => tn("{n} photo is in the trash.", "{n} photos are in the trash.", n)),
  all: (wall) => wall.selection.all(),
  clear: (wall) => {
    wall.selection.none();
    wall.focusPlace(wall.current);
  },
};

/** @param {Wall} wall @param {string} deed */
async function act(wall, deed) {
  try {
    await deeds[deed]?.(wall);
  } catch (error) {
    sorry(error);
  }
}

if (wall && bar instanceof HTMLElement) {
  const show = () => {
    const count = wall.selection?.count ?? 0;
    bar.hidden = !count;
    if (said) said.textContent = tn("{n} selected", "{n} selected", count);
  };
  wall.addEventListener("selection", show);
  show();
  bar.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-deed]") : null;
    if (button) act(wall, button.getAttribute("data-deed") ?? "");
  });
  const names = { f: "favourite", l: "album", t: "tag", D: "download", Delete: "trash" };
  const labels = [t("Favourite"), t("Add to album"), t("Tag"), t("Download"), t("Move to trash")];
  Object.entries(names).forEach(([key, deed], at) => {
    if (!bar.querySelector(`[data-deed="${deed}"]`)) return;
    register(key, labels[at], () => {
      if (!wall.selection.isActive && wall.current >= 0) wall.selection.toggle(wall.current);
      if (wall.selection.isActive) act(wall, deed);
    });
  });
}
