// @ts-check
// The recovery sheet: 24 words to be printed or written down, and a question that shows whether they were.

import { t } from "app/i18n";
import { checkWords, onsent, spell, twoPlaces } from "app/vault-forms";

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

let words = "";
let places = [1, 13];
/** @type {() => Promise<unknown>} */
let whenWritten = async () => {};

/** Show the words, and go on when two of them were typed. @param {string} told @param {() => Promise<unknown>} done */
export function showSheet(told, done) {
  [words, places, whenWritten] = [told, twoPlaces(), done];
  spell(part("sheet-words"), words);
  for (const [at, place] of places.entries()) part(`word-label-${at + 1}`).textContent = t("Word {number}", { number: place });
}

export function clearSheet() {
  words = "";
  part("sheet-words").replaceChildren();
  whenWritten = async () => {};
}

part("sheet-print")?.addEventListener("click", () => print());
if (part("sheet-form"))
  onsent(/** @type {HTMLFormElement} */ (part("sheet-form")), async (given) => {
    checkWords(given, words, places);
    await whenWritten();
    clearSheet();
  });
