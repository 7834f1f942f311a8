// @ts-check
// The page of a vault: set up, locked, or open.  What it shows when it is open is gone when it is locked.

import { csrf } from "app/http";
import { t, tn } from "app/i18n";
import { toast } from "app/toast";
import { Adding } from "app/vault-adding";
import { Client } from "app/vault-client";
import { askToJoin, listDevices } from "app/vault-devices";
import { newPassphrase, onsent } from "app/vault-forms";
import { Grid } from "app/vault-grid";
import { watch } from "app/vault-lock";
import { PhotoView } from "app/vault-photo";
import { Pictures } from "app/vault-pictures";
import { said } from "app/vault-says";
import { clearSheet, showSheet } from "app/vault-sheet";
import { Streams } from "app/vault-streams";

/** @typedef {import("app/vault-client").Photo} Photo */

const part = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const page = part("vault");
const isNew = page.dataset.state === "new";
const id = page.dataset.vault || crypto.randomUUID?.();
const SEEN = `albumen.vault.${id}`; // the head that this browser has seen, which is no secret

/** @type {Client | null} */
let client = null;
/** @type {{grid: Grid, view: PhotoView, adding: Adding, pictures: Pictures, streams: Streams, rest: () => void} | null} */
let open = null;
let isFounded = !isNew;
/** @type {Photo[]} */
let photos = [];

/** @param {string} name of the part of the page that is seen */
function show(name) {
  for (const each of page.querySelectorAll("[data-part]")) each.hidden = each.dataset.part !== name;
  const begin = (/** @type {string} */ what) => page.querySelector(`[data-part="${name}"] ${what}`);
  const field = begin("input:not([type=hidden], [type=file])");
  if (field) field.focus();
  else begin(":is(input, textarea, button)")?.focus({ preventScroll: true });
}

async function started() {
  client?.stop();
  client = new Client();
  await client.ask("start", { vault: id, csrf: csrf() });
  return client;
}

/** @param {{n: number, sha256: string}} head */
const remember = (head) => localStorage.setItem(SEEN, JSON.stringify(head));
const remembered = () => JSON.parse(localStorage.getItem(SEEN) ?? "null");

/** @param {{head: {n: number, sha256: string}, isOdd: boolean, isByWords: boolean}} entered */
async function enter({ head, isOdd, isByWords }) {
  const from = /** @type {Client} */ (client);
  isFounded = true;
  remember(head);
  const pictures = new Pictures(from);
  const streams = new Streams(from, "/vault");
  const view = new PhotoView(part("vault-photo"), pictures, streams, remove);
  const grid = new Grid(part("vault-grid"), pictures, (at) => view.open(grid.photos, at));
  const adding = new Adding(part("vault-adding"), from);
  open = { grid, view, adding, pictures, streams, rest: watch({ lock, isBusy: () => adding.isBusy }) };
  from.onchange = (now) => {
    remember(now);
    void refresh();
  };
  from.onfailure = (error) => {
    lock();
    part("lock-reason").textContent = said(error);
  };
  part("key-warning").hidden = !isOdd;
  part("renew-old-field").hidden = isByWords;
  part("renew-old").required = !isByWords;
  await refresh();
  show("open");
  const asked = /#give=(age1\w+)$/.exec(location.hash)?.[1]; // the code that a new device shows was followed here
  if (asked) history.replaceState(null, "", location.pathname + location.search);
  if (asked) await devices.open(asked);
}

async function refresh() {
  if (!client || !open) return;
  photos = await client.ask("list");
  const isBin = part("vault-bin").getAttribute("aria-pressed") === "true";
  const shown = photos.filter((each) => Boolean(each.deletedAt) === isBin);
  part("vault-count").textContent = tn("{n} photo", "{n} photos", shown.length);
  part("vault-empty").hidden = shown.length > 0 || isBin;
  part("vault-bin-empty").hidden = shown.length > 0 || !isBin;
  part("vault-bin").hidden = !isBin && photos.every((each) => !each.deletedAt);
  part("vault-photo").querySelector("[data-remove]").hidden = isBin;
  part("vault-photo").querySelector("[data-restore]").hidden = !isBin;
  open?.grid.show(shown);
}

/** Forget everything: the keys go with the worker, the pictures with their addresses. @param {Event} [by] */
function lock(by) {
  open?.rest();
  open?.view.clear(by?.type === "pagehide");
  open?.adding.clear();
  open?.grid.clear();
  open?.pictures.clear();
  open?.streams.clear();
  client?.stop();
  [open, client, photos] = [null, null, []];
  clearSheet();
  devices.clear();
  joining.clear();
  for (const form of page.querySelectorAll("form")) form.reset();
  part("vault-settings").close();
  document.getElementById("toasts")?.replaceChildren();
  part("lock-reason").textContent = "";
  part("vault-bin").setAttribute("aria-pressed", "false");
  show(isFounded ? "locked" : "new");
}

/** @param {Photo} photo */
async function remove(photo) {
  part("vault-photo").close();
  try {
    const isDone = await client?.ask("remove", { photo: photo.signature });
    if (!isDone) return toast(t("The photo was not deleted: another device has added a file to it."));
    toast(t("The photo was deleted. It can be restored for 30 days."), { action: t("Undo"), run: () => restore(photo.signature) });
  } catch (error) {
    toast(said(error));
  }
}

/** @param {string} photo */
async function restore(photo) {
  part("vault-photo").close();
  const isDone = await client?.ask("restore", { photo }).catch(said);
  if (isDone !== true) toast(isDone || t("Its time has passed: the photo is gone."));
}

onsent(part("new-form"), async (given) => {
  const passphrase = newPassphrase(given);
  const from = await started();
  showSheet(await from.ask("words"), async () => {
    await enter(await from.ask("found", { passphrase, isThere: Boolean(page.dataset.vault) }));
  });
  show("sheet");
});
onsent(part("unlock-form"), async (given) => {
  const passphrase = given("passphrase");
  await enter(await (await started()).ask("unlock", { passphrase, known: remembered() }));
});
onsent(part("recover-form"), async (given) => {
  const words = given("words");
  await enter(await (await started()).ask("unlock", { words, known: remembered() }));
  toast(t("The vault is open. Set a new passphrase under Keys, and write it down this time."));
});
onsent(part("renew-form"), async (given) => {
  const [passphrase, isWithWords] = [newPassphrase(given), part("renew-words").checked];
  const words = await client?.ask("renew", { old: given("old"), passphrase, isWithWords });
  part("vault-settings").close();
  part("key-warning").hidden = true;
  if (!words) return toast(t("The passphrase is changed."));
  showSheet(words, async () => show("open"));
  show("sheet");
});

const devices = listDevices(() => client);
const joining = askToJoin(started, remembered, enter);
const WAYS = [["to-recover", "recover"], ["to-unlock", "locked"], ["to-join", "join"], ["to-leave", "locked"]];
for (const [from, to] of WAYS) part(from).addEventListener("click", () => show(to));
part("vault-lock").addEventListener("click", lock);
part("vault-files").addEventListener("change", (/** @type {Event} */ { target }) => {
  const chosen = /** @type {HTMLInputElement} */ (target);
  open?.adding.add(chosen.files ?? []);
  chosen.value = "";
});
part("vault-bin").addEventListener("click", (/** @type {Event} */ { currentTarget }) => {
  const button = /** @type {HTMLElement} */ (currentTarget);
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  void refresh();
});
part("vault-photo").querySelector("[data-restore]").addEventListener("click", () => {
  const photo = open?.view.current;
  if (photo) void restore(photo.signature);
});
addEventListener("pagehide", lock); // so that whoever comes back to the page finds it locked
addEventListener("beforeunload", (event) => open?.adding.isBusy && event.preventDefault());

/** Whether this browser can do what a vault takes. */
async function canOpen() {
  if (!isSecureContext || !crypto.subtle || !("OffscreenCanvas" in window)) return false;
  return crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]).then(() => true, () => false);
}

part("needs-script").remove();
part("sheet-vault").textContent = id;
if (await canOpen()) show(isNew ? "new" : "locked");
else show(isSecureContext ? "old" : "insecure");
