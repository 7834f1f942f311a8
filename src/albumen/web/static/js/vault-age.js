// @ts-check
// The header of an age v1 file (C2SP), read more strictly than need be, and its two ways to wrap a file key.

import { chacha20poly1305, hkdf, hmac, scrypt, sha256 } from "vendor/noble";
import { base64, joined, random, same, untrusted, utf8, VaultError } from "app/vault-bytes";

/** @typedef {{words: string[], body: Uint8Array}} Stanza */
/** @typedef {{stanzas: Stanza[], signed: Uint8Array, mac: Uint8Array, size: number}} Header */

const HEADER_BYTES = 4096;
const WORK_FACTOR = 18;
const LARGEST_WORK_FACTOR = 20; // memory is 2^factor KiB
const VERSION = "age-encryption.org/v1";
const NO_NONCE = new Uint8Array(12);
const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31));
const PKCS8 = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32);
const CURVE = { name: "X25519" };

/** 32 bytes by HKDF-SHA-256. @param {Uint8Array} secret @param {string} label @param {Uint8Array} [salt] */
export const derive = (secret, label, salt = new Uint8Array(0)) => hkdf(sha256, secret, salt, utf8(label), 32);

/** @param {Uint8Array} key @param {Uint8Array} content @returns {Uint8Array} */
export const hmacOf = (key, content) => hmac(sha256, key, content);

const imported = new Map();

/** @param {Uint8Array} secret @returns {Promise<CryptoKey>} */
function privateKey(secret) {
  const name = base64(secret);
  if (!imported.has(name)) {
    if (imported.size > 64) imported.clear();
    imported.set(name, crypto.subtle.importKey("pkcs8", joined(PKCS8, secret), CURVE, false, ["deriveBits"]));
  }
  return imported.get(name);
}

/** What two X25519 keys have in common. @param {Uint8Array} secret @param {Uint8Array} publicKey */
async function exchange(secret, publicKey) {
  const other = await crypto.subtle.importKey("raw", /** @type {any} */ (publicKey), CURVE, false, []);
  const bits = await crypto.subtle.deriveBits({ ...CURVE, public: other }, await privateKey(secret), 256);
  return new Uint8Array(bits);
}

/** What others encrypt for. @param {Uint8Array} secret */
export const publicOf = (secret) => exchange(secret, BASE_POINT);

/** The header that `content` begins with. @param {Uint8Array} content @returns {Header} */
export function readHeader(content) {
  const latin = String.fromCharCode(...content.subarray(0, HEADER_BYTES));
  const end = latin.indexOf("\n--- ");
  if (!latin.startsWith(`${VERSION}\n`) || end < 0) throw untrusted("format");
  const ends = latin.indexOf("\n", end + 5);
  if (ends < 0) throw untrusted("header");
  const mac = unpadded(latin.slice(end + 5, ends));
  const stanzas = stanzasOf(latin.slice(VERSION.length + 1, end).split("\n"));
  if (mac.length !== 32 || !stanzas.length) throw untrusted("header");
  return { stanzas, signed: content.slice(0, end + 4), mac, size: ends + 1 };
}

/** @param {string[]} lines */
function stanzasOf(lines) {
  const found = [];
  for (let at = 0; at < lines.length; ) {
    const [arrow, ...words] = lines[at++].split(" ");
    if (arrow !== "->" || !words.length || !words.every((each) => /^[\x21-\x7e]+$/.test(each))) throw untrusted("header");
    let body = "";
    for (;;) {
      if (at === lines.length || lines[at].length > 64) throw untrusted("header");
      body += lines[at];
      if (lines[at++].length < 64) break;
    }
    found.push({ words, body: unpadded(body) });
  }
  return found;
}

/** @param {Uint8Array} bytes */
const base64Unpadded = (bytes) => base64(bytes).replace(/=+$/, "");

/** @param {string} spelled */
function unpadded(spelled) {
  try {
    const raw = atob(spelled);
    if (btoa(raw).replace(/=+$/, "") === spelled) return Uint8Array.from(raw, (each) => each.charCodeAt(0));
  } catch {
    // said below
  }
  throw untrusted("header");
}

/** What a header ends with. @param {Uint8Array} fileKey @param {Uint8Array} signed */
const macOf = (fileKey, signed) => hmacOf(derive(fileKey, "header"), signed);

/** The file key, if the header was made with it. @param {Header} header @param {Uint8Array} fileKey */
function proven(header, fileKey) {
  if (!same(macOf(fileKey, header.signed), header.mac)) throw untrusted("header");
  return fileKey;
}

/** @param {string[]} words @param {Uint8Array} body @param {Uint8Array} fileKey */
function written(words, body, fileKey) {
  const spelled = base64Unpadded(body);
  const lines = [];
  for (let at = 0; at <= spelled.length; at += 64) lines.push(`${spelled.slice(at, at + 64)}\n`);
  const signed = utf8(`${VERSION}\n-> ${words.join(" ")}\n${lines.join("")}---`);
  return joined(signed, utf8(` ${base64Unpadded(macOf(fileKey, signed))}\n`));
}

/** A header for the holder of an X25519 key. @param {Uint8Array} fileKey @param {Uint8Array} recipient */
export async function wrap(fileKey, recipient) {
  const ephemeral = random(32);
  const share = await publicOf(ephemeral);
  const shared = await exchange(ephemeral, recipient);
  imported.delete(base64(ephemeral));
  const key = derive(shared, `${VERSION}/X25519`, joined(share, recipient));
  return written(["X25519", base64Unpadded(share)], chacha20poly1305(key, NO_NONCE).encrypt(fileKey), fileKey);
}

/** The file key by one of these secrets; a second recipient is refused. @param {Header} header
 * @param {Uint8Array[]} secrets */
export function unwrap(header, secrets) {
  if (header.stanzas.length !== 1 || header.stanzas[0].words[0] !== "X25519") throw untrusted("recipient");
  return findKey(header, secrets);
}

/** The same for any age file: other recipients are passed over. @param {Header} header @param {Uint8Array[]} secrets */
export async function findKey(header, secrets) {
  if (header.stanzas.some((each) => each.words[0] === "scrypt")) throw untrusted("recipient");
  const wraps = header.stanzas.filter((each) => each.words[0] === "X25519").map(x25519);
  for (const { share, body } of wraps)
    for (const secret of secrets) {
      const fileKey = await unwrapped(secret, share, body);
      if (fileKey) return proven(header, fileKey);
    }
  throw untrusted("recipient");
}

/** @param {Stanza} stanza */
function x25519({ words, body }) {
  const share = words.length === 2 ? unpadded(words[1]) : new Uint8Array(0);
  if (share.length !== 32 || body.length !== 32) throw untrusted("header");
  return { share, body };
}

/** @param {Uint8Array} secret @param {Uint8Array} share @param {Uint8Array} body */
async function unwrapped(secret, share, body) {
  try {
    const shared = await exchange(secret, share);
    const key = derive(shared, `${VERSION}/X25519`, joined(share, await publicOf(secret)));
    return chacha20poly1305(key, NO_NONCE).decrypt(body);
  } catch {
    return null;
  }
}

/** A header for who knows a passphrase. @param {Uint8Array} fileKey @param {string} passphrase @param {number} [factor] */
export function wrapForPassphrase(fileKey, passphrase, factor = WORK_FACTOR) {
  const salt = random(16);
  const body = chacha20poly1305(stretched(passphrase, salt, factor), NO_NONCE).encrypt(fileKey);
  return written(["scrypt", base64Unpadded(salt), String(factor)], body, fileKey);
}

/** The file key; what asks for too much memory is refused before anything is tried. @param {Header} header
 * @param {string} passphrase */
export function unwrapByPassphrase(header, passphrase) {
  const [{ words, body }] = header.stanzas;
  if (header.stanzas.length !== 1 || words[0] !== "scrypt" || words.length !== 3) throw untrusted("recipient");
  const salt = unpadded(words[1]);
  if (salt.length !== 16 || body.length !== 32 || !/^[1-9][0-9]{0,2}$/.test(words[2])) throw untrusted("header");
  if (Number(words[2]) > LARGEST_WORK_FACTOR) throw untrusted("work-factor");
  let fileKey;
  try {
    fileKey = chacha20poly1305(stretched(passphrase, salt, Number(words[2])), NO_NONCE).decrypt(body);
  } catch {
    throw new VaultError("wrong-passphrase");
  }
  return proven(header, fileKey);
}

/** @param {string} passphrase @param {Uint8Array} salt @param {number} factor */
function stretched(passphrase, salt, factor) {
  const memory = 2 ** factor * 1024 + 2 ** 20;
  return scrypt(utf8(passphrase), joined(utf8(`${VERSION}/scrypt`), salt), { N: 2 ** factor, r: 8, p: 1, dkLen: 32, maxmem: memory });
}
