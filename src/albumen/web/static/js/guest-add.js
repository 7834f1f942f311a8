// @ts-check
// Photos from a guest's phone: sent two at a time in pieces that survive a broken line, gone on with after a reload.

import "app/countdown";
import { keepAwake } from "app/awake";
import { number, t, tn } from "app/i18n";
import { isPassing, reasonOf, tus } from "app/tus";
import { unfit } from "app/upload-kinds";

const AT_ONCE = 2;
const PIECE_BYTES = 4 << 20;
const PAUSES_MS = [1000, 3000, 8000, 20_000, 60_000];
/** @typedef {{file: File, state: "waiting" | "sending" | "added" | "failed", sent: number, row: HTMLElement}} Item */
/** @type {Item[]} */
const items = [];
const [form, queue] = ["plain-add", "queue"].map((name) => document.querySelector(`.${name}, #${name}`));
const list = queue?.querySelector(".sending");
const bar = /** @type {HTMLProgressElement} */ (queue?.querySelector("progress"));
const again = /** @type {HTMLButtonElement} */ (queue?.querySelector(".again"));
const isModerated = Boolean(queue?.hasAttribute("data-moderated"));
/** @param {Item} item @param {string} told */
function tell(item, told) {
  item.row.dataset.state = item.state;
  /** @type {HTMLElement} */ (item.row.querySelector("small")).textContent = told;
}

/** @param {Item} item */
async function send(item) {
  item.state = "sending";
  tell(item, t("Being sent"));
  const { Upload } = await tus();
  await new Promise((done) => {
    const upload = new Upload(item.file, {
      endpoint: "/v1/uploads",
      chunkSize: PIECE_BYTES,
      retryDelays: PAUSES_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: item.file.name, event: "1" },
      onProgress: (/** @type {number} */ sent) => {
        item.sent = sent;
        show();
      },
      onShouldRetry: isPassing,
      onSuccess: () => {
        Object.assign(item, { state: "added", sent: item.file.size });
        done(tell(item, isModerated ? t("Waits for approval") : t("Added")));
      },
      onError: (/** @type {any} */ error) => {
        item.state = "failed";
        done(tell(item, reasonOf(error)));
      },
    });
    upload.findPreviousUploads().then((/** @type {any[]} */ before) => {
      if (before.length) upload.resumeFromPreviousUpload(before[0]);
      upload.start();
    });
  });
}

async function work() {
  for (let item; (item = items.find((each) => each.state === "waiting")); show()) await send(item);
}

function go() {
  const busy = items.filter((each) => each.state === "sending").length;
  for (let worker = busy; worker < AT_ONCE; worker++) work();
}

function show() {
  const total = items.reduce((sum, each) => sum + each.file.size, 0);
  const sent = items.reduce((sum, each) => sum + Math.min(each.sent, each.file.size), 0);
  const count = (/** @type {string} */ state) => items.filter((each) => each.state === state).length;
  const open = items.length - count("added") - count("failed");
  keepAwake(open > 0);
  bar.value = total ? sent / total : 0;
  again.hidden = !count("failed") || open > 0;
  const told = open
    ? t("{done} of {all} added. Keep this page open.", { done: number(count("added")), all: number(items.length) })
    : [
        count("added") && thanks(count("added")),
        count("failed") && tn("{n} file was not added.", "{n} files were not added.", count("failed")),
      ]
        .filter(Boolean)
        .join(" ");
  const sum = /** @type {HTMLElement} */ (queue?.querySelector(".sum"));
  if (sum.textContent !== told) sum.textContent = told;
}

/** @param {number} count */
function thanks(count) {
  if (!isModerated) return tn("{n} photo added. Thank you!", "{n} photos added. Thank you!", count);
  return tn("{n} photo waits for approval. Thank you!", "{n} photos wait for approval. Thank you!", count);
}

/** @param {FileList | null} files */
function take(files) {
  for (const file of files ?? []) {
    const row = document.createElement("li");
    row.append(Object.assign(document.createElement("span"), { textContent: file.name }), document.createElement("small"));
    list?.append(row);
    const reason = unfit(file);
    const item = /** @type {Item} */ ({ file, state: reason ? "failed" : "waiting", sent: 0, row });
    items.push(item);
    tell(item, reason || t("Waiting"));
  }
  queue?.toggleAttribute("hidden", !items.length);
  show();
  go();
}

for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".picker"))) {
  const chosen = () => {
    take(input.files);
    input.value = "";
  };
  input.addEventListener("change", chosen);
  if (input.files?.length) chosen(); // before this module was there
}
document.querySelectorAll(".pick, #camera").forEach((each) => each.removeAttribute("hidden"));
form?.classList.add("lively");
again?.addEventListener("click", () => {
  for (const each of items) if (each.state === "failed") each.state = "waiting";
  go();
});
addEventListener("beforeunload", (event) => {
  if (items.some((each) => each.state === "sending" || each.state === "waiting")) event.preventDefault();
});
