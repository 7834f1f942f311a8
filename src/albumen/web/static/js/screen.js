// @ts-check
// A screen at an event: one photo after the other, for hours.  New ones come first.  Three pictures are held at most.

import { keepAwake } from "app/awake";
import { t } from "app/i18n";

const SHOWN_MS = 8000;
const ASK_MS = 4000;
const FADE_MS = 1300;
const QUIET_MS = 3000;
const MOST_TRIES = 20;

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const [stage, by, words, lost] = ["stage", "by", "words", "lost"].map(find);
const tools = /** @type {HTMLElement} */ (document.querySelector(".screen-tools"));
const address = stage.dataset.photos ?? "";

/** @type {string[]} the newest first */
let photos = [];
/** @type {string[]} those that came while the screen was up, and wait to be shown */
let fresh = [];
/** @type {Map<string, number>} how often a photo was asked for that is not prepared */
const tries = new Map();
let current = "";
let isPaused = false;
let isBusy = false;
let timer = 0;

/** @param {string} url */
async function asked(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.redirected || [401, 403, 410].includes(answer.status)) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function ask() {
  try {
    const found = (await asked(address)).photos;
    const known = new Set(photos);
    const isFirst = !photos.length;
    if (!isFirst) fresh = [...fresh, ...found.filter((/** @type {string} */ each) => !known.has(each)).reverse()];
    fresh = fresh.filter((each) => found.includes(each));
    photos = found;
    lost.hidden = true;
    if (photos.length && (!current || (fresh.length && !isPaused))) await go(1);
    words.classList.toggle("unseen", photos.length > 0);
    if (!photos.length) clear();
  } catch {
    lost.hidden = false;
  }
  setTimeout(ask, ASK_MS);
}

/** The next photo, or one before: those that are new first, then the others in turn. @param {number} step */
function chosen(step) {
  if (step > 0 && fresh.length) return /** @type {string} */ (fresh.shift());
  const at = photos.indexOf(current);
  return photos[(at + step + photos.length) % photos.length];
}

/** @param {number} step */
async function go(step) {
  if (isBusy || !photos.length) return;
  isBusy = true;
  clearTimeout(timer);
  const isFresh = step > 0 && fresh.length > 0;
  const next = chosen(step);
  try {
    const isAlone = next === current && stage.children.length > 0;
    const told = isAlone ? {} : await asked(`${address}/${next}`);
    if (told.src) await show(told);
    else if (isFresh) again(next);
    lost.hidden = true;
  } catch {
    lost.hidden = navigator.onLine && lost.hidden;
  }
  current = next;
  isBusy = false;
  if (!isPaused) timer = window.setTimeout(() => go(1), fresh.length ? SHOWN_MS / 2 : SHOWN_MS);
}

/** A photo that is being prepared still comes a little later. @param {string} photo */
function again(photo) {
  const times = (tries.get(photo) ?? 0) + 1;
  tries.set(photo, times);
  if (times < MOST_TRIES) fresh.push(photo);
}

/** Lay a picture over the one before, which is let go. @param {{src: string, by: string}} told */
async function show(told) {
  const image = new Image();
  image.src = told.src;
  image.alt = told.by ? t("Photo by {name}", { name: told.by }) : t("Photo");
  await image.decode();
  stage.append(image);
  for (const old of [...stage.children].slice(0, -2)) old.remove();
  requestAnimationFrame(() => image.classList.add("in"));
  by.textContent = told.by;
  const before = [...stage.children].slice(0, -1);
  for (const each of before) each.classList.remove("in");
  setTimeout(() => before.forEach((each) => each.remove()), FADE_MS);
}

function clear() {
  stage.replaceChildren();
  by.textContent = current = "";
}

function pause() {
  isPaused = !isPaused;
  tools.querySelector('[data-deed="pause"]')?.setAttribute("aria-pressed", String(isPaused));
  clearTimeout(timer);
  if (!isPaused) go(1);
}

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

/** @type {Record<string, () => unknown>} */
const deeds = { back: () => go(-1), on: () => go(1), pause, full, join: () => document.getElementById("join")?.toggleAttribute("hidden") };
/** @type {Record<string, string>} */
const keys = { ArrowLeft: "back", ArrowRight: "on", " ": "pause", f: "full", q: "join" };

tools.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-deed]") : null;
  deeds[button?.getAttribute("data-deed") ?? ""]?.();
});
addEventListener("keydown", (event) => {
  const onButton = event.key === " " && event.target instanceof HTMLButtonElement;
  const deed = event.ctrlKey || event.metaKey || event.altKey || onButton ? "" : keys[event.key];
  if (!deed) return;
  event.preventDefault();
  deeds[deed]();
});

let quiet = 0;
function stir() {
  document.body.classList.remove("quiet");
  clearTimeout(quiet);
  quiet = window.setTimeout(() => document.body.classList.add("quiet"), QUIET_MS);
}
for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, stir);
stir();
keepAwake(true);
ask();
