// @ts-check
// Chooses the browser's own time zone where none was chosen yet.

const field = document.querySelector("select[data-here]");
if (field instanceof HTMLSelectElement) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...field.options].some((each) => each.value === here)) field.value = here;
}
