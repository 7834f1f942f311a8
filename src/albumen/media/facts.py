"""What can be told about a photo or video without looking at its pixels, and how findings are put together."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

GROUPS_BYTES: Final = 64 * 1024
VALUE_CHARACTERS: Final = 1024
KEYWORDS: Final = 256

Groups = dict[str, dict[str, str]]
Hdr = Literal["pq", "hlg"]
"""The two curves of films with a high dynamic range."""


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """When, on the clock of the place; `offset_minutes` east of UTC if the source says so."""

    local: datetime
    offset_minutes: int | None = None
    source: str = ""


class Overlay(msgspec.Struct, frozen=True, omit_defaults=True):
    """Facts that one source (a block in the file, a sidecar, a client) may know; None = it does not say."""

    orientation: int | None = None
    taken: Taken | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    make: str | None = None
    model: str | None = None
    lens: str | None = None
    exposure_seconds: float | None = None
    aperture: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    flash: bool | None = None
    software: str | None = None
    artist: str | None = None
    copyright: str | None = None
    rating: int | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] | None = None
    content_identifier: str | None = None
    motion_offset: int | None = None
    groups: Groups = {}


class Frame(msgspec.Struct, frozen=True):
    """The outside of a picture or film: size as stored, how it is turned, how long it runs."""

    width: int
    height: int
    orientation: int | None = None
    upright: tuple[int, int] | None = None
    duration_seconds: float | None = None
    frames: int = 1
    fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    pixel_format: str | None = None
    hdr: Hdr | None = None
    is_interlaced: bool = False


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that was read.  `width` and `height` are as seen, turned upright.

    `orientation` (Exif's 1 to 8) is what a decoder still has to apply to the stored pixels; it is 1 for HEIC
    and AVIF, whose decoders turn by themselves.  `motion_offset` counts bytes from the end of the file.
    """

    kind: str
    mime: str
    is_video: bool
    width: int
    height: int
    stored_width: int
    stored_height: int
    orientation: int = 1
    duration_seconds: float | None = None
    frames: int = 1
    taken: Taken | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    make: str | None = None
    model: str | None = None
    lens: str | None = None
    exposure_seconds: float | None = None
    aperture: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    flash: bool | None = None
    software: str | None = None
    artist: str | None = None
    copyright: str | None = None
    rating: int | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    content_identifier: str | None = None
    motion_offset: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    pixel_format: str | None = None
    hdr: Hdr | None = None
    is_interlaced: bool = False
    fps: float | None = None
    groups: Groups = {}


_PLACE: Final = ("latitude", "longitude", "altitude")
_APART: Final = frozenset({*_PLACE, "taken", "groups"})


def merged(found: Iterable[Overlay]) -> Overlay:
    """Put findings together: the earlier source wins, field by field; a place is never mixed from two."""
    overlays = list(found)
    fields: dict[str, Any] = {}
    for name in Overlay.__struct_fields__:
        if name not in _APART:
            fields[name] = next((v for o in overlays if (v := getattr(o, name)) is not None), None)
    located = next((o for o in overlays if o.latitude is not None and o.longitude is not None), None)
    height = next((o.altitude for o in overlays if o.altitude is not None), None)
    fields |= {n: getattr(located, n) for n in _PLACE} if located else {"altitude": height}
    return Overlay(
        **fields,
        taken=most_trusted(o.taken for o in overlays if o.taken),
        groups=bounded(o.groups for o in overlays),
    )


_TRUST: Final = (
    "exif:DateTimeOriginal",
    "exif:DateTimeDigitized",
    "xmp:",
    "iptc:",
    "quicktime:creationdate",
    "avchd:",
    "container:",
    "takeout:",
    "exif:DateTime",
    "png:",
    "exif:GPS",
    "name",
)


def trust(taken: Taken) -> int:
    """The place of a date's source in the order of trust, 0 first."""
    exact = (n for n, source in enumerate(_TRUST) if taken.source == source)
    begun = (n for n, source in enumerate(_TRUST) if taken.source.startswith(source))
    return next(exact, next(begun, len(_TRUST)))


def most_trusted(dates: Iterable[Taken]) -> Taken | None:
    """The most trusted date; it borrows the offset of another that shows the same local time."""
    ordered = sorted(dates, key=trust)
    if not ordered:
        return None
    best = ordered[0]
    if best.offset_minutes is None:
        for other in ordered[1:]:
            if other.offset_minutes is not None and abs((other.local - best.local).total_seconds()) < 1:
                return Taken(best.local, other.offset_minutes, best.source)
    return best


def bounded(several: Iterable[Groups]) -> Groups:
    """All groups together, cut off where 64 KiB are reached."""
    left = GROUPS_BYTES
    whole: Groups = {}
    for groups in several:
        for group, values in groups.items():
            for name, value in values.items():
                left -= len(name.encode()) + len(value.encode())
                if left < 0:
                    return whole
                whole.setdefault(group, {}).setdefault(name, value)
    return whole


# Control characters, and those that would turn the direction of the text round them.
_UNSEEN: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_BLANKS: Final = re.compile(r"\s+")


def prose(text: str, limit: int = VALUE_CHARACTERS) -> str | None:
    """Text for people to read, in several lines if it has them; None if nothing is left."""
    kept = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()
    return kept[:limit].strip() or None


def line(text: str, limit: int = VALUE_CHARACTERS) -> str | None:
    """Text in one line, blanks collapsed; None if nothing is left."""
    return prose(_BLANKS.sub(" ", text), limit)


# What cameras put where a description should be.
_FILLERS: Final = re.compile(
    r"(olympus|minolta|konica minolta|casio|kodak|pentax)? ?digital camera|(sony )?dsc|samsung|exif[ _]jpeg.*|default"
    r"|dcim.*|maginon.*|jpeg|untitled|<.*>",
    re.IGNORECASE,
)


def caption(text: str) -> str | None:
    """A description, unless it is what the camera writes into every photo."""
    said = prose(text)
    return None if said is None or _FILLERS.fullmatch(said) else said


def decode(raw: bytes) -> str:
    """Bytes of unknown encoding up to the first NUL: UTF-8 if they are that, else Latin-1."""
    raw = raw.lstrip(b"\0").partition(b"\0")[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def words(values: Iterable[str]) -> tuple[str, ...] | None:
    """Keywords as lines, each once, in order; None if there are none."""
    kept = dict.fromkeys(w for v in values if (w := line(v, 256)))
    return tuple(kept)[:KEYWORDS] or None


def place(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """Both or none: on the globe, and not 0/0, which devices write when they do not know."""
    if latitude is None or longitude is None or not (latitude or longitude):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return round(latitude, 7), round(longitude, 7)


def elevation(metres: float | None) -> float | None:
    """An altitude in metres that something on, above or under the earth can have."""
    return round(metres, 2) if metres is not None and -11_500 <= metres <= 100_000 else None
