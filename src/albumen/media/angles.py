"""Places as text: the dialects in which programs write latitude, longitude and altitude."""

import re
from typing import Final

SCALES: Final = (1.0, 60.0, 3600.0)
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?")
_ISO_6709: Final = re.compile(r"([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")


def angle(text: str, hemisphere: str = "") -> float | None:
    """Degrees of `53,7.95N`, `53,7,57N`, `38 deg 41' 58.34" N`, `-33.86` or `52.5` with its letter apart."""
    text = text.strip()
    parts = _parts(text)
    if not parts or len(parts) > 3 or any(part >= 60 for part in parts[1:]):
        return _decimal_comma(text, hemisphere)
    total = sum(part / scale for part, scale in zip(parts, SCALES, strict=False))
    return -total if _is_negative(text, hemisphere) else total


def _parts(text: str) -> list[float]:
    """The numbers in a text, fractions worked out; none if a fraction has no denominator."""
    found = [(float(a), float(b) if b else 1.0) for a, b in _NUMBER.findall(text[:64])]
    return [] if any(not b for _, b in found) else [a / b for a, b in found]


def _is_negative(text: str, hemisphere: str) -> bool:
    letter = (text[-1:] if text[-1:].isalpha() else hemisphere.strip()[:1]).upper()
    return letter in {"S", "W"} or text.startswith("-")


def _decimal_comma(text: str, hemisphere: str) -> float | None:
    """`52,5250816` can only be one number, for there are no five million minutes."""
    if text.count(",") == 1 and "." not in text:
        return angle(text.replace(",", "."), hemisphere)
    return None


def amount(text: object) -> float | None:
    """The first number of `12.5 m`, `50.0 mm`, `1/250` or a number itself."""
    found = _parts(str(text).strip().lstrip("+-"))
    if not found:
        return None
    return -found[0] if str(text).strip().startswith("-") else found[0]


def iso_6709(text: str) -> tuple[float, float, float | None] | None:
    """Latitude, longitude and altitude of `+38.6995-009.2077+012.3/`, as films carry them."""
    found = _ISO_6709.match(text.strip())
    if not found:
        return None
    return _sexagesimal(found[1], 2), _sexagesimal(found[2], 3), float(found[3]) if found[3] else None


def _sexagesimal(text: str, degree_digits: int) -> float:
    """`+3841.97` and `+384158.2` pack minutes and seconds behind the degrees."""
    whole = text[1:].partition(".")[0]
    value = abs(float(text))
    if len(whole) == degree_digits + 2:
        value = value // 100 + value % 100 / 60
    elif len(whole) == degree_digits + 4:
        value = value // 10_000 + value % 10_000 // 100 / 60 + value % 100 / 3600
    return -value if text[0] == "-" else value
