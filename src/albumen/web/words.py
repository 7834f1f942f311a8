"""How times, sizes and facts are written on the pages."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_SOURCES: Final = (
    ("exif:GPS", "from the satellites (GPS)"),
    ("exif", "from the camera (Exif)"),
    ("avchd", "from the camera"),
    ("quicktime", "from the camera"),
    ("container", "from the video"),
    ("xmp", "from its description (XMP)"),
    ("iptc", "from its description (IPTC)"),
    ("png", "from its description"),
    ("takeout", "from the file beside it"),
    ("sent", "as sent with it"),
    ("name", "from the file name"),
)


def day(when: date) -> str:
    """`Friday, 28 June 2019`."""
    return f"{when:%A}, {plain_day(when)}"


def plain_day(when: date) -> str:
    """`28 June 2019`."""
    return f"{when.day} {when:%B} {when.year}"


def month(when: date) -> str:
    """`June 2019`."""
    return f"{when:%B} {when.year}"


def clock(when: datetime) -> str:
    """`12:43`."""
    return f"{when:%H:%M}"


def length(seconds: float | None) -> str:
    """`0:07`, `12:30`, `1:02:03`; empty where it is unknown."""
    if not seconds:
        return ""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: int) -> str:
    """`3.1 MB`, in thousands as disks are sold."""
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit == 0 or amount >= 99.95 else f"{amount:.1f} {_UNITS[unit]}"


def frame(width: int, height: int) -> str:
    """`4032 × 3024 · 12.2 MP`."""
    megapixels = width * height / 1e6
    pixels = f"{width} × {height}"
    return f"{pixels} · {megapixels:.1f} MP" if megapixels >= 0.05 else pixels


def exposure(facts: Any) -> str:
    """`1/250 s · f/2.8 · ISO 400 · 35 mm`, as far as it is known."""
    parts = [
        shutter(facts.exposure_seconds) if facts.exposure_seconds else "",
        f"f/{facts.aperture:.3g}" if facts.aperture else "",
        f"ISO {facts.iso}" if facts.iso else "",
        f"{facts.focal_length_mm:.3g} mm" if facts.focal_length_mm else "",
    ]
    return " · ".join(filter(None, parts))


def shutter(seconds: float) -> str:
    """`1/250 s`, `0.5 s`, `30 s`."""
    if seconds >= 0.3:
        return f"{seconds:.3g} s"
    return f"1/{round(1 / Fraction(seconds).limit_denominator(1_000_000))} s"


def offset(minutes: int) -> str:
    """`UTC+2`, `UTC−3:30`, `UTC`."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def place(latitude: float, longitude: float) -> str:
    """`54.1838° N, 7.8891° E`."""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"


def source(name: str | None) -> str:
    """Where a date came from, in words."""
    known = next((words for start, words in _SOURCES if (name or "").startswith(start)), None)
    return known or (f"from {name}" if name else "")


def camera(make: str | None, model: str | None) -> str:
    """Make and model, the make said once."""
    first = (make or "").strip().split(" ")[0]
    if model and make and model.casefold().startswith(first.casefold()):
        return model
    return " ".join(filter(None, (make, model)))


def count(number: int, one: str, many: str) -> str:
    """`1 photo`, `1,204 photos`."""
    return f"{number:,} {one if number == 1 else many}"


FILTERS: Mapping[str, Callable[..., str]] = {
    "day": day,
    "plain_day": plain_day,
    "month": month,
    "clock": clock,
    "size": size,
    "offset": offset,
}
