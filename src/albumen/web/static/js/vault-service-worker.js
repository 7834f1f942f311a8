// Served as /vault-sw.js, for the pages that open vaults: lets films be sought in, and large files be saved, while they
// are decrypted.  It asks the page for each piece, hands it on, and keeps nothing; all else goes past it.

const PATH = "/vault/stream/";
const PIECE_BYTES = 1 << 20;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { origin, pathname, searchParams } = new URL(event.request.url);
  if (origin === location.origin && pathname.startsWith(PATH))
    event.respondWith(answer(event, pathname.slice(PATH.length), searchParams.has("save")).catch(() => Response.error()));
});

/** Ask the page that the stream is of. */
function ask(client, told) {
  return new Promise((done, fail) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => (data.failure ? fail(new Error(data.failure)) : done(data));
    client.postMessage({ stream: told }, [port2]);
  });
}

async function answer(event, id, isSaved) {
  const client = await owner(event, id);
  if (!client) return new Response(null, { status: 404 });
  const { size, mime, name } = await ask(client, { id });
  const range = /^bytes=(\d+)-(\d*)$/.exec(event.request.headers.get("range") ?? "");
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]) + 1, size) : size;
  if (start >= size) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${size}` } });
  const headers = { "Content-Type": isSaved ? "application/octet-stream" : mime, "Content-Length": String(end - start) };
  Object.assign(headers, { "Accept-Ranges": "bytes", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
  if (range) headers["Content-Range"] = `bytes ${start}-${end - 1}/${size}`;
  if (isSaved) headers["Content-Disposition"] = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
  return new Response(pieces(client, id, start, end), { status: range ? 206 : 200, headers });
}

/** The page that knows of the stream: the one that asks, else whichever says that it does. */
async function owner(event, id) {
  const asking = event.clientId ? await self.clients.get(event.clientId) : null;
  if (asking) return asking;
  const pages = await self.clients.matchAll({ type: "window" });
  return Promise.any(pages.map((page) => ask(page, { id }).then(() => page))).catch(() => null);
}

function pieces(client, id, start, end) {
  let at = start;
  return new ReadableStream(
    {
      async pull(into) {
        const { bytes } = await ask(client, { id, start: at, length: Math.min(PIECE_BYTES, end - at) });
        at += bytes.length;
        into.enqueue(bytes);
        if (at >= end) into.close();
      },
    },
    { highWaterMark: 1 },
  );
}
