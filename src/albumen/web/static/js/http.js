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

/** @param {string} url @param {RequestInit} [options] */
export async function json(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  if (!answer.ok) throw await fail(answer);
  return answer.status === 204 ? null : answer.json();
}

/** @param {string} url @param {unknown} [body] @param {string} [method] */
export function send(url, body = {}, method = "POST") {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf() };
  return json(url, { method, headers, body: JSON.stringify(body) });
}

/** A part of a page, as elements. @param {string} url @returns {Promise<DocumentFragment>} */
export async function fragment(url) {
  const answer = await fetch(url, { headers: { Accept: "*/*" } });
  if (!answer.ok) throw await fail(answer);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}
