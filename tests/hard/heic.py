"""A HEIC that can be decoded: one frame of HEVC, described as the standard has it, with words beside it.

FFmpeg made the frame: `-f lavfi -i gradients=s=64x64 -frames:v 1 -c:v libx265 -x265-params info=0:keyint=1`.
"""

import struct
from base64 import b64decode

from tests.media.samples import box

SIZE = (64, 64)
CONFIGURATION = b64decode(
    "AQQIAAAAn6gAAAAAHvAA/P34+AAADwOgAAEAF0ABDAH//wQIAAADAJ+oAAADAAAeugJAoQABACdCAQEECAAAAwCfqAAAAwAAHqAggQWW6kkyvAWg"
    "IAAAAwAgAAADAyGiAAEAB0QBwXKwIkA="
)
FRAME = b64decode(
    "AAAAUygBr3iE4LYFc/f/ovv9HR9yoq/8qdXPAeioNw7QAQenE7xZToWbOm9eQ58mpD+aC3YsmQvnPueXDokcz3HRSlgCXTSkcJdyaJnR/eDFCbOB"
    "AO6A"
)
XMP = b"http://ns.adobe.com/xap/1.0/\0"


def of_jpeg(jpeg: bytes) -> bytes:
    """The file, with the Exif and the XMP of a JPEG."""
    return heic(_segment(jpeg, b"Exif\0\0"), _segment(jpeg, XMP))


def _segment(jpeg: bytes, name: bytes) -> bytes:
    """What a JPEG's segment of that name says; empty where there is none."""
    at = jpeg.find(name)
    if at < 0:
        return b""
    [length] = struct.unpack(">H", jpeg[at - 2 : at])
    return jpeg[at + len(name) : at - 2 + length]


def heic(exif: bytes, xmp: bytes) -> bytes:
    """The file."""
    words = [(b"Exif\0", struct.pack(">I", 6) + b"Exif\0\0" + exif)] if exif else []
    words += [(b"mime\0application/rdf+xml\0", xmp)] if xmp else []
    head = box(b"ftyp", b"heic", bytes(4), b"mif1", b"heic")
    items = [(b"hvc1\0", FRAME), *words]
    at = len(head) + len(_meta(items, 0)) + 8
    return head + _meta(items, at) + box(b"mdat", *(content for _, content in items))


def _meta(items: list[tuple[bytes, bytes]], at: int) -> bytes:
    count = struct.pack(">H", len(items))
    entries, places, refers = [], b"", b""
    for number, (kind, content) in enumerate(items, 1):
        entries.append(box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), kind))
        places += struct.pack(">HHHII", number, 0, 1, at, len(content))
        refers += box(b"cdsc", struct.pack(">HHH", number, 1, 1)) if number > 1 else b""
        at += len(content)
    properties = box(b"ispe", bytes(4), struct.pack(">II", *SIZE)) + box(b"hvcC", CONFIGURATION)
    return box(
        b"meta",
        bytes(4),
        box(b"hdlr", bytes(8), b"pict", bytes(13)),
        box(b"pitm", bytes(4), b"\0\1"),
        box(b"iinf", bytes(4), count, *entries),
        box(b"iref", bytes(4), refers),
        box(b"iloc", bytes(4), b"\x44\0", count, places),
        box(b"iprp", box(b"ipco", properties), box(b"ipma", bytes(4), struct.pack(">IHB", 1, 1, 2), b"\1\x82")),
    )
