// @ts-check
// A vault that is open: its keys, its host, and its log, which is read on before anything is added to it.

import { hex, nonce, sha256, sha256Of, unbase64, untrusted, VaultError } from "app/vault-bytes";
import { unsealBy } from "app/vault-chunks";
import { forPassphrase, forWords, PASS, RECOVERY, Root, secretsOf } from "app/vault-keys";
import { checked, openEvent, proofOf, sealEvent, sealRecord } from "app/vault-records";
import { State } from "app/vault-state";

/** @typedef {import("app/vault-records").Head} Head */
/** @typedef {import("app/vault-keys").Keyring} Keyring */

const TRIES = 20;

/** @param {Head} head @param {Head} known */
function checkHead(head, known) {
  if (head.n < known.n) throw untrusted("rollback");
  if (head.n === known.n && head.sha256 !== known.sha256) throw untrusted("fork");
}

/** @param {number} turn */
export const pause = (turn) => new Promise((done) => setTimeout(done, Math.random() * 50 * 2 ** Math.min(turn, 7)));

export class Vault {
  /** @param {import("app/vault-remote").Remote} remote @param {Keyring} keyring */
  constructor(remote, keyring) {
    this.remote = remote;
    this.keyring = keyring;
    this.id = remote.vault;
    this.state = new State();
    this.device = nonce(9);
    this.identity = /** @type {Uint8Array | null} */ (null); // of a browser that another device has let in
    this.isBegun = false;
    this.floors = /** @type {Head[]} */ ([]); // what the log must lead through: seen here before, or by who let us in
    this.turn = /** @type {Promise<unknown>} */ (Promise.resolve());
  }

  /** The root that everything new is made with. */
  get root() {
    const current = this.state.facts.get("root");
    const root = this.keyring.roots.find((each) => current === undefined || each.recipient === current);
    if (!root) throw new VaultError("new-keys");
    return root;
  }

  /** What opens anything that was ever put in. */
  get secrets() {
    return secretsOf(this.keyring);
  }

  /** One after the other. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  alone(work) {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => {});
    return done;
  }

  /** Take in all events that are new here; whether there were any. */
  async pull() {
    const before = this.state.head.n;
    const { head } = await this.remote.seen();
    for (const known of [this.state.head, ...this.floors]) checkHead(head, known);
    while (this.state.head.n < head.n) {
      const page = await this.remote.log(this.state.head.n);
      if (!page.entries.length) throw untrusted("paging");
      checkHead(page.head, head);
      for (const entry of page.entries) {
        const happened = await checked(entry, this.state.head, this.root, this.id);
        for (const known of this.floors) if (known.n === happened.head.n) checkHead(happened.head, known);
        if (happened.event.kind === "rotate") await this.learn(happened.event.more);
        this.state.apply(happened);
      }
    }
    if (this.state.head.n === head.n) checkHead(head, this.state.head);
    void this.root; // whoever was not given the new keys cannot go on
    return this.state.head.n > before;
  }

  /** Take the new root from a rotation, if it was given to this browser. @param {any} more */
  async learn({ root: recipient, roots }) {
    if (!this.identity || this.keyring.roots.some((each) => each.recipient === recipient)) return;
    const given = roots?.[this.device];
    if (!given) throw new VaultError("revoked");
    const root = await Root.of(await unsealBy(unbase64(given), [this.identity]));
    if (root.recipient !== recipient) throw new VaultError("new-keys");
    this.keyring = { ...this.keyring, roots: [...this.keyring.roots, root] };
  }

  /** See that the host still shows what this browser has seen before. @param {Head | null} known */
  async expect(known) {
    if (!known?.n) return;
    checkHead((await this.remote.seen()).head, known);
    const [entry] = (await this.remote.log(known.n - 1, 1)).entries;
    if (!entry || entry.n !== known.n || sha256Of(entry.event) !== known.sha256) throw untrusted("fork");
    this.floors.push(known); // the host may show another log when it is read
  }

  /** An event with a number, by whichever root. @param {any} entry @param {Head} after */
  async opened(entry, after) {
    for (const root of [...this.keyring.roots].reverse())
      try {
        return await openEvent(entry.event, after, root, this.id);
      } catch (error) {
        if (!(error instanceof VaultError && error.detail === "forged")) throw error;
      }
    throw untrusted("forged");
  }

  /** See that the log leads from what is known to a head further on. @param {Head} head */
  async checkWay(head) {
    for (let known of this.floors.filter((each) => each.n <= head.n)) {
      while (known.n < head.n) {
        const { entries } = await this.remote.log(known.n);
        if (!entries.length) throw untrusted("paging");
        for (const entry of entries) {
          if (known.n === head.n) break;
          if (entry.n !== known.n + 1) throw untrusted("gap");
          await this.opened(entry, known);
          known = { n: entry.n, sha256: sha256Of(entry.event) };
        }
      }
      checkHead(head, known);
    }
  }

  /** Put an event behind all that was read. @param {Record<string, any>} event @param {any} [row] @param {any[]} [blobs] */
  async commit(event, row = null, blobs = []) {
    const after = this.state.head;
    const told = await sealEvent({ device: this.device, nonce: nonce(12), ...event }, after, this.root, this.id);
    await this.remote.commit(after, { event: told, row, blobs });
  }

  /** @param {string} kind @param {string} name as nonce @param {string} signature
   * @param {import("app/vault-records").Told} record @param {any[]} [blobs] */
  async commitRecord(kind, name, signature, record, blobs = []) {
    const told = await sealRecord(record, signature, this.root, this.id);
    const event = { kind, nonce: name, signature, rev: record.rev, record: sha256Of(told) };
    await this.commit(event, { signature, rev: record.rev, record: told }, blobs);
  }

  /** @param {string} name as nonce @param {string} signature @param {number} rev */
  async commitTombstone(name, signature, rev) {
    const proof = proofOf(signature, rev, this.root, this.id);
    await this.commit({ kind: "delete", nonce: name, signature, rev }, { signature, rev, proof });
  }

  /** Put an event about devices or keys into the log. @param {Record<string, any>} more */
  async announce(more) {
    for (let turn = 0; turn < TRIES; turn += 1) {
      await this.pull();
      try {
        await this.commit({ kind: "device", more });
        await this.pull();
        return;
      } catch (error) {
        if (!(error instanceof VaultError) || error.code !== "head-moved") throw error;
      }
      await pause(turn);
    }
    throw new VaultError("stuck");
  }

  /** Write both key files; their hashes, for the log.  @param {string} passphrase @param {Keyring} keyring */
  async putKeys(passphrase, keyring) {
    const made = { [PASS]: await forPassphrase(keyring, passphrase), [RECOVERY]: await forWords(keyring) };
    const written = /** @type {Record<string, string>} */ ({});
    for (const [name, content] of Object.entries(made)) {
      const there = await this.remote.key(name);
      await this.remote.putKey(name, content, there && hex(sha256(there)));
      written[name] = hex(sha256(content));
    }
    return written;
  }

  /** Write both key files, and say so in the log.  @param {string} passphrase @param {Keyring} keyring
   * @param {Record<string, any>} [more] */
  async writeKeys(passphrase, keyring, more = {}) {
    await this.announce({ ...more, keys: await this.putKeys(passphrase, keyring) });
    this.keyring = keyring;
  }

  /** Begin the log of a new vault; what was broken off is gone on with. @param {string} passphrase */
  async found(passphrase) {
    if (!this.isBegun && ((await this.remote.seen()).head.n || (await this.remote.key(PASS)))) throw new VaultError("key-moved");
    this.isBegun = true;
    await this.writeKeys(passphrase, this.keyring, { root: this.keyring.roots[0].recipient });
  }

  /** Whether a key file is not the one that was written last: the host may show an old one. */
  async hasOddKeys() {
    for (const name of [PASS, RECOVERY]) {
      const [there, named] = [await this.remote.key(name), this.state.facts.get(`key ${name}`)];
      if (named && (!there || hex(sha256(there)) !== named)) return true;
    }
    return false;
  }
}
