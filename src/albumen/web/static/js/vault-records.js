// @ts-check
// What a vault knows of an asset (`v2.<age>.<mac>`), and one event of its log (`e1.<age>.<mac>`), sealed and checked.

import { base64, eight, same, sha256Of, text, unbase64, unhex, untrusted, utf8 } from "app/vault-bytes";
import { sealFor, unsealBy } from "app/vault-chunks";

/** @typedef {import("app/vault-keys").Root} Root */
/** @typedef {{n: number, sha256: string}} Head */
/** @typedef {{signature: string, sha256: string, size: number, blobSize: number, blobSha256: string,
 *   blobBeginning: string, type: string, fileName: string, pixelSize?: number[], duration?: number}} Resource */
/** @typedef {Record<string, any> & {rev: number, device: string, resources: Resource[], history: any[]}} Told */
/** @typedef {{n: number, event: string, row?: {signature: string, rev: number, record?: string, proof?: string}}} Entry */

const ORIGINALS = ["photo", "video", "pairedVideo", "audio"];
const KINDS = ["put", "edit", "delete", "restore", "gc", "gc-done", "device", "rotate", "snapshot"];
const SETS_RECORD = ["put", "edit", "restore"];
const ENTRY_BYTES = 256 << 10;
export const START = { n: 0, sha256: "0".repeat(64) };

/** The files that somebody has added, without those that were made of them. @param {Resource[]} resources */
export const originalsOf = (resources) => resources.filter((each) => ORIGINALS.includes(each.type));

/** The smallest signature of the originals: two devices that add the same files agree. A film counts only where it is
 *  paired with nothing, or two photos that share one would be the same asset. @param {Resource[]} resources */
export const assetSignature = (resources) => {
  const originals = originalsOf(resources);
  const own = originals.filter((each) => each.type !== "pairedVideo");
  return (own.length ? own : originals).map((each) => each.signature).sort()[0];
};

/** @param {unknown} told @param {string} version @param {Root} root @param {Uint8Array[]} bound */
async function seal(told, version, root, bound) {
  const sealed = await sealFor(utf8(JSON.stringify(told)), root.publicKey);
  return `${version}.${base64(sealed)}.${root.mac(...bound, sealed)}`;
}

/** What is in such a text.  Refused where its MAC, its form or its recipient is not right.
 * @param {string} sealed @param {string} version @param {Root} root @param {Uint8Array[]} bound @returns {Promise<any>} */
async function open(sealed, version, root, bound) {
  const parts = sealed.split(".");
  if (parts.length !== 3 || parts[0] !== version) throw untrusted("format");
  const content = unbase64(parts[1]);
  if (!same(utf8(root.mac(...bound, content)), utf8(parts[2]))) throw untrusted("forged");
  try {
    return JSON.parse(text(await unsealBy(content, [root.secret])));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw untrusted("format");
    throw error;
  }
}

/** @param {string} label @param {string} vault @param {string} signature @param {number} rev */
const about = (label, vault, signature, rev) => [utf8(label), utf8(vault), utf8(signature), eight(rev)];

/** @param {Told} told @param {string} signature @param {Root} root @param {string} vault */
export const sealRecord = (told, signature, root, vault) => seal(told, "v2", root, about("rec", vault, signature, told.rev));

/** @param {string} sealed @param {{signature: string, rev: number}} row @param {Root} root @param {string} vault
 * @returns {Promise<Told>} */
export async function openRecord(sealed, row, root, vault) {
  const told = await open(sealed, "v2", root, about("rec", vault, row.signature, row.rev));
  const isOne = Array.isArray(told.resources) && told.resources.length && told.resources.every(isResource);
  if (!isOne) throw untrusted("format");
  if (told.rev !== row.rev) throw untrusted("replayed");
  return { history: [], ...told };
}

/** @param {any} told */
const isResource = (told) =>
  ["signature", "sha256", "blobSha256", "blobBeginning", "type", "fileName"].every((name) => typeof told?.[name] === "string") &&
  [told.size, told.blobSize].every((each) => Number.isSafeInteger(each) && each >= 0);

/** What shows that a tombstone was set by a device of this vault. @param {string} signature @param {number} rev
 * @param {Root} root @param {string} vault */
export const proofOf = (signature, rev, root, vault) => root.mac(...about("del", vault, signature, rev));

/** @param {string} vault @param {Head} after */
const behind = (vault, after) => [utf8("evt"), utf8(vault), eight(after.n + 1), unhex(after.sha256)];

/** The text that goes into the log behind `after`. @param {Record<string, any>} event @param {Head} after
 * @param {Root} root @param {string} vault */
export function sealEvent(event, after, root, vault) {
  const time = new Date().toISOString().replace("Z", "+00:00");
  return seal({ n: after.n + 1, prev: after.sha256, time, ...event }, "e1", root, behind(vault, after));
}

/** @param {string} sealed @param {Head} after @param {Root} root @param {string} vault */
export async function openEvent(sealed, after, root, vault) {
  const told = await open(sealed, "e1", root, behind(vault, after));
  if (typeof told.kind !== "string" || typeof told.device !== "string" || Number.isNaN(Date.parse(told.time)))
    throw untrusted("format");
  if (!KINDS.includes(told.kind)) throw untrusted("newer");
  return { rev: 0, more: {}, ...told };
}

/** What an entry of the log says.  Refused where it is not the next one, or its row is not what its event says.
 * @param {Entry} entry @param {Head} after @param {Root} root @param {string} vault */
export async function checked(entry, after, root, vault) {
  if (entry.n !== after.n + 1) throw untrusted("gap");
  if (entry.event.length + (entry.row?.record ?? "").length > ENTRY_BYTES) throw untrusted("size");
  const event = await openEvent(entry.event, after, root, vault);
  const record = await recordOf(event, entry.row, root, vault);
  return { event, record, head: { n: entry.n, sha256: sha256Of(entry.event) } };
}

/** @param {any} event @param {Entry["row"]} row @param {Root} root @param {string} vault */
async function recordOf(event, row, root, vault) {
  const isAbout = row?.signature === event.signature && row?.rev === event.rev;
  if (SETS_RECORD.includes(event.kind)) {
    if (!row?.record || !isAbout || sha256Of(row.record) !== event.record) throw untrusted("swapped");
    return openRecord(row.record, row, root, vault);
  }
  if (event.kind === "delete") {
    if (!row || !isAbout || row.record) throw untrusted("swapped");
    const proof = proofOf(row.signature, row.rev, root, vault);
    if (!same(utf8(proof), utf8(row.proof ?? ""))) throw untrusted("tombstone");
  } else if (row) throw untrusted("forged");
  return null;
}
