// @ts-check
// How sizes and counts are written, as web/words.py writes them.

import { t } from "app/i18n";

const UNITS = [t("bytes"), "KB", "MB", "GB", "TB"];

/** @param {number} count */
export function size(count) {
  let unit = 0;
  while (count >= 999.5 && unit < UNITS.length - 1) {
    count /= 1000;
    unit += 1;
  }
  return `${unit === 0 || count >= 99.95 ? Math.round(count) : count.toFixed(1)} ${UNITS[unit]}`;
}

/** @param {number} seconds */
export function remaining(seconds) {
  if (seconds < 60) return t("less than a minute left");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("{minutes} min left", { minutes });
  return t("{hours} h {minutes} min left", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
