// @ts-check
// When an open vault locks itself: after a while without a touch, and when its page has been out of sight.

const IDLE_SECONDS = 300;
const HIDDEN_SECONDS = 60;
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/** @param {{lock: () => void, isBusy: () => boolean}} vault @returns {() => void} what ends the watch */
export function watch({ lock, isBusy }) {
  const over = new AbortController();
  const { signal } = over;
  let [touched, hidden] = [Date.now(), 0];
  const look = () => {
    if (isBusy()) touched = Date.now();
    const isIdle = Date.now() - touched >= IDLE_SECONDS * 1000;
    const isAway = hidden > 0 && !isBusy() && Date.now() - hidden >= HIDDEN_SECONDS * 1000;
    if (isIdle || isAway) lock();
  };
  const timer = setInterval(look, 5000);
  for (const name of TOUCHES) addEventListener(name, () => (touched = Date.now()), { signal, passive: true, capture: true });
  document.addEventListener(
    "visibilitychange",
    () => {
      look(); // timers sleep while a page is hidden or the machine is, so time is looked at once more
      hidden = document.hidden ? Date.now() : 0;
    },
    { signal },
  );
  return () => {
    over.abort();
    clearInterval(timer);
  };
}
