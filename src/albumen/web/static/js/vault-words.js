// @ts-check
// 32 bytes as 24 words to write down (BIP-39), and back; and keys as text, the way age prints them (BIP-173).

import { sha256, VaultError } from "app/vault-bytes";
import { VOCABULARY } from "app/vault-vocabulary";

/** @param {Uint8Array} secret of 32 bytes */
export function toWords(secret) {
  const whole = [...secret, sha256(secret)[0]];
  const bits = whole.map((each) => each.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{11}/g) ?? []).map((each) => VOCABULARY[parseInt(each, 2)]).join(" ");
}

/** @param {string} spelled */
export function fromWords(spelled) {
  const words = spelled.toLowerCase().trim().split(/\s+/);
  if (words.length !== 24) throw new VaultError("words-count", String(words.length));
  const places = words.map((word) => VOCABULARY.indexOf(word));
  const unknown = places.indexOf(-1);
  if (unknown >= 0) throw new VaultError("words-unknown", words[unknown]);
  const bits = places.map((each) => each.toString(2).padStart(11, "0")).join("");
  const bytes = Uint8Array.from(bits.match(/.{8}/g) ?? [], (each) => parseInt(each, 2));
  const secret = bytes.slice(0, 32);
  if (sha256(secret)[0] !== bytes[32]) throw new VaultError("words-wrong");
  return secret;
}

const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** @param {string} prefix @param {Uint8Array} content */
export function toBech32(prefix, content) {
  const values = regrouped([...content], 8, 5);
  const check = polymod([...expanded(prefix), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  const tail = [0, 1, 2, 3, 4, 5].map((place) => (check >>> (5 * (5 - place))) & 31);
  return `${prefix}1${[...values, ...tail].map((each) => LETTERS[each]).join("")}`;
}

/** @param {string} prefix @param {string} told */
export function fromBech32(prefix, told) {
  const lower = told.toLowerCase();
  const values = [...lower.slice(prefix.length + 1)].map((each) => LETTERS.indexOf(each));
  const isOne = [lower, told.toUpperCase()].includes(told) && lower.startsWith(`${prefix}1`) && !values.includes(-1);
  if (!isOne || values.length < 6 || polymod([...expanded(prefix), ...values]) !== 1) throw new VaultError("no-key");
  const bits = values.slice(0, -6).map((each) => each.toString(2).padStart(5, "0")).join("");
  if (bits.length % 8 >= 5 || /1/.test(bits.slice(bits.length - (bits.length % 8)))) throw new VaultError("no-key");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (each) => parseInt(each, 2));
}

/** @param {string} prefix */
function expanded(prefix) {
  const codes = [...prefix].map((each) => each.charCodeAt(0));
  return [...codes.map((each) => each >> 5), 0, ...codes.map((each) => each & 31)];
}

/** @param {number[]} values */
function polymod(values) {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATORS.entries()) if ((top >> bit) & 1) check ^= generator;
  }
  return check >>> 0;
}

/** @param {number[]} content @param {number} have @param {number} want */
function regrouped(content, have, want) {
  const bits = content.map((each) => each.toString(2).padStart(have, "0")).join("");
  const padding = "0".repeat((want - (bits.length % want)) % want);
  return ((bits + padding).match(new RegExp(`.{${want}}`, "g")) ?? []).map((each) => parseInt(each, 2));
}
