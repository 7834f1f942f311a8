"""Writing XMP: the sidecar that lies beside a photo, `IMG_1.jpg.xmp`.

Source of names and forms: ISO 16684-1, and Exif's metadata for XMP (CIPA DC-010).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape

from albumen.media.labels import Label

_HEAD: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
"""
_TAIL: Final = """  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
# What XML 1.0 cannot hold, escaped or not.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def packet(label: Label) -> bytes:
    """An XMP packet that says all that the label does."""
    return (_HEAD + "".join(f"   {line}\n" for line in _lines(label)) + _TAIL).encode()


def _lines(label: Label) -> Iterator[str]:
    if label.title:
        yield _list("dc:title", "Alt", [label.title], ' xml:lang="x-default"')
    if label.description:
        yield _list("dc:description", "Alt", [label.description], ' xml:lang="x-default"')
    if label.keywords:
        yield _list("dc:subject", "Bag", label.keywords)
    if label.rating is not None:
        yield _text("xmp:Rating", str(label.rating))
    if label.taken:
        yield _text("exif:DateTimeOriginal", label.taken + label.zone)
        yield _text("photoshop:DateCreated", label.taken + label.zone)
    if label.make:
        yield _text("tiff:Make", label.make)
    if label.model:
        yield _text("tiff:Model", label.model)
    yield from _place(label)


def _place(label: Label) -> Iterator[str]:
    if label.latitude is None or label.longitude is None:
        return
    yield _text("exif:GPSVersionID", "2.3.0.0")
    yield _text("exif:GPSLatitude", angle(label.latitude, "NS"))
    yield _text("exif:GPSLongitude", angle(label.longitude, "EW"))
    if label.altitude is not None:
        yield _text("exif:GPSAltitude", f"{round(abs(label.altitude) * 100)}/100")
        yield _text("exif:GPSAltitudeRef", "1" if label.altitude < 0 else "0")


def angle(degrees: float, signs: str) -> str:
    """`48.8566` as `48,51.396000N`: degrees, minutes with six decimals, and one of the two signs."""
    whole, minutes = divmod(round(abs(degrees) * 60_000_000), 60_000_000)
    return f"{whole},{minutes / 1_000_000:.6f}{signs[degrees < 0]}"


def _text(name: str, text: str) -> str:
    return f"<{name}>{_plain(text)}</{name}>"


def _list(name: str, kind: str, texts: Iterable[str], language: str = "") -> str:
    items = "".join(f"<rdf:li{language}>{_plain(text)}</rdf:li>" for text in texts)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _plain(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
