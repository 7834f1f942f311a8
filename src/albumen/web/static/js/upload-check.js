// @ts-check
// What the server tells of files before a byte of them is sent: that it has them already, and that they do not fit.

import { send } from "app/http";
import { t } from "app/i18n";
import { size } from "app/words";

/** @typedef {import("app/upload-engine").Item} Item */
/** @typedef {{found: Map<string, string>, free: number | null, most: number | null}} Told the file of each content that
 *   is there, by its SHA-256; the bytes that quotas leave; the size of the largest file */

/** Where this cannot be asked, all are sent: the server finds out as well.  What an event's library has is put into the
 * event at once.
 * @param {Item[]} items @param {import("app/upload-engine").Target} target @returns {Promise<Told>} */
export async function here(items, { event, set, library }) {
  const files = items.filter((each) => each.sha256).map(({ sha256, file }) => ({ sha256, size: file.size }));
  try {
    const told = await send("/v1/uploads/check", library ? { files, libraryId: library } : { files });
    /** @type {[string, string][]} */
    const found = told.files.filter((/** @type {any} */ each) => each.isHere).map((/** @type {any} */ each) => [each.sha256, each.fileId]);
    const fileIds = [...new Set(found.map(([, id]) => id))];
    if (event && fileIds.length) await send(`/v1/events/${event}/files`, set ? { fileIds, setId: set } : { fileIds });
    return { found: new Map(found), free: told.freeBytes ?? null, most: told.mostBytes ?? null };
  } catch {
    return { found: new Map(), free: null, most: null };
  }
}

/** Why a file does not fit; empty where it does. @param {number} bytes @param {Told} told @param {number} planned bytes
 *   of others that are sent before */
export function tooMuch(bytes, { free, most }, planned) {
  if (most !== null && bytes > most) return t("The file is too large: {most} is the most that is taken.", { most: size(most) });
  if (free === null || bytes <= free - planned) return "";
  const room = { size: size(bytes), free: size(Math.max(0, free - planned)) };
  return t("There is no room for it: it has {size}, and {free} are free.", room);
}
