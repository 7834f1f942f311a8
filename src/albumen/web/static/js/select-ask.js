// @ts-check
// What is asked before something is done to the chosen photos, in a form that the server made.

import { openDialog } from "app/dialog";

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("choose"));

/** Ask for an album, a folder or tags; what was sent.  Of an album, its name as well.
 * @param {Node} asking @returns {Promise<FormData | null>} */
export async function asked(asking) {
  if (!dialog) return null;
  openDialog(dialog, asking);
  const form = dialog.querySelector("form");
  const name = form?.elements.namedItem("name");
  if (form && name instanceof HTMLInputElement) oneOf(form, name);
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(null), { once: true });
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      done(new FormData(form));
      dialog.close();
    });
  });
}

/** One of the albums, or the name of a new one: never both, and not neither. @param {HTMLFormElement} form
 * @param {HTMLInputElement} name */
function oneOf(form, name) {
  const marked = () => /** @type {HTMLInputElement | null} */ (form.querySelector(":checked"));
  form.addEventListener("input", ({ target }) => {
    const album = marked();
    if (target !== name) name.value = "";
    else if (album) album.checked = false;
    name.required = !marked();
  });
  form.addEventListener("formdata", ({ formData }) => {
    const label = marked()?.closest("label")?.querySelector("[data-name]");
    if (label) formData.set("name", label.textContent ?? "");
  });
}
