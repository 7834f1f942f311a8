// @ts-check
// What was just done, said for a moment, with a way back.

import { t } from "app/i18n";

const SECONDS = 6;

function place() {
  let shelf = document.getElementById("toasts");
  if (!shelf) {
    shelf = Object.assign(document.createElement("div"), { id: "toasts" });
    shelf.setAttribute("role", "status");
    shelf.setAttribute("aria-live", "polite");
  }
  const over = document.querySelector(".pswp") ?? document.body; // a large photo keeps the focus inside
  if (shelf.parentElement !== over) over.append(shelf);
  return shelf;
}

/** Say something; while it is pointed at or has the focus it stays.
 * @param {string} text @param {{action?: string, run?: () => unknown}} [undo] */
export function toast(text, undo = {}) {
  const shelf = place();
  const note = Object.assign(document.createElement("p"), { className: "toast" });
  note.append(text);
  let timer = 0;
  const close = () => note.remove();
  const wait = () => (timer = window.setTimeout(close, SECONDS * 1000));
  if (undo.action && undo.run) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "text-button" });
    button.append(undo.action);
    button.addEventListener("click", async () => {
      close();
      try {
        await undo.run?.();
      } catch (error) {
        toast(error instanceof Error ? error.message : t("This could not be undone."));
      }
    });
    note.append(button);
  }
  for (const name of ["pointerenter", "focusin"]) note.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) note.addEventListener(name, wait);
  shelf.replaceChildren(note);
  wait();
}
