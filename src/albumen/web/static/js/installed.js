// @ts-check
// The service worker, where the browser has one and the page came by HTTPS or from this machine.

if (isSecureContext && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}
