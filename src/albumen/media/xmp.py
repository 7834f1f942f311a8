"""XMP, the XML that editors leave in files and beside them, read by what it means and not by one dialect."""

from collections.abc import Callable, Iterable
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from albumen.media import times
from albumen.media.angles import amount, angle
from albumen.media.facts import Groups, Overlay, caption, elevation, line, most_trusted, place, prose, words

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_ELEMENTS: Final = 20_000
RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES: Final = {
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.google.com/photos/1.0/container/": "Container",
    "http://ns.google.com/photos/1.0/container/item/": "Item",
    "http://ns.google.com/photos/1.0/panorama/": "GPano",
}
DATES: Final = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "xmp:CreateDate",
    "exif:DateTimeDigitized",
)

Properties = dict[str, tuple[str, ...]]


def read(packet: bytes) -> Overlay:
    """Facts from an XMP packet; a broken, hostile or huge one says nothing."""
    root = _parse(packet)
    return Overlay() if root is None else _overlay(_properties(root), motion_offset(root))


def is_xmp(packet: bytes) -> bool:
    """Whether it can be read as XMP at all."""
    root = _parse(packet)
    return root is not None and root.find(f".//{RDF}Description") is not None


def _parse(packet: bytes) -> Element | None:
    packet = packet.strip(b"\0 \r\n\t")
    if not packet or len(packet) > MAX_BYTES:
        return None
    try:
        root: Element = fromstring(packet, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    return root if sum(1 for _ in root.iter()) <= MAX_ELEMENTS else None


def _name(qualified: str) -> str | None:
    """`{http://purl.org/dc/elements/1.1/}title` as `dc:title`; None for vocabularies not known here."""
    space, _, local = qualified[1:].rpartition("}")
    prefix = PREFIXES.get(space)
    return f"{prefix}:{local}" if prefix and qualified[:1] == "{" else None


def _properties(root: Element) -> Properties:
    """All properties of all descriptions, written as attributes or as elements; the first of a name counts."""
    found: Properties = {}
    for description in root.iter(f"{RDF}Description"):
        for qualified, text in description.attrib.items():
            if (name := _name(qualified)) and text.strip():
                found.setdefault(name, (text,))
        for element in description:
            name = _name(element.tag) if isinstance(element.tag, str) else None
            if name and (values := _values(element)):
                found.setdefault(name, values)
    return found


def _values(element: Element) -> tuple[str, ...]:
    """A property's text or its list; of translations the default one comes first."""
    items = [item for box in element for item in box if item.tag == f"{RDF}li"]
    items.sort(key=lambda item: item.get(LANGUAGE) != "x-default" if item.get(LANGUAGE) else 0)
    texts = [item.text or "" for item in items] if items else [element.text or ""]
    return tuple(text.strip() for text in texts if text.strip())


def _overlay(found: Properties, motion: int | None) -> Overlay:
    def first(*names: str) -> str:
        return next((found[name][0] for name in names if name in found), "")

    where = place(
        angle(first("exif:GPSLatitude"), first("exif:GPSLatitudeRef")),
        angle(first("exif:GPSLongitude"), first("exif:GPSLongitudeRef")),
    )
    metres = amount(first("exif:GPSAltitude"))
    if metres and first("exif:GPSAltitudeRef") == "1":
        metres = -metres
    dates = (times.stamp(found[name][0], f"xmp:{name}") for name in DATES if name in found)
    rating = stars(first("xmp:Rating"))
    orientation = first("tiff:Orientation")
    return Overlay(
        orientation=int(orientation) if orientation in set("12345678") else None,
        taken=most_trusted(taken for taken in dates if taken),
        latitude=where and where[0],
        longitude=where and where[1],
        altitude=elevation(metres),
        make=line(first("tiff:Make"), 256),
        model=line(first("tiff:Model"), 256),
        lens=line(first("exifEX:LensModel", "aux:Lens"), 256),
        software=line(first("xmp:CreatorTool", "tiff:Software"), 256),
        artist=line("; ".join(found.get("dc:creator", ())) or first("tiff:Artist"), 256),
        copyright=line(first("dc:rights", "tiff:Copyright"), 256),
        rating=rating,
        title=line(first("dc:title", "photoshop:Headline")),
        description=caption(first("dc:description", "tiff:ImageDescription", "exif:UserComment")),
        keywords=words((*found.get("dc:subject", ()), *_last_levels(found.get("lr:hierarchicalSubject", ())))),
        motion_offset=motion,
        groups=_groups(found),
        **_exposure(first),
    )


def _exposure(first: Callable[..., str]) -> dict[str, Any]:
    iso = amount(first("exif:ISOSpeedRatings", "exifEX:PhotographicSensitivity"))
    return {
        "exposure_seconds": amount(first("exif:ExposureTime")) or None,
        "aperture": amount(first("exif:FNumber")) or None,
        "iso": int(iso) if iso and 0 < iso < 1 << 28 else None,
        "focal_length_mm": amount(first("exif:FocalLength")) or None,
        "focal_length_35mm": amount(first("exif:FocalLengthIn35mmFilm")) or None,
    }


def stars(text: str) -> int | None:
    """0 to 5; -1, which editors write for "rejected", counts as 0 (the text stays in the groups)."""
    value = amount(text)
    if value is None or not -1 <= value <= 5:
        return None
    return max(0, int(value))


def _last_levels(paths: Iterable[str]) -> list[str]:
    """`Places|Lisbon` is the keyword `Lisbon`."""
    return [path.rpartition("|")[2] for path in paths]


def _groups(found: Properties) -> Groups:
    shown = {name.partition(":")[2]: prose("; ".join(values)) for name, values in found.items()}
    values = {name: text for name, text in shown.items() if text}
    if values.get("Rating", "").startswith("-"):
        values["Rating"] += " (rejected)"
    return {"XMP": values} if values else {}


def motion_offset(root: Element) -> int | None:
    """Where the film of a motion photo begins, in bytes from the end of the file (Google's two schemes)."""
    for description in root.iter(f"{RDF}Description"):
        for name in ("MicroVideoOffset", "{http://ns.google.com/photos/1.0/camera/}MicroVideoOffset"):
            text = description.get(name) or description.findtext(name) or ""
            if text.strip().isascii() and text.strip().isdigit():
                return int(text) or None
    return _listed_film(root)


def _listed_film(root: Element) -> int | None:
    """The newer scheme lists what is appended; the film and what stands behind it count from the end."""
    space = "{http://ns.google.com/photos/1.0/container/item/}"
    sizes: list[tuple[str, int]] = []
    for element in root.iter():
        semantic = element.get(f"{space}Semantic")
        if semantic:
            length = [element.get(f"{space}{part}") or "0" for part in ("Length", "Padding")]
            sizes.append((semantic, sum(int(n) for n in length if n.isascii() and n.isdigit() and len(n) < 16)))
    for at, (semantic, _) in enumerate(sizes):
        if semantic == "MotionPhoto":
            return sum(size for _, size in sizes[at:]) or None
    return None
