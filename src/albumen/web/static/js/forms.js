// @ts-check
// <form data-live="#part"> is sent without leaving the page: the part is replaced by what the answer has in its place,
// and the focus goes to the first mistake, else to what is said about it; `swapped` is told.  Without this module it is a plain form.

import { t } from "app/i18n";
import { toast } from "app/toast";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.live) return;
  event.preventDefault();
  const button = event.submitter;
  button?.setAttribute("aria-disabled", "true");
  try {
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form, button)));
    const isQuery = form.method === "get";
    const url = isQuery ? `${form.action}?${body}` : form.action;
    const options = isQuery ? {} : { method: "POST", body };
    const answer = await fetch(url, { ...options, headers: { Accept: "text/html" } });
    show(form.dataset.live, answer.url, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    toast(t("The connection was lost. Nothing was changed."));
  } finally {
    button?.removeAttribute("aria-disabled");
  }
});

/** @param {string} part @param {string} url @param {Document} answer */
function show(part, url, answer) {
  const [old, made] = [document.querySelector(part), answer.querySelector(part)];
  if (!old || !made) return location.assign(url);
  old.replaceWith(made);
  const first = made.querySelector("[aria-invalid]") ?? made.querySelector("[role=status]");
  if (first instanceof HTMLElement) {
    if (!first.matches("input, textarea, select")) first.tabIndex = -1;
    first.focus();
  }
  made.dispatchEvent(new Event("swapped", { bubbles: true }));
}
