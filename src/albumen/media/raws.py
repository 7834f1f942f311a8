"""Raw files: the sensor's visible size by LibRaw, and the metadata from wherever each maker keeps it."""

import io
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.media import boxes, containers, exif, tiff, xmp
from albumen.media.facts import Frame, Overlay
from albumen.media.kinds import Kind

PREVIEW_BYTES: Final = 1024 * 1024
MAX_BLOCKS: Final = 100
PANASONIC_PREVIEW: Final = 0x2E
# LibRaw's `flip` in the terms of Exif's orientation.
TURNS: Final = {0: 1, 3: 3, 5: 8, 6: 6}


def frame(file: BinaryIO) -> Frame:
    """The visible size of the raw picture itself, never that of a preview.  Raises `Invalid`."""
    import rawpy  # noqa: PLC0415  (a large library that only raw files need)

    file.seek(0)
    try:
        with rawpy.RawPy() as raw:
            raw.open_buffer(file)
            sizes = raw.sizes
    except (rawpy.LibRawError, ValueError, OSError) as fault:
        raise Invalid("This raw file is damaged, or from a camera that is not known yet") from fault
    return Frame(int(sizes.width), int(sizes.height), orientation=TURNS.get(int(sizes.flip), 1))


def found(file: BinaryIO, kind: Kind) -> list[Overlay]:
    """The metadata of a raw file; none for X3F and CRW, which have directories of their own."""
    if kind.name == "cr3":
        return [exif.read_parts(boxes.canon_parts(file))]
    if kind.name == "raf":
        return _preview(file, 84)
    if kind.name == "mrw":
        return [exif.read(_minolta_block(file))]
    if kind.name in {"x3f", "crw"}:
        return []
    window = tiff.Window(file)
    first = tiff.directory(window, how := tiff.layout(window), how.first)
    packet = xmp.read(first.blob(tiff.XMP_PACKET))
    inside = _jpeg_at(file, first.offsets.get(PANASONIC_PREVIEW, 0)) if kind.name in {"rw2", "rwl"} else []
    return [exif.read_window(window), packet, *inside]


def _preview(file: BinaryIO, pointer: int) -> list[Overlay]:
    file.seek(pointer)
    return _jpeg_at(file, int.from_bytes(file.read(4), "big"))


def _jpeg_at(file: BinaryIO, offset: int) -> list[Overlay]:
    """The metadata of the JPEG that stands inside a raw file."""
    file.seek(offset)
    head = file.read(PREVIEW_BYTES)
    if not offset or head[:3] != b"\xff\xd8\xff":
        return []
    try:
        blocks = containers.jpeg(io.BytesIO(head))
    except Invalid:
        return []
    return [exif.read(blocks.exif), xmp.read(blocks.xmp)]


def _minolta_block(file: BinaryIO) -> bytes:
    """The TIFF in an MRW's `TTW` block."""
    at = 8
    for _ in range(MAX_BLOCKS):
        file.seek(at)
        head = file.read(8)
        size = int.from_bytes(head[4:], "big")
        if len(head) < 8:
            break
        if head[:4] == b"\0TTW":
            return file.read(min(size, PREVIEW_BYTES))
        at += 8 + size
    return b""
