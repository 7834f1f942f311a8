// @ts-check
// Swipes over a photo: left and right to the next, down to close.  Two fingers zoom, and so is nothing else; on a photo
// that was zoomed one finger moves it about.  Browsers scroll and go back from the edge as ever.

const FAR = 50;
const FAR_DOWN = 90;
const EDGE = 24;
const CONTROLS = 72;

/** @param {HTMLElement} on @param {{left: () => void, right: () => void, down: () => void}} deeds @param {AbortSignal} [signal] */
export function swipes(on, deeds, signal) {
  /** @type {{x: number, y: number, isTop: boolean} | null} */
  let from = null;
  const options = { passive: true, signal };
  on.addEventListener("touchstart", (event) => (from = begun(event)), options);
  on.addEventListener("touchcancel", () => (from = null), options);
  on.addEventListener("touchend", (event) => {
    const [start, { clientX, clientY }] = [from, event.changedTouches[0]];
    from = null;
    if (!start || event.touches.length || isZoomed()) return;
    const [right, down] = [clientX - start.x, clientY - start.y];
    if (Math.abs(right) > FAR && Math.abs(right) > 2 * Math.abs(down)) deeds[right < 0 ? "left" : "right"]();
    else if (start.isTop && down > FAR_DOWN && down > 2 * Math.abs(right)) deeds.down();
  }, options);
}

const isZoomed = () => (visualViewport?.scale ?? 1) > 1.02;

/** Where one finger begins; nothing where another is down already, or something else is meant. @param {TouchEvent} event */
function begun({ touches, target }) {
  const { clientX: x, clientY: y } = touches[0];
  const isFilm = target instanceof HTMLVideoElement && y > target.getBoundingClientRect().bottom - CONTROLS;
  const isOther = isFilm || (target instanceof Element && target.closest("button, summary, input, form"));
  if (touches.length > 1 || isOther || isZoomed() || x < EDGE || x > innerWidth - EDGE) return null;
  return { x, y, isTop: scrollY <= 0 || Boolean(/** @type {Element} */ (target).closest("dialog")) };
}
