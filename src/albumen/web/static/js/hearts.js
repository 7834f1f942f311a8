// @ts-check
// Hearts without loading the page anew; without this module each is a small form.

/** @param {HTMLButtonElement} button @param {boolean} isOn */
function show(button, isOn) {
  button.setAttribute("aria-pressed", String(isOn));
  button.value = isOn ? "0" : "1";
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form.heart")) return;
  event.preventDefault();
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).value;
  const isOn = button.getAttribute("aria-pressed") !== "true";
  show(button, isOn);
  const answer = await fetch(`/v1/access/favorites/${file}`, { method: isOn ? "POST" : "DELETE" }).catch(() => null);
  if (answer?.status === 401 || answer?.status === 410) location.reload();
  else if (!answer?.ok) show(button, !isOn);
});
