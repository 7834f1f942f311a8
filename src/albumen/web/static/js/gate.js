// @ts-check
// A QR link brings its token behind the `#`, which no server sees: it is sent as a form, and taken out of the address.

function enter() {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector(".code-form"));
  const token = location.hash.slice(1);
  if (!form || !/^[A-Za-z0-9_-]{22}$/.test(token)) return;
  history.replaceState(null, "", location.pathname);
  const code = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
  const name = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("name"));
  code.value = token;
  if (name?.required && !name.value) {
    code.closest(".field")?.setAttribute("hidden", "");
    name.focus();
  } else {
    form.requestSubmit();
  }
}

enter();
addEventListener("hashchange", enter);
