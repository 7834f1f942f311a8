// @ts-check
// What can be done with the photos of a vault; whoever loses against another device reads on and tries again.

import { nonce, sha256Of, text, untrusted, VaultError } from "app/vault-bytes";
import { blobOf, digestOf, readerOf, there, whole } from "app/vault-files";
import { pause } from "app/vault-log";
import { assetSignature, originalsOf } from "app/vault-records";

/** @typedef {import("app/vault-log").Vault} Vault */
/** @typedef {import("app/vault-files").Plain} Plain */
/** @typedef {import("app/vault-records").Resource} Resource */
/** @typedef {{fields: Record<string, any>, thumbnails: Plain[]}} Portrait */

const TRIES = 40;
const POINTER = "snapshot.json";

/** Try something upon what was read, until no other device was faster; `work` gives what came of it.
 * @template T @param {Vault} vault @param {(missing: boolean) => Promise<T>} work @returns {Promise<T>} */
async function settle(vault, work) {
  let missing = false;
  for (let turn = 0; turn < TRIES; turn += 1) {
    await vault.pull();
    try {
      const done = await work(missing);
      await vault.pull();
      return done;
    } catch (error) {
      if (!(error instanceof VaultError) || !["head-moved", "blobs-missing"].includes(error.code)) throw error;
      missing ||= error.code === "blobs-missing";
    }
    await pause(turn);
  }
  throw new VaultError("stuck");
}

/** Put a photo in, with what was seen in it; `look` is asked only where it is not there yet.  Its signature, and
 * whether it is new and can be seen.  @param {Vault} vault @param {Plain[]} plains the files that make it, the one that
 * it is known by first @param {() => Promise<Portrait>} look @param {(sent: number, size: number) => void} report */
export async function add(vault, plains, look, report) {
  const files = await digested(plains);
  const digests = files.map((each) => each.digest);
  await vault.pull();
  const known = vault.state.holding(digests);
  if (known) return { signature: known.signature, isNew: false, isSeen: true };
  const { fields, thumbnails } = await look();
  const isSeen = thumbnails.length > 0;
  files.push(...(await digested(thumbnails)));
  return settle(vault, async (missing) => {
    const held = vault.state.holding(digests);
    if (held && !missing) return { signature: held.signature, isNew: true, isSeen };
    const resources = [];
    for (const each of files)
      resources.push(await there(vault, each, missing, plains.includes(each.plain) ? report : () => {}));
    const signature = assetSignature(resources);
    await put(vault, signature, resources, fields);
    return { signature, isNew: true, isSeen };
  });
}

/** @param {Plain[]} plains @returns {Promise<import("app/vault-files").Coming[]>} */
async function digested(plains) {
  const files = [];
  for (const plain of plains) files.push({ plain, digest: await digestOf(plain.content) });
  return files;
}

/** @param {Vault} vault @param {string} signature @param {Resource[]} brought @param {Record<string, any>} fields */
async function put(vault, signature, brought, fields) {
  const [there_, live] = [vault.state.assets.get(signature), vault.state.live(signature)?.record];
  const names = new Set(brought.map((each) => each.signature));
  const resources = [...(live?.resources ?? []).filter((each) => !names.has(each.signature)), ...brought];
  const { rev: _rev, device: _device, resources: _resources, history, ...kept } = live ?? { history: [], rev: 0, device: "", resources: [] };
  const rev = (there_?.rev ?? 0) + 1;
  const record = { ...fields, ...kept, rev, device: vault.device, resources, history };
  await vault.commitRecord("put", nonce(12), signature, record, resources.map(blobOf));
}

/** Delete a photo, unless another device has added a file to it meanwhile; it can be restored for 30 days.
 * @param {Vault} vault @param {string} signature */
export function remove(vault, signature) {
  const seen = originalsOf(vault.state.live(signature)?.record.resources ?? []).map((each) => each.sha256);
  return settle(vault, async () => {
    const asset = vault.state.live(signature);
    if (!asset) return true;
    if (!originalsOf(asset.record.resources).every((each) => seen.includes(each.sha256))) return false;
    await vault.commitTombstone(nonce(12), signature, asset.rev + 1);
    return true;
  });
}

/** Have a deleted photo back; false where its time has passed. @param {Vault} vault @param {string} signature */
export function restore(vault, signature) {
  return settle(vault, async () => {
    const asset = vault.state.assets.get(signature);
    if (!asset || asset.record.resources.some((each) => vault.state.collected.has(each.blobSha256))) return false;
    if (!asset.deletedAt) return true;
    const record = { ...asset.record, rev: asset.rev + 1 };
    await vault.commitRecord("restore", nonce(12), signature, record, record.resources.map(blobOf));
    return true;
  });
}

/** Begin at the last snapshot instead of at the first event, if there is a good one. @param {Vault} vault */
export async function beginAtSnapshot(vault) {
  try {
    const { event, head } = await snapshotOf(vault);
    await vault.checkWay(head);
    const { resource } = event.more;
    const reader = await readerOf(vault.remote.fetchOf(resource.signature), resource, vault.secrets);
    const lines = (await new Blob(/** @type {any} */ (await whole(resource, reader))).text()).trimEnd().split("\n");
    const told = lines.map((each) => JSON.parse(each));
    for (const each of told) vault.state.takeIn(each);
    vault.state.head = head;
  } catch (error) {
    const isBad = error instanceof SyntaxError || error instanceof TypeError;
    if (!isBad && !(error instanceof VaultError && ["untrusted", "not-found"].includes(error.code))) throw error;
  }
}

/** The event that the pointer points at, checked; the pointer itself is not trusted. @param {Vault} vault */
async function snapshotOf(vault) {
  const pointer = JSON.parse(text((await vault.remote.key(POINTER)) ?? new Uint8Array(0)));
  const after = { n: Number(pointer.n) - 1, sha256: String(pointer.prev) };
  const [entry] = (await vault.remote.log(after.n, 1)).entries;
  if (!entry || entry.n !== after.n + 1) throw untrusted("gap");
  const event = await vault.opened(entry, after);
  if (event.kind !== "snapshot") throw untrusted("swapped");
  return { event, head: { n: entry.n, sha256: sha256Of(entry.event) } };
}
