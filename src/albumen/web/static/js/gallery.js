// @ts-check
// The photos of an event: more of them as one scrolls, links renewed before they end, and each as large as the window.

import { follow } from "app/gallery-live";

const FRESH_MS = 4 * 60_000;
const PAUSE_MS = 20_000;
const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-tiles]"));
/** When the links of a photo came, by its id. @type {Map<string, number>} */
const came = new Map();
/** The address of the list; that of the window is a photo's while one is shown. */
const home = location.href;
let renewedAt = 0;

/** @param {ParentNode} within */
const anchors = (within) => /** @type {HTMLAnchorElement[]} */ ([...within.querySelectorAll("[data-tiles] a[data-id]")]);
const all = () => anchors(document);
const note = () => all().forEach((each) => came.has(each.dataset.id ?? "") || came.set(each.dataset.id ?? "", Date.now()));

/** A page of this site as a document; the page itself is loaded anew where the guest has to come in again.
 * @param {string} url */
async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (answer.status === 410 || new URL(answer.url).pathname !== new URL(url, location.href).pathname) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Links last for minutes: those of the page are taken from it anew. */
async function renew() {
  if (Date.now() - renewedAt < PAUSE_MS) return;
  renewedAt = Date.now();
  const page = await fetched(home);
  for (const fresh of anchors(page)) take(fresh);
}

/** @param {HTMLAnchorElement} fresh */
function take(fresh) {
  const old = all().find((each) => each.dataset.id === fresh.dataset.id);
  const [image, now] = [old?.querySelector("img"), fresh.querySelector("img")];
  if (!old || !now) return;
  came.set(old.dataset.id ?? "", Date.now());
  old.dataset.large = fresh.dataset.large ?? "";
  if (fresh.dataset.film) old.dataset.film = fresh.dataset.film;
  if (image && !(image.complete && image.naturalWidth)) {
    image.srcset = now.srcset;
    image.src = now.src;
  } else if (!image) old.replaceChildren(...fresh.childNodes);
}

/** @param {HTMLAnchorElement} link */
async function more(link) {
  const page = await fetched(link.href);
  for (const item of page.querySelectorAll("[data-tiles] > li")) list?.append(document.adoptNode(item));
  note();
  const next = /** @type {HTMLAnchorElement | null} */ (page.querySelector(".more a[rel=next]"));
  if (next) link.href = next.href;
  else link.closest(".more")?.remove();
}

/** @param {HTMLAnchorElement} link */
function growing(link) {
  let isBusy = false;
  const near = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting || isBusy) return;
    isBusy = true;
    await more(link).catch(() => {});
    isBusy = false;
    near.unobserve(link);
    if (link.isConnected) near.observe(link);
  }, { rootMargin: "1500px" });
  near.observe(link);
}

/** Asking for a photo counts as a look at it, and gives links that are new. @param {HTMLAnchorElement} link */
async function looked(link) {
  const answer = await fetch(`/v1/access/files/${link.dataset.id}`).catch(() => null);
  if (answer?.status === 401 || answer?.status === 410) return location.reload();
  if (!answer?.ok) return;
  const told = await answer.json();
  link.dataset.large = told.thumbnails.lg ?? "";
  if (link.dataset.film) link.dataset.film = told.contents ?? "";
  if (told.original ?? told.web) link.dataset.save = told.original ?? told.web;
  came.set(link.dataset.id ?? "", Date.now());
}

const isOld = (/** @type {HTMLAnchorElement} */ link) => Date.now() - (came.get(link.dataset.id ?? "") ?? 0) > FRESH_MS;

/** The viewer is fetched when a pointer comes near a photo, or one is opened. */
const viewer = () => import("app/gallery-viewer");

/** @param {HTMLAnchorElement} link @param {boolean} [isThere] whether the address is its own already */
async function open(link, isThere = false) {
  (await viewer()).show(link, { all, isOld, looked }, isThere);
}

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("[data-tiles] a[data-id]");
  if (!(link instanceof HTMLAnchorElement) || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (!link.querySelector("img")) return;
  event.preventDefault();
  open(link).catch(() => location.assign(link.href));
});
addEventListener("popstate", () => {
  if (!list || !history.state?.viewer || document.querySelector(".pswp")) return;
  const link = all().find((each) => each.href === location.href); // one went forward to it
  if (link) open(link, true).catch(() => location.reload());
  else location.reload();
});
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement && event.target.closest("[data-tiles]")) renew().catch(() => {});
}, true);

const chooser = document.getElementById("choose");
const choosing = () => import("app/gallery-choose");
chooser?.addEventListener("click", (event) => {
  event.preventDefault();
  choosing().then((module) => module.toggle(), () => location.assign(/** @type {HTMLAnchorElement} */ (chooser).href));
});
if (document.querySelector("#some:not([hidden])")) choosing();

list?.addEventListener("pointerover", viewer, { once: true });
const sheet = document.querySelector('meta[name="lightbox"]')?.getAttribute("content");
if (list && sheet) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: sheet }));
const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(".more a[rel=next]"));
if (list && link) growing(link);
note();
const screen = document.querySelector('meta[name="screen"]')?.getAttribute("content");
if (screen) follow(screen, { home, fetched, took: note });
history.scrollRestoration = "auto";
if (document.querySelector("[data-tiles] .state")) setInterval(() => renew().catch(() => {}), PAUSE_MS + 1000);
