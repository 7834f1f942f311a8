"""From a file to its facts, by headers alone: each kind has its reader, and their findings are put together."""

import struct
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid, Problem
from albumen.media import boxes, clips, containers, exif, iptc, raws, tiff, times, trailers, xmp
from albumen.media.containers import Blocks
from albumen.media.facts import Facts, Frame, Overlay, caption, line, merged
from albumen.media.gif import gif
from albumen.media.kinds import Kind, sniff

Reading = tuple[Frame, list[Overlay]]

MAX_SIDE: Final = 1 << 24
_FILM: Final = (
    *("duration_seconds", "frames", "fps", "video_codec", "audio_codec"),
    *("pixel_format", "hdr", "is_interlaced"),
)
TURNED: Final = frozenset({5, 6, 7, 8})

# What is not a fault of this program but of the file, wherever a reader stumbles over it.
_FAULTS: Final = (ValueError, TypeError, LookupError, ArithmeticError, struct.error, OSError, EOFError, RecursionError)


def probe(file: BinaryIO, name: str) -> Facts:
    """Read the facts of an open photo or video; `name` gives a date if nothing else does.

    Raises `Unsupported` if it is no kind that is taken in, `Invalid` if it is too broken to be shown.
    """
    kind = sniff(file)
    try:
        frame, found = _reader(kind)(file, kind)
        return _facts(kind, frame, merged([*found, Overlay(taken=times.in_name(name))]))
    except Problem:
        raise
    except _FAULTS as fault:
        raise Invalid(f"This {kind.name.upper()} file is damaged and cannot be read") from fault


def _facts(kind: Kind, frame: Frame, found: Overlay) -> Facts:
    if not (0 < frame.width <= MAX_SIDE and 0 < frame.height <= MAX_SIDE):
        raise Invalid("This file does not say how large its picture is")
    turn = frame.orientation or (1 if frame.upright else found.orientation or 1)
    sides = (frame.width, frame.height)
    width, height = frame.upright or (sides[::-1] if turn in TURNED else sides)
    fields = {n: v for n in Overlay.__struct_fields__ if (v := getattr(found, n)) is not None}
    return Facts(
        **{
            **fields,
            "kind": kind.name,
            "mime": kind.mime,
            "is_video": kind.family == "video",
            "width": width,
            "height": height,
            "stored_width": frame.width,
            "stored_height": frame.height,
            "orientation": turn,
            **{name: getattr(frame, name) for name in _FILM},
        }
    )


def _reader(kind: Kind) -> Callable[[BinaryIO, Kind], Reading]:
    return _READERS.get(kind.name) or {"raw": _raw, "video": clips.read}[kind.family]


def _still(read: Callable[[BinaryIO], Blocks]) -> Callable[[BinaryIO, Kind], Reading]:
    def reading(file: BinaryIO, _kind: Kind) -> Reading:
        blocks = read(file)
        return blocks.frame, told(blocks)

    return reading


def _jpeg(file: BinaryIO, _kind: Kind) -> Reading:
    blocks = containers.jpeg(file)
    return blocks.frame, [*told(blocks), Overlay(motion_offset=trailers.samsung_film(file))]


def _tiff(file: BinaryIO, _kind: Kind) -> Reading:
    window = tiff.Window(file)
    blocks = containers.tiff_pages(window)
    return blocks.frame, [*told(blocks), _forgiving(exif.read_window, window)]


def _boxed(file: BinaryIO, _kind: Kind) -> Reading:
    still = boxes.still(file)
    block = boxes.item(file, still, b"Exif")
    start = 4 + int.from_bytes(block[:4], "big")
    packet = boxes.item(file, still, b"mime", b"application/rdf+xml")
    blocks = Blocks(boxes.frame(still), exif=block[start:], xmp=packet)
    return blocks.frame, [Overlay(motion_offset=boxes.motion_film(file)), *told(blocks)]


def told(blocks: Blocks) -> list[Overlay]:
    """What the metadata blocks say, in the order of trust.

    Editors write their words to XMP and IPTC, while Exif's words are often a camera's filler; what the
    camera measured is Exif's to say.
    """
    block = _forgiving(exif.read, blocks.exif)
    packet = _forgiving(xmp.read, blocks.xmp)
    captions = _forgiving(iptc.read, blocks.iptc)
    words = [_words_of(packet), _words_of(captions)]
    return [*words, block, packet, captions, _texts(blocks.texts)]


def _forgiving[Source](read: Callable[[Source], Overlay], source: Source) -> Overlay:
    """Damaged metadata says nothing; it is no reason to refuse the photo."""
    try:
        return read(source) if source else Overlay()
    except _FAULTS:
        return Overlay()


def _words_of(overlay: Overlay) -> Overlay:
    return Overlay(
        rating=overlay.rating,
        title=overlay.title,
        description=overlay.description,
        keywords=overlay.keywords,
        artist=overlay.artist,
        copyright=overlay.copyright,
    )


def _texts(texts: dict[str, str]) -> Overlay:
    """PNG's own text chunks, and the comments of JPEG and GIF."""
    if not texts:
        return Overlay()
    created = times.stamp(texts.get("Creation Time", ""), "png:Creation Time")
    return Overlay(
        taken=created or times.stamp(texts.get("ModifyDate", ""), "png:tIME"),
        title=line(texts.get("Title", "")),
        description=caption(texts.get("Description", "")),
        artist=line(texts.get("Author", ""), 256),
        copyright=line(texts.get("Copyright", ""), 256),
        software=line(texts.get("Software", ""), 256),
        groups={"File": {name: text for name, text in texts.items() if text}},
    )


def _raw(file: BinaryIO, kind: Kind) -> Reading:
    return raws.frame(file), raws.found(file, kind)


_READERS: Final[Mapping[str, Callable[[BinaryIO, Kind], Reading]]] = {
    "jpeg": _jpeg,
    "png": _still(containers.png),
    "webp": _still(containers.webp),
    "gif": _still(gif),
    "bmp": _still(containers.bmp),
    "tiff": _tiff,
    "heic": _boxed,
    "avif": _boxed,
}
