"""A film in a real browser: whether it plays, how large it is seen, and what its corners look like."""

from typing import Any

from playwright.sync_api import Page

_PLAY = """async (address) => {
  const film = document.createElement("video");
  film.muted = true;
  film.src = address;
  document.body.append(film);
  const shown = { error: "", width: 0, height: 0, seconds: 0, at: 0, corners: [] };
  try {
    await film.play();
    const end = performance.now() + 15000;
    while (!film.ended && film.currentTime < 0.4 && performance.now() < end)
      await new Promise((go) => setTimeout(go, 20));
  } catch (error) {
    shown.error = String(film.error?.message ?? error);
  }
  shown.at = film.currentTime;
  shown.seconds = film.duration;
  shown.width = film.videoWidth;
  shown.height = film.videoHeight;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [4, 4];
  const pen = canvas.getContext("2d");
  pen.drawImage(film, 0, 0, 4, 4);
  for (const [x, y] of [[0, 0], [3, 0], [0, 3], [3, 3]]) shown.corners.push(pen.getImageData(x, y, 1, 1).data[1]);
  film.remove();
  return shown;
}"""


def played(page: Page, address: str) -> dict[str, Any]:
    """Play the film at an address of the page's own server for a moment; what was seen of it."""
    return dict(page.evaluate(_PLAY, address))
