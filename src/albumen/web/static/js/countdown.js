// @ts-check
// The time that is left of an event.  The server decides when it is over; the page asks it when the time has come.

import { tn } from "app/i18n";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SAID_AT = [HOUR, 10 * MINUTE];

/** @param {number} seconds */
export function left(seconds) {
  const minutes = Math.ceil(seconds / MINUTE);
  if (seconds <= HOUR) return tn("{n} minute left", "{n} minutes left", Math.max(1, minutes));
  const hours = Math.floor((seconds % DAY) / HOUR);
  if (seconds < DAY) return tn("{n} hour left", "{n} hours left", hours);
  const days = Math.floor(seconds / DAY);
  return tn("{n} day", "{n} days", days) + " " + tn("{n} hour left", "{n} hours left", hours);
}

for (const shown of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-countdown]"))) {
  const end = performance.now() / 1000 + Number(shown.dataset.countdown);
  let before = Number(shown.dataset.countdown);
  const tick = () => {
    const seconds = end - performance.now() / 1000;
    if (seconds <= 0) return location.reload();
    shown.textContent = left(seconds);
    const isSaid = SAID_AT.some((mark) => before > mark && seconds <= mark);
    shown.setAttribute("aria-live", isSaid ? "polite" : "off");
    before = seconds;
    setTimeout(tick, Math.min(seconds, seconds > HOUR ? 30 : 5) * 1000);
  };
  tick();
}
