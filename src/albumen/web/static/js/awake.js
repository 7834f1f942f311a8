// @ts-check
// Keeps the screen on while something runs, in browsers that can, on pages by HTTPS.

/** @type {any} */
let lock = null;
let isWanted = false;

/** @param {boolean} wanted */
export async function keepAwake(wanted) {
  isWanted = wanted;
  if (!wanted) {
    await lock?.release().catch(() => {});
    lock = null;
  } else if (!lock && document.visibilityState === "visible") {
    lock = await /** @type {any} */ (navigator).wakeLock?.request("screen").catch(() => null);
    lock?.addEventListener("release", () => (lock = null));
    if (!isWanted) await keepAwake(false);
  }
}

document.addEventListener("visibilitychange", () => isWanted && keepAwake(true));
