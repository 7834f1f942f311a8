// @ts-check
// Talking to our own server: JSON in and out, the token of the session, and problems as errors with words.

import { t } from "app/i18n";

/** The token that changes are sent with. */
export const csrf = () => document.querySelector('meta[name="csrf"]')?.getAttribute("content") ?? "";

/** What an answer that is no success says, as an error. @param {Response} answer */
export async function fail(answer) {
  const told = await answer.json().catch(() => ({}));
  const plain = answer.status === 401 ? t("You were signed out. Sign in again.") : t("The server could not do this.");
  return Object.assign(new Error(told.detail || plain), { status: answer.status, told });
}

/** Whether an error is that of a connection that is not there, or broke off. @param {unknown} error */
export const isLost = (error) => error instanceof TypeError; // which is what browsers make of it

/** What is said without a connection. A request that was sent may have been done, though its answer is lost.
 * @param {boolean} isChange @param {boolean} wasSent */
export function lost(isChange, wasSent) {
  if (!isChange) return t("There is no connection. Try again when it is back.");
  if (!wasSent) return t("There is no connection. Nothing was changed; try again when it is back.");
  return t("The connection was lost. It may have been done all the same: look when it is back, and try again.");
}

/** What `read` finds in an answer that is a success. @template T @param {string} url @param {RequestInit} options
 * @param {(answer: Response) => Promise<T>} read */
async function ask(url, options, read) {
  const isChange = Boolean(options.method && options.method !== "GET");
  const wasSent = navigator.onLine;
  try {
    const answer = await fetch(url, options);
    if (!answer.ok) throw await fail(answer);
    return await read(answer);
  } catch (error) {
    throw isLost(error) ? new Error(lost(isChange, wasSent)) : error;
  }
}

/** @param {string} url @param {RequestInit} [options] */
export function json(url, options = {}) {
  const told = { ...options, headers: { Accept: "application/json", ...options.headers } };
  return ask(url, told, async (answer) => (answer.status === 204 ? null : answer.json()));
}

/** @param {string} url @param {unknown} [body] @param {string} [method] */
export function send(url, body = {}, method = "POST") {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf() };
  return json(url, { method, headers, body: JSON.stringify(body) });
}

/** A part of a page, as elements. @param {string} url @returns {Promise<DocumentFragment>} */
export async function fragment(url) {
  const template = document.createElement("template");
  template.innerHTML = await ask(url, { headers: { Accept: "*/*" } }, (answer) => answer.text());
  return template.content;
}
