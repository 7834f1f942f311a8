"""The kinds of photo and video that are taken in, told apart by content, never by name or a client's word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from albumen.kernel.errors import Unsupported
from albumen.media import tiff

Family = Literal["image", "raw", "video"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.  The first of `extensions` is the preferred one."""

    name: str
    mime: str
    family: Family
    extensions: tuple[str, ...]
    shown_by_browsers: bool = False


def _raw(name: str, mime: str, *extensions: str) -> Kind:
    return Kind(name, f"image/{mime}", "raw", extensions or (name,))


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("jpeg", "image/jpeg", "image", ("jpg", "jpeg", "jpe", "jfif"), shown_by_browsers=True),
        Kind("png", "image/png", "image", ("png", "apng"), shown_by_browsers=True),
        Kind("webp", "image/webp", "image", ("webp",), shown_by_browsers=True),
        Kind("gif", "image/gif", "image", ("gif",), shown_by_browsers=True),
        Kind("avif", "image/avif", "image", ("avif", "avifs"), shown_by_browsers=True),
        Kind("bmp", "image/bmp", "image", ("bmp", "dib"), shown_by_browsers=True),
        Kind("tiff", "image/tiff", "image", ("tif", "tiff")),
        Kind("heic", "image/heic", "image", ("heic", "heif", "hif", "heics", "heifs")),
        _raw("dng", "x-adobe-dng"),
        _raw("nef", "x-nikon-nef"),
        _raw("nrw", "x-nikon-nrw"),
        _raw("cr2", "x-canon-cr2"),
        _raw("cr3", "x-canon-cr3"),
        _raw("crw", "x-canon-crw"),
        _raw("arw", "x-sony-arw"),
        _raw("sr2", "x-sony-sr2"),
        _raw("srf", "x-sony-srf"),
        _raw("raf", "x-fuji-raf"),
        _raw("orf", "x-olympus-orf", "orf", "ori"),
        _raw("rw2", "x-panasonic-rw2", "rw2", "raw"),
        _raw("rwl", "x-leica-rwl"),
        _raw("pef", "x-pentax-pef"),
        _raw("srw", "x-samsung-srw"),
        _raw("x3f", "x-sigma-x3f"),
        _raw("dcr", "x-kodak-dcr"),
        _raw("kdc", "x-kodak-kdc"),
        _raw("mrw", "x-minolta-mrw"),
        _raw("3fr", "x-hasselblad-3fr", "3fr", "fff"),
        _raw("iiq", "x-phaseone-iiq"),
        _raw("erf", "x-epson-erf"),
        _raw("mef", "x-mamiya-mef"),
        _raw("mos", "x-leaf-mos"),
        Kind("mp4", "video/mp4", "video", ("mp4",), shown_by_browsers=True),
        Kind("m4v", "video/x-m4v", "video", ("m4v",), shown_by_browsers=True),
        Kind("webm", "video/webm", "video", ("webm",), shown_by_browsers=True),
        Kind("mov", "video/quicktime", "video", ("mov", "qt")),
        Kind("3gp", "video/3gpp", "video", ("3gp", "3g2", "3gpp")),
        Kind("avi", "video/x-msvideo", "video", ("avi",)),
        Kind("mkv", "video/x-matroska", "video", ("mkv",)),
        Kind("mts", "video/mp2t", "video", ("mts", "m2ts", "ts", "m2t")),
        Kind("mpg", "video/mpeg", "video", ("mpg", "mpeg", "vob")),
        Kind("wmv", "video/x-ms-wmv", "video", ("wmv", "asf")),
    )
}

# Each is an exact beginning; the order does not matter, no one begins with another.
_BEGINNINGS: Final = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"FUJIFILMCCD-RAW": "raf",
    b"FOVb": "x3f",
    b"\0MRM": "mrw",
    b"II\x1a\0\0\0HEAPCCDR": "crw",
    b"IIRO": "orf",
    b"IIRS": "orf",
    b"MMOR": "orf",
    b"\0\0\x01\xba": "mpg",
    b"\0\0\x01\xb3": "mpg",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c": "wmv",
}
_FORMS: Final = {b"WEBP": "webp", b"AVI ": "avi"}
_BRANDS: Final = {
    b"crx ": "cr3",
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), "heic"),
    **dict.fromkeys((b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"mp71", b"XAVC", b"MSNV"), "mp4"),
    b"qt  ": "mov",
    **dict.fromkeys((b"M4V ", b"M4VH", b"M4VP"), "m4v"),
}
_STILL_BRANDS: Final = frozenset({b"mif1", b"msf1", b"mif2", b"miaf", b"MiHE", b"MiHB"})
_FOREIGN_BRANDS: Final = frozenset({b"jp2 ", b"jpx ", b"jpm ", b"jxl ", b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "})
_QUICKTIME_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_NAMED: Final = (
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "an EPS drawing"),
    (re.compile(rb"8BPS"), "a Photoshop document"),
    (re.compile(rb"ID3|\xff[\xfb\xfa\xf3\xf2]"), "an MP3 recording"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "a JPEG XL picture"),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), "a JPEG 2000 picture"),
    (re.compile(rb"\0\0[\x01\x02]\0[^\0]"), "an icon"),
    (re.compile(rb"P[1-7fF][\s#]"), "a netpbm picture"),
    (re.compile(rb"\x0a[\x00-\x05]\x01[\x01\x02\x04\x08]"), "a PCX picture"),
    (re.compile(rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"), "an archive"),
    (re.compile(rb"\s*(#EXTM3U|ffconcat)"), "a playlist"),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*<(\?xml|svg|!doctype|html)", re.IGNORECASE),
        "a text in markup (SVG, HTML or XML)",
    ),
)


def sniff(file: BinaryIO) -> Kind:
    """Tell the kind from the content.  Raises `Unsupported` with a plain sentence."""
    file.seek(0)
    head = file.read(1024)
    name = _by_beginning(head) or _by_structure(head) or _by_directories(file, head)
    if name is None:
        raise Unsupported(_refusal(head))
    return KINDS[name]


def _by_beginning(head: bytes) -> str | None:
    for beginning, name in _BEGINNINGS.items():
        if head.startswith(beginning):
            return name
    return None


def _by_structure(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return _FORMS.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    if head[4:8] in _QUICKTIME_ATOMS:
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "webm" if b"webm" in head[:64] else "mkv" if b"matroska" in head[:64] else None
    if _is_transport_stream(head):
        return "mts"
    return "bmp" if _is_bitmap(head) else None


def _by_brands(head: bytes) -> str | None:
    size = min(max(int.from_bytes(head[:4], "big"), 16), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if brands[0] in _FOREIGN_BRANDS:
        return None
    if brands[0][:2] == b"3g":
        return "3gp"
    for brand in brands:
        if brand in _BRANDS:
            return _BRANDS[brand]
    # These only say "some still" beside a brand that says which; alone, the coding is most likely HEVC.
    return "heic" if _STILL_BRANDS.intersection(brands) else "mp4"


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes at three packets: 188 bytes apart, or 192 with a time stamp before each (AVCHD)."""
    return any(
        len(head) > start + 3 * step and all(head[start + n * step] == 0x47 for n in range(4))
        for start, step in ((0, 188), (4, 192))
    )


def _is_bitmap(head: bytes) -> bool:
    """`BM` alone begins many texts, so the length of the second header must be one that exists."""
    header_bytes = int.from_bytes(head[14:18], "little")
    return head[:2] == b"BM" and header_bytes in {12, 16, 40, 52, 56, 64, 108, 124}


def _refusal(head: bytes) -> str:
    if not head:
        return "This file is empty"
    for pattern, what in _NAMED:
        if pattern.match(head):
            return f"This is {what}, not a photo or video that can be read here"
    return Unsupported.title


_CFA, _LINEAR_RAW = 32803, 34892
_RAW_COMPRESSIONS: Final = frozenset({32767, 32769, 32770, 34713, 65000, 65535})
_MAKERS: Final = (
    ("nikon", "nef"),
    ("canon", "cr2"),
    ("sony", "arw"),
    ("pentax", "pef"),
    ("ricoh", "pef"),
    ("samsung", "srw"),
    ("hasselblad", "3fr"),
    ("phase one", "iiq"),
    ("seiko epson", "erf"),
    ("mamiya", "mef"),
    ("leaf", "mos"),
    ("kodak", "dcr"),
    ("eastman kodak", "kdc"),
)
_MODELS: Final = (
    ("nef", "coolpix", "nrw"),
    ("arw", "dsc-r1", "sr2"),
    ("arw", "dsc-f828", "srf"),
    ("kdc", "dcs", "dcr"),
)
_MAKE, _MODEL, _DNG_VERSION = 271, 272, 50706


def _by_directories(file: BinaryIO, head: bytes) -> str | None:
    """Tell raw formats from TIFF: all share the header, so the directories must be looked into."""
    if head[:4] not in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIU\0"}:
        return None
    if head[8:11] == b"CR\x02":
        return "cr2"
    if head[8:12] in {b"IIII", b"MMMM"} and head[12:16] in {b"waRr", b"Rawr", b"rawr", b"RawT", b"TwaR"}:
        return "iiq"
    window = tiff.Window(file)
    found = list(tiff.directories(window, tiff.layout(window)))
    first = found[0] if found else tiff.Directory({}, 0)
    if head[:3] == b"IIU":
        return "rwl" if b"leica" in first.blob(_MAKE).lower() else "rw2"
    if _DNG_VERSION in first.values:
        return "dng"
    return _maker_kind(first) if _is_raw(found) else "tiff" if first.values else None


def _is_raw(found: list[tiff.Directory]) -> bool:
    """Whether a directory holds sensor data; a TIFF that a program wrote may keep the camera's make."""
    return any(one.number(262) in {_CFA, _LINEAR_RAW} or one.number(259) in _RAW_COMPRESSIONS for one in found)


def _maker_kind(first: tiff.Directory) -> str:
    make = first.blob(_MAKE).decode("latin-1").lower()
    model = first.blob(_MODEL).decode("latin-1").lower()
    kind = next((kind for start, kind in _MAKERS if make.startswith(start)), "tiff")
    return next((better for of, mark, better in _MODELS if of == kind and mark in model), kind)
