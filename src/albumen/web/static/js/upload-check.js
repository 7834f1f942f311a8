// @ts-check
// Which of some files the server has already, so that they need not be sent.

import { send } from "app/http";

/** @typedef {import("app/upload-engine").Item} Item */

/** The file of each content that is there, by its SHA-256.  Where this cannot be asked, all are sent: the server finds
 * out as well.  What an event's library has is put into the event at once.
 * @param {Item[]} items @param {import("app/upload-engine").Target} target @returns {Promise<Map<string, string>>} */
export async function here(items, { event, set, library }) {
  const files = items.filter((each) => each.sha256).map(({ sha256, file }) => ({ sha256, size: file.size }));
  if (!files.length) return new Map();
  try {
    const told = await send("/v1/uploads/check", library ? { files, libraryId: library } : { files });
    /** @type {[string, string][]} */
    const found = told.files.filter((/** @type {any} */ each) => each.isHere).map((/** @type {any} */ each) => [each.sha256, each.fileId]);
    const fileIds = [...new Set(found.map(([, id]) => id))];
    if (event && fileIds.length) await send(`/v1/events/${event}/files`, set ? { fileIds, setId: set } : { fileIds });
    return new Map(found);
  } catch {
    return new Map();
  }
}
