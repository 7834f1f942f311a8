// @ts-check
// From a file to its ciphertext at the host, and back; of large files a piece at a time.

import "vendor/sha256.min";
import { unwrap, wrap } from "app/vault-age";
import { random, unhex, untrusted, VaultError } from "app/vault-bytes";
import { begin, beginBy, HEAD_BYTES, padded, Reader, Sealing } from "app/vault-chunks";
import { pause } from "app/vault-log";

/** @typedef {import("app/vault-log").Vault} Vault */
/** @typedef {import("app/vault-records").Resource} Resource */
/** @typedef {{content: Blob, type: string, fileName: string, pixelSize?: number[], duration?: number}} Plain */
/** @typedef {{resource: Resource, sealing: Sealing}} Sealed */
/** @typedef {{plain: Plain, digest: string, sealed?: Sealed, sent?: Resource}} Coming a file on its way to the host */

const BLOCK = 4 << 20;
const TRIES = 6;

/** @returns {Promise<{update: (bytes: Uint8Array) => void, digest: () => string}>} */
const newHash = async () => (await /** @type {any} */ (globalThis).hashwasm.createSHA256()).init();

/** Ranges of a file, which is read in large blocks; behind its end there are zeros. @param {Blob} file
 * @returns {import("app/vault-chunks").Fetch} */
function paddedFile(file) {
  let [from, block] = [0, new Uint8Array(0)];
  return async (start, length) => {
    const end = Math.min(start + length, file.size);
    if (start < end && (start < from || end > from + block.length)) {
      from = start;
      block = new Uint8Array(await file.slice(start, Math.max(end, start + BLOCK)).arrayBuffer());
    }
    const part = start < end ? block.subarray(start - from, end - from) : new Uint8Array(0);
    if (part.length === length) return part;
    const whole = new Uint8Array(length);
    whole.set(part);
    return whole;
  };
}

/** The SHA-256 of a file. @param {Blob} file */
export async function digestOf(file) {
  const hash = await newHash();
  for (let at = 0; at < file.size; at += BLOCK)
    hash.update(new Uint8Array(await file.slice(at, at + BLOCK).arrayBuffer()));
  return hash.digest();
}

/** Seal a file: once to know its names and hashes.  The same ciphertext is made again when it is sent, so that it need
 * not be kept.  @param {Plain} plain @param {string} digest its SHA-256 @param {import("app/vault-keys").Root} root
 * @returns {Promise<Sealed>} */
export async function sealFile({ content, ...facts }, digest, root) {
  const fileKey = random(16);
  const header = await wrap(fileKey, root.publicKey);
  const sealing = new Sealing(header, fileKey, padded(content.size), paddedFile(content));
  const hash = await newHash();
  hash.update(sealing.head);
  for (let number = 0; number < sealing.count; number += 1) hash.update(await sealing.chunk(number));
  const blob = { blobSize: sealing.size, blobSha256: hash.digest(), blobBeginning: sealing.beginning };
  const told = { signature: root.signature(unhex(digest)), sha256: digest, size: content.size };
  return { resource: { ...told, ...blob, ...facts }, sealing };
}

/** The ciphertext of a resource, as an event names it. @param {Resource} resource */
export const blobOf = ({ signature, blobSize, blobSha256 }) => ({ signature, size: blobSize, sha256: blobSha256 });

/** Have a file at the host: in ciphertext that records name already, in ours, or in another that was read back.
 * @param {Vault} vault @param {Coming} coming @param {boolean} isMissing whether the host has lost it
 * @param {(sent: number, size: number) => void} report @returns {Promise<Resource>} */
export async function there(vault, coming, isMissing, report) {
  const { plain, digest, sent } = coming;
  const isGood = (/** @type {Resource | undefined} */ each) => each && !vault.state.collected.has(each.blobSha256);
  if (sent && isGood(sent) && !isMissing) return sent;
  const known = vault.state.stored(vault.root.signature(unhex(digest)));
  const { content, ...facts } = plain;
  if (known && !isMissing) return { ...known, size: content.size, ...facts };
  if (!isGood(coming.sealed?.resource)) coming.sealed = await sealFile(plain, digest, vault.root);
  for (let turn = 0; turn < TRIES; turn += 1) {
    coming.sent = await send(vault, /** @type {Sealed} */ (coming.sealed), report);
    if (coming.sent) return coming.sent;
    await pause(turn);
  }
  throw new VaultError("stuck");
}

/** @param {Vault} vault @param {Sealed} mine @param {(sent: number, size: number) => void} report */
async function send(vault, { resource, sealing }, report) {
  const blob = blobOf(resource);
  const found = await vault.remote.blob(blob.signature);
  if (found && found.sha256 !== blob.sha256) {
    const adopted = await asFound(vault, resource, found);
    if (!adopted) {
      await finish(vault);
      await vault.remote.drop(found);
    }
    return adopted ?? undefined;
  }
  try {
    if (!found) await vault.remote.put(blob, sealing, (sent) => report(sent, blob.size));
  } catch (error) {
    if (error instanceof VaultError && error.code === "blob-taken") return undefined;
    throw error;
  }
  const kept = await vault.remote.blob(blob.signature);
  return kept?.sha256 === blob.sha256 && kept.size === blob.size ? resource : undefined;
}

/** What somebody else has sent under this name, if all of it is this file: it is read to see.
 * @param {Vault} vault @param {Resource} mine @param {import("app/vault-remote").Blob_} found */
async function asFound(vault, mine, found) {
  if (found.size !== mine.blobSize || vault.state.collected.has(found.sha256)) return null;
  try {
    const fetch = vault.remote.fetchOf(found.signature);
    const hash = await newHash();
    for (let at = 0; at < found.size; at += BLOCK) hash.update(await fetch(at, Math.min(BLOCK, found.size - at)));
    const opened = await begin(await fetch(0, Math.min(HEAD_BYTES, found.size)), (header) => unwrap(header, vault.secrets));
    const other = { ...mine, blobSha256: found.sha256, blobBeginning: opened.beginning };
    if (hash.digest() !== found.sha256) return null;
    await checkWhole(other, new Reader(fetch, found.size, opened));
    return other;
  } catch (error) {
    if (error instanceof VaultError && error.code === "untrusted") return null;
    throw error;
  }
}

/** End what was begun to be collected, by whichever device: delete what gc events name, and say that it is done.
 * @param {Vault} vault */
async function finish(vault) {
  for (let turn = 0; vault.state.collections.size; turn += 1) {
    if (turn === TRIES) throw new VaultError("stuck");
    const [[n, blobs]] = vault.state.collections;
    for (const [signature, size, sha256] of blobs) await vault.remote.drop({ signature, size, sha256 });
    try {
      await vault.commit({ kind: "gc-done", more: { gc: n } });
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== "head-moved") throw error;
    }
    await vault.pull();
  }
}

/** The plaintext of a resource with its padding.  Refused where the host gives another file.
 * @param {import("app/vault-chunks").Fetch} fetch @param {{blobSize: number, blobBeginning: string}} resource
 * @param {Uint8Array[]} secrets @param {Uint8Array} [fileKey] for who has only that */
export async function readerOf(fetch, resource, secrets, fileKey) {
  const head = await fetch(0, Math.min(HEAD_BYTES, resource.blobSize));
  const opened = fileKey ? beginBy(head, fileKey) : await begin(head, (header) => unwrap(header, secrets));
  if (opened.beginning !== resource.blobBeginning) throw untrusted("swapped");
  return new Reader(fetch, resource.blobSize, opened);
}

/** All of a file, checked. @param {Resource} resource @param {Reader} reader @returns {Promise<Uint8Array[]>} */
export async function whole(resource, reader) {
  const parts = /** @type {Uint8Array[]} */ ([]);
  await checkWhole(resource, reader, (part) => parts.push(part));
  return parts;
}

/** @param {{size: number, sha256?: string}} resource @param {Reader} reader @param {(part: Uint8Array) => void} [take] */
async function checkWhole(resource, reader, take = () => {}) {
  const hash = await newHash();
  if (resource.size > reader.length) throw untrusted("truncated");
  for (let at = 0; at < resource.size; at += BLOCK) {
    const part = await reader.read(at, Math.min(BLOCK, resource.size - at));
    hash.update(part);
    take(part);
  }
  if (resource.sha256 !== undefined && hash.digest() !== resource.sha256) throw untrusted("swapped");
}

