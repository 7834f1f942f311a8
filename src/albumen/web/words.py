"""How times, sizes and facts are written on the pages."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from babel import dates, numbers

from albumen.web.texts import gettext as _
from albumen.web.texts import locale, ngettext


def N_(message: str) -> str:  # noqa: N802 - what marks a message for translation is called so everywhere
    """The message itself, translated where it is used."""
    return message


_UNITS = (N_("bytes"), "KB", "MB", "GB", "TB")
_SOURCES: Final = (
    ("exif:GPS", N_("from the satellites (GPS)")),
    ("exif", N_("from the camera (Exif)")),
    ("avchd", N_("from the camera")),
    ("quicktime", N_("from the camera")),
    ("container", N_("from the video")),
    ("xmp", N_("from its description (XMP)")),
    ("iptc", N_("from its description (IPTC)")),
    ("png", N_("from its description")),
    ("takeout", N_("from the file beside it")),
    ("sent", N_("as sent with it")),
    ("name", N_("from the file name")),
)


def day(when: date) -> str:
    """`Friday, 28 June 2019`."""
    return dates.format_date(when, _("EEEE, d MMMM y"), locale())


def plain_day(when: date) -> str:
    """`28 June 2019`."""
    return dates.format_date(when, _("d MMMM y"), locale())


def month(when: date) -> str:
    """`June 2019`."""
    return dates.format_date(when, "LLLL y", locale())


def clock(when: datetime) -> str:
    """`12:43`."""
    return f"{when:%H:%M}"


def moment(when: datetime) -> str:
    """`28 June 2019, 12:43 UTC`."""
    return f"{plain_day(when)}, {clock(when)} UTC"


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
    told = numbers.format_decimal(
        round(amount, 0 if unit == 0 or amount >= 99.95 else 1), _pattern(unit, amount), locale()
    )
    return f"{told} {_(_UNITS[unit])}"


def _pattern(unit: int, amount: float) -> str:
    return "0" if unit == 0 or amount >= 99.95 else "0.0"


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


def held(day_of: str) -> str:
    """The day of an event, `2026-06-14`, as people write it."""
    return plain_day(date.fromisoformat(day_of))


def left(seconds: int) -> str:
    """`2 days 14 hours left`, and minutes in the last hour."""
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, max(1, -(-seconds // 60))
    if seconds <= 3600:
        return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}
    told = ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours}
    return f"{ngettext('%(n)s day', '%(n)s days', days) % {'n': days}} {told}" if days else told


def source(name: str | None) -> str:
    """Where a date came from, in words."""
    known = next((words for start, words in _SOURCES if (name or "").startswith(start)), None)
    return _(known) if known else _("from %(source)s") % {"source": name} if name else ""


def camera(make: str | None, model: str | None) -> str:
    """Make and model, the make said once."""
    first = (make or "").strip().split(" ")[0]
    if model and make and model.casefold().startswith(first.casefold()):
        return model
    return " ".join(filter(None, (make, model)))


def count(number: int, one: str, many: str) -> str:
    """`1 photo`, `1,204 photos`."""
    return f"{amount(number)} {one if number == 1 else many}"


def amount(number: int) -> str:
    """`1,204`."""
    return numbers.format_decimal(number, locale=locale())


def counted(done: str) -> tuple[str, int]:
    """What `restored-3` in an address tells: the word, and how many; 0 where it counts nothing."""
    what, _dash, many = done.partition("-")
    return what, int(many) if many.isdecimal() and len(many) < 10 else 0


def ago(when: datetime, now: datetime) -> str:
    """`3 days ago`."""
    return dates.format_timedelta(when - now, add_direction=True, locale=locale())


FILTERS: Mapping[str, Callable[..., str]] = {
    "day": day,
    "plain_day": plain_day,
    "month": month,
    "clock": clock,
    "size": size,
    "offset": offset,
    "amount": amount,
    "held": held,
    "left": left,
    "moment": moment,
}
