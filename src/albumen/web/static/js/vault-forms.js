// @ts-check
// The forms of a vault's page, which never leave it: what is typed goes to the worker, and is forgotten.

import { t } from "app/i18n";
import { said } from "app/vault-says";

/** Do this when the form is sent; what is wrong is said in it, and the field that it is about gets the focus.
 * @param {HTMLFormElement} form @param {(given: (name: string) => string) => Promise<unknown>} work */
export function onsent(form, work) {
  const wrong = /** @type {HTMLElement} */ (form.querySelector("[data-wrong]"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button:not([type=button])"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    wrong.textContent = "";
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    try {
      await work((name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value);
      form.reset();
    } catch (error) {
      wrong.textContent = error instanceof Refusal ? error.message : said(error);
      /** @type {HTMLElement | null} */ (form.querySelector("input:not([type=hidden]), textarea"))?.focus();
    } finally {
      button.disabled = false;
      form.removeAttribute("aria-busy");
    }
  });
}

/** What is wrong with what was typed, in words. */
export class Refusal extends Error {}

export const LEAST_LETTERS = 12;

/** A new passphrase that was typed twice. @param {(name: string) => string} given */
export function newPassphrase(given) {
  const passphrase = given("passphrase");
  if ([...passphrase].length < LEAST_LETTERS)
    throw new Refusal(t("A passphrase has at least {least} letters; several words are best.", { least: LEAST_LETTERS }));
  if (passphrase !== given("again")) throw new Refusal(t("The two passphrases are not the same."));
  return passphrase;
}

/** Show words on a sheet, by number. @param {HTMLElement} list @param {string} words */
export function spell(list, words) {
  list.replaceChildren(...words.split(" ").map((word) => Object.assign(document.createElement("li"), { textContent: word })));
}

/** Two places of 24, to see that the words were written down. */
export function twoPlaces() {
  const [one, other] = crypto.getRandomValues(new Uint32Array(2));
  return [1 + (one % 12), 13 + (other % 12)];
}

/** Whether these are the words at those places. @param {(name: string) => string} given @param {string} words
 * @param {number[]} places */
export function checkWords(given, words, places) {
  const spelled = words.split(" ");
  const isRight = places.every((place, at) => given(`word${at + 1}`).trim().toLowerCase() === spelled[place - 1]);
  if (!isRight) throw new Refusal(t("These are not the words at those two places. Look at your sheet."));
}
