// @ts-check
// Photos of an event that a guest chooses to download: a box over each, and a bar that says how many.
// What is chosen is told by the boxes, so that a photo that leaves the event leaves the choice, too.

import { make } from "app/elements";
import { tn } from "app/i18n";

const list = /** @type {HTMLElement} */ (document.querySelector("[data-tiles]"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("some"));
const opener = /** @type {HTMLAnchorElement} */ (document.getElementById("choose"));
const send = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
/** A page that came with its boxes is left as it was entered, by a link. */
const isOwnPage = !form.hidden;

function show() {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("a[data-id]"))) {
    const item = /** @type {HTMLElement} */ (link.closest("li"));
    const box = item.querySelector(".pick");
    const told = { type: "checkbox", class: "pick", name: "file", form: form.id, value: link.dataset.id ?? "" };
    if (form.hidden) box?.remove();
    else if (!box) item.append(make("input", { ...told, "aria-label": link.getAttribute("aria-label") ?? "" }));
  }
  list.classList.toggle("choosing", !form.hidden);
  count();
}

function count() {
  const chosen = list.querySelectorAll(".pick:checked").length;
  /** @type {HTMLElement} */ (form.querySelector("b")).textContent = tn("{n} chosen", "{n} chosen", chosen);
  send.disabled = !chosen;
}

/** Begin to choose, or end. */
export function toggle() {
  if (isOwnPage) return location.assign(/** @type {HTMLAnchorElement} */ (form.querySelector("a")).href);
  const on = document.activeElement;
  form.hidden = !form.hidden;
  if (form.hidden && (form.contains(on) || on?.matches(".pick"))) opener.focus({ preventScroll: true });
  show();
}

form.querySelector("a")?.addEventListener("click", (event) => {
  if (isOwnPage) return;
  event.preventDefault();
  toggle();
});
form.addEventListener("formdata", ({ formData }) => formData.set("file", formData.getAll("file").join(" ")));
list.addEventListener("change", count);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !form.hidden && !document.querySelector(".pswp")) toggle();
});
new MutationObserver(() => form.hidden || show()).observe(list, { childList: true });
if (isOwnPage) show();
