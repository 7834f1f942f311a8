"""Naming what a picture shows: EfficientNet-Lite0 knows 1,000 things, and broader words sum up what is alike."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from albumen.media.seeing.networks import MODELS, Pixels, session

SIDE = 224
LEAST, LEAST_BROAD, MOST = 0.2, 0.35, 8
"""How sure a thing must be, and a broader word; and how many of both are told."""
_ELONGATED = 1.25
"""From which ratio of its sides on a picture is looked at in two squares, one at each end."""

Scores = npt.NDArray[np.float32]


def name(pixels: Pixels) -> dict[str, float]:
    """What a picture shows, in lower-case English words, the surest first."""
    scores: Scores = np.mean([_scores(square) for square in _squares(pixels)], axis=0)
    names, broader = _words()
    found: dict[str, float] = {}
    for place in np.flatnonzero(scores >= LEAST):
        found[names[place]] = max(found.get(names[place], 0.0), float(scores[place]))
    for word, members in broader.items():
        sure = float(scores[members].sum())
        if sure >= LEAST_BROAD:
            found[word] = max(found.get(word, 0.0), sure)
    ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    return {word: min(1.0, round(sure, 3)) for word, sure in ranked}


def _squares(pixels: Pixels) -> Iterator[Pixels]:
    height, width = pixels.shape[:2]
    side, spare = min(width, height), max(width, height) - min(width, height)
    for at in (0, spare) if side + spare >= _ELONGATED * side else (spare // 2,):
        left, top = (at, 0) if width > height else (0, at)
        yield pixels[top : top + side, left : left + side]


def _scores(square: Pixels) -> Scores:
    from PIL import Image  # noqa: PLC0415  (under the lock, like all decoders)

    small = Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    told = (np.asarray(small, np.float32) - 127) / 128
    [scores] = session("efficientnet-lite0.onnx").run(None, {"image": told.transpose(2, 0, 1)[None]})
    return np.asarray(scores[0], np.float32)


@cache
def _words() -> tuple[list[str], dict[str, npt.NDArray[np.intp]]]:
    """The name of each class, and the classes of each broader word."""
    names = (MODELS / "objects.txt").read_text("utf-8").splitlines()
    broader = {}
    for line in (MODELS / "broader.txt").read_text("utf-8").splitlines():
        word, _, spans = line.partition("\t")
        broader[word] = np.array([each for span in spans.split() for each in _span(span)], np.intp)
    return names, broader


def _span(told: str) -> range:
    first, _, last = told.partition("-")
    return range(int(first), int(last or first) + 1)
