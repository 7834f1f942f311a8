// @ts-check
// Draws the clock for cameras anew each second.  An old code would set cameras wrong, so it is taken away while the
// server does not answer, and while the page is out of sight.

const SECOND = 1000;
const dial = /** @type {HTMLElement} */ (document.getElementById("dial"));
const time = /** @type {HTMLElement} */ (document.getElementById("time"));
const late = /** @type {HTMLElement} */ (document.getElementById("late"));
const address = /** @type {HTMLImageElement} */ (dial.querySelector("img")).src;
let shown = 0;

/** Fetch the code of this moment and put it in the place of the one before. */
async function draw() {
  const next = new Image();
  const asked = Date.now();
  next.alt = dial.querySelector("img")?.alt ?? "";
  next.src = `${address}?at=${asked}`;
  try {
    await next.decode();
  } catch {
    return;
  }
  if (asked < shown || document.hidden) return;
  shown = asked;
  dial.querySelector("img")?.replaceWith(next);
  time.textContent = new Date().toLocaleTimeString(document.documentElement.lang);
}

/** Take away a code that is too old. */
function check() {
  const isOld = Date.now() - shown > 3 * SECOND;
  dial.style.visibility = isOld ? "hidden" : "";
  late.hidden = !isOld || document.hidden;
}

async function tick() {
  if (!document.hidden) draw();
  check();
  setTimeout(tick, SECOND - (Date.now() % SECOND));
}

shown = Date.now();
document.addEventListener("visibilitychange", () => {
  if (document.hidden) shown = 0;
  check();
  if (!document.hidden) draw().then(check);
});
tick();
