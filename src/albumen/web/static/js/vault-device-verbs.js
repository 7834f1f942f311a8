// @ts-check
// What a page asks of the vault's worker about devices.

import { accept, asking, cleared, left, revoke, welcome } from "app/vault-invite";
import { Vault } from "app/vault-log";
import { VaultError } from "app/vault-bytes";

/** @typedef {import("app/vault-remote").Remote} Remote */

/** @param {{opened: () => Vault, remote: () => Remote, enter: (at: Vault, known: any) => Promise<any>}} worker */
export function deviceVerbs({ opened, remote, enter }) {
  /** @type {import("app/vault-invite").Asking | null} */
  let asked = null;
  /** @type {{given: string, at: Vault, head: any} | null} */
  let offered = null;

  return {
    /** As a new device: what an old one is to be shown. */
    async ask() {
      asked = await asking();
      return asked.recipient;
    },
    /** The four words that an old device must show, once it has given the keys; null before that.
     * @param {{given?: string}} given what it shows; otherwise it is looked for at the host */
    async accept({ given }) {
      if (!asked) throw new VaultError("locked");
      const told = given || (await left(remote(), asked));
      if (!told) return null;
      const { keyring, head, words } = await accept(told, asked, remote().vault);
      const at = new Vault(remote(), keyring);
      at.identity = asked.secret;
      offered = { given: given ? "" : told, at, head };
      return words;
    },
    /** The words are the same: open the vault, and tell the other devices. @param {{known: any, name: string}} given */
    async join({ known, name }) {
      if (!asked || !offered) throw new VaultError("locked");
      const { at, head, given } = offered;
      await at.expect(head);
      const entered = await enter(at, known);
      await at.alone(() => at.announce({ add: { id: at.device, name, recipient: asked?.recipient } }));
      if (given) await cleared(remote(), asked, given).catch(() => {}); // it is of use to nobody else
      [asked, offered] = [null, null];
      return { ...entered, head: at.state.head };
    },
    async devices() {
      const { state, device } = opened();
      return [...state.devices].map(([id, each]) => ({ id, name: each.name, isRevoked: each.isRevoked, isThis: id === device }));
    },
    /** @param {{recipient: string}} given */
    async welcome({ recipient }) {
      const at = opened();
      return at.alone(() => welcome(at, recipient));
    },
    /** @param {{device: string, passphrase: string}} given */
    async revoke({ device, passphrase }) {
      const at = opened();
      await at.alone(() => revoke(at, device, passphrase));
    },
  };
}
