// @ts-check
// The moving part of a photo plays in its place while the button is pointed at, or after it was pressed until it is
// pressed again.  Without this module the button is a link to the film.

const button = /** @type {HTMLAnchorElement | null} */ (document.getElementById("motion"));
const frame = document.querySelector(".moving");
/** @type {HTMLVideoElement | null} */
let film = null;
let isHeld = false;

/** @param {HTMLElement} button */
function play(button) {
  if (!film && frame) {
    film = document.createElement("video");
    film.src = /** @type {HTMLAnchorElement} */ (button).href;
    film.loop = true;
    film.muted = true;
    film.playsInline = true;
    film.setAttribute("aria-hidden", "true");
    film.hidden = true;
    film.addEventListener("playing", () => film && (film.hidden = false));
    film.addEventListener("error", stop);
    frame.append(film);
  }
  film?.play().catch(() => {});
}

function stop() {
  if (!film) return;
  film.pause();
  film.remove();
  film = null;
}

if (button) {
  button.setAttribute("role", "button");
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && play(button));
  button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !isHeld && stop());
  button.addEventListener("click", (event) => {
    event.preventDefault();
    isHeld = !isHeld;
    button.setAttribute("aria-pressed", String(isHeld));
    if (isHeld) play(button);
    else stop();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    button.click();
  });
}
