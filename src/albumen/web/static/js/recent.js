// @ts-check
// The last 200 thumbnails that were seen, kept for when there is no connection; gone with the sign-out.

const MOST = 200;
const PAUSE_MS = 4000;
/** @type {Set<string>} */
const kept = new Set();

/** Keep what is on the screen now: the browser has these pictures already, so nothing is fetched for it. */
async function keep() {
  if (document.visibilityState !== "visible" || !navigator.onLine) return;
  const shelf = await caches.open("thumbnails");
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll(".cell.in img"))) {
    const { pathname } = new URL(image.currentSrc || image.src, location.href);
    if (kept.has(pathname) || !pathname.startsWith("/media/") || !image.complete || !image.naturalWidth) continue;
    kept.add(pathname);
    const answer = await fetch(image.currentSrc || image.src, { cache: "force-cache" }).catch(() => null);
    if (answer?.ok) await shelf.put(pathname, answer);
  }
  const names = await shelf.keys();
  await Promise.all(names.slice(0, -MOST).map((each) => shelf.delete(each)));
}

if (isSecureContext && navigator.serviceWorker?.controller) {
  setInterval(() => requestIdleCallback(() => keep().catch(() => {})), PAUSE_MS);
}
