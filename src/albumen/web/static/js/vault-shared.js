// @ts-check
// A link to some photos of a vault: what the fragment opens is a list of files, each with its own key and no other.

import { derive } from "app/vault-age";
import { text, unbase64, untrusted, VaultError } from "app/vault-bytes";
import { unsealBy } from "app/vault-chunks";
import { openLink, readRange } from "app/vault-remote";

/** @param {string} seed as it stands behind the `#` */
function secretOf(seed) {
  let bytes;
  try {
    bytes = unbase64(`${seed.replaceAll("-", "+").replaceAll("_", "/")}=`);
  } catch {
    throw new VaultError("link-key");
  }
  if (bytes.length !== 32) throw new VaultError("link-key");
  return derive(bytes, "albumen vault link");
}

/** Open a link, which counts as a view; what it shows. @param {string} id @param {string} seed */
export async function openShared(id, seed) {
  const secret = secretOf(seed);
  const told = await manifestOf(await openLink(id), secret);
  const files = new Map();
  for (const { asset, blob, type, name, size, blobSize, blobBeginning, fileKey } of told.files) {
    const file = { signature: blob, type, fileName: name, size, blobSize, blobBeginning, fileKey };
    files.set(asset, [...(files.get(asset) ?? []), file]);
  }
  const photos = [...files].map(([signature, each]) => ({ signature, files: each.map(shown), deletedAt: null, fields: {} }));
  const fetchOf = (/** @type {string} */ signature) => (/** @type {number} */ start, /** @type {number} */ length) =>
    readRange(`/v1/shared/${encodeURIComponent(id)}/blobs/${encodeURIComponent(signature)}`, start, length);
  return { name: String(told.name ?? ""), photos, files, fetchOf };
}

/** @param {any} file */
const shown = ({ signature, type, fileName, size }) => ({ signature, type, name: fileName, size });

/** @param {Uint8Array} sealed @param {Uint8Array} secret */
async function manifestOf(sealed, secret) {
  let told;
  try {
    told = JSON.parse(text(await unsealBy(sealed, [secret])));
  } catch (error) {
    if (error instanceof VaultError && error.detail === "recipient") throw new VaultError("link-key");
    throw error instanceof VaultError ? error : untrusted("format");
  }
  const isFile = (/** @type {any} */ each) =>
    [each.asset, each.blob, each.blobBeginning, each.fileKey, each.name, each.type].every((told_) => typeof told_ === "string");
  if (told.v !== 1 || !Array.isArray(told.files) || !told.files.every(isFile)) throw untrusted("format");
  return told;
}
