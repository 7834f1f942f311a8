// @ts-check
// The vault's side of a page: holds the keys, and does what the page asks for.  When it is let go, they are gone.

import { unbase64, VaultError } from "app/vault-bytes";
import { deviceVerbs } from "app/vault-device-verbs";
import { readerOf, whole } from "app/vault-files";
import { created, byPassphrase, byWords, newWords, PASS, RECOVERY } from "app/vault-keys";
import { kindOf, look } from "app/vault-look";
import { Vault } from "app/vault-log";
import { add, beginAtSnapshot, remove, restore } from "app/vault-photos";
import { Remote } from "app/vault-remote";
import { openShared } from "app/vault-shared";

/** @typedef {import("app/vault-records").Resource} Resource */

const FOLLOW_SECONDS = 50;
/** @type {Remote} */
let remote;
/** @type {Vault | null} */
let vault = null;
/** @type {Awaited<ReturnType<typeof openShared>> | null} */
let shared = null;
/** @type {{at: Vault, words: string} | null} a vault that is about to be made */
let made = null;
let isByWords = false;
const readers = new Map();

/** @returns {Vault} */
function opened() {
  if (!vault) throw new VaultError("locked");
  return vault;
}

async function follow() {
  const [at, from] = [opened(), remote];
  for (let turn = 0; vault === at; ) {
    try {
      const page = await from.log(at.state.head.n, 1, FOLLOW_SECONDS);
      if (page.entries.length && (await at.alone(() => at.pull()))) tell();
      turn = 0;
    } catch (error) {
      if (error instanceof VaultError && !["unreachable", "refused"].includes(error.code)) {
        self.postMessage({ failure: { code: error.code, detail: error.detail } });
        return;
      }
      turn = Math.min(turn + 1, 6);
      await new Promise((done) => setTimeout(done, 1000 * 2 ** turn));
    }
  }
}

const tell = () => self.postMessage({ changed: { head: opened().state.head } });

/** Change something, and tell the page. @template T @param {(at: Vault) => Promise<T>} work */
async function changed(work) {
  const at = opened();
  const done = await at.alone(() => work(at));
  tell();
  return done;
}

/** @param {Vault} at @param {any} known the head that this browser has seen */
async function enter(at, known) {
  await at.expect(known);
  if (!at.state.head.n) await beginAtSnapshot(at);
  await at.pull();
  vault = at;
  void follow();
  return { head: at.state.head, isOdd: await at.hasOddKeys(), isByWords };
}

/** The files of a photo. @param {string} signature @returns {Resource[]} */
const filesOf = (signature) =>
  shared ? (shared.files.get(signature) ?? []) : (opened().state.assets.get(signature)?.record.resources ?? []);

/** @param {string} signature of a photo @param {string} name of one of its files */
function fileOf(signature, name) {
  const found = filesOf(signature).find((each) => each.signature === name);
  if (!found) throw new VaultError("not-found");
  return found;
}

/** What reads a file; it is kept, as whoever plays a film reads on. @param {any} resource */
function readerFor(resource) {
  const fetch = shared ? shared.fetchOf(resource.signature) : remote.fetchOf(resource.signature);
  const key = resource.fileKey === undefined ? undefined : unbase64(resource.fileKey);
  return readerOf(fetch, resource, shared ? [] : opened().secrets, key);
}

/** @param {any} asset */
function told({ signature, record: { resources, rev: _rev, device: _device, history: _history, ...fields }, deletedAt }) {
  const files = resources.map((/** @type {Resource} */ each) => ({
    ...{ signature: each.signature, type: each.type, name: each.fileName, size: each.size },
    ...{ pixelSize: each.pixelSize, duration: each.duration },
  }));
  return { signature, files, deletedAt, fields };
}

const verbs = {
  ...deviceVerbs({ opened, remote: () => remote, enter }),
  /** @param {{vault: string, csrf: string}} given */
  async start(given) {
    remote = new Remote(given.vault, given.csrf);
  },
  async words() {
    const { keyring, words } = await created(remote.vault);
    made = { at: new Vault(remote, keyring), words };
    return words;
  },
  /** @param {{passphrase: string, isThere: boolean}} given */
  async found({ passphrase, isThere }) {
    if (!made) throw new VaultError("locked");
    const { at } = made;
    if (!isThere && !at.isBegun) await remote.create();
    await at.found(passphrase);
    made = null;
    return enter(at, null);
  },
  /** @param {{passphrase?: string, words?: string, known: any}} given */
  async unlock({ passphrase, words, known }) {
    const sealed = await remote.key(words === undefined ? PASS : RECOVERY);
    if (!sealed) throw new VaultError("not-found");
    const keyring = await (words === undefined ? byPassphrase(sealed, passphrase ?? "", remote.vault) : byWords(sealed, words, remote.vault));
    isByWords = words !== undefined;
    return enter(new Vault(remote, keyring), known);
  },
  /** @param {{id: string, seed: string}} given */
  async openShared(given) {
    shared = await openShared(given.id, given.seed);
    return { name: shared.name, photos: shared.photos };
  },
  async list() {
    return [...opened().state.assets.values()].map(told);
  },
  async usage() {
    return remote.seen();
  },
  /** A file, whole and checked. @param {{photo: string, file: string, mime: string}} given */
  async file({ photo, file, mime }) {
    const resource = fileOf(photo, file);
    return new Blob(/** @type {any} */ (await whole(resource, await readerFor(resource))), { type: mime });
  },
  /** A range of a file. @param {{photo: string, file: string, start: number, length: number}} given */
  async range({ photo, file, start, length }) {
    const resource = fileOf(photo, file);
    if (!readers.has(file)) {
      if (readers.size > 8) readers.clear();
      readers.set(file, readerFor(resource));
    }
    const reader = await readers.get(file);
    return (await reader.read(start, Math.min(length, resource.size - start))).slice();
  },
  /** @param {{files: File[], frame?: ImageBitmap, duration?: number}} given a photo, and the film that is paired with it
   * @param {(sent: number, size: number) => void} report */
  async add({ files: [file, film], frame, duration }, report) {
    const type = kindOf(file.name);
    if (!type) throw new VaultError("not-a-photo");
    const plains = [{ content: file, type, fileName: file.name, ...(duration ? { duration } : {}) }];
    if (film) plains.push({ content: film, type: "pairedVideo", fileName: film.name });
    return changed((at) => add(at, plains, () => look(file, frame), report));
  },
  /** @param {{photo: string}} given */
  remove: ({ photo }) => changed((at) => remove(at, photo)),
  /** @param {{photo: string}} given */
  restore: ({ photo }) => changed((at) => restore(at, photo)),
  /** Another passphrase, and other words where they are wanted.  The old one is asked for, unless the words were used.
   * @param {{old: string, passphrase: string, isWithWords: boolean}} given */
  async renew({ old, passphrase, isWithWords }) {
    const at = opened();
    const sealed = await remote.key(PASS);
    if (!isByWords) await byPassphrase(sealed ?? new Uint8Array(0), old, remote.vault);
    const fresh = isWithWords ? await newWords() : null;
    await at.alone(async () => {
      await at.pull();
      await at.writeKeys(passphrase, fresh ? { ...at.keyring, recovery: fresh.recovery } : at.keyring);
    });
    return fresh?.words ?? "";
  },
};

self.onmessage = async ({ data: { id, verb, given } }) => {
  const report = (/** @type {number} */ sent, /** @type {number} */ size) => self.postMessage({ id, progress: { sent, size } });
  try {
    const answer = await verbs[/** @type {keyof verbs} */ (verb)](given, report);
    self.postMessage({ id, answer });
  } catch (error) {
    const { code, detail } = error instanceof VaultError ? error : { code: "odd", detail: String(error) };
    self.postMessage({ id, failure: { code, detail } });
  }
};
self.postMessage({ ready: true });
