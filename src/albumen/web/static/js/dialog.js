// @ts-check
// Dialogs: the browser's own, opened by buttons, closed by Escape, by their cancel button, or beside them.

/** Fill a dialog and open it. @param {HTMLDialogElement} dialog @param {Node} [content] */
export function openDialog(dialog, content) {
  if (content) dialog.querySelector(".dialog-body")?.replaceChildren(content);
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-dialog]");
  const wanted = opener && document.getElementById(opener.getAttribute("data-dialog") ?? "");
  if (wanted instanceof HTMLDialogElement) {
    event.preventDefault();
    openDialog(wanted);
  }
  const dialog = target?.closest("dialog");
  if (dialog && (target === dialog || target?.closest("[data-close]"))) dialog.close();
});
