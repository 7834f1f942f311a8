"""Exif: from the directories of a TIFF block to facts, forgiving towards the many ways cameras write them."""

import io
import math
import struct
from typing import Any, Final

from albumen.kernel.errors import Invalid
from albumen.media import makernotes, tags, tiff, times
from albumen.media.angles import SCALES
from albumen.media.facts import (
    Groups,
    Overlay,
    Taken,
    caption,
    decode,
    elevation,
    line,
    merged,
    most_trusted,
    place,
    prose,
    words,
)
from albumen.media.tiff import Directory, Value

PHOTO_POINTER: Final = 34665
GPS_POINTER: Final = 34853
SHOWN_CHARACTERS: Final = 200


class Exif:
    """The three directories that tell of a photo: the image's, the exposure's and the place's."""

    def __init__(self, image: Directory, photo: Directory, gps: Directory) -> None:
        self.image, self.photo, self.gps = image, photo, gps

    def overlay(self) -> Overlay:
        """Everything they say."""
        where = coordinates(self.gps)
        return Overlay(
            orientation=self._orientation(),
            taken=most_trusted(self._dates()),
            latitude=where and where[0],
            longitude=where and where[1],
            altitude=_altitude(self.gps),
            make=self._line(self.image, 271),
            model=self._line(self.image, 272),
            lens=self._line(self.photo, 42036),
            software=self._line(self.image, 305),
            artist=self._line(self.image, 315) or self._wide(40093),
            copyright=self._line(self.image, 33432),
            rating=self._rating(),
            title=self._wide(40091) or self._line(self.photo, 42038),
            description=self._description(),
            keywords=words((self._wide(40094) or "").split(";")),
            groups=self._groups(),
            **self._exposure(),
        )

    def _exposure(self) -> dict[str, Any]:
        photo = self.photo.values
        flash = self.photo.number(37385)
        return {
            "exposure_seconds": _positive(photo.get(33434), 86_400) or _apex(photo.get(37377), -1.0),
            "aperture": _positive(photo.get(33437), 200) or _apex(photo.get(37378), 0.5),
            "iso": self._iso(),
            "focal_length_mm": _positive(photo.get(37386), 20_000),
            "focal_length_35mm": _positive(photo.get(41989), 20_000),
            "flash": None if flash is None else bool(flash & 1),
        }

    def _iso(self) -> int | None:
        """The plain tag has 16 bits, so 65535 says "see the other"."""
        for tag in (34855, 34866):
            value = self.photo.number(tag)
            if (value and 0 < value < 65_535) or (tag != 34855 and value and value < 1 << 28):
                return value
        return None

    def _orientation(self) -> int | None:
        value = self.image.number(274)
        return value if value and 1 <= value <= 8 else None

    def _rating(self) -> int | None:
        value = self.image.number(18246)
        return value if value is not None and 0 <= value <= 5 else None

    def _description(self) -> str | None:
        text = caption(decode(self.image.blob(270)))
        return text or self._wide(40092) or self._wide(40095) or prose(comment(self.photo.blob(37510)))

    @staticmethod
    def _line(directory: Directory, tag: int) -> str | None:
        return line(decode(directory.blob(tag)), 256)

    def _wide(self, tag: int) -> str | None:
        return prose(utf16(self.image.blob(tag)))

    def _dates(self) -> list[Taken]:
        found = [
            self._date(self.photo, 36867, 36881, 37521, "exif:DateTimeOriginal"),
            self._date(self.image, 36867, 36881, 37521, "exif:DateTimeOriginal"),
            self._date(self.photo, 36868, 36882, 37522, "exif:DateTimeDigitized"),
            self._date(self.image, 306, 36880, 37520, "exif:DateTime"),
            satellite_date(self.gps),
        ]
        return [taken for taken in found if taken]

    def _date(self, where: Directory, tag: int, zone: int, fraction: int, source: str) -> Taken | None:
        """A date, completed by the tags that carry its offset and its fraction of a second."""
        text = decode(where.blob(tag))
        digits = decode(self.photo.blob(fraction)).strip()
        taken = times.stamp(text, source)
        if taken is None:
            return None
        micros = int(digits.ljust(6, "0")[:6]) if digits.isascii() and digits.isdigit() else None
        local = taken.local if micros is None else taken.local.replace(microsecond=micros)
        minutes = times.offset(decode(self.photo.blob(zone)) or decode(self.photo.blob(36880)))
        return Taken(local, minutes if minutes is not None else taken.offset_minutes, source)

    def _groups(self) -> Groups:
        named = (("EXIF", self.image, tags.IMAGE), ("EXIF", self.photo, tags.PHOTO), ("GPS", self.gps, tags.GPS))
        groups: Groups = {}
        for group, directory, names in named:
            for tag, value in directory.values.items():
                if tag in names and (text := shown(names[tag], value)):
                    groups.setdefault(group, {})[names[tag]] = text
        return groups


def read(block: bytes) -> Overlay:
    """Facts from an Exif block (with or without the leading `Exif\\0\\0`); a broken one says nothing."""
    if block[:6] in {b"Exif\0\0", b"Exif\0\xff"}:
        block = block[6:]
    return read_window(tiff.Window(io.BytesIO(block)))


def read_window(window: tiff.Window) -> Overlay:
    """Facts from a whole TIFF, or from a raw file that is made like one."""
    try:
        how = tiff.layout(window)
        image = tiff.directory(window, how, how.first)
        photo = _pointed(window, how, image, PHOTO_POINTER)
        found = Exif(image, photo, _pointed(window, how, image, GPS_POINTER)).overlay()
        return merged([found, makernotes.read(window, how, photo, found.make)])
    except (Invalid, struct.error):
        return Overlay()


def read_parts(parts: dict[str, bytes]) -> Overlay:
    """Facts from directories that a container keeps as TIFFs of their own: `image`, `photo`, `gps` (CR3)."""
    found = {}
    for name in ("image", "photo", "gps"):
        try:
            window = tiff.Window(io.BytesIO(parts.get(name, b"")))
            how = tiff.layout(window)
            found[name] = tiff.directory(window, how, how.first)
        except (Invalid, struct.error):
            found[name] = Directory({}, 0)
    return Exif(found["image"], found["photo"], found["gps"]).overlay()


def _pointed(window: tiff.Window, how: tiff.Layout, image: Directory, tag: int) -> Directory:
    offset = image.number(tag)
    return tiff.directory(window, how, offset) if offset else Directory({}, 0)


def ratios(value: Value | None) -> list[float | None]:
    """Numbers of any type as floats; a fraction with denominator zero is None."""
    if value is None or isinstance(value, bytes):
        return []
    return [
        (n[0] / n[1] if n[1] else None) if isinstance(n, tuple) else (float(n) if math.isfinite(n) else None)
        for n in value
    ]


def _positive(value: Value | None, most: float) -> float | None:
    first = next(iter(ratios(value)), None)
    return round(first, 9) if first and 0 < first <= most else None


def _apex(value: Value | None, power: float) -> float | None:
    """The APEX scale counts stops: 2 to the power of them."""
    first = next(iter(ratios(value)), None)
    return round(math.exp2(first * power), 9) if first is not None and abs(first) <= 20 else None


def coordinates(gps: Directory) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; without the letters of their hemispheres they mean nothing."""
    return place(_degrees(gps, 2, 1, "NS"), _degrees(gps, 4, 3, "EW"))


def _degrees(gps: Directory, tag: int, reference: int, letters: str) -> float | None:
    parts = ratios(gps.values.get(tag))[:3]
    letter = decode(gps.blob(reference)).strip().upper()[:1]
    if not parts or parts[0] is None or not letter or letter not in letters:
        return None
    # Writers leave minutes or seconds at 0/0 when the degrees already carry the fraction.
    total = sum(abs(part or 0) / scale for part, scale in zip(parts, SCALES, strict=False))
    return -total if letter == letters[1] or parts[0] < 0 else total


def _altitude(gps: Directory) -> float | None:
    metres = next(iter(ratios(gps.values.get(6))), None)
    below = gps.number(5) in {1, 3, 0x31}
    return elevation(-metres if below and metres else metres)


def satellite_date(gps: Directory) -> Taken | None:
    """The date by the satellites' clock, which is UTC."""
    clock = ratios(gps.values.get(7))[:3]
    date = decode(gps.blob(29))
    if len(clock) < 3 or not date:
        return None
    hour, minute, second = (int(n or 0) for n in clock)
    taken = times.stamp(f"{date.strip()} {hour:02}:{minute:02}:{second:02}", "exif:GPS")
    return taken and Taken(taken.local, 0, taken.source)


def utf16(raw: bytes) -> str:
    """Text in the two-byte characters that Windows writes, up to its NUL."""
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace").partition("\0")[0]


def comment(raw: bytes) -> str:
    """A UserComment: eight bytes that name the encoding, then the text."""
    name, text = raw[:8].rstrip(b"\0 ").upper(), raw[8:]
    if name == b"UNICODE":
        wide = "utf-16-be" if text[:1] == b"\0" or text[:2] == b"\xfe\xff" else "utf-16-le"
        return text[: len(text) // 2 * 2].decode(wide, "replace").strip("\0\ufeff ").partition("\0")[0]
    if name == b"JIS":
        return text.decode("iso2022_jp", "replace").rstrip("\0 ")
    return decode(text) if name in {b"ASCII", b""} else decode(raw)


def shown(name: str, value: Value) -> str | None:
    """One value as a short text; None for what is opaque."""
    if isinstance(value, bytes):
        return _shown_bytes(name, value)
    if name in tags.MEANINGS and isinstance(value[0], int):
        return tags.MEANINGS[name].get(value[0], str(value[0])) or None
    if name == "ExposureTime" and isinstance(value[0], tuple):
        n, d = value[0]
        return f"1/{round(d / n)}" if 0 < n < d else _plain(n / d) if d else None
    return line(" ".join("?" if n is None else _plain(n) for n in ratios(value)), SHOWN_CHARACTERS)


def _shown_bytes(name: str, value: bytes) -> str | None:
    if name.startswith("XP"):
        return prose(utf16(value))
    if name in {"UserComment", "GPSProcessingMethod", "GPSAreaInformation"}:
        return prose(comment(value))
    if len(value) <= 4 and min(value, default=0) < 32 and name != "ExifVersion":
        digits = value.rstrip(b"\0") if value.rstrip(b"\0").isalnum() else b""
        return digits.decode() or ".".join(str(byte) for byte in value)
    return prose(decode(value))


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".") if abs(number) < 1e15 else f"{number:.6g}"
