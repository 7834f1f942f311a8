// @ts-check
// The stock client of resumable uploads, loaded with the first file, and what its errors mean.

import { language, t } from "app/i18n";
import { size } from "app/words";

const PLAIN = {
  403: t("You may not add anything here."),
  404: t("What this was meant for is no longer there."),
  413: t("The file is too large."),
  415: t("This is not a photo or video that can be read here."),
  507: t("There is no room left. Nothing was stored."),
};
/** @type {Promise<any> | null} */
let client = null;

/** The client, whose class `Upload` sends one file. @returns {Promise<any>} */
export function tus() {
  client ??= new Promise((done, fail) => {
    const told = { src: import.meta.resolve("vendor/tus.min"), onload: () => done(/** @type {any} */ (window).tus) };
    const forget = () => {
      client = null;
      fail(new Error(t("The connection was lost.")));
    };
    document.head.append(Object.assign(document.createElement("script"), { ...told, onerror: forget }));
  });
  return client;
}

/** The status of the answer that an error is about; 0 where there was none. @param {any} error */
export const statusOf = (error) => error?.originalResponse?.getStatus() ?? 0;

/** Whether the same again may help: the line broke, the server is busy, or another connection still hangs.
 * @param {any} error */
export function isPassing(error) {
  const status = statusOf(error);
  return status === 0 || status === 423 || status === 429 || (status >= 500 && status !== 507) || isMoved(error);
}

/** Whether the upload stands elsewhere than was thought. @param {any} error */
const isMoved = (error) => statusOf(error) === 409 && /:(offset|taken-over)$/.test(told(error).type ?? "");

/** Why the server refused, in its words. @param {any} error */
export function reasonOf(error) {
  const status = statusOf(error);
  if (!status) return t("The connection was lost.");
  const plain = PLAIN[/** @type {keyof PLAIN} */ (status)];
  const { detail, freeBytes } = told(error);
  if (status === 507 && freeBytes !== undefined) return t("There is no room for it: {free} are free.", { free: size(freeBytes) });
  if (plain && !language.startsWith("en")) return plain; // the server's own words are English
  return detail || plain || t("The server answered {status}.", { status });
}

/** @param {any} error @returns {{detail?: string, type?: string, freeBytes?: number}} */
function told(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()) ?? {};
  } catch {
    return {};
  }
}
