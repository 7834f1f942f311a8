// @ts-check
// When and where a JPEG or HEIC was taken, from its Exif.  What is broken says nothing.

const TIME = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/;
const [EXIF, GPS, TAKEN, CHANGED, OFFSET] = [0x8769, 0x8825, 0x9003, 0x0132, 0x9011];
const WORD = 0x45786966; // "Exif"
const WIDTHS = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** @param {Uint8Array} content the beginning of a file @returns {Record<string, any>} */
export function seenIn(content) {
  try {
    const tiff = tiffOf(new DataView(content.buffer, content.byteOffset, content.length));
    return tiff ? facts(tiff) : {};
  } catch {
    return {};
  }
}

/** The part of a file that holds its Exif. @param {DataView} view */
function tiffOf(view) {
  if (view.getUint32(4) === 0x66747970) return tiffOfBoxes(view);
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength; ) {
    const [marker, length] = [view.getUint16(at), view.getUint16(at + 2)];
    if (marker === 0xffe1 && view.getUint32(at + 4) === WORD)
      return new DataView(view.buffer, view.byteOffset + at + 10, Math.min(length - 8, view.byteLength - at - 10));
    if (marker < 0xff00 || marker === 0xffda) return null;
    at += 2 + length;
  }
  return null;
}

/** The same in a HEIC, whose boxes say in roundabout ways where it lies. @param {DataView} view */
function tiffOfBoxes(view) {
  for (let at = 8; at + 18 < view.byteLength; at += 1)
    if (view.getUint32(at) === WORD && [0x49492a00, 0x4d4d002a].includes(view.getUint32(at + 6)))
      return new DataView(view.buffer, view.byteOffset + at + 6);
  return null;
}

/** @param {DataView} tiff */
function facts(tiff) {
  const little = tiff.getUint16(0) === 0x4949;
  const first = tags(tiff, tiff.getUint32(4, little), little);
  const details = tags(tiff, first.get(EXIF)?.[0], little);
  const place = tags(tiff, first.get(GPS)?.[0], little);
  const found = /** @type {Record<string, any>} */ ({});
  const taken = TIME.exec(String(details.get(TAKEN) ?? first.get(CHANGED) ?? ""));
  const offset = /^[+-]\d\d:\d\d/.exec(String(details.get(OFFSET) ?? ""))?.[0] ?? "";
  if (taken) found.takenAt = `${taken[1]}-${taken[2]}-${taken[3]}T${taken[4]}${offset}`;
  const [latitude, longitude] = [degrees(place.get(2), place.get(1) === "S"), degrees(place.get(4), place.get(3) === "W")];
  if (latitude !== null && longitude !== null) found.place = { latitude, longitude };
  return found;
}

/** A directory: text, or lists of numbers, by tag. @param {DataView} tiff @param {number | undefined} at
 * @param {boolean} little @returns {Map<number, any>} */
function tags(tiff, at, little) {
  const found = new Map();
  if (!at || at + 2 > tiff.byteLength) return found;
  for (let number = 0; number < tiff.getUint16(at, little); number += 1) {
    const entry = at + 2 + number * 12;
    if (entry + 12 > tiff.byteLength) break;
    const [type, count] = [tiff.getUint16(entry + 2, little), tiff.getUint32(entry + 4, little)];
    const size = (WIDTHS[type] ?? 0) * count;
    const from = size > 4 ? tiff.getUint32(entry + 8, little) : entry + 8;
    if (size > 0 && count < 200 && from + size <= tiff.byteLength)
      found.set(tiff.getUint16(entry, little), value(tiff, { type, count, from }, little));
  }
  return found;
}

/** @param {DataView} tiff @param {{type: number, count: number, from: number}} entry @param {boolean} little */
function value(tiff, { type, count, from }, little) {
  const each = Array.from({ length: count }, (_, place) => from + place * WIDTHS[type]);
  if (type === 2) return String.fromCharCode(...each.map((at) => tiff.getUint8(at))).replace(/\0.*$/s, "");
  if (type === 3) return each.map((at) => tiff.getUint16(at, little));
  if (type === 4) return each.map((at) => tiff.getUint32(at, little));
  if (type === 5) return each.map((at) => tiff.getUint32(at, little) / tiff.getUint32(at + 4, little));
  return [];
}

/** @param {number[] | undefined} parts @param {boolean} isNegative */
function degrees(parts, isNegative) {
  if (parts?.length !== 3) return null;
  const sum = parts[0] + parts[1] / 60 + parts[2] / 3600;
  return Number.isFinite(sum) ? Math.round((isNegative ? -sum : sum) * 1e6) / 1e6 : null;
}
