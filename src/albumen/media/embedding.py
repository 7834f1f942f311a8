"""Writing labels into a copy of a photo, by Exiv2, in a guarded child: the pixels stay as they are, bit for bit.

Words go to XMP, what a camera would have measured to Exif; older places that say otherwise are cleared.
"""

import io
import os
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from albumen.kernel.errors import Invalid, Unavailable
from albumen.media.essence import essence
from albumen.media.labels import Label
from albumen.media.limits import Limits
from albumen.media.probe import probe

Tags = dict[str, Any]
"""Values by Exiv2's names; None takes a tag out."""

_READ_BYTES: Final = 1 << 24
_FRAME: Final = ("kind", "stored_width", "stored_height", "orientation", "frames", "motion_offset")
_LANGUAGE: Final = 'lang="x-default"'


def embed(file: int, told: tuple[Label, tuple[str, ...]], output: int, limits: Limits) -> int:
    """Write a copy of `file` into `output` that says those fields of a label; the copy's size.

    Raises `Invalid` where the file does not allow it, `TooLarge`, and `Unavailable` when `output` takes no more.
    """
    import pyexiv2  # noqa: PLC0415  (under the lock, like all decoders)

    limits.admit_size(os.fstat(file).st_size)
    label, fields = told
    data = _all_of(file)
    kind = probe(io.BytesIO(data), "").kind
    pyexiv2.set_log_level(4)
    try:
        with pyexiv2.ImageData(data) as image:
            _write_tags(image, label, fields, kind)
            made = bytes(image.get_bytes())
    except (RuntimeError, UnicodeError) as fault:
        raise Invalid("The facts could not be written into this file.") from fault
    _check(kind, data, made)
    _write(output, made)
    return len(made)


def _all_of(file: int) -> bytes:
    parts, at = [], 0
    while part := os.pread(file, _READ_BYTES, at):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def _check(kind: str, data: bytes, made: bytes) -> None:
    """The copy must hold the same picture, seen the same way.  Raises Invalid."""
    before, after = probe(io.BytesIO(data), ""), probe(io.BytesIO(made), "")
    is_seen_alike = all(getattr(before, name) == getattr(after, name) for name in _FRAME)
    if not is_seen_alike or essence(kind, data) != essence(kind, made):
        raise Invalid("The facts could not be written into this file without harm.")


def _write(output: int, made: bytes) -> None:
    rest = memoryview(made)
    try:
        while rest:
            rest = rest[os.write(output, rest) :]
    except OSError as error:
        raise Unavailable("A copy could not be written.") from error


def _write_tags(image: Any, label: Label, fields: tuple[str, ...], kind: str) -> None:
    exif: Tags = {}
    xmp: Tags = {}
    iptc: Tags = {}
    for field in fields:
        if kind == "dng" and field in ("make", "model"):  # by these its decoder knows how to read a raw file
            xmp[f"Xmp.tiff.{field.capitalize()}"] = getattr(label, field)
            continue
        for name, value in _WRITERS[field](label).items():
            {"Exif": exif, "Xmp": xmp, "Iptc": iptc}[name.partition(".")[0]][name] = value
    image.modify_exif(exif)
    image.modify_xmp(xmp)
    image.modify_iptc({name: value for name, value in iptc.items() if name in image.read_iptc()})
    if kind == "webp":
        _leave_something(image)


def _leave_something(image: Any) -> None:
    """Exiv2 leaves a WebP's block as it was rather than write an empty one, so that what was cleared would stay."""
    if not image.read_exif():
        image.modify_exif({"Exif.Photo.ExifVersion": "48 50 51 50"})
    if not image.read_xmp():
        image.modify_xmp({"Xmp.dc.format": "image/webp"})


def _cleared(*names: str) -> Tags:
    return dict.fromkeys(names)


def _title(label: Label) -> Tags:
    others = _cleared("Exif.Image.XPTitle", "Iptc.Application2.ObjectName")
    if not label.title:
        return others | _cleared("Xmp.dc.title", "Xmp.photoshop.Headline", "Iptc.Application2.Headline")
    return others | {"Xmp.dc.title": {_LANGUAGE: label.title}}


def _description(label: Label) -> Tags:
    others = _cleared("Exif.Image.XPComment", "Exif.Photo.UserComment", "Iptc.Application2.Caption")
    others |= _cleared("Xmp.tiff.ImageDescription", "Xmp.exif.UserComment")
    if not label.description:
        return others | _cleared("Xmp.dc.description", "Exif.Image.ImageDescription")
    words = {_LANGUAGE: label.description}
    return others | {"Xmp.dc.description": words, "Exif.Image.ImageDescription": label.description}


def _keywords(label: Label) -> Tags:
    others = _cleared("Exif.Image.XPKeywords", "Iptc.Application2.Keywords", "Xmp.lr.hierarchicalSubject")
    others |= _cleared("Xmp.digiKam.TagsList", "Xmp.MicrosoftPhoto.LastKeywordXMP")
    return others | {"Xmp.dc.subject": list(label.keywords) or None}


def _rating(label: Label) -> Tags:
    stars = None if label.rating is None else str(label.rating)
    others = _cleared("Exif.Image.RatingPercent", "Xmp.MicrosoftPhoto.Rating")
    return others | {"Xmp.xmp.Rating": stars, "Exif.Image.Rating": stars}


def _taken(label: Label) -> Tags:
    others = _cleared("Iptc.Application2.DateCreated", "Iptc.Application2.TimeCreated")
    if not label.taken:
        dates = ("Exif.Photo.DateTimeOriginal", "Exif.Photo.DateTimeDigitized", "Exif.Photo.OffsetTimeOriginal")
        others |= _cleared(*dates, "Exif.Photo.SubSecTimeOriginal", "Xmp.exif.DateTimeDigitized")
        return others | _cleared("Xmp.exif.DateTimeOriginal", "Xmp.photoshop.DateCreated", "Xmp.xmp.CreateDate")
    seconds, _, fraction = label.taken.partition(".")
    return others | {
        "Exif.Photo.DateTimeOriginal": seconds.replace("-", ":").replace("T", " "),
        "Exif.Photo.SubSecTimeOriginal": fraction or None,
        "Exif.Photo.OffsetTimeOriginal": label.zone or None,
        "Xmp.exif.DateTimeOriginal": label.taken + label.zone,
        "Xmp.photoshop.DateCreated": label.taken + label.zone,
    }


def _place(label: Label) -> Tags:
    names = ("Latitude", "LatitudeRef", "Longitude", "LongitudeRef", "Altitude", "AltitudeRef")
    others = _cleared(*(f"Xmp.exif.GPS{name}" for name in names), *(f"Exif.GPSInfo.GPS{name}" for name in names))
    if label.latitude is None or label.longitude is None:
        return others
    place = {
        "Exif.GPSInfo.GPSVersionID": "2 3 0 0",
        "Exif.GPSInfo.GPSLatitudeRef": "S" if label.latitude < 0 else "N",
        "Exif.GPSInfo.GPSLatitude": _angle(label.latitude),
        "Exif.GPSInfo.GPSLongitudeRef": "W" if label.longitude < 0 else "E",
        "Exif.GPSInfo.GPSLongitude": _angle(label.longitude),
    }
    if label.altitude is not None:
        height = f"{round(abs(label.altitude) * 100)}/100"
        place |= {"Exif.GPSInfo.GPSAltitude": height, "Exif.GPSInfo.GPSAltitudeRef": "01"[label.altitude < 0]}
    return others | place


def _angle(degrees: float) -> str:
    """Degrees, minutes and seconds as fractions; to a ten-millionth of a degree, as they are kept."""
    whole, rest = divmod(Fraction(round(abs(degrees) * 10_000_000), 10_000_000), 1)
    minutes, part = divmod(rest * 60, 1)
    seconds = part * 60
    return f"{whole}/1 {minutes}/1 {round(seconds * 100_000)}/100000"


def _made_by(name: str) -> Callable[[Label], Tags]:
    def tags(label: Label) -> Tags:
        return {f"Exif.Image.{name.capitalize()}": getattr(label, name), f"Xmp.tiff.{name.capitalize()}": None}

    return tags


_WRITERS: Final[Mapping[str, Callable[[Label], Tags]]] = {
    "title": _title,
    "description": _description,
    "keywords": _keywords,
    "rating": _rating,
    "taken": _taken,
    "place": _place,
    "make": _made_by("make"),
    "model": _made_by("model"),
}
