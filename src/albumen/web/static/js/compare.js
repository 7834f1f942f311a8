// @ts-check
// Two versions of a photo, one over the other: a slider, or the pointer on the photo, says how much of each is shown.
// Without this module they stand side by side.

const box = /** @type {HTMLElement | null} */ (document.querySelector(".compare"));
const range = box?.querySelector("input");

/** @param {number} share how much of the left one is shown, in percent */
function show(share) {
  box?.style.setProperty("--share", `${share}%`);
}

/** @param {PointerEvent} event @param {HTMLElement} frame @param {HTMLInputElement} range */
function point(event, frame, range) {
  const { left, width } = frame.getBoundingClientRect();
  range.value = String(Math.round(Math.min(1, Math.max(0, (event.clientX - left) / width)) * 100));
  show(Number(range.value));
}

if (box && range && box.querySelectorAll("img").length === 2) {
  const frame = document.createElement("div");
  frame.className = "compared";
  frame.append(...box.querySelectorAll("figure"));
  box.prepend(frame);
  box.classList.add("sliding");
  range.hidden = false;
  range.addEventListener("input", () => show(Number(range.value)));
  let isHeld = false;
  frame.addEventListener("pointerdown", (event) => {
    isHeld = true;
    frame.setPointerCapture(event.pointerId);
    point(event, frame, range);
    event.preventDefault();
  });
  frame.addEventListener("pointermove", (event) => isHeld && point(event, frame, range));
  for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => (isHeld = false));
  show(Number(range.value));
}
