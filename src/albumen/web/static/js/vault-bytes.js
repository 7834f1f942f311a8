// @ts-check
// Bytes and the ways they are written; and what may go wrong in a vault, by a word that the pages have texts for.

import { sha256 as digest } from "vendor/noble";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const STEP = 0x8000;

/** What is wrong: `untrusted` where the host is to blame, with what exactly in `detail`. */
export class VaultError extends Error {
  /** @param {string} code @param {string} [detail] */
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

/** @param {string} detail */
export const untrusted = (detail) => new VaultError("untrusted", detail);

export const utf8 = (/** @type {string} */ text) => encoder.encode(text);
/** Throws where it is no UTF-8. */
export const text = (/** @type {Uint8Array} */ bytes) => decoder.decode(bytes);

/** @param {...Uint8Array} parts */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of parts) {
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let raw = "";
  for (let at = 0; at < bytes.length; at += STEP) raw += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(raw);
}

/** Only the one spelling that `base64` gives is taken. @param {string} spelled */
export function unbase64(spelled) {
  try {
    const raw = atob(spelled);
    const bytes = Uint8Array.from(raw, (each) => each.charCodeAt(0));
    if (btoa(raw) === spelled) return bytes;
  } catch {
    // said below
  }
  throw untrusted("format");
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");

/** @param {string} spelled */
export function unhex(spelled) {
  if (!/^([0-9a-f]{2})*$/.test(spelled)) throw untrusted("format");
  return Uint8Array.from(spelled.match(/../g) ?? [], (each) => parseInt(each, 16));
}

/** @param {Uint8Array} bytes @returns {Uint8Array} */
export const sha256 = (bytes) => digest(bytes);
/** @param {string} told */
export const sha256Of = (told) => hex(sha256(utf8(told)));

/** A number in eight bytes, the highest first. @param {number} number */
export function eight(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/** @param {number} count */
export const random = (count) => crypto.getRandomValues(new Uint8Array(count));

/** Random letters that name something once. @param {number} count of bytes */
export const nonce = (count) => base64(random(count)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Whether two are the same, without telling by the time it takes. @param {Uint8Array} one @param {Uint8Array} other */
export function same(one, other) {
  let unlike = one.length ^ other.length;
  for (let at = 0; at < one.length; at += 1) unlike |= one[at] ^ (other[at] ?? 0);
  return unlike === 0;
}
