// @ts-check
// What was chosen, put in order: the halves of live photos and raw files with their JPEGs side by side, and the
// descriptions that lie beside photos (XMP, Takeout's JSON) with these.

/** @typedef {{file: File, path: string}} Found */
/** @typedef {{file: File, path: string, sidecars: File[]}} Grouped */

const SIDECAR = /\.(xmp|json)$/i;
const RAW = /\.(dng|nef|nrw|cr2|cr3|crw|arw|srf|sr2|raf|orf|rw2|pef|srw|3fr|iiq|x3f|erf|mrw|kdc|dcr)$/i;
const IGNORED = /^(\.|thumbs\.db$|desktop\.ini$)/i;

/** @param {string} path */
const name = (path) => path.slice(path.lastIndexOf("/") + 1);
/** Without its extension. @param {string} path */
const stem = (path) => path.replace(/\.[^./]+$/, "");

/** @param {Found[]} chosen @returns {Grouped[]} */
export function arranged(chosen) {
  const found = chosen.filter(({ path }) => !IGNORED.test(name(path)));
  /** @type {Map<string, Grouped[]>} */
  const groups = new Map();
  for (const { file, path } of found.filter(({ path }) => !SIDECAR.test(path))) {
    const key = stem(path).toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), { file, path, sidecars: [] }]);
  }
  const strays = found.filter((each) => SIDECAR.test(each.path) && !attach(groups, each));
  return [...[...groups.values()].flat(), ...strays.map(({ file, path }) => ({ file, path, sidecars: [] }))];
}

/** Give a description to what it is about; whether there is such a thing.
 * @param {Map<string, Grouped[]>} groups @param {Found} sidecar */
function attach(groups, { file, path }) {
  const about = stem(path).toLowerCase().replace(/\.supplemental-metadata$/, "");
  const exact = (groups.get(stem(about)) ?? []).filter((each) => each.path.toLowerCase() === about);
  const beside = groups.get(about) ?? [];
  const raws = beside.filter((each) => RAW.test(each.path));
  const meant = exact.length ? exact : raws.length ? raws : beside;
  for (const each of meant) each.sidecars.push(file);
  return meant.length > 0;
}
