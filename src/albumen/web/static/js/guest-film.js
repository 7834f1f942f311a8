// @ts-check
// Links last for minutes, films for longer: one whose link has ended goes on from where it was, with a new one.

const PAUSE_MS = 20_000;

/** @param {HTMLVideoElement} film @param {string | undefined} id of its file */
export function keepsOn(film, id) {
  let helpedAt = 0;
  film.addEventListener("error", () => {
    if (Date.now() - helpedAt < PAUSE_MS) return; // the film is at fault, and not its link
    helpedAt = Date.now();
    goOn(film, id).catch(() => {});
  });
}

/** @param {HTMLVideoElement} film @param {string | undefined} id */
async function goOn(film, id) {
  const { currentTime, paused } = film;
  const answer = await fetch(`/v1/access/files/${id}`);
  const source = answer.ok && (await answer.json()).contents;
  if (!source) return;
  film.src = source;
  film.currentTime = currentTime;
  if (!paused) await film.play();
}
