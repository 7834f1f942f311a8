// @ts-check
// <form data-passkey="/where/to/ask"> has the device answer what the server asks, and then is sent with the answer.
// Where the address is that of a page which takes a token, the form's own fields are sent along with the question.

import { t } from "app/i18n";

/** @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

/** @param {ArrayBuffer} buffer */
const spelt = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The options as the browser wants them: bytes where the server spelt them. @param {any} told */
function options(told) {
  const ids = (/** @type {any[]} */ list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const made = { ...told, challenge: bytes(told.challenge) };
  if (told.user) return { ...made, user: { ...told.user, id: bytes(told.user.id) }, excludeCredentials: ids(told.excludeCredentials) };
  return { ...made, allowCredentials: ids(told.allowCredentials) };
}

/** What the device answered, as text. @param {any} found */
function answer(found) {
  /** @type {Record<string, string>} */
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (found.response[name]) response[name] = spelt(found.response[name]);
  }
  return JSON.stringify({ id: found.id, rawId: spelt(found.rawId), type: found.type, response });
}

/** Keep a value in the form. @param {HTMLFormElement} form @param {string} name @param {string} value */
function put(form, name, value) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.querySelector(`input[name=${name}]`)?.remove();
  form.append(field);
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  const adds = form.elements.namedItem("csrf") !== null;
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  const asked = await fetch(form.dataset.passkey ?? "", adds ? { method: "POST", body } : {});
  const told = await asked.json();
  if (!asked.ok) throw new Error(asked.status === 403 ? t("This is not the password.") : told.detail);
  const publicKey = options(told.options);
  const found = adds ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
  put(form, "answer", answer(found));
  put(form, "state", told.state);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!(form instanceof HTMLFormElement) || !window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
    place.hidden = true;
    try {
      await ask(form);
    } catch (error) {
      const isBroken = error instanceof DOMException || !(error instanceof Error);
      place.textContent = isBroken ? t("That was broken off. Try again, or use your password.") : error.message;
      place.hidden = false;
    }
  });
}
