// @ts-check
// Commands by key.  Off while typing; single letters can be turned off in the settings; `?` lists them all.

import { csrf } from "app/http";
import { t } from "app/i18n";

/** @type {Map<string, {said: string, run: () => unknown}>} */
const commands = new Map();
const hasLetters = document.documentElement.dataset.keys !== "off";

/** @param {string} key as the browser names it @param {string} said empty: not listed @param {() => unknown} run */
export function register(key, said, run) {
  commands.set(key, { said, run });
}

/** All that is listed, by key. */
export const listed = () => [...commands].filter(([, { said }]) => said);

/** Whether a key goes into a field, or to a film. @param {KeyboardEvent} event */
export function isTyping(event) {
  const on = event.target instanceof HTMLElement ? event.target : document.body;
  return on.isContentEditable || on.matches("input:not([type=checkbox], [type=radio]), textarea, select, video");
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (document.querySelector(event.key === "?" ? "dialog[open]" : "dialog[open], .pswp")) return;
  const command = commands.get(event.key);
  if (!command || (!hasLetters && event.key.length === 1)) return;
  event.preventDefault();
  command.run();
});

register("?", t("List the keys"), async () => (await import("app/key-list")).open());
register("/", t("Search"), () => {
  const field = /** @type {HTMLElement | null} */ (document.querySelector("input[type=search]"));
  if (field?.offsetParent) field.focus();
  else location.assign("/search");
});
register("u", t("Upload"), () => location.assign("/upload"));

const PALETTE = "Ctrl+K";
const palette = async () => (await import("app/command")).open();
if (csrf()) {
  register(PALETTE, t("Commands"), palette);
  addEventListener("keydown", (event) => {
    const isWanted = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    if (!isWanted || document.querySelector("dialog[open], .pswp")) return;
    event.preventDefault();
    palette();
  });
}
