// @ts-check
// Files that another app shared: the service worker laid them into a cache, from which they are taken once.

const SHELF = "shared";

/** @returns {Promise<File[]>} */
export async function shared() {
  if (!("caches" in globalThis) || !new URLSearchParams(location.search).has("shared")) return [];
  const shelf = await caches.open(SHELF);
  const found = [];
  for (const request of await shelf.keys()) {
    const answer = await shelf.match(request);
    const name = decodeURIComponent(answer?.headers.get("x-name") ?? "photo");
    const body = await answer?.blob();
    if (body) found.push(new File([body], name, { type: body.type, lastModified: Number(answer?.headers.get("x-modified")) }));
  }
  await caches.delete(SHELF);
  history.replaceState(null, "", location.pathname);
  return found;
}
