// @ts-check
// `g` asks for a month and goes there.

import { monthOf } from "app/layout";
import { register } from "app/keys";
import { openDialog } from "app/dialog";
import { t } from "app/i18n";

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("jump"));
const wall = /** @type {import("app/timeline").PhotoTimeline | null} */ (document.querySelector("photo-timeline"));

if (dialog && wall) {
  register("g", t("Go to a date"), () => openDialog(dialog));
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const [year, month] = String(dialog.querySelector("input")?.value).split("-").map(Number);
    dialog.close();
    if (year) go(wall, year * 12 + (month || 1) - 1);
  });
}

/** Go to the newest photo of a month, or of the next older one that has any.
 * @param {import("app/timeline").PhotoTimeline} wall @param {number} month */
function go(wall, month) {
  const { days, starts, count } = wall.data;
  const at = days.findIndex((day) => monthOf(day) <= month);
  if (count) wall.focusPlace(at < 0 ? count - 1 : starts[at]);
}
