// @ts-check
// Keys and swipes on the page of a photo.  Turning pages replaces the entry in the history, so that Back leads to the timeline.

import { swipes } from "app/swipe";

const FROM_GRID = "albumen.grid";
const link = (/** @type {string} */ id) => /** @type {HTMLAnchorElement | null} */ (document.getElementById(id));

/** @param {string} id */
function turn(id) {
  const to = link(id);
  if (to) location.replace(to.href);
}

function close() {
  if (sessionStorage.getItem(FROM_GRID)) history.back();
  else location.assign(link("close")?.href ?? "/library");
}

for (const id of ["newer", "older", "close"]) {
  link(id)?.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (id === "close") close();
    else turn(id);
  });
}

const here = location.pathname;
addEventListener("popstate", () => {
  if (location.pathname !== here) location.reload(); // this photo was open over a wall before it was loaded anew
});

const stage = /** @type {HTMLElement | null} */ (document.querySelector(".stage"));
if (stage) swipes(stage, { left: () => turn("older"), right: () => turn("newer"), down: close });

addEventListener("keydown", (event) => {
  const on = event.target instanceof HTMLElement ? event.target : document.body;
  if (event.altKey || event.ctrlKey || event.metaKey || on.matches("input, textarea, select, video")) return;
  const open = document.querySelector("details[open]");
  if (event.key === "ArrowLeft") turn("newer");
  else if (event.key === "ArrowRight") turn("older");
  else if (event.key === "Escape" && open) open.removeAttribute("open");
  else if (event.key === "Escape") close();
});
