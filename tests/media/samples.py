"""Files built byte by byte for the facts' tests, so that each test says what is in its file."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any, cast

import av
import numpy as np
from av import VideoStream
from PIL import Image

Tags = Mapping[int, Any]


def field(value: Any) -> tuple[int, int, bytes]:
    """Type, count and little-endian bytes: text, bytes, whole numbers, or lists of (n, d) fractions."""
    if isinstance(value, str):
        return 2, len(value.encode()) + 1, value.encode() + b"\0"
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, int):
        return (4, 1, struct.pack("<I", value)) if value > 0xFFFF else (3, 1, struct.pack("<H", value))
    if isinstance(value, tuple):
        return field([value])
    if value and isinstance(value[0], tuple):
        return 5, len(value), b"".join(struct.pack("<II", n, d) for n, d in value)
    return 3, len(value), struct.pack(f"<{len(value)}H", *value)


def directory(tags: Tags, at: int, following: int = 0) -> bytes:
    """A TIFF directory that stands at `at`, its longer values right behind it."""
    entries, data = b"", b""
    behind = at + 2 + 12 * len(tags) + 4
    for tag, value in sorted(tags.items()):
        kind, count, raw = field(value)
        if len(raw) <= 4:
            entries += struct.pack("<HHI", tag, kind, count) + raw.ljust(4, b"\0")
        else:
            entries += struct.pack("<HHII", tag, kind, count, behind + len(data))
            data += raw + b"\0" * (len(raw) % 2)
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + data


def tiff(image: Tags, photo: Tags | None = None, gps: Tags | None = None) -> bytes:
    """An Exif block: the image's directory, the exposure's and the place's."""
    pointers = dict.fromkeys([tag for tag, part in ((34665, photo), (34853, gps)) if part is not None], 0x10000)
    at = 8 + len(directory({**image, **pointers}, 8))
    parts = b""
    for tag, part in ((34665, photo), (34853, gps)):
        if part is not None:
            pointers[tag] = at + len(parts)
            parts += directory(part, at + len(parts))
    body = {**image, **{tag: Long(where) for tag, where in pointers.items()}}
    return b"II*\0" + struct.pack("<I", 8) + _with_longs(body) + parts


class Long(int):
    """A number that is written with 32 bits even if it is small."""


def _with_longs(tags: Tags) -> bytes:
    plain = {tag: 0x10000 if isinstance(value, Long) else value for tag, value in tags.items()}
    raw = bytearray(directory(plain, 8))
    for n, (_tag, value) in enumerate(sorted(tags.items())):
        if isinstance(value, Long):
            raw[2 + 12 * n + 8 : 2 + 12 * n + 12] = struct.pack("<I", value)
    return bytes(raw)


def jpeg(exif: bytes = b"", xmp: bytes = b"", iptc: bytes = b"", size: tuple[int, int] = (40, 30)) -> bytes:
    """A JPEG with metadata segments in front."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    plain, extra = out.getvalue(), b""
    for marker, head, body in (
        (0xE1, b"Exif\0\0", exif),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0", xmp),
        (0xED, b"Photoshop 3.0\0", iptc),
    ):
        if body:
            extra += struct.pack(">BBH", 0xFF, marker, len(head) + len(body) + 2) + head + body
    return plain[:2] + extra + plain[2:]


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*chunks: bytes, size: tuple[int, int] = (20, 10)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "PNG")
    plain = out.getvalue()
    return plain[:33] + b"".join(chunks) + plain[33:]


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of ISO's base media format."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def heic(size: tuple[int, int], *transforms: bytes, exif: bytes = b"", brand: bytes = b"heic") -> bytes:
    """The description of a HEIC, without any pixels: item 1 is the picture, item 2 its Exif, inside `idat`."""
    properties = [box(b"ispe", bytes(4), struct.pack(">II", *size)), *transforms]
    numbers = bytes(range(1, len(properties) + 1))
    entry = bytes([2, 0, 0, 0])
    stored = struct.pack(">I", 6) + b"Exif\0\0" + exif
    meta = box(
        b"meta",
        bytes(4),
        box(b"pitm", bytes(4), b"\0\1"),
        box(
            b"iinf",
            bytes(4),
            b"\0\2",
            box(b"infe", entry, b"\0\1\0\0hvc1\0"),
            box(b"infe", entry, b"\0\2\0\0Exif\0"),
        ),
        box(b"iloc", b"\1\0\0\0\x44\0\0\1", struct.pack(">HHHHII", 2, 1, 0, 1, 0, len(stored))),
        box(
            b"iprp",
            box(b"ipco", *properties),
            box(b"ipma", bytes(4), struct.pack(">IHB", 1, 1, len(numbers)), numbers),
        ),
        box(b"idat", stored),
    )
    return box(b"ftyp", brand, bytes(4), b"mif1", brand) + meta


def xmp(attributes: str = "", elements: str = "") -> bytes:
    """An XMP packet with the customary prefixes."""
    return f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
 xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
 xmlns:Container="http://ns.google.com/photos/1.0/container/"
 xmlns:Item="http://ns.google.com/photos/1.0/container/item/" {attributes}>{elements}</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def film(
    form: str = "mp4",
    codec: str = "libx264",
    *,
    tags: Mapping[str, str] | None = None,
    turn: int | None = None,
    options: Mapping[str, str] | None = None,
) -> bytes:
    """Ten frames of 64 × 48 in a container; `turn` is FFmpeg's angle, against the clock."""
    out = io.BytesIO()
    with av.open(out, "w", format=form, options=dict(options or {})) as container:
        container.metadata.update(tags or {})
        stream = cast(VideoStream, container.add_stream(codec, rate=25))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        if turn is not None:
            stream.set_display_rotation(turn)
        black = np.zeros((48, 64, 3), np.uint8)
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(black, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()
