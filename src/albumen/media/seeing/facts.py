"""What can be looked for in a picture, and what was found."""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

import msgspec

TEXT, OBJECTS, FACES = "text", "objects", "faces"

NETWORKS: Final = {TEXT: "pp-ocr-v6-small/1", OBJECTS: "efficientnet-lite0/1", FACES: "dlib-resnet-v1/1"}
"""What looks for each, with our own count: what an earlier one found is looked for anew."""

VECTOR_BYTES: Final = 512
"""The length of a face's vector: 128 floats of 32 bits, little-endian."""

_PACKAGES: Final = {TEXT: ("rapidocr", "onnxruntime"), OBJECTS: ("onnxruntime",), FACES: ("dlib",)}


class Face(msgspec.Struct, frozen=True):
    """A face: where it is, as shares (0 to 1) of the upright picture, how sure that is, and its vector."""

    left: float
    top: float
    width: float
    height: float
    score: float
    vector: bytes


class Seen(msgspec.Struct, frozen=True):
    """What was found; None where it was not looked for.  Objects are words with how sure they are (0 to 1)."""

    text: str | None = None
    objects: dict[str, float] | None = None
    faces: tuple[Face, ...] | None = None


def lacking(wanted: Iterable[str]) -> list[str]:
    """The packages that these want and that are not installed; none of them is imported."""
    needed = dict.fromkeys(package for each in wanted for package in _PACKAGES[each])
    return [each for each in needed if find_spec(each) is None]
