"""Finding faces: dlib's quick detector proposes, its thorough one confirms, and a network makes 128 numbers of each."""

from functools import cache
from typing import Any

import numpy as np

from albumen.media.seeing.facts import Face
from albumen.media.seeing.networks import MODELS, Pixels

MOST = 40
_LEAST = -0.2
"""How sure the quick detector must be; below zero it is wrong as often as right, so that the other one is asked."""
_CONFIRMED_SIDE = 200
_AROUND = 0.8
_PADDING = 0.25


def find(pixels: Pixels) -> tuple[Face, ...]:
    """The faces in a picture that are at least 80 pixels high, from its left."""
    rectangles, scores, _ = _detector().run(pixels, 0, _LEAST)
    likely = sorted(zip(scores, rectangles, strict=True), key=lambda each: -each[0])[:MOST]
    confirmed = [rectangle for _, rectangle in likely if _is_face(pixels, rectangle)]
    sure = {id(rectangle): score for score, rectangle in likely}
    faces = [_face(pixels, each, sure[id(each)]) for each in confirmed]
    return tuple(sorted(faces, key=lambda each: (each.left, each.top)))


def _is_face(pixels: Pixels, rectangle: Any) -> bool:
    from PIL import Image  # noqa: PLC0415  (under the lock, like all decoders)

    around = int(rectangle.width() * _AROUND)
    top, left = max(0, rectangle.top() - around), max(0, rectangle.left() - around)
    part = pixels[top : rectangle.bottom() + around, left : rectangle.right() + around]
    height = max(1, round(_CONFIRMED_SIDE * part.shape[0] / part.shape[1]))
    return len(_confirmer()(np.asarray(Image.fromarray(part).resize((_CONFIRMED_SIDE, height))), 0)) > 0


def _face(pixels: Pixels, rectangle: Any, score: float) -> Face:
    height, width = pixels.shape[:2]
    left, right = max(0, rectangle.left()), min(width, rectangle.right())
    top, bottom = max(0, rectangle.top()), min(height, rectangle.bottom())
    vector = _describer().compute_face_descriptor(pixels, _landmarks()(pixels, rectangle), 0, _PADDING)
    return Face(
        left=round(left / width, 5),
        top=round(top / height, 5),
        width=round((right - left) / width, 5),
        height=round((bottom - top) / height, 5),
        score=round(float(score), 3),
        vector=np.asarray(vector, "<f4").tobytes(),
    )


@cache
def _dlib() -> Any:
    import dlib  # noqa: PLC0415  (an extra)

    return dlib


@cache
def _detector() -> Any:
    return _dlib().get_frontal_face_detector()


@cache
def _confirmer() -> Any:
    return _dlib().cnn_face_detection_model_v1(str(MODELS / "mmod_human_face_detector.dat"))


@cache
def _landmarks() -> Any:
    return _dlib().shape_predictor(str(MODELS / "shape_predictor_5_face_landmarks.dat"))


@cache
def _describer() -> Any:
    return _dlib().face_recognition_model_v1(str(MODELS / "dlib_face_recognition_resnet_model_v1.dat"))
