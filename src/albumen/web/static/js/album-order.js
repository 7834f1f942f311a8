// @ts-check
// The photos of an album are dragged to where they belong: with the mouse at once, by touch after a moment.  Without
// this module, and beside it, the buttons of each photo do the same.

import { csrf, fail } from "app/http";
import { t } from "app/i18n";
import { toast } from "app/toast";

const HOLD = 350;
const FAR = 6;
const EDGE = 90;
const STEP = 16;

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-order]"));
/** @type {{item: HTMLElement, next: Element | null, x: number, y: number, timer: number, ghost: HTMLElement | null} | null} */
let held = null;

/** @param {PointerEvent} event */
function take(event) {
  const cover = event.target instanceof Element ? event.target.closest(".cover") : null;
  const item = /** @type {HTMLElement | null} */ (cover?.closest("li") ?? null);
  if (!item || event.button) return;
  const isTouch = event.pointerType === "touch";
  const timer = isTouch ? window.setTimeout(lift, HOLD) : 0;
  held = { item, next: item.nextElementSibling, x: event.clientX, y: event.clientY, timer, ghost: null };
  if (!isTouch) event.preventDefault();
}

/** From here on it follows the pointer. */
function lift() {
  if (!held) return;
  const image = held.item.querySelector(".cover");
  held.ghost = /** @type {HTMLElement} */ (image?.cloneNode(true));
  held.ghost.classList.add("ghost");
  held.ghost.setAttribute("aria-hidden", "true");
  held.item.classList.add("lifted");
  document.body.append(held.ghost);
  follow(held.x, held.y);
}

/** @param {number} x @param {number} y */
function follow(x, y) {
  if (!held?.ghost) return;
  held.ghost.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
  const over = document.elementFromPoint(x, y)?.closest("[data-order] > li");
  if (over && over !== held.item) {
    const isLater = held.item.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isLater) over.after(held.item);
    else over.before(held.item);
  }
  if (y < EDGE) scrollBy(0, -STEP);
  else if (y > innerHeight - EDGE) scrollBy(0, STEP);
}

/** @param {PointerEvent} event */
function drag(event) {
  if (!held) return;
  const moved = Math.hypot(event.clientX - held.x, event.clientY - held.y);
  if (!held.ghost) {
    if (moved < FAR) return;
    if (event.pointerType === "touch") return release(); // it scrolls
    lift();
  }
  follow(event.clientX, event.clientY);
}

function release() {
  if (!held) return;
  clearTimeout(held.timer);
  held.ghost?.remove();
  held.item.classList.remove("lifted");
  const { item, next } = held;
  held = null;
  if (item.nextElementSibling !== next) keep(item, next);
}

/** Tell the server; where it does not take it, the photo goes back. @param {HTMLElement} item @param {Element | null} next */
async function keep(item, next) {
  const after = /** @type {HTMLElement | null} */ (item.nextElementSibling);
  const before = /** @type {HTMLElement | null} */ (item.previousElementSibling);
  const to = after ? `before:${after.dataset.id}` : `after:${before?.dataset.id}`;
  const body = new URLSearchParams({ csrf: csrf(), file: item.dataset.id ?? "", to });
  try {
    const answer = await fetch(list?.dataset.order ?? "", { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw await fail(answer);
    toast(t("The photo has its new place."));
  } catch (error) {
    if (next) next.before(item);
    else list?.append(item);
    toast(error instanceof Error ? error.message : "");
  }
}

list?.addEventListener("pointerdown", take);
addEventListener("pointermove", drag);
addEventListener("pointerup", release);
addEventListener("pointercancel", release);
list?.addEventListener("dragstart", (event) => event.preventDefault());
list?.addEventListener("contextmenu", (event) => held && event.preventDefault());
document.addEventListener("touchmove", (event) => held?.ghost && event.preventDefault(), { passive: false });
