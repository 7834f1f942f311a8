// @ts-check
// Who has the keys: giving them to a new device, taking them as one, and new keys when a device is lost.

import { publicOf } from "app/vault-age";
import { base64, hex, random, sha256, sha256Of, text, unbase64, utf8, VaultError } from "app/vault-bytes";
import { sealFor, unsealBy } from "app/vault-chunks";
import { Root, secretsOf } from "app/vault-keys";
import { pause } from "app/vault-log";
import { VOCABULARY } from "app/vault-vocabulary";
import { fromBech32, toBech32 } from "app/vault-words";

/** @typedef {import("app/vault-log").Vault} Vault */
/** @typedef {import("app/vault-remote").Remote} Remote */
/** @typedef {import("app/vault-keys").Keyring} Keyring */
/** @typedef {{secret: Uint8Array, recipient: string}} Asking */

const TRIES = 20;

/** The key of a device that asks to be let in. @returns {Promise<Asking>} */
export async function asking() {
  const secret = random(32);
  return { secret, recipient: toBech32("age", await publicOf(secret)) };
}

/** Where the host keeps what is given to a device until that has fetched it. @param {string} recipient */
const placeOf = (recipient) => `welcome-${sha256Of(recipient).slice(0, 32)}`;

/** Four words that depend on the keys that were given and on whom they were given to. @param {Keyring} keyring
 * @param {string} recipient */
function checkWords(keyring, recipient) {
  const parts = [...secretsOf(keyring), utf8(recipient)].map((each) => [...sha256(each)]);
  const digest = sha256(Uint8Array.from([...utf8("albumen vault check"), ...parts.flat()]));
  const number = digest.subarray(0, 6).reduce((sum, each) => sum * 256 + each, 0);
  return [0, 1, 2, 3].map((place) => VOCABULARY[Math.floor(number / 2048 ** place) % 2048]).join(" ");
}

/** Give the keys to a new device, which shows this recipient: what it is to be given, and the words that both must
 * show.  It is left at the host as well. @param {Vault} vault @param {string} shown */
export async function welcome(vault, shown) {
  const recipient = shown.trim().replace(/^.*#give=/, "").toLowerCase();
  const publicKey = fromBech32("age", recipient);
  if (publicKey.length !== 32) throw new VaultError("no-key");
  await vault.pull();
  const { roots, recovery } = vault.keyring;
  const { n, sha256: last } = vault.state.head;
  const told = { vault: vault.id, roots: roots.map((each) => base64(each.content)), recovery, head: [n, last] };
  const sealed = await sealFor(utf8(JSON.stringify(told)), publicKey);
  const there = await vault.remote.key(placeOf(recipient), true);
  await vault.remote.putKey(placeOf(recipient), sealed, there && hex(sha256(there)));
  return { given: base64(sealed), words: checkWords(vault.keyring, recipient) };
}

/** What was left at the host for this device, if anything was. @param {Remote} remote @param {Asking} asked */
export async function left(remote, { recipient }) {
  const found = await remote.key(placeOf(recipient), true);
  return found && base64(found);
}

/** Take away what was left. @param {Remote} remote @param {Asking} asked @param {string} given */
export const cleared = (remote, { recipient }, given) => remote.dropKey(placeOf(recipient), unbase64(given));

/** The keys and the head in what an old device has given, and the words that it must show.
 * @param {string} given @param {Asking} asked @param {string} vault */
export async function accept(given, { secret, recipient }, vault) {
  try {
    const told = JSON.parse(text(await unsealBy(unbase64(given.replace(/\s+/g, "")), [secret])));
    const roots = await Promise.all(told.roots.map((/** @type {string} */ each) => Root.of(unbase64(each))));
    const keyring = { vault, roots, recovery: String(told.recovery) };
    if (told.vault !== vault || !roots.length) throw new VaultError("not-for-this");
    return { keyring, head: { n: Number(told.head[0]), sha256: String(told.head[1]) }, words: checkWords(keyring, recipient) };
  } catch {
    throw new VaultError("not-for-this");
  }
}

/** New keys for all that comes later, for all devices but this one.  What it had, it keeps.
 *
 * The key files come first: were they second, and this browser lost in between, they would not open what comes later.
 * @param {Vault} vault @param {string} device @param {string} passphrase */
export async function revoke(vault, device, passphrase) {
  const root = await Root.of(random(32));
  for (let turn = 0; turn < TRIES; turn += 1) {
    await vault.pull();
    if (!vault.state.devices.has(device)) throw new VaultError("not-found");
    const roots = /** @type {Record<string, string>} */ ({});
    for (const [id, { recipient, isRevoked }] of vault.state.devices)
      if (id !== device && !isRevoked) roots[id] = base64(await sealFor(root.content, fromBech32("age", recipient)));
    const keyring = { ...vault.keyring, roots: [...vault.keyring.roots, root] };
    try {
      const keys = await vault.putKeys(passphrase, keyring);
      await vault.commit({ kind: "rotate", more: { revoke: device, root: root.recipient, roots, keys } });
    } catch (error) {
      if (!(error instanceof VaultError) || !["head-moved", "key-moved"].includes(error.code)) throw error;
      await pause(turn);
      continue;
    }
    vault.keyring = keyring;
    await vault.pull();
    return;
  }
  throw new VaultError("stuck");
}
