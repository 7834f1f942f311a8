"""What the values in a query may be: each function makes one of what was told, or says what it must be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from albumen.kernel import ids
from albumen.kernel import words as wording
from albumen.kernel.errors import NotFound
from albumen.kernel.text import fold

LONGEST_TEXT = 1000
_MOST_KM = 20_040
_MOST_WORDS = 32
_MOST_STARS = 8
_LONGEST_PATTERN = 255
_DEEPEST = 20
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


@dataclass(frozen=True)
class Near:
    """A circle on the globe."""

    latitude: float
    longitude: float
    km: float


@dataclass(frozen=True)
class Box:
    """A part of the globe between two corners; where `west` is greater than `east`, it crosses the date line."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class Phrase:
    """Words that stand side by side, as the search index writes them; the last may be the beginning of one."""

    text: str
    is_prefix: bool


def text(value: object) -> str:
    """A text, folded.  Raises ValueError."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise ValueError(f"must be a text of at most {LONGEST_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must be a text") from None
    return fold(value)


def whole(value: object) -> int:
    """A whole number.  Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 1 << 63:
        raise ValueError("must be a whole number")
    return value


def flag(value: object) -> bool:
    """A truth.  Raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def moment(value: object) -> datetime:
    """A moment.  Raises ValueError."""
    read = wall_or_moment(value)
    if read.tzinfo is None:
        raise ValueError("must be a time as RFC 3339 has it, with its zone")
    return read


def wall_or_moment(value: object) -> datetime:
    """A moment, or without a zone the time on the photo's own clock.  Raises ValueError."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("must be a time as RFC 3339 has it, or YYYY-MM-DD")
    try:
        read = datetime.fromisoformat(value)
        return read if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a time that there is") from None


def public_id(value: object) -> int:
    """An id.  Raises ValueError."""
    try:
        return ids.decode(value if isinstance(value, str) else "")
    except NotFound:
        raise ValueError("must be an id") from None


def real(value: object) -> float:
    """A number.  Raises ValueError."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e18:
        raise ValueError("must be a number")
    return float(value)


def near(value: object) -> Near:
    """A circle.  Raises ValueError."""
    if not isinstance(value, dict) or value.keys() != {"latitude", "longitude", "km"}:
        raise ValueError("must be {latitude, longitude, km}")
    spot = Near(real(value["latitude"]), real(value["longitude"]), real(value["km"]))
    if abs(spot.latitude) > 90 or abs(spot.longitude) > 180 or not 0 < spot.km <= _MOST_KM:
        raise ValueError("must lie on the globe")
    return spot


def amount(value: object) -> int | float:
    """A number, whole or not.  Raises ValueError."""
    return whole(value) if isinstance(value, int) else real(value)


def plain(value: object) -> str | int | float | bool:
    """What a property is compared with.  Raises ValueError."""
    if isinstance(value, bool):
        return value
    return amount(value) if isinstance(value, int | float) else text(value)


def box(value: object) -> Box:
    """A part of the globe.  Raises ValueError."""
    if not isinstance(value, dict) or value.keys() != {"south", "west", "north", "east"}:
        raise ValueError("must be {south, west, north, east}")
    found = Box(*(real(value[each]) for each in ("south", "west", "north", "east")))
    if not -90 <= found.south <= found.north <= 90 or max(abs(found.west), abs(found.east)) > 180:
        raise ValueError("must lie on the globe, its south below its north")
    return found


def words(value: object) -> Phrase:
    """Words; `*` at the end says that the last may go on.  Raises ValueError."""
    told = text(value)
    found = wording.words(told)
    is_prefix = told.endswith("*") and bool(found)
    if not found or len(found.split()) > _MOST_WORDS:
        raise ValueError(f"must hold 1 to {_MOST_WORDS} words of letters or digits")
    last = found.split()[-1]
    if is_prefix and len(last) < 2 and last.isascii():
        raise ValueError("must hold two letters or more before *")
    return Phrase(found, is_prefix)


def pattern(value: object) -> str:
    """A text in which `*` stands for any letters and `?` for one, as LIKE wants it.  Raises ValueError."""
    told = re.sub(r"\*+", "*", text(value))
    if told.count("*") > _MOST_STARS or len(told) > _LONGEST_PATTERN:
        raise ValueError(f"must have at most {_MOST_STARS} * and {_LONGEST_PATTERN} characters")
    plain = re.sub(r"([\\%_])", r"\\\1", told)
    return plain.replace("*", "%").replace("?", "_")


def path(value: object) -> tuple[str, ...]:
    """The names of folders, from the highest.  Raises ValueError."""
    found = tuple(fold(each) for each in text(value).split("/") if each.strip())
    if not 0 < len(found) <= _DEEPEST:
        raise ValueError(f"must be the names of 1 to {_DEEPEST} folders, with / between them")
    return found


def one_of(*names: str) -> Callable[[object], str]:
    """Reads one of some names.  Raises ValueError."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return value

    return read


TEXTUAL: Mapping[str, Callable[[object], Any]] = {"words": words, "matches": pattern}
"""How values are read for the operators of that name."""
