// @ts-check
// The pages of an event's host: copying a link, and deciding about gifts with a, r, ← and →.

import "app/host-drag";
import { t } from "app/i18n";
import { toast } from "app/toast";

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLElement)) return;
  const field = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.copy ?? ""));
  try {
    await navigator.clipboard.writeText(field.value);
    toast(t("The link is copied."));
  } catch {
    field.select(); // without HTTPS there is no clipboard; the visitor copies by hand
  }
});

document.querySelector(".host-parts [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on phones it may lie aside

let place = 0;
let isByKey = false;

/** Put the focus on a gift, as near as there is one. @param {number} to */
function go(to) {
  const boxes = [...document.querySelectorAll("[data-moderation] .gifts input")];
  place = Math.max(0, Math.min(to, boxes.length - 1));
  const box = boxes[place];
  if (box instanceof HTMLElement) box.focus();
}

/** Which gift has the focus; the one that had it last, where none has. */
function current() {
  const gifts = [...document.querySelectorAll("[data-moderation] .gifts li")];
  const found = gifts.findIndex((each) => each.contains(document.activeElement));
  return { gifts, at: found < 0 ? Math.min(place, gifts.length - 1) : found, isFocused: found >= 0 };
}

document.addEventListener("keydown", (event) => {
  const isOff = document.documentElement.dataset.keys === "off";
  const typing = event.target instanceof Element && event.target.matches("input:not([type=checkbox]), textarea, select");
  if (isOff || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const { gifts, at, isFocused } = current();
  if (!gifts.length) return;
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    go(isFocused ? at + (event.key === "ArrowRight" ? 1 : -1) : at);
  } else if (event.key === "a" || event.key === "r") {
    event.preventDefault();
    place = at;
    isByKey = true;
    const button = gifts[at]?.querySelector(`[data-key="${event.key}"]`);
    if (button instanceof HTMLElement && button.ariaDisabled !== "true") button.click();
  }
});

// The next gift stands where the one was that is decided; without this the focus would leap to the top.
document.addEventListener("swapped", () => {
  if (isByKey) go(place);
  isByKey = false;
});
