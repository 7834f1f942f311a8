"""What tells copies of one shot from two shots that look alike."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from albumen.libraries import names

BURST = timedelta(seconds=2)
_COUNTED = re.compile(r" \(\d+\)$")
_NUMBER = re.compile(r"\d{3,}")


@dataclass(frozen=True)
class Shot:
    """A photo, as far as it says which shot it is: camera and time as taken in, its content, and how it looks."""

    file_id: int
    name: str
    camera_make: str | None
    camera_model: str | None
    taken_local: datetime | None
    signature: str
    pixel_hash: bytes | None
    phash: int

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers in its name that a camera may have counted; not the one that a taken name got."""
        return frozenset(_NUMBER.findall(_COUNTED.sub("", names.split(self.name)[0])))


def is_same_picture(one: Shot, other: Shot) -> bool:
    """Whether the bytes, or the decoded pixels, are the same."""
    same_pixels = bool(one.pixel_hash) and one.pixel_hash == other.pixel_hash
    return one.signature == other.signature or same_pixels


def may_be_one(one: Shot, other: Shot) -> bool:
    """Whether two that look alike may be copies of one shot.

    Shots by different cameras are not, nor are two of one burst: taken within two seconds, at different times or under
    different numbers.  What a copy no longer tells does not speak against it.
    """
    if is_same_picture(one, other):
        return True
    if _differ(one.camera_make, other.camera_make) or _differ(one.camera_model, other.camera_model):
        return False
    if one.taken_local is None or other.taken_local is None or abs(one.taken_local - other.taken_local) > BURST:
        return True
    return one.taken_local == other.taken_local and (one.numbers <= other.numbers or other.numbers <= one.numbers)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and names.fold(one) != names.fold(other)
