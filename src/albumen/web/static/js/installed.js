// @ts-check
// The service worker, where the browser has one and the page came by HTTPS or from this machine; and the end of what it
// kept of somebody's photos, once that somebody is signed out, whichever way that came.

if (isSecureContext && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

if (isSecureContext && location.pathname === "/login") caches.delete("thumbnails").catch(() => {});
