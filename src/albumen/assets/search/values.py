"""How dates, sizes, numbers and places are written in a search, as criteria."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Told = dict[str, Any]
_RANGE = re.compile(r"(?P<low>.*?)\.\.(?P<high>.*)", re.DOTALL)
_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|=)(?P<value>.+)", re.DOTALL)
_SIGNS = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "=": "eq"}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(b|kb|mb|gb|tb|kib|mib|gib)?", re.IGNORECASE)
_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?", re.ASCII | re.IGNORECASE)
_LAST = re.compile(r"last-(?:(\d{1,4})-)?(day|week|month|year)s?", re.ASCII | re.IGNORECASE)
_WAY = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(km|m|mi)?", re.IGNORECASE)
_METRES = {"km": 1.0, "m": 0.001, "mi": 1.609344}
_USUAL_KM = 10.0


def criterion(attribute: str, operator: str, value: object) -> Told:
    """A criterion as data."""
    return {"attribute": attribute, "operator": operator, "value": value}


def together(*parts: Told | None) -> Told:
    """All of some criteria."""
    found = [each for each in parts if each is not None]
    return found[0] if len(found) == 1 else {"all": found}


def ranged(attribute: str, text: str, read: Callable[[str], Any]) -> Told:
    """`4`, `>=4`, `4..10`, `4..` or `..10`.  Raises ValueError."""
    if bounds := _bounds(text):
        low, high = bounds
        least = criterion(attribute, "gte", read(low)) if low else None
        return together(least, criterion(attribute, "lte", read(high)) if high else None)
    if compared := _COMPARED.fullmatch(text):
        return criterion(attribute, _SIGNS[compared["sign"]], read(compared["value"]))
    return criterion(attribute, "eq", read(text))


def _bounds(text: str) -> tuple[str, str] | None:
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    if not found["low"] and not found["high"]:
        raise ValueError("a range has a beginning or an end, as in 2..4 or 2..")
    return found["low"], found["high"]


def whole(text: str) -> int:
    """A whole number.  Raises ValueError."""
    if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
        raise ValueError("must be a whole number")
    return int(text)


def number(text: str) -> int | float:
    """A number.  Raises ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("must be a number")
    return float(text) if "." in text else int(text)


def size(text: str) -> int:
    """Bytes: `10mb`, `1.5gb`, `512kib`.  Raises ValueError."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError("must be a size such as 10mb")
    return int(float(found[1]) * _UNITS[(found[2] or "b").lower()])


@dataclass(frozen=True)
class Days:
    """Reads dates of an attribute; `now` is on the clock of the library, `zone` what its times end with."""

    attribute: str
    now: datetime
    zone: str = ""

    def read(self, text: str) -> Told:
        """`2023`, `2023-06`, `2023-06-30`, a range or comparison of these, `today`, `last-30-days`.

        Raises ValueError.
        """
        if bounds := _bounds(text):
            low, high = bounds
            begin = self._span(low)[0] if low else None
            return self._between(begin, self._span(high)[1] if high else None)
        if compared := _COMPARED.fullmatch(text):
            begin, end = self._span(compared["value"])
            return self._between(*_BESIDE[compared["sign"]](begin, end))
        return self._between(*self._span(text))

    def _between(self, begin: datetime | None, end: datetime | None) -> Told:
        return together(
            criterion(self.attribute, "gte", self._told(begin)) if begin else None,
            criterion(self.attribute, "lt", self._told(end)) if end else None,
        )

    def _told(self, moment: datetime) -> str:
        return moment.isoformat(timespec="milliseconds") + self.zone

    def _span(self, text: str) -> tuple[datetime, datetime | None]:
        """The beginning, and the end that is not part of it (None: never)."""
        today = self.now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        if text.lower() in ("today", "yesterday"):
            begin = today if text.lower() == "today" else today - timedelta(days=1)
            return begin, begin + timedelta(days=1)
        if last := _LAST.fullmatch(text):
            days = {"day": 1, "week": 7, "month": 30, "year": 365}[last[2].lower()] * int(last[1] or 1)
            return _before(today, days), None
        return _calendar(text)


_BESIDE: Mapping[str, Callable[[datetime, datetime | None], tuple[datetime | None, datetime | None]]] = {
    ">=": lambda begin, _: (begin, None),
    ">": lambda begin, end: (end or begin, None),
    "<": lambda begin, _: (None, begin),
    "<=": lambda _, end: (None, end),
    "=": lambda begin, end: (begin, end),
}


def _before(today: datetime, days: int) -> datetime:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return datetime.min


def _calendar(text: str) -> tuple[datetime, datetime | None]:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("must be a date such as 2023, 2023-06, 2023-06-30, today or last-30-days")
    told = [int(each) for each in found.groups() if each is not None]
    year, month, day, hour, minute, second = (*told, *(1, 1, 1, 0, 0, 0)[len(told) :])
    try:
        begin = datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise ValueError("must be a date that there is") from None
    try:
        return begin, _after(begin, len(told))
    except (OverflowError, ValueError):
        return begin, None


def _after(begin: datetime, precision: int) -> datetime:
    if precision == 1:
        return begin.replace(year=begin.year + 1)
    if precision == 2:
        return (begin + timedelta(days=31)).replace(day=1)
    return begin + timedelta(**{("days", "hours", "minutes", "seconds")[precision - 3]: 1})


def near(text: str) -> Told:
    """`48.85,2.35,10km`; without a distance, ten kilometres.  Raises ValueError."""
    parts = text.split(",")
    way = _WAY.fullmatch(parts[2]) if len(parts) == 3 else None
    if len(parts) not in (2, 3) or (len(parts) == 3 and way is None):
        raise ValueError("must be near:latitude,longitude,10km")
    kilometres = float(way[1]) * _METRES[(way[2] or "km").lower()] if way else _USUAL_KM
    spot = {"latitude": number(parts[0]), "longitude": number(parts[1]), "km": kilometres}
    return criterion("near", "eq", spot)


def within(text: str) -> Told:
    """`48.8,2.2,48.9,2.4`: the southern and western corner, then the northern and eastern.  Raises ValueError."""
    parts = [number(each) for each in text.split(",")]
    if len(parts) != 4:
        raise ValueError("must be within:south,west,north,east")
    return criterion("within", "eq", dict(zip(("south", "west", "north", "east"), parts, strict=True)))
