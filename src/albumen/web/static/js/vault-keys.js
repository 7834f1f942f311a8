// @ts-check
// The keys of a vault: what is derived from its roots, and the two key files that give the roots back.

import { derive, hmacOf, publicOf, unwrapByPassphrase, wrapForPassphrase } from "app/vault-age";
import { base64, joined, random, text, unbase64, untrusted, utf8, VaultError } from "app/vault-bytes";
import { seal, sealFor, unseal, unsealBy } from "app/vault-chunks";
import { fromBech32, fromWords, toBech32, toWords } from "app/vault-words";

export const PASS = "pass.age";
export const RECOVERY = "recovery.age";

/** 32 random bytes from which the keys of one epoch come: identity, names, macs. */
export class Root {
  /** @param {Uint8Array} content @param {Uint8Array} secret @param {Uint8Array} recipient of that secret */
  constructor(content, secret, recipient) {
    this.content = content;
    this.secret = secret;
    this.publicKey = recipient;
    this.recipient = toBech32("age", recipient);
    this.names = derive(content, "albumen vault names");
    this.macs = derive(content, "albumen vault macs");
  }

  /** @param {Uint8Array} content */
  static async of(content) {
    if (content.length !== 32) throw untrusted("key-file");
    const secret = derive(content, "albumen vault identity");
    return new Root(content, secret, await publicOf(secret));
  }

  /** The name that content of this SHA-256 has at the host. @param {Uint8Array} sha256 */
  signature(sha256) {
    return base64(hmacOf(this.names, sha256)).replaceAll("/", "_");
  }

  /** @param {...Uint8Array} parts every one but the last of a fixed length, so that their borders are certain */
  mac(...parts) {
    return base64(hmacOf(this.macs, joined(...parts)));
  }
}

/** All roots of a vault, the oldest first, and the recipient whose secret is the 24 words.
 * @typedef {{vault: string, roots: Root[], recovery: string}} Keyring */

/** What opens anything of this vault, the newest first. @param {Keyring} keyring */
export const secretsOf = (keyring) => keyring.roots.map((root) => root.secret).reverse();

/** What the key files hold: an identity file of age, with the roots in its comments. @param {Keyring} keyring */
function identityFile(keyring) {
  const lines = [`# albumen vault ${keyring.vault}`, `# recovery ${keyring.recovery}`];
  for (const root of keyring.roots)
    lines.push(`# root ${base64(root.content)}`, toBech32("age-secret-key-", root.secret).toUpperCase());
  return utf8(`${lines.join("\n")}\n`);
}

/** @param {Uint8Array} content @param {string} vault @returns {Promise<Keyring>} */
async function readIdentityFile(content, vault) {
  const told = text(content);
  const roots = [...told.matchAll(/^# root (\S+)$/gm)].map(([, each]) => unbase64(each));
  const recovery = told.match(/^# recovery (age1\S+)$/m);
  if (!told.includes(`# albumen vault ${vault}\n`) || !roots.length || !recovery) throw untrusted("key-file");
  return { vault, roots: await Promise.all(roots.map((each) => Root.of(each))), recovery: recovery[1] };
}

/** `pass.age`. @param {Keyring} keyring @param {string} passphrase */
export function forPassphrase(keyring, passphrase) {
  const fileKey = random(16);
  return seal(identityFile(keyring), wrapForPassphrase(fileKey, passphrase), fileKey);
}

/** The keys in it. @param {Uint8Array} sealed @param {string} passphrase @param {string} vault */
export async function byPassphrase(sealed, passphrase, vault) {
  return readIdentityFile(await unseal(sealed, (header) => unwrapByPassphrase(header, passphrase)), vault);
}

/** `recovery.age`; making it takes no words. @param {Keyring} keyring */
export const forWords = (keyring) => sealFor(identityFile(keyring), fromBech32("age", keyring.recovery));

/** The keys in it. @param {Uint8Array} sealed @param {string} spelled @param {string} vault */
export async function byWords(sealed, spelled, vault) {
  const secret = fromWords(spelled);
  try {
    return await readIdentityFile(await unsealBy(sealed, [secret]), vault);
  } catch (error) {
    if (error instanceof VaultError && error.detail === "recipient") throw new VaultError("wrong-words");
    throw error;
  }
}

/** A key for 24 new words: its recipient, and the words. */
export async function newWords() {
  const secret = random(32);
  return { recovery: toBech32("age", await publicOf(secret)), words: toWords(secret) };
}

/** New keys for a new vault, and the 24 words, which are nowhere else. @param {string} vault */
export async function created(vault) {
  const { recovery, words } = await newWords();
  return { keyring: { vault, roots: [await Root.of(random(32))], recovery }, words };
}
