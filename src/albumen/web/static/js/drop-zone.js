// @ts-check
// Files and folders dropped anywhere on the page, pasted, chosen in a picker, or shared from another app go into the
// page's queue.

import { t, tn } from "app/i18n";
import { styled } from "app/styles";
import { toast } from "app/toast";

/** @typedef {import("app/upload-groups").Found} Found */

const MOST_NAMED = 5;
const queue = /** @type {(HTMLElement & {add(found: Found[]): void}) | null} */ (document.querySelector("upload-queue"));
const form = document.querySelector(".picker");

/** @param {DataTransfer | null} data */
const brings = (data) => Boolean(data?.types.includes("Files"));

/** @param {Iterable<File>} files @returns {Found[]} */
const plain = (files) => [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/** The queue is fetched when there is something to send. @param {Found[]} found */
async function send(found) {
  if (!queue || !found.length) return;
  await Promise.all([import("app/upload-queue"), styled(queue.dataset.styles ?? "")]);
  queue.add(found);
}

/** Every file of what was dropped, those in folders included; what cannot be read is said, and left out.
 * @param {DataTransfer} data @returns {Promise<Found[]>} */
async function dropped(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.());
  const files = plain(data.files);
  /** @type {string[]} */
  const lost = [];
  const found = await Promise.all(entries.map((entry) => (entry?.isDirectory ? within(entry, lost) : [])));
  if (lost.length) tell(lost);
  const isFile = entries.map((entry) => !entry?.isDirectory);
  return [...files.filter((_, at) => isFile[at] ?? true), ...found.flat()];
}

/** @param {any} entry @param {string[]} lost what cannot be read @returns {Promise<Found[]>} */
async function within(entry, lost) {
  const all = [];
  try {
    if (entry.isFile) return [{ file: await new Promise((done, fail) => entry.file(done, fail)), path: entry.fullPath }];
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) break;
      all.push(...some);
    }
  } catch {
    lost.push(entry.fullPath ?? entry.name);
  }
  return (await Promise.all(all.map((each) => within(each, lost)))).flat();
}

/** Name the first of what cannot be read. @param {string[]} lost */
function tell(lost) {
  const named = lost.slice(0, MOST_NAMED).join(", ") + (lost.length > MOST_NAMED ? " …" : "");
  toast(tn("{n} entry cannot be read and was left out: {names}", "{n} entries cannot be read and were left out: {names}", lost.length, { names: named }));
}

/** Any website can send files to where other apps share them, so nothing is uploaded unasked.
 * @param {number} count */
const wanted = (count) =>
  confirm(tn("Upload {n} file that was shared from elsewhere?", "Upload {n} files that were shared from elsewhere?", count));

/** Take what another app shared, if that is wanted. */
async function fetched() {
  const { shared } = await import("app/shared-files");
  const files = await shared();
  if (files.length && wanted(files.length)) await send(plain(files));
}

if (queue) {
  let depth = 0;
  document.body.dataset.drop = t("Drop to upload");
  const mark = (/** @type {number} */ to) => {
    depth = Math.max(0, to);
    document.body.classList.toggle("dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => brings(event.dataTransfer) && mark(depth + 1));
  addEventListener("dragleave", (event) => brings(event.dataTransfer) && mark(depth - 1));
  addEventListener("dragover", (event) => brings(event.dataTransfer) && event.preventDefault());
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer || !brings(event.dataTransfer)) return;
    event.preventDefault();
    mark(0);
    await send(await dropped(event.dataTransfer));
  });
  addEventListener("paste", (event) => send(plain(event.clipboardData?.files ?? [])));
  if (new URLSearchParams(location.search).has("shared")) fetched();
}

if (queue && form) {
  form.classList.add("live");
  for (const picker of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=file]"))) {
    const chosen = () => {
      send(plain(picker.files ?? []));
      picker.value = "";
    };
    picker.addEventListener("change", chosen);
    if (picker.files?.length) chosen(); // before this module was there
  }
}
