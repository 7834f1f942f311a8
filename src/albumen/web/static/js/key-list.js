// @ts-check
// The list of all keys: those of the page, and, where there are photos, those of the wall and of a large photo.

import { t } from "app/i18n";
import { listed } from "app/keys";

const wall = /** @type {HTMLElement | null} */ (document.querySelector("photo-timeline"));
const actions = (wall?.dataset.actions ?? "").split(" ");

const PHOTOS = [
  ["← → ↑ ↓", t("To another photo")],
  [t("Home, End"), t("Ends of the row (of all: Ctrl)")],
  [t("Page ↑, ↓"), t("A window up, down")],
  ["Enter", t("Open")],
  [t("x, Space"), t("Select")],
  ["Shift ← → ↑ ↓", t("Select on the way")],
  ["Ctrl+A", t("Select all")],
  ["Esc", t("Select none")],
];

/** What stands on keys in the visitor's language. @type {Record<string, string>} */
const NAMES = { Delete: t("Del"), "Ctrl+A": t("Ctrl+A"), "Shift ← → ↑ ↓": t("Shift ← → ↑ ↓") };

/** Each with the action that must be allowed. */
const LARGE = [
  ["← →", t("Previous, next photo")],
  ["z, +", t("Zoom")],
  ["f", t("Favourite"), "favourite"],
  ["i", t("About this photo")],
  ["s", t("Slideshow")],
  ["D", t("Download"), "download"],
  ["Delete", t("Move to trash"), "trash"],
  [t("Space"), t("Play, pause")],
  ["Esc", t("Back to the photos")],
].filter(([, , needed]) => !needed || actions.includes(needed));

/** A heading, and the keys below it. @param {string} where @param {string[][]} keys */
function section(where, keys) {
  const list = Object.assign(document.createElement("dl"), { className: "keys" });
  for (const [key, said] of keys) {
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: NAMES[key] ?? key }));
    list.append(name, Object.assign(document.createElement("dd"), { textContent: said }));
  }
  return [Object.assign(document.createElement("h3"), { textContent: where }), list];
}

/** What works here: over a large photo only its own keys do. */
function sections() {
  const large = section(t("Large photo"), LARGE);
  if (document.querySelector(".pswp")) return large;
  const own = section(t("This page"), listed().map(([key, { said }]) => [key, said]));
  return wall ? [...own, ...section(t("Photos"), PHOTOS), ...large] : own;
}

/** Show them. */
export function open() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.className = "sheet-dialog";
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", tabIndex: -1, autofocus: true });
  title.append(t("Keys of the keyboard"));
  const close = Object.assign(document.createElement("button"), { className: "button", textContent: t("Close") });
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, ...sections(), close);
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // what is below does not hear of it
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
