// @ts-check
// What a browser sees in a photo before it is sealed: size, date, place, two thumbnails, a blurred preview.

import { base64 } from "app/vault-bytes";
import { seenIn } from "app/vault-exif";

/** @typedef {import("app/vault-photos").Portrait} Portrait */

const EDGES = [512, 2048];
const PREVIEW_EDGE = 16;
const HEAD = 256 << 10;
const VIDEOS = /\.(mp4|mov|m4v|avi|mkv|webm|mts|3gp)$/i;
const PHOTOS = /\.(jpe?g|png|gif|webp|hei[cf]|avif|jxl|tiff?|bmp|dng|nef|cr2|cr3|arw|orf|rw2|raf)$/i;

/** Photo, video, or neither, by the ending of its name: a vault keeps any bytes. @param {string} name */
export const kindOf = (name) => (PHOTOS.test(name) ? "photo" : VIDEOS.test(name) ? "video" : null);

/** Files that belong together: a photo and the film of the same name are one that moves, as at the command line.
 * @param {Iterable<File>} files @returns {File[][]} */
export function grouped(files) {
  const found = /** @type {Map<string, File[]>} */ (new Map());
  for (const file of files) {
    const name = file.name.replace(/\.[^.]*$/, "");
    found.set(name, [...(found.get(name) ?? []), file]);
  }
  return [...found.values()].flatMap((each) => {
    const stills = each.filter((file) => kindOf(file.name) === "photo");
    const films = each.filter((file) => /\.mov$/i.test(file.name));
    return each.length === 2 && stills.length === 1 && films.length === 1 ? [[...stills, ...films]] : each.map((file) => [file]);
  });
}

/** What can be seen; little where this browser cannot open it. @param {Blob} file @param {ImageBitmap} [frame] of a film
 * @returns {Promise<Portrait>} */
export async function look(file, frame) {
  const facts = frame ? {} : seenIn(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  try {
    const raw = frame ?? (await createImageBitmap(file, { imageOrientation: "none" }));
    const pixelSize = [raw.width, raw.height];
    if (!frame) raw.close();
    const upright = frame ?? (await createImageBitmap(file));
    const longest = Math.max(upright.width, upright.height);
    const thumbnails = [];
    for (const edge of EDGES) if (edge === EDGES[0] || longest > edge) thumbnails.push(await thumbnail(upright, edge));
    const preview = await shrunk(upright, PREVIEW_EDGE, { type: "image/webp", quality: 0.3 });
    upright.close();
    const told = base64(new Uint8Array(await preview.content.arrayBuffer()));
    return { fields: { pixelSize, ...facts, preview: told }, thumbnails };
  } catch {
    return { fields: facts, thumbnails: [] };
  }
}

/** @param {ImageBitmap} image @param {number} edge */
async function thumbnail(image, edge) {
  const made = await shrunk(image, edge, { type: "image/jpeg", quality: 0.82 });
  return { ...made, type: "thumbnail", fileName: `${edge}.jpg` };
}

/** @param {ImageBitmap} image @param {number} edge @param {{type: string, quality: number}} as */
async function shrunk(image, edge, as) {
  const ratio = Math.min(1, edge / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((each) => Math.max(1, Math.round(each * ratio)));
  const canvas = new OffscreenCanvas(width, height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, width, height);
  return { content: await canvas.convertToBlob(as), pixelSize: [width, height] };
}
