// @ts-check
// <div id data-live-every="5"> is fetched anew every so many seconds, while it is seen and nobody has the focus in it.
// How fast the work that waits (`data-waiting`) becomes less is said where there is a place for it (`data-rate`).

import { number, t } from "app/i18n";

const part = document.querySelector("[data-live-every]");
/** @type {[number, number][]} */
const seen = [];
const MINUTE = 60_000;

/** @param {Element} shown */
function tell(shown) {
  const waiting = Number(shown.getAttribute("data-waiting") ?? 0);
  seen.push([Date.now(), waiting]);
  while (seen.length > 1 && Date.now() - seen[0][0] > MINUTE) seen.shift();
  const [since, before] = seen[0];
  const rate = ((before - waiting) / Math.max(1, Date.now() - since)) * MINUTE;
  const place = shown.querySelector("[data-rate]");
  if (!place || rate < 1) return;
  const minutes = Math.ceil(waiting / rate);
  place.textContent = t("{n} a minute; about {minutes} min left.", { n: number(Math.round(rate)), minutes: number(minutes) });
}

async function renew() {
  const old = part && document.getElementById(part.id);
  if (!old || document.hidden || (document.activeElement && old.contains(document.activeElement))) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(old.id);
    if (!answer.ok || !made) return;
    tell(made);
    old.replaceWith(made);
  } catch {
    // the next time may do
  }
}

if (part) {
  tell(part);
  setInterval(renew, Number(part.getAttribute("data-live-every")) * 1000);
}
