// @ts-check
// The host of a vault, as this server offers it over its API.  Nothing that it answers is trusted here or believed there.

import { base64, hex, sha256, unhex, untrusted, utf8, VaultError } from "app/vault-bytes";

/** @typedef {{signature: string, size: number, sha256: string}} Blob_ */
/** @typedef {import("app/vault-chunks").Sealing} Sealing */

const SINGLE_BYTES = 8 << 20; // up to this size a blob goes out in one request
const PIECE_BYTES = 8 << 20;
const TRIES = 5;
const PAGE = 500;
const TUS = { "Tus-Resumable": "1.0.0" };
const MEANT = ["head-moved", "blobs-missing", "blob-taken", "key-moved"];
const BY_STATUS = { 401: "signed-out", 404: "not-found", 413: "too-large", 507: "over-quota" };

/** @param {Response} answer */
async function refusal(answer) {
  const told = await answer.json().catch(() => ({}));
  if (MEANT.includes(told.code)) return new VaultError(told.code);
  const code = BY_STATUS[/** @type {keyof BY_STATUS} */ (answer.status)];
  return Object.assign(new VaultError(code ?? "refused", code ? "" : String(answer.status)), { status: answer.status });
}

/** @param {number} turn */
const rest = (turn) => new Promise((done) => setTimeout(done, 250 * 2 ** turn * (0.5 + Math.random())));

/** Several times, where the line breaks or the server is busy. @param {string} url @param {RequestInit} [options] */
async function ask(url, options = {}) {
  for (let turn = 0; ; turn += 1) {
    const isLast = turn === TRIES - 1;
    try {
      const answer = await fetch(url, { cache: "no-store", ...options });
      if (answer.ok) return answer;
      if (isLast || ![423, 429, 502, 503, 504].includes(answer.status)) throw await refusal(answer);
    } catch (error) {
      if (error instanceof VaultError) throw error;
      if (isLast) throw new VaultError("unreachable");
    }
    await rest(turn);
  }
}

/** A range, and no more than that, whatever the server sends. @param {string} url @param {number} start
 * @param {number} length */
export async function readRange(url, start, length) {
  const answer = await ask(url, { headers: { Range: `bytes=${start}-${start + Math.max(1, length) - 1}` } });
  if (answer.status !== 206) throw new VaultError("refused", String(answer.status));
  const content = new Uint8Array(await answer.arrayBuffer());
  if (content.length > length) throw untrusted("truncated");
  return content;
}

/** The sealed manifest of a link; each time counts. @param {string} id */
export async function openLink(id) {
  const answer = await fetch(`/v1/shared/${encodeURIComponent(id)}`, { method: "POST", cache: "no-store" }).catch(() => null);
  if (!answer) throw new VaultError("unreachable");
  if (!answer.ok) throw new VaultError([404, 410].includes(answer.status) ? "link-over" : "refused", String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}

export class Remote {
  /** @param {string} vault @param {string} csrf */
  constructor(vault, csrf) {
    this.vault = vault;
    this.csrf = csrf;
    this.path = `/v1/vaults/${encodeURIComponent(vault)}`;
  }

  /** @param {string} url @param {string} method @param {BodyInit | null} body @param {Record<string, string>} [headers] */
  send(url, method, body, headers = {}) {
    return ask(url, { method, body, headers: { "X-CSRF-Token": this.csrf, ...headers } });
  }

  async create() {
    await this.send("/v1/vaults", "POST", JSON.stringify({ vaultId: this.vault }), { "Content-Type": "application/json" });
  }

  /** @returns {Promise<{head: import("app/vault-records").Head, usedBytes: number, quotaBytes?: number}>} */
  async seen() {
    return (await ask(this.path)).json();
  }

  /** @param {number} after @param {number} [limit] @param {number} [wait] in seconds */
  async log(after, limit = PAGE, wait = 0) {
    const answer = await ask(`${this.path}/log?after=${after}&limit=${limit}&wait=${wait}`);
    /** @type {{entries: import("app/vault-records").Entry[], head: import("app/vault-records").Head}} */
    const page = await answer.json();
    if (!Array.isArray(page.entries) || page.entries.length > limit) throw untrusted("paging");
    return page;
  }

  /** @param {import("app/vault-records").Head} after @param {unknown} told of the event, its row and its blobs */
  async commit(after, told) {
    const headers = { "Content-Type": "application/json", "If-Match": `"${after.n}-${after.sha256}"` };
    await this.send(`${this.path}/log`, "POST", JSON.stringify(told), headers);
  }

  /** @param {string} signature */
  at(signature) {
    return `${this.path}/blobs/${encodeURIComponent(signature)}`;
  }

  /** What lies under this name, as the host says. @param {string} signature @returns {Promise<Blob_ | null>} */
  async blob(signature) {
    try {
      const { headers } = await ask(this.at(signature), { method: "HEAD" });
      const sha256 = (headers.get("etag") ?? "").replaceAll('"', "");
      return { signature, size: Number(headers.get("content-length")), sha256 };
    } catch (error) {
      if (error instanceof VaultError && error.code === "not-found") return null;
      throw error;
    }
  }

  /** @param {string} signature @returns {import("app/vault-chunks").Fetch} */
  fetchOf(signature) {
    return (start, length) => readRange(this.at(signature), start, length);
  }

  /** @param {Blob_} blob */
  async drop(blob) {
    await this.send(`${this.at(blob.signature)}?sha256=${blob.sha256}`, "DELETE", null);
  }

  /** Store ciphertext. @param {Blob_} blob @param {Sealing} sealing @param {(sent: number) => void} report */
  async put(blob, sealing, report) {
    if (blob.size > SINGLE_BYTES) return this.#sendPieces(blob, sealing, report);
    const digest = { "Repr-Digest": `sha-256=:${base64(unhex(blob.sha256))}:`, "Content-Type": "application/octet-stream" };
    await this.send(this.at(blob.signature), "PUT", await sealing.read(0, blob.size), digest);
    return report(blob.size);
  }

  /** Bit by bit, gone on with after whatever breaks it off (tus 1.0).
   * @param {Blob_} blob @param {Sealing} sealing @param {(sent: number) => void} report */
  async #sendPieces(blob, sealing, report) {
    const told = { vault: this.vault, signature: blob.signature, sha256: blob.sha256 };
    const pairs = Object.entries(told).map(([name, word]) => `${name} ${base64(utf8(word))}`).join(",");
    const headers = { ...TUS, "Upload-Length": String(blob.size), "Upload-Metadata": pairs };
    const made = await this.send("/v1/uploads", "POST", null, headers);
    const url = new URL(made.headers.get("location") ?? "", location.href).pathname;
    for (let offset = 0, turn = 0; offset < blob.size; ) {
      const piece = await sealing.read(offset, PIECE_BYTES);
      try {
        offset = await this.#patch(url, offset, piece);
        turn = 0;
        report(offset);
      } catch (error) {
        if (!(error instanceof VaultError) || error.code !== "unreachable" || (turn += 1) >= TRIES) throw error;
        await rest(turn);
        offset = Number((await ask(url, { method: "HEAD", headers: TUS })).headers.get("upload-offset"));
      }
    }
  }

  /** @param {string} url @param {number} offset @param {Uint8Array} piece */
  async #patch(url, offset, piece) {
    const body = { ...TUS, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
    const options = { method: "PATCH", headers: { ...body, "X-CSRF-Token": this.csrf }, body: /** @type {any} */ (piece) };
    const answer = await fetch(url, options).catch(() => null);
    if (!answer || [409, 423, 429, 502, 503, 504].includes(answer.status)) throw new VaultError("unreachable");
    if (!answer.ok) throw await refusal(answer);
    return Number(answer.headers.get("upload-offset"));
  }

  /** A key file. @param {string} name @param {boolean} [isRare] it is looked for in the list first */
  async key(name, isRare = false) {
    try {
      if (isRare && !(await this.#listed(name))) return null;
      return new Uint8Array(await (await ask(`${this.path}/keys/${name}`)).arrayBuffer());
    } catch (error) {
      if (error instanceof VaultError && error.code === "not-found") return null;
      throw error;
    }
  }

  /** @param {string} name */
  async #listed(name) {
    /** @type {{name: string}[]} */
    const found = await (await ask(`${this.path}/keys`)).json();
    return found.some((each) => each.name === name);
  }

  /** Delete a key file that has this content. @param {string} name @param {Uint8Array} content */
  async dropKey(name, content) {
    await this.send(`${this.path}/keys/${name}`, "DELETE", null, { "If-Match": `"${hex(sha256(content))}"` });
  }

  /** Replace the key file whose SHA-256 (hex) is `seen`, or make it. @param {string} name @param {Uint8Array} content
   * @param {string | null} seen */
  async putKey(name, content, seen) {
    const condition = seen === null ? { "If-None-Match": "*" } : { "If-Match": `"${seen}"` };
    const headers = { ...condition, "Content-Type": "application/octet-stream" };
    await this.send(`${this.path}/keys/${name}`, "PUT", /** @type {any} */ (content), headers);
  }
}
