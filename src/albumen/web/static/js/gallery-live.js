// @ts-check
// What comes into an event, or leaves it, while a guest looks at its photos.  The list of a screen is asked for, which
// mostly answers that nothing changed; only then the page is fetched, and what is new in it taken over.

const EVERY_MS = 10_000;
const LATE_MS = 5000;
let known = "";
let isAsking = false;

/** @typedef {{home: string, fetched: (url: string) => Promise<Document>, took: () => void}} Gallery */

/** @param {string} address @param {Gallery} gallery */
async function look(address, gallery) {
  if (isAsking || document.hidden || document.querySelector(".pswp")) return;
  isAsking = true;
  try {
    const answer = await fetch(address, known ? { headers: { "If-None-Match": known } } : {});
    if (known && [401, 403, 410].includes(answer.status)) location.reload();
    const mark = answer.ok ? (answer.headers.get("ETag") ?? "") : known;
    const isLate = !known && performance.now() > LATE_MS; // the page was opened in the background
    if (mark !== known && (known || isLate)) show(await gallery.fetched(gallery.home), gallery);
    known = mark;
  } catch {
    // the next time may do
  } finally {
    isAsking = false;
  }
}

/** @param {Document} page @param {Gallery} gallery */
function show(page, gallery) {
  const [list, now] = [document, page].map((each) => each.querySelector("[data-tiles]"));
  if (!list || !now) return location.reload();
  const isWhole = ![document, page].some((each) => each.querySelector(".more a[rel=next]"));
  merge(list, /** @type {HTMLElement[]} */ ([...now.children]), isWhole);
  for (const selector of [".hero-words p", ".chips"]) {
    const [old, made] = [document, page].map((each) => each.querySelector(selector));
    if (old && made && !old.contains(document.activeElement)) old.replaceWith(made);
  }
  gallery.took();
}

/** Those of the list that the page lacks in its stretch go, and new ones come where the page has them.
 * @param {Element} list @param {HTMLElement[]} items @param {boolean} isWhole */
function merge(list, items, isWhole) {
  const ids = new Set(items.map((each) => each.id));
  const olds = [...list.children];
  const stretch = isWhole ? olds : olds.slice(0, olds.map((each) => ids.has(each.id)).lastIndexOf(true) + 1);
  for (const each of stretch) if (!ids.has(each.id) && !each.contains(document.activeElement)) each.remove();
  let before = null;
  for (const item of items) {
    const here = document.getElementById(item.id);
    if (!here) list.insertBefore(item, before ? before.nextSibling : list.firstChild);
    before = here ?? item;
  }
}

/** Look from time to time, beginning now. @param {string} address @param {Gallery} gallery */
export function follow(address, gallery) {
  const again = () => look(address, gallery);
  document.addEventListener("visibilitychange", again);
  setInterval(again, EVERY_MS + Math.random() * 1000);
  again();
}
