// @ts-check
// The devices of a vault: this browser asks to be let in, or lets others in; those that were lost are revoked.

import { make } from "app/elements";
import { t } from "app/i18n";
import { toast } from "app/toast";
import { newPassphrase, onsent } from "app/vault-forms";
import { qrPicture } from "app/vault-qr";

/** @typedef {import("app/vault-client").Client} Client */

const part = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const LOOK_SECONDS = 2;
const MOST = 213; // letters of an address that a code has room for

/** What this browser is called in the list, which the server cannot read. */
const ownName = () => {
  const { userAgent } = navigator;
  const found = ["Edg", "Firefox", "Chrome", "Safari"].find((each) => userAgent.includes(each));
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"].find((each) => userAgent.includes(each));
  return [found === "Edg" ? "Edge" : (found ?? "Browser"), system].filter(Boolean).join(", ");
};

/** Ask to be let in: show who asks, and look for the answer until the part is left.
 * @param {() => Promise<Client>} started @param {() => any} known the head that this browser has seen
 * @param {(entered: any) => Promise<void>} enter */
export function askToJoin(started, known, enter) {
  let turn = 0;
  /** @type {Client | null} */
  let client = null;

  /** @param {string | null} words */
  const compare = (words) => {
    if (!words) return false;
    turn += 1;
    part("join-words").textContent = words;
    part("join-ask").hidden = true;
    part("join-compare").hidden = false;
    part("join-yes").focus();
    return true;
  };

  part("to-join").addEventListener("click", async () => {
    const mine = (turn += 1);
    part("join-ask").hidden = false;
    part("join-compare").hidden = true;
    client = await started();
    const recipient = await client.ask("ask");
    const address = `${location.origin}/vault${location.search}#give=${recipient}`;
    part("join-code").textContent = recipient;
    part("join-qr").replaceChildren(address.length > MOST ? "" : qrPicture(address, t("What the other device is to be shown")));
    while (mine === turn && !part("join-ask").closest("[data-part]").hidden) {
      if (compare(await client.ask("accept").catch(() => null))) return;
      await new Promise((done) => setTimeout(done, LOOK_SECONDS * 1000));
    }
  });
  onsent(part("join-form"), async (given) => compare(await client?.ask("accept", { given: given("given") })));
  onsent(part("join-compare"), async () => {
    await enter(await client?.ask("join", { known: known(), name: ownName() }));
    toast(t("The vault is open in this browser, until it is locked."));
  });
  return { clear: () => (turn += 1) };
}

/** The dialog that lists the devices, lets one in, and revokes one. @param {() => Client | null} client */
export function listDevices(client) {
  const dialog = part("vault-devices");
  let lost = "";

  const list = async () => {
    const devices = (await client()?.ask("devices")) ?? [];
    part("device-list").replaceChildren(...devices.map(row));
    part("device-none").hidden = devices.length > 0;
  };

  /** @param {{id: string, name: string, isRevoked: boolean, isThis: boolean}} device */
  const row = ({ id, name, isRevoked, isThis }) => {
    const item = make("li", { class: "vault-line" }, name);
    if (isRevoked || isThis) item.append(make("span", { class: "hint" }, isRevoked ? t("revoked") : t("this browser")));
    else {
      const button = make("button", { type: "button", class: "text-button", "aria-label": t("Revoke {name}", { name }) }, t("Revoke"));
      button.addEventListener("click", () => {
        lost = id;
        part("revoke-title").textContent = t("Revoke {name}", { name });
        turn("revoke");
      });
      item.append(button);
    }
    return item;
  };

  /** @param {"all" | "revoke"} side */
  const turn = (side) => {
    part("devices-all").hidden = side !== "all";
    part("revoke-form").hidden = side !== "revoke";
    dialog.querySelector(side === "all" ? "#give-code" : "#revoke-passphrase").focus();
  };

  const open = async (recipient = "") => {
    part("given").hidden = true;
    part("give-code").value = recipient;
    await list();
    if (!dialog.open) dialog.showModal();
    turn("all");
  };

  part("vault-device-button").addEventListener("click", () => open());
  part("revoke-cancel").addEventListener("click", () => turn("all"));
  onsent(part("give-form"), async (given) => {
    const told = await client()?.ask("welcome", { recipient: given("recipient") });
    part("given-words").textContent = told.words;
    part("given-text").value = told.given;
    part("given").hidden = false;
  });
  onsent(part("revoke-form"), async (given) => {
    await client()?.ask("revoke", { device: lost, passphrase: newPassphrase(given) });
    await list();
    turn("all");
    toast(t("The vault has new keys, and the new passphrase. Take the device’s key for the server away as well."));
  });

  const clear = () => {
    dialog.close();
    for (const id of ["device-list", "given-words"]) part(id).replaceChildren();
    part("given-text").value = "";
    part("given").hidden = true;
  };
  return { open, list, clear };
}
