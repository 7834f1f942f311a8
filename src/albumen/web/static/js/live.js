// @ts-check
// <div id data-live-every="5"> is fetched anew every so many seconds, while it is seen and nobody has the focus in it.
// A list in it (`data-live-list`, whose items have ids) is brought up to date item by item instead, so that the focus
// and what was chosen stay: what is new comes, what is gone goes, and what is something else now (`data-live-is`) is
// replaced.  Words anywhere on the page (`data-live-text`, with an id) follow.
// How fast the work that waits (`data-waiting`) becomes less is said where there is a place for it (`data-rate`).

import { number, t } from "app/i18n";

const part = document.querySelector("[data-live-every]");
/** @type {[number, number][]} */
const seen = [];
const MINUTE = 60_000;
/** Changes with each form that is sent: what was asked for before that is old. */
let turn = 0;
let isAsking = false;

/** @param {Element} shown */
function tell(shown) {
  const waiting = Number(shown.getAttribute("data-waiting") ?? 0);
  seen.push([Date.now(), waiting]);
  while (seen.length > 1 && Date.now() - seen[0][0] > MINUTE) seen.shift();
  const [since, before] = seen[0];
  const rate = ((before - waiting) / Math.max(1, Date.now() - since)) * MINUTE;
  const place = shown.querySelector("[data-rate]");
  if (!place || rate < 1) return;
  const minutes = Math.ceil(waiting / rate);
  place.textContent = t("{n} a minute; about {minutes} min left.", { n: number(Math.round(rate)), minutes: number(minutes) });
}

/** @param {Element} element */
const hasFocus = (element) => element.contains(document.activeElement);
/** @param {Element} within */
const listIn = (within) => within.querySelector("[data-live-list]");

async function renew() {
  const old = part && document.getElementById(part.id);
  if (!old || document.hidden || isAsking || (hasFocus(old) && !listIn(old))) return;
  const asked = turn;
  isAsking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.getElementById(old.id);
    if (answer.ok && made && asked === turn && old.isConnected) show(old, made, page);
  } catch {
    // the next time may do
  } finally {
    isAsking = false;
  }
}

/** @param {HTMLElement} old @param {HTMLElement} made @param {Document} page */
function show(old, made, page) {
  tell(made);
  const [list, now] = [listIn(old), listIn(made)];
  if (list && now) merge(list, now);
  else if (!hasFocus(old)) old.replaceWith(made);
  else if (list) {
    old.replaceWith(made);
    made.tabIndex = -1;
    made.focus();
  }
  for (const words of document.querySelectorAll("[data-live-text]")) say(words, page.getElementById(words.id));
}

/** @param {Element} words @param {HTMLElement | null} now */
function say(words, now) {
  if (!now) return;
  words.toggleAttribute("hidden", now.hidden);
  if (words.textContent !== now.textContent) words.textContent = now.textContent;
}

/** @param {Element} list @param {Element} now */
function merge(list, now) {
  const at = [...list.children].findIndex(hasFocus);
  const ids = new Set([...now.children].map((each) => each.id));
  for (const each of [...list.children]) if (!ids.has(each.id)) each.remove();
  [...now.children].forEach((fresh, place) => {
    const old = [...list.children].find((each) => each.id === fresh.id);
    if (old) renewItem(old, fresh);
    else list.insertBefore(fresh, list.children[place] ?? null);
  });
  if (at < 0 || [...list.children].some(hasFocus)) return;
  const next = list.children[Math.min(at, list.children.length - 1)]?.querySelector("input, button, a");
  if (next instanceof HTMLElement) next.focus();
}

/** @param {Element} old @param {Element} fresh */
function renewItem(old, fresh) {
  const parts = [old, fresh].map((each) => [each, ...each.querySelectorAll("[data-live-is]")]);
  parts[0].forEach((each, place) => {
    if (!old.isConnected) return; // the whole item was replaced
    const now = parts[1][place];
    const isBroken = each.hasAttribute("data-live-is") && [...each.querySelectorAll("img")].some((image) => image.complete && !image.naturalWidth);
    const isSame = each.getAttribute("data-live-is") === now?.getAttribute("data-live-is") && !isBroken;
    if (now && !isSame && !hasFocus(each)) each.replaceWith(now);
  });
}

if (part) {
  tell(part);
  for (const name of ["submit", "swapped"]) document.addEventListener(name, () => (turn += 1));
  document.addEventListener("visibilitychange", renew);
  setInterval(renew, Number(part.getAttribute("data-live-every")) * 1000);
}
