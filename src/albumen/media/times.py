"""Times as files write them, and how a local time becomes a moment."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from albumen.media.facts import Taken

FIRST_PHOTO_YEAR: Final = 1826
LONGEST_STAMP: Final = 64

ZoneSource = Literal["file", "gps", "library"]


class Moment(msgspec.Struct, frozen=True):
    """A time taken, settled: in UTC, on the local clock, and where the zone was learnt from."""

    utc: datetime
    local: datetime
    offset_minutes: int
    zone_source: ZoneSource


_STAMP: Final = re.compile(
    r"\s*(\d{4})(?:[:/.\- ](\d{1,2})(?:[:/.\- ](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*$"
)
_WORDED: Final = re.compile(r"\s*(?:[A-Za-z]{3},?\s+)?([A-Za-z]{3})\s+(\d{1,2})\s+(\d{2}:\d{2}:\d{2})\s+(\d{4})\s*$")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_NAMES: Final = (
    # IMG_20190628_124329.jpg, PXL_20210701_101112345.jpg, 20190628-124329.jpg, VID-20190628124329.mp4
    re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})[_\-T ]?(\d{2})(\d{2})(\d{2})(?:\d{3})?(?!\d)"),
    # 2019-06-28 12.43.29.jpg, Screenshot_2019-06-28-12-43-29.png, signal-2019-06-28-124329.jpg
    re.compile(
        r"(?<!\d)(\d{4})[\-_.](\d{2})[\-_.](\d{2})(?:[T _\-]|\sat\s)+(\d{2})[.:_\-h]?(\d{2})[.:_\-m]?(\d{2})(?!\d)"
    ),
    # IMG-20190628-WA0001.jpg, 2019-06-28.jpg
    re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(\d{4})[\-_](\d{2})[\-_](\d{2})(?!\d)"),
)


def stamp(text: str, source: str) -> Taken | None:
    """A time as Exif (`2019:06:28 12:43:29`), XMP or ISO 8601 write it, whole or only in part, or None.

    Nonsense is refused: zeros, years before the first photo, days to come.
    """
    text = text.strip()
    found = _STAMP.match(text) if len(text) <= LONGEST_STAMP else None
    if not found:
        return _worded(text, source)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micros = int((fraction or "").ljust(6, "0")[:6])
    # Some cameras write a 60th second.
    clock = int(hour or 0), int(minute or 0), min(int(second or 0), 59), micros
    return _taken((int(year), int(month or 1), int(day or 1)), clock, offset(zone), source)


def _worded(text: str, source: str) -> Taken | None:
    """`Fri Jun 28 12:43:29 2019`, which AVI writers use."""
    found = _WORDED.match(text[:LONGEST_STAMP])
    if not found or found[1].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(found[1].lower()) + 1
    return stamp(f"{found[4]}-{month}-{found[2]} {found[3]}", source)


def _taken(
    date: tuple[int, int, int], clock: tuple[int, int, int, int], minutes: int | None, source: str
) -> Taken | None:
    try:
        return sensible(Taken(datetime(*date, *clock), minutes, source))
    except ValueError:
        return None


def sensible(taken: Taken) -> Taken | None:
    """The date itself if a photo can be that old and not of tomorrow, else None."""
    tomorrow = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    return taken if taken.local.year >= FIRST_PHOTO_YEAR and taken.local <= tomorrow else None


def offset(zone: str | None) -> int | None:
    """Minutes east of UTC of `+02:00`, `-0430`, `+05` or `Z`, or None."""
    if not zone:
        return None
    zone = zone.strip()
    if zone in {"Z", "UTC"}:
        return 0
    found = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", zone)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return (-minutes if found[1] == "-" else minutes) if minutes <= 14 * 60 else None


def from_utc(moment: datetime, source: str) -> Taken | None:
    """A date whose source counts in UTC; the zeros of QuickTime (1904) and Unix (1970) are none."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    unset = naive.year <= 1904 or naive == datetime(1970, 1, 1)
    return None if unset else sensible(Taken(naive, 0, source))


def in_name(name: str) -> Taken | None:
    """A date that a camera or an app put in the file's name; the last resort."""
    for pattern in _IN_NAMES:
        for found in pattern.finditer(name):
            numbers = [int(n) for n in found.groups()]
            year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
            taken = _taken((year, month, day), (hour, minute, second, 0), None, "name")
            if taken and taken.local.year >= 1970:
                return taken
    return None


def resolve(taken: Taken, latitude: float | None, longitude: float | None, library_zone: str) -> Moment:
    """Settle a time: its own offset, else the zone of the place, else the library's zone.

    A local time that a clock change skips or repeats is read as before the change (`fold=0`).
    """
    if taken.offset_minutes is not None and taken.source.startswith(UTC_SOURCES):
        return _on_the_spot(taken, latitude, longitude, library_zone)
    if taken.offset_minutes is not None:
        zone = timezone(timedelta(minutes=taken.offset_minutes))
        return _moment(taken.local.replace(tzinfo=zone), "file")
    place = zone_at(latitude, longitude)
    source: ZoneSource = "gps" if place else "library"
    return _moment(taken.local.replace(tzinfo=place or _zone(library_zone), fold=0), source)


# These know the moment, but not the clock on the wall: their offset 0 is no zone of the place.
UTC_SOURCES: Final = ("container:", "exif:GPS", "takeout:")


def _on_the_spot(taken: Taken, latitude: float | None, longitude: float | None, library_zone: str) -> Moment:
    place = zone_at(latitude, longitude)
    utc = taken.local.replace(tzinfo=UTC) - timedelta(minutes=taken.offset_minutes or 0)
    return _moment(utc.astimezone(place or _zone(library_zone)), "gps" if place else "library")


def _moment(local: datetime, source: ZoneSource) -> Moment:
    shift = local.utcoffset() or timedelta()
    return Moment(local.astimezone(UTC), local.replace(tzinfo=None), int(shift.total_seconds() // 60), source)


def zone_at(latitude: float | None, longitude: float | None) -> ZoneInfo | None:
    """The time zone of a place, or None if there is no place."""
    if latitude is None or longitude is None:
        return None
    import tzfpy  # noqa: PLC0415  (its map takes memory that most processes never need)

    name = tzfpy.get_tz(longitude, latitude)
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
