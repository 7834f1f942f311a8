// @ts-check
// The page of one photo of an event: turned by keys and swipes, as the links on it lead.

import "app/guest";
import { keepsOn } from "app/guest-film";
import { swipes } from "app/swipe";

/** @param {string} selector */
const go = (selector) => {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(selector));
  if (link) location.replace(link.href);
};
const [before, after, all] = ["a[rel=prev]", "a[rel=next]", ".one-bar a"];

addEventListener("keydown", (event) => {
  const on = event.target instanceof HTMLElement ? event.target : document.body;
  if (event.altKey || event.ctrlKey || event.metaKey || on.matches("input, textarea, select, video")) return;
  if (event.key === "ArrowLeft") go(before);
  else if (event.key === "ArrowRight") go(after);
  else if (event.key === "Escape") go(all);
});
const here = location.pathname;
addEventListener("popstate", () => {
  if (location.pathname !== here) location.reload(); // this photo was open over the list before it was loaded anew
});
const main = document.querySelector("main");
if (main) swipes(main, { left: () => go(after), right: () => go(before), down: () => go(all) });
const film = document.querySelector("video");
if (film) keepsOn(film, film.dataset.id);
