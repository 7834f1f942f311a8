"""Facts that stand beside a file: XMP sidecars, Google Takeout's JSON, and the tags a client sends along."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from albumen.kernel.errors import Invalid, TooLarge
from albumen.media import times, xmp
from albumen.media.angles import amount, angle
from albumen.media.facts import (
    Facts,
    Overlay,
    Taken,
    bounded,
    elevation,
    line,
    most_trusted,
    place,
    prose,
    words,
)

MAX_BYTES: Final = xmp.MAX_BYTES
MAX_TAGS: Final = 2000
TAKEOUT_STEM: Final = 46
SUPPLEMENT: Final = ".supplemental-metadata"


def read_sidecar(data: bytes, name: str) -> Overlay:
    """Facts from a `.xmp` or a Takeout `.json`.  Raises `Invalid` or `TooLarge`.

    A sidecar never turns the picture: how the pixels are stored only the file itself knows.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge("This sidecar file is too large")
    if name.lower().endswith(".json") or data.lstrip()[:1] == b"{":
        return _takeout(data)
    if not xmp.is_xmp(data):
        raise Invalid("This sidecar is neither XMP nor Google Takeout's JSON")
    return msgspec.structs.replace(xmp.read(data), orientation=None, motion_offset=None)


def overlay(facts: Facts, extra: Overlay) -> Facts:
    """The facts with a sidecar laid over them: what it says wins.

    The exception is Takeout's date, a moment in UTC without the clock on the wall: it wins only over dates
    less sure than it, those of a file's last change or its name (`facts.trust`).
    """
    fields: dict[str, Any] = {}
    for name in Overlay.__struct_fields__:
        value = getattr(extra, name)
        if value is not None and name not in _SEPARATELY and name in Facts.__struct_fields__:
            fields[name] = value
    if extra.latitude is not None and extra.longitude is not None:
        fields |= {"latitude": extra.latitude, "longitude": extra.longitude, "altitude": extra.altitude}
    if extra.taken:
        fields["taken"] = _chosen(facts.taken, extra.taken)
    fields["groups"] = bounded([{f"Sidecar {group}": v for group, v in extra.groups.items()}, facts.groups])
    return msgspec.structs.replace(facts, **fields)


_SEPARATELY: Final = frozenset({"taken", "groups", "orientation", "latitude", "longitude"})


def _chosen(own: Taken | None, extra: Taken) -> Taken | None:
    if extra.source.startswith("takeout:") and own:
        return most_trusted([own, extra])
    return extra


def _takeout(data: bytes) -> Overlay:
    try:
        told = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Invalid("This sidecar is not the JSON that it should be") from fault
    if not isinstance(told, dict) or not {"photoTakenTime", "geoData", "title"} & told.keys():
        raise Invalid("This JSON does not come from Google Takeout")
    where, height = _takeout_place(told)
    people = [str(p["name"]) for p in _dicts(told.get("people")) if p.get("name")]
    return Overlay(
        taken=_takeout_date(told),
        latitude=where and where[0],
        longitude=where and where[1],
        altitude=height,
        description=prose(str(told.get("description") or "")),
        groups={"Takeout": _takeout_lines(told, people)},
    )


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)][:1000] if isinstance(value, list) else []


def _takeout_place(told: dict[str, Any]) -> tuple[tuple[float, float] | None, float | None]:
    """What the user or Google set, else what the file had; 0/0 means "unknown" here."""
    for name in ("geoData", "geoDataExif"):
        spot = told.get(name)
        if isinstance(spot, dict):
            where = place(_number(spot.get("latitude")), _number(spot.get("longitude")))
            if where:
                return where, elevation(_number(spot.get("altitude")) or None)
    return None, None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else None


def _takeout_date(told: dict[str, Any]) -> Taken | None:
    taken = told.get("photoTakenTime")
    text = str(taken.get("timestamp", "")) if isinstance(taken, dict) else ""
    if not re.fullmatch(r"-?\d{1,11}", text):
        return None
    try:
        moment = datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return times.from_utc(moment, "takeout:photoTakenTime")


def _takeout_lines(told: dict[str, Any], people: list[str]) -> dict[str, str]:
    lines = {"Title": line(str(told.get("title") or "")), "People": line("; ".join(people))}
    if told.get("favorited") is True:
        lines["Favorited"] = "yes"
    return {name: text for name, text in lines.items() if text}


def metadata_overlay(tags: Mapping[str, Any]) -> Overlay:
    """Facts from tags by the names and in the forms in which ExifTool prints them.

    Group prefixes (`EXIF:Make`) are allowed; what is unknown or makes no sense is passed over, since dumps are
    full of zeros.  Raises `TooLarge` for more than 2,000 tags.
    """
    if len(tags) > MAX_TAGS:
        raise TooLarge("There are too many tags")
    told = {str(name).rpartition(":")[2]: value for name, value in tags.items() if value not in (None, "")}

    def first(*names: str) -> str:
        return next((_joined(told[name]) for name in names if name in told), "")

    where = _tagged_place(first)
    fields: dict[str, Any] = {name: read(first(*names)) for name, (read, names) in _TAGGED.items()}
    return Overlay(
        **fields,
        taken=_tagged_date(first),
        latitude=where and where[0],
        longitude=where and where[1],
        altitude=_tagged_altitude(first),
        keywords=words(_several(next((told[n] for n in ("Keywords", "Subject", "TagsList") if n in told), ""))),
        groups={"Sent": {n: text for n, v in told.items() if (text := prose(_joined(v)))}},
    )


def _joined(value: object) -> str:
    return "; ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _several(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else re.split(r"[;,]", str(value))


def _name(text: str) -> str | None:
    return line(text, 256)


def _measure(text: str) -> float | None:
    return amount(text) or None


def _whole(text: str) -> int | None:
    value = amount(text)
    return int(value) if value and 0 < value < 1 << 28 else None


def _fired(text: str) -> bool | None:
    """`Off, Did not fire`, `Auto, Fired`, `On, Return detected`, or Exif's number."""
    if text.isdigit():
        return bool(int(text) & 1)
    lower = text.lower()
    if "not fire" in lower or lower.startswith(("off", "no flash")):
        return False
    return True if "fired" in lower or lower.startswith("on") else None


_TAGGED: Final[Mapping[str, tuple[Callable[[str], object], tuple[str, ...]]]] = {
    "make": (_name, ("Make",)),
    "model": (_name, ("Model",)),
    "lens": (_name, ("LensModel", "LensID", "Lens", "LensType")),
    "exposure_seconds": (_measure, ("ExposureTime", "ShutterSpeed")),
    "aperture": (_measure, ("FNumber", "Aperture")),
    "iso": (_whole, ("ISO",)),
    "focal_length_mm": (_measure, ("FocalLength",)),
    "focal_length_35mm": (_measure, ("FocalLengthIn35mmFormat", "FocalLengthIn35mmFilm")),
    "flash": (_fired, ("Flash",)),
    "software": (_name, ("Software", "CreatorTool")),
    "artist": (_name, ("Artist", "Creator", "By-line")),
    "copyright": (_name, ("Copyright", "Rights", "CopyrightNotice")),
    "rating": (xmp.stars, ("Rating",)),
    "title": (line, ("Title", "ObjectName", "XPTitle", "Headline")),
    "description": (prose, ("Description", "ImageDescription", "Caption-Abstract", "XPComment", "UserComment")),
    "content_identifier": (_name, ("ContentIdentifier",)),
}


def _tagged_date(first: Callable[..., str]) -> Taken | None:
    named = (
        ("DateTimeOriginal", "OffsetTimeOriginal"),
        ("SubSecDateTimeOriginal", "OffsetTimeOriginal"),
        ("CreationDate", "OffsetTimeOriginal"),
        ("CreateDate", "OffsetTimeDigitized"),
        ("DateTimeDigitized", "OffsetTimeDigitized"),
    )
    for name, zone in named:
        taken = times.stamp(first(name), f"sent:{name}")
        if taken:
            minutes = times.offset(first(zone) or first("OffsetTime"))
            return taken if taken.offset_minutes is not None else msgspec.structs.replace(taken, offset_minutes=minutes)
    return None


def _tagged_place(first: Callable[..., str]) -> tuple[float, float] | None:
    return place(
        angle(first("GPSLatitude"), first("GPSLatitudeRef")),
        angle(first("GPSLongitude"), first("GPSLongitudeRef")),
    )


def _tagged_altitude(first: Callable[..., str]) -> float | None:
    metres = amount(first("GPSAltitude"))
    below = "below" in (first("GPSAltitude") + first("GPSAltitudeRef")).lower() or first("GPSAltitudeRef") == "1"
    return elevation(-metres if metres and metres > 0 and below else metres)


def sidecar_names(name: str) -> list[str]:
    """The names under which a sidecar of `name` may lie beside it, the most likely first."""
    path = PurePosixPath(name)
    stem, suffix = path.stem, path.suffix
    names = [f"{name}.xmp", f"{stem}.xmp", f"{name}.XMP", f"{stem}.XMP"]
    names += _takeout_names(name, "")
    counted = re.fullmatch(r"(.+)(\(\d+\))", stem)
    if counted:
        # Takeout moves the number of a double from the picture's stem to the end: `IMG(1).jpg`, `IMG.jpg(1).json`.
        names += _takeout_names(counted[1] + suffix, counted[2])
    edited = re.fullmatch(r"(.+)-(?:edited|bearbeitet|modifié|editado|editada|modificato|bewerkt)", stem)
    if edited:
        names += _takeout_names(edited[1] + suffix, "")
    return list(dict.fromkeys(names))


def _takeout_names(name: str, number: str) -> list[str]:
    """Takeout cuts what stands before `.json` to 46 characters, in the name itself or in its long suffix."""
    full = name + SUPPLEMENT
    stems = (full, full[:TAKEOUT_STEM], name, name[:TAKEOUT_STEM], PurePosixPath(name).stem)
    return [f"{stem}{number}.json" for stem in stems]
