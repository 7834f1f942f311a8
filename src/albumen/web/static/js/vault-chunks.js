// @ts-check
// The body of an age v1 file: chunks of 64 KiB, sealed and read from any place; nothing is held whole in memory.

import { chacha20poly1305 } from "vendor/noble";
import { derive, readHeader, unwrap, wrap } from "app/vault-age";
import { hex, joined, random, sha256, untrusted } from "app/vault-bytes";

export const CHUNK = 64 << 10;
const TAG = 16;
const SEALED = CHUNK + TAG;
const LEAST_BYTES = 16 << 10;
export const HEAD_BYTES = 1024; // enough of a file of ours to have its header and its nonce

/** @typedef {(start: number, length: number) => Promise<Uint8Array>} Fetch gives a range of the ciphertext */
/** @typedef {{fileKey: Uint8Array, key: Uint8Array, starts: number, beginning: string}} Opened */

/** The size that something is padded to: Padmé, and at least 16 KiB. @param {number} size */
export function padded(size) {
  if (size <= LEAST_BYTES) return LEAST_BYTES;
  const exponent = Math.floor(Math.log2(size));
  const mask = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(size / mask) * mask;
}

/** @param {number} number @param {boolean} isLast */
function nonceOf(number, isLast) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, number);
  nonce[11] = Number(isLast);
  return nonce;
}

/** The ciphertext of something that can be read from any place, made bit by bit and always the same. */
export class Sealing {
  /** @param {Uint8Array} header @param {Uint8Array} fileKey @param {number} size of the plaintext
   * @param {Fetch} plain gives a range of it */
  constructor(header, fileKey, size, plain) {
    const nonce = random(16);
    this.head = joined(header, nonce);
    this.beginning = hex(sha256(this.head));
    this.plain = plain;
    this.plainSize = size;
    this.count = Math.max(Math.ceil(size / CHUNK), 1);
    this.size = this.head.length + size + this.count * TAG;
    this.key = derive(fileKey, "payload", nonce);
  }

  /** @param {number} number */
  async chunk(number) {
    const start = number * CHUNK;
    const content = await this.plain(start, Math.min(CHUNK, this.plainSize - start));
    return chacha20poly1305(this.key, nonceOf(number, number === this.count - 1)).encrypt(content);
  }

  /** A range of the ciphertext. @param {number} start @param {number} length */
  async read(start, length) {
    const end = Math.min(start + length, this.size);
    const parts = start < this.head.length ? [this.head.subarray(start, end)] : [];
    const first = Math.max(0, Math.floor((start - this.head.length) / SEALED));
    for (let number = first; this.head.length + number * SEALED < end && number < this.count; number += 1) {
      const at = this.head.length + number * SEALED;
      parts.push((await this.chunk(number)).subarray(Math.max(0, start - at), end - at));
    }
    return joined(...parts);
  }
}

/** Open a file by its first bytes. @param {Uint8Array} content
 * @param {(header: import("app/vault-age").Header) => Promise<Uint8Array> | Uint8Array} fileKeyOf
 * @returns {Promise<Opened>} */
export async function begin(content, fileKeyOf) {
  const header = readHeader(content);
  const fileKey = await fileKeyOf(header);
  return opened(content, header.size, fileKey);
}

/** The same for who has the file key, and no other key. @param {Uint8Array} content @param {Uint8Array} fileKey */
export const beginBy = (content, fileKey) => opened(content, readHeader(content).size, fileKey);

/** @param {Uint8Array} content @param {number} size of the header @param {Uint8Array} fileKey */
function opened(content, size, fileKey) {
  const nonce = content.slice(size, size + 16);
  if (fileKey.length !== 16 || nonce.length !== 16) throw untrusted("truncated");
  const starts = size + 16;
  return { fileKey, key: derive(fileKey, "payload", nonce), starts, beginning: hex(sha256(content.subarray(0, starts))) };
}

/** The plaintext of an encrypted file, of which only what is read is fetched.
 *
 * The last chunk is fetched first: what was cut, or grew, is refused before any byte of it is given out. */
export class Reader {
  /** @type {Promise<Uint8Array> | null} */
  #last = null;

  /** @param {Fetch} fetch @param {number} size of the ciphertext @param {Opened} opened */
  constructor(fetch, size, opened) {
    this.fetch = fetch;
    this.opened = opened;
    const body = size - opened.starts;
    this.count = Math.max(Math.ceil(body / SEALED), 1);
    const last = body - (this.count - 1) * SEALED - TAG;
    if (last < (this.count > 1 ? 1 : 0)) throw untrusted("truncated");
    this.length = (this.count - 1) * CHUNK + last;
  }

  /** @param {number} start @param {number} length */
  async read(start, length) {
    this.#last ??= this.#chunks(this.count - 1, this.count);
    const last = await this.#last;
    const end = Math.min(start + length, this.length);
    if (start >= end) return new Uint8Array(0);
    const [first, behind] = [Math.floor(start / CHUNK), Math.ceil(end / CHUNK)];
    const before = Math.min(behind, this.count - 1);
    const parts = first < before ? [await this.#chunks(first, before)] : [];
    if (behind === this.count) parts.push(last);
    const whole = parts.length === 1 ? parts[0] : joined(...parts);
    return whole.subarray(start - first * CHUNK, end - first * CHUNK);
  }

  /** @param {number} first @param {number} behind */
  async #chunks(first, behind) {
    const { starts, key } = this.opened;
    const sealed = await this.fetch(starts + first * SEALED, (behind - first) * SEALED);
    const clear = [];
    try {
      for (let number = first; number < behind; number += 1) {
        const chunk = sealed.subarray((number - first) * SEALED, (number - first + 1) * SEALED);
        clear.push(chacha20poly1305(key, nonceOf(number, number === this.count - 1)).decrypt(chunk));
      }
    } catch {
      throw untrusted("chunk");
    }
    return clear.length === 1 ? clear[0] : joined(...clear);
  }
}

/** A small age file. @param {Uint8Array} content @param {Uint8Array} header @param {Uint8Array} fileKey */
export function seal(content, header, fileKey) {
  const sealing = new Sealing(header, fileKey, content.length, async (start, length) => content.subarray(start, start + length));
  return sealing.read(0, sealing.size);
}

/** A small age file for the holder of an X25519 key. @param {Uint8Array} content @param {Uint8Array} recipient */
export async function sealFor(content, recipient) {
  const fileKey = random(16);
  return seal(content, await wrap(fileKey, recipient), fileKey);
}

/** What a small age file holds. @param {Uint8Array} sealed
 * @param {(header: import("app/vault-age").Header) => Promise<Uint8Array> | Uint8Array} fileKeyOf */
export async function unseal(sealed, fileKeyOf) {
  const fetch = async (/** @type {number} */ start, /** @type {number} */ length) => sealed.subarray(start, start + length);
  const reader = new Reader(fetch, sealed.length, await begin(sealed, fileKeyOf));
  return reader.read(0, reader.length);
}

/** The same for one of these X25519 secrets. @param {Uint8Array} sealed @param {Uint8Array[]} secrets */
export const unsealBy = (sealed, secrets) => unseal(sealed, (header) => unwrap(header, secrets));
