// @ts-check
// Without a connection: the thumbnails that were seen last; and back to where one was as soon as there is one again.

const shelf = document.getElementById("recent");

async function show() {
  const cache = await caches.open("thumbnails");
  for (const request of (await cache.keys()).reverse()) {
    const body = await (await cache.match(request))?.blob();
    if (!body || !shelf) continue;
    const image = Object.assign(document.createElement("img"), { src: URL.createObjectURL(body), alt: "" });
    shelf.append(image);
  }
  if (shelf?.children.length) shelf.closest("section")?.removeAttribute("hidden");
}

if ("caches" in globalThis) show();
addEventListener("online", () => location.reload());
document.getElementById("again")?.addEventListener("click", () => location.reload());
