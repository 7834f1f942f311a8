// @ts-check
// What a vault looks like after the log as far as it was read.  It is kept in memory only, and goes with the worker.

import { START } from "app/vault-records";

/** @typedef {import("app/vault-records").Told} Told */
/** @typedef {{signature: string, rev: number, record: Told, deletedAt: string | null}} Asset */

export class State {
  head = START;
  /** @type {Map<string, Asset>} deleted ones too, with the last record that they had */
  assets = new Map();
  /** @type {Map<string, number>} ciphertext that a gc event names: it may be gone, and must not be named again */
  collected = new Map();
  /** @type {Map<number, [string, number, string][]>} what was to be collected and is not yet said to be gone */
  collections = new Map();
  /** @type {Map<string, {name: string, recipient: string, isRevoked: boolean}>} all that there are or were */
  devices = new Map();
  /** @type {Map<string, string>} */
  facts = new Map();

  /** @param {string} signature */
  live(signature) {
    const asset = this.assets.get(signature);
    return asset && !asset.deletedAt ? asset : null;
  }

  /** Every file of every asset, deleted ones too. */
  *resources() {
    for (const asset of this.assets.values()) for (const resource of asset.record.resources) yield { asset, resource };
  }

  /** A live asset that has all of these very files. @param {string[]} digests */
  holding(digests) {
    for (const asset of this.assets.values())
      if (!asset.deletedAt && digests.every((sha256) => asset.record.resources.some((each) => each.sha256 === sha256))) return asset;
    return null;
  }

  /** A file of this name that a record names, and whose ciphertext was not collected. @param {string} signature */
  stored(signature) {
    for (const { resource } of this.resources())
      if (resource.signature === signature && !this.collected.has(resource.blobSha256)) return resource;
    return null;
  }

  /** Take in one checked event, as the next. @param {Awaited<ReturnType<import("app/vault-records").checked>>} happened */
  apply({ event, record, head }) {
    const { kind, signature, more } = event;
    if (record) this.assets.set(signature, { signature, rev: event.rev, record, deletedAt: null });
    else if (kind === "delete") this.#delete(event);
    else if (kind === "gc") this.#collect(head.n, more.blobs);
    else if (kind === "gc-done") this.collections.delete(more.gc);
    else if (kind === "device" || kind === "rotate") {
      this.#device(more);
      if (more.root) this.facts.set("root", more.root);
      for (const [name, sha256] of Object.entries(more.keys ?? {})) this.facts.set(`key ${name}`, String(sha256));
    }
    this.head = head;
  }

  /** @param {any} more */
  #device({ add, revoke }) {
    if (add) this.devices.set(String(add.id), { name: String(add.name), recipient: String(add.recipient), isRevoked: false });
    const lost = this.devices.get(revoke);
    if (lost) lost.isRevoked = true;
  }

  /** @param {any} event */
  #delete({ signature, rev, time }) {
    const asset = this.assets.get(signature);
    if (asset) this.assets.set(signature, { ...asset, rev, deletedAt: time });
  }

  /** @param {number} n @param {[string, number, string][]} blobs */
  #collect(n, blobs) {
    this.collections.set(n, blobs);
    for (const [, , sha256] of blobs) if (!this.collected.has(sha256)) this.collected.set(sha256, n);
  }

  /** Take in a line of a snapshot. @param {any} told */
  takeIn(told) {
    if (told.facts) for (const [name, value] of Object.entries(told.facts)) this.facts.set(name, String(value));
    else if (told.asset)
      this.assets.set(told.asset, { signature: told.asset, rev: told.rev, record: told.record, deletedAt: told.deletedAt });
    else if (told.table === "devices") {
      const [id, name, recipient, revoked] = told.row;
      this.devices.set(id, { name, recipient, isRevoked: Boolean(revoked) });
    } else if (told.table === "collected") this.collected.set(told.row[0], told.row[1]);
    else if (told.table === "collections") this.collections.set(told.row[0], JSON.parse(told.row[1]));
  }
}
