// @ts-check
// Photos of an event dragged onto one of its sets: the same as choosing them and the button below them.

const MARK = "application/x-albumen-photos";
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-choosing]"));
const place = /** @type {HTMLButtonElement | null} */ (form?.querySelector('button[name=deed][value="place"]') ?? null);
const into = /** @type {HTMLSelectElement | null} */ (form?.querySelector("select[name=into]") ?? null);

/** The photos that go along: all that are chosen, where the one that is dragged is among these. @param {Element} tile */
function choose(tile) {
  const box = /** @type {HTMLInputElement | null} */ (tile.querySelector("input[name=ids]"));
  if (!box || box.checked) return;
  for (const each of /** @type {NodeListOf<HTMLInputElement>} */ (form?.querySelectorAll("input[name=ids]:checked"))) each.checked = false;
  box.checked = true;
}

/** The set that something is dragged over. @param {DragEvent} event */
const over = ({ target }) => /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest(".chip[data-set]") : null);

if (form && place && into) {
  form.addEventListener("dragstart", (event) => {
    const tile = event.target instanceof Element ? event.target.closest(".tiles li") : null;
    if (!tile || !event.dataTransfer) return;
    choose(tile);
    event.dataTransfer.setData(MARK, "1");
    event.dataTransfer.effectAllowed = "move";
    document.body.classList.add("placing");
  });
  addEventListener("dragend", () => document.body.classList.remove("placing"));
  addEventListener("dragover", (event) => {
    const chip = event.dataTransfer?.types.includes(MARK) ? over(event) : null;
    for (const each of document.querySelectorAll(".chip.target")) if (each !== chip) each.classList.remove("target");
    if (!chip) return;
    event.preventDefault();
    chip.classList.add("target");
  });
  addEventListener("drop", (event) => {
    const chip = event.dataTransfer?.types.includes(MARK) ? over(event) : null;
    if (!chip) return;
    event.preventDefault();
    into.value = chip.dataset.set ?? "";
    form.requestSubmit(place);
  });
}
