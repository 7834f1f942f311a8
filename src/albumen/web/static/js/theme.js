// @ts-check
// A theme is seen as soon as it is chosen, before it is saved.

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLInputElement && field.name === "theme") document.documentElement.dataset.theme = field.value;
});
