// @ts-check
// Files dropped anywhere on the page, pasted, or chosen in the picker go into the page's queue.

import "app/upload-queue";

const queue = /** @type {(HTMLElement & {add(files: Iterable<File>): void}) | null} */ (
  document.querySelector("upload-queue")
);
const form = document.querySelector(".picker");
const picker = form?.querySelector("input[type=file]");

/** @param {DataTransfer | null} data */
const brings = (data) => Boolean(data?.types.includes("Files"));

/** Every file of what was dropped, those in folders included.
 * @param {DataTransfer} data @returns {Promise<File[]>} */
async function dropped(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.());
  const plain = [...data.files];
  const found = await Promise.all(entries.map((entry) => (entry?.isDirectory ? within(entry) : [])));
  const isFile = entries.map((entry) => !entry?.isDirectory);
  return [...plain.filter((_, at) => isFile[at] ?? true), ...found.flat()];
}

/** @param {any} entry @returns {Promise<File[]>} */
async function within(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    all.push(...some);
  }
  const visible = all.filter((each) => !each.name.startsWith("."));
  return (await Promise.all(visible.map(within))).flat();
}

if (queue) {
  let depth = 0;
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
    const files = await dropped(event.dataTransfer);
    if (files.length) queue.add(files);
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) queue.add(files);
  });
}

if (queue && form && picker instanceof HTMLInputElement) {
  form.classList.add("live");
  picker.addEventListener("change", () => {
    queue.add([...(picker.files ?? [])]);
    picker.value = "";
  });
}
