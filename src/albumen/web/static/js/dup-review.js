// @ts-check
// Duplicates by key: 1 to 9 choose, Enter keeps, n goes on; a toast takes it back; and how far the search for them is.

import { json } from "app/http";
import { t } from "app/i18n";
import { isTyping, register } from "app/keys";
import { toast } from "app/toast";

const PAUSE = 4000;
let place = 0;

const groups = () => /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form.dup")]);

/** Where the visitor is: the group with the focus, else the one that had it last. */
function here() {
  const all = groups();
  const found = all.findIndex((each) => each.contains(document.activeElement));
  if (found >= 0) place = found;
  place = Math.min(place, all.length - 1);
  return all[place];
}

/** @param {number} to */
function go(to) {
  const all = groups();
  place = Math.max(0, to);
  const group = all[Math.min(place, all.length - 1)];
  if (place < all.length) group.focus();
  else /** @type {HTMLElement | null} */ (document.querySelector(".more a"))?.focus();
  if (place < all.length) group.scrollIntoView({ block: "center" });
}

/** Choose one photo of a group, and no other. @param {number} number */
function choose(number) {
  const group = here();
  const boxes = /** @type {HTMLInputElement[]} */ ([...(group?.querySelectorAll("input[name=keep]:enabled") ?? [])]);
  if (number > boxes.length) return;
  boxes.forEach((box, at) => (box.checked = at === number - 1));
  if (!group.contains(document.activeElement)) group.focus();
}

function skip() {
  here();
  go(place + 1);
}

function keep() {
  const button = here()?.querySelector("button[value=chosen]");
  if (button instanceof HTMLElement && button.ariaDisabled !== "true") button.click();
}

for (let number = 1; number <= 9; number++) {
  register(String(number), number === 1 ? t("1 to 9: keep this photo of a group") : "", () => choose(number));
}
register("n", t("Skip to the next group"), skip);
register("Enter", t("Keep what is chosen"), () => {});

document.addEventListener("keydown", (event) => {
  const on = event.target instanceof Element ? event.target : null;
  const isElsewhere = on?.closest("a, button, summary, dialog, .menu");
  if (event.key !== "Enter" || isTyping(event) || isElsewhere || !groups().length) return;
  event.preventDefault();
  keep();
}, true);

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-skip]") : null;
  if (!button) return;
  place = groups().findIndex((each) => each.contains(button));
  go(place + 1);
});

document.addEventListener("submit", here, true);

/** What was done is said by a toast; its way back is the form that says it without this module. */
function say() {
  const note = document.querySelector(".said");
  if (!(note instanceof HTMLFormElement)) return;
  const said = note.querySelector("span")?.textContent ?? "";
  note.hidden = true;
  toast(said, note.querySelector("button") ? { action: t("Undo"), run: () => note.requestSubmit() } : {});
}

document.addEventListener("swapped", () => {
  say();
  if (groups().length) go(Math.min(place, groups().length - 1));
});

/** See how far the search for look-alikes is, and show what it found. @param {HTMLElement} line */
async function watch(line) {
  const told = await json(line.dataset.progress ?? "").catch(() => ({ isStale: true }));
  const bar = line.querySelector("progress");
  if (bar && told.progress !== undefined) bar.value = told.progress;
  if (told.isStale) setTimeout(() => watch(line), PAUSE);
  else if (!groups().length) location.reload();
  else line.replaceChildren(Object.assign(document.createElement("a"), { href: "/duplicates?kind=near", textContent: t("Show all that was found") }));
}

const line = document.querySelector("[data-progress]");
if (line instanceof HTMLElement) setTimeout(() => watch(line), PAUSE);
say();
