// @ts-check
// The page of a link to some photos of a vault: the key stands behind the `#`, and never leaves this browser.

import { tn } from "app/i18n";
import { Client } from "app/vault-client";
import { Grid } from "app/vault-grid";
import { PhotoView } from "app/vault-photo";
import { Pictures } from "app/vault-pictures";
import { said } from "app/vault-says";
import { Streams } from "app/vault-streams";

const part = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const client = new Client();
const pictures = new Pictures(client);

/** @param {string} id @param {any} failure */
function say(id, failure) {
  part("link-open").hidden = true;
  part(id).hidden = false;
  if (failure) part(id).textContent = said(failure);
}

async function open() {
  const streams = new Streams(client, "/s/");
  const view = new PhotoView(part("vault-photo"), pictures, streams);
  const grid = new Grid(part("vault-grid"), pictures, (at) => view.open(grid.photos, at), "");
  const { name, photos } = await client.ask("openShared", { id: part("link").dataset.link, seed: location.hash.slice(1) });
  if (name) part("link-name").textContent = name;
  part("link-count").textContent = tn("{n} photo", "{n} photos", photos.length);
  part("link-start").hidden = true;
  grid.show(photos);
}

async function canOpen() {
  if (!isSecureContext || !crypto.subtle) return false;
  return crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]).then(() => true, () => false);
}

/** Opening counts as a view, so that it takes a press: whoever only looks at the address in a chat uses none up. */
async function pressed() {
  part("link-button").disabled = true;
  await open().catch((error) => say("link-wrong", error));
}

part("needs-script").remove();
part("link-open").hidden = false;
if (!(await canOpen())) say(isSecureContext ? "link-old" : "link-insecure", null);
else if (location.hash.length < 2) say("link-wrong", { code: "link-key" });
else part("link-button").addEventListener("click", pressed);
addEventListener("pagehide", () => {
  pictures.clear();
  client.stop();
});
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
