// Served as /sw.js, with SHELL before it: the page shown without a connection, and what that needs, by version.
// Nothing else is kept here: no answer of the API, no original, nothing of the vault or of guests.

const OFFLINE = "/offline";
const SHARED = "shared";
const BYTES = /^\/(media|zip|v1)\//;
const KEPT = [SHELL.name, SHARED, "thumbnails"];

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

async function install() {
  const shelf = await caches.open(SHELL.name);
  await shelf.addAll([OFFLINE, ...SHELL.files]);
  await self.skipWaiting();
}

/** Forget earlier versions. */
async function activate() {
  const old = (await caches.keys()).filter((name) => !KEPT.includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin) return;
  if (method === "POST" && pathname === "/share-target") event.respondWith(share(event.request));
  else if (method === "GET" && mode === "navigate" && !BYTES.test(pathname)) event.respondWith(page(event));
  else if (method === "GET" && SHELL.files.includes(pathname)) event.respondWith(own(event.request));
});

/** A page as ever; without a connection, the one that says so. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

async function own(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** Files from another app: laid down for the upload page, which may first have to ask for the sign-in. */
async function share(request) {
  const form = await request.formData();
  const files = form.getAll("files").filter((each) => each instanceof File && each.size);
  const shelf = await caches.open(SHARED);
  await Promise.all(
    files.map((file, at) => {
      const told = { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name), "X-Modified": String(file.lastModified) };
      return shelf.put(`/shared/${Date.now()}-${at}`, new Response(file, { headers: told }));
    }),
  );
  return Response.redirect("/upload?shared=1", 303);
}
