// @ts-check
// The queue of files to send: three at a time, each with its progress and what became of it.  Knows no page.

import { t } from "app/i18n";

/**
 * @typedef {"waiting" | "sending" | "added" | "here" | "failed"} State
 * @typedef {{file: File, state: State, sent: number, id: string, reason: string}} Item
 */

const AT_ONCE = 3;
const PLAIN = {
  401: t("You were signed out. Sign in again, and then retry."),
  413: t("The file is too large."),
  415: t("This is not a photo or video that can be read here."),
  429: t("Too many requests. Wait a moment, and then retry."),
  507: t("There is no room left. Nothing was stored."),
};

export class UploadEngine extends EventTarget {
  /** @type {Item[]} */
  items = [];
  started = 0;
  sentBytes = 0;

  /** @param {string} csrf */
  constructor(csrf) {
    super();
    this.csrf = csrf;
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) this.items.push({ file, state: "waiting", sent: 0, id: "", reason: "" });
    this.#go();
  }

  /** Send again what failed. */
  retry() {
    for (const item of this.of("failed")) Object.assign(item, { state: "waiting", sent: 0, reason: "" });
    this.#go();
  }

  /** Forget what is done. */
  clear() {
    this.items = this.of("waiting", "sending");
  }

  /** @param {State[]} states */
  of(...states) {
    return this.items.filter((item) => states.includes(item.state));
  }

  get busy() {
    return this.of("waiting", "sending").length > 0;
  }

  /** Bytes sent, and bytes in all. */
  get progress() {
    let sent = 0;
    let total = 0;
    for (const { file, state, sent: part } of this.items) {
      total += file.size;
      sent += state === "waiting" || state === "sending" ? part : file.size;
    }
    return { sent, total };
  }

  /** Seconds until everything is sent, at the pace so far. */
  get secondsLeft() {
    const { sent, total } = this.progress;
    const pace = this.sentBytes / ((performance.now() - this.started) / 1000);
    return pace > 0 ? (total - sent) / pace : Infinity;
  }

  #go() {
    if (!this.of("sending").length) {
      this.started = performance.now();
      this.sentBytes = 0;
    }
    for (const item of this.of("waiting").slice(0, AT_ONCE - this.of("sending").length)) this.#send(item);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Item} item */
  #send(item) {
    const form = new FormData();
    form.append("file", item.file);
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/upload/");
    request.setRequestHeader("X-CSRF-Token", this.csrf);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => {
      const sent = Math.round((loaded / total) * item.file.size);
      this.sentBytes += Math.max(0, sent - item.sent);
      item.sent = sent;
      this.dispatchEvent(new Event("progress"));
    };
    request.onloadend = () => {
      settle(item, request);
      this.#go();
    };
    item.state = "sending";
    request.send(form);
  }
}

/** @param {Item} item @param {XMLHttpRequest} request */
function settle(item, request) {
  const told = answer(request);
  if (request.status === 200 || request.status === 201) {
    item.state = told.duplicate ? "here" : "added";
    item.id = told.fileId ?? "";
  } else {
    item.state = "failed";
    item.reason = told.detail || PLAIN[/** @type {keyof PLAIN} */ (request.status)] || lost(request.status);
  }
}

/** @param {number} status */
function lost(status) {
  if (!status) return t("The connection was lost. Nothing was stored.");
  return t("The server answered {status}. Nothing was stored.", { status });
}

/** @param {XMLHttpRequest} request @returns {{duplicate?: boolean, fileId?: string, detail?: string}} */
function answer(request) {
  try {
    return JSON.parse(request.responseText) ?? {};
  } catch {
    return {};
  }
}
