"""Small photos and films of every kind that tell where, with what and by whom they were taken, in every place there is.

ExifTool writes most of it, in one run; what it does not write (second pictures, trailers, old chunks) is added here.
"""

import io
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PIL import Image
from tests import films, make
from tests.assets.live_photos import apple_note, motion_photo
from tests.hard import heic
from tests.media import samples
from tests.media.negatives import dng

OWNER, SERIAL = "Olga Planted-Owner", "SN-Planted-7731"
LATITUDE, LONGITUDE = 48.858222, 2.294511
PLANTED = (b"Planted", "Planted".encode("utf-16-le"), "Planted".encode("utf-16-be"), b"48.858", b"48,51.", b"+48.85")
"""What no byte of what guests get may spell."""
SPOT = f"{LATITUDE}, {LONGITUDE}, 33"
DATED = {"DateTimeOriginal": "2021:07:01 12:00:00"}
GPS = {"EXIF:GPSLatitude": str(LATITUDE), "EXIF:GPSLatitudeRef": "N", "EXIF:GPSLongitude": str(LONGITUDE)}
GPS |= {"EXIF:GPSLongitudeRef": "E", "EXIF:GPSAltitude": "33", "EXIF:GPSProcessingMethod": SERIAL} | DATED
EXIF = dict.fromkeys(("EXIF:SerialNumber", "EXIF:LensSerialNumber", "EXIF:CameraSerialNumber"), SERIAL)
EXIF |= dict.fromkeys(("EXIF:OwnerName", "EXIF:Artist", "EXIF:Copyright", "EXIF:UserComment"), OWNER)
EXIF |= dict.fromkeys(("EXIF:XPAuthor", "EXIF:XPComment", "EXIF:HostComputer", "EXIF:ImageUniqueID"), SERIAL)
XMP = {"XMP-exif:GPSLatitude": str(LATITUDE), "XMP-exif:GPSLongitude": str(LONGITUDE), "XMP-aux:SerialNumber": SERIAL}
XMP |= {"XMP-aux:OwnerName": OWNER, "XMP-dc:Creator": OWNER, "XMP-exifEX:BodySerialNumber": SERIAL}
XMP |= {"XMP-iptcExt:PersonInImage": OWNER, "XMP-photoshop:City": OWNER, "XMP-mwg-rs:RegionName": OWNER}
LONG_XMP = XMP | {"XMP-dc:Description": OWNER * 5000}
IPTC = {"IPTC:By-line": OWNER, "IPTC:City": OWNER, "IPTC:Sub-location": SPOT, "IPTC:Keywords": SERIAL}
PHOTOSHOP = {"Photoshop:URL": f"https://example.org/{SERIAL}", "Ducky:Comment": OWNER, "Comment": OWNER}
PNG = {"PNG:Author": OWNER, "PNG:Comment": SPOT, "PNG:Source": SERIAL}
UDTA = {"UserData:GPSCoordinates": SPOT, "UserData:Author": OWNER, "UserData:SerialNumberHash": SERIAL}
UDTA |= {"UserData:Make": SERIAL, "UserData:LocationInformation": f"{OWNER} Lat={LATITUDE} Lon={LONGITUDE}"}
ITEMS = {"ItemList:GPSCoordinates": SPOT, "ItemList:Author": OWNER, "ItemList:Comment": SERIAL}
KEYS = {"Keys:GPSCoordinates": SPOT, "Keys:Author": OWNER, "Keys:Make": SERIAL, "Keys:LocationName": OWNER}
ALL = GPS | EXIF | XMP


@dataclass(frozen=True)
class Specimen:
    """A file: what it is made from, what ExifTool writes into it, and what is done to it afterwards."""

    name: str
    plain: Callable[[], bytes]
    tags: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[bytes], bytes] | None = None

    @property
    def begun_as(self) -> str:
        """Its name while ExifTool writes, which goes by endings: a HEIC is a JPEG until then."""
        return self.name.replace(".heic", ".heic.jpg")


def grow(chosen: Sequence[Specimen], exiftool: str, folder: Path) -> dict[str, bytes]:
    """The files by their names, written by one run of ExifTool; each must have what it was given."""
    folder.mkdir()
    words: list[str] = []
    for each in chosen:
        (folder / each.begun_as).write_bytes(each.plain())
        if each.tags:
            written = [f"-{name}={value}" for name, value in each.tags.items()]
            words += ["-q", "-q", "-m", "-overwrite_original", *written, str(folder / each.begun_as), "-execute"]
    told = folder.with_suffix(".args")
    told.write_text("\n".join(words))
    subprocess.run([exiftool, "-@", told], check=True, capture_output=True, timeout=300)
    made = {each.name: (folder / each.begun_as).read_bytes() for each in chosen}
    return {each.name: each.after(made[each.name]) if each.after else made[each.name] for each in chosen}


def _still(kind: str, **options: object) -> bytes:
    """A photo, or one that moves."""
    out = io.BytesIO()
    make.picture((64, 48), len(kind) + len(options)).save(out, kind.upper(), **options)
    return out.getvalue()


def _moving(kind: str) -> bytes:
    return _still(kind, save_all=True, append_images=[make.picture((64, 48), 5)], duration=90)


def _noted(note: bytes) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = note
    return make.photo(exif=exif, seed=3)


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def _small() -> bytes:
    """A JPEG that tells by itself, to be put into others."""
    exif = Image.Exif()
    exif[0x013B] = OWNER
    exif.get_ifd(0x8825)[29] = "2021:07:01"
    return make.photo(exif=exif, size=(16, 12), seed=4)


def _thumbnailed(jpeg: bytes) -> bytes:
    """With a small picture in the first directory's neighbour, which tells by itself."""
    small = _small()
    first = struct.pack("<HHHI", 1, 0x0112, 3, 1) + struct.pack("<HH", 1, 0) + struct.pack("<I", 26)
    second = struct.pack("<HHHII", 2, 0x0201, 4, 1, 56) + struct.pack("<HHII", 0x0202, 4, 1, len(small)) + bytes(4)
    block = (b"II*\0\x08\0\0\0" + first + second).ljust(56, b"\0") + small
    return jpeg[:2] + _segment(0xE1, b"Exif\0\0" + block) + jpeg[2:]


def _two(jpeg: bytes) -> bytes:
    """With a second picture behind it, as phones and stereo cameras write it."""
    second = _small()
    at = 2 + 4 + 4  # where the directory's own positions count from
    length = len(jpeg) + 4 + 4 + 82
    entries = struct.pack(">IIIHH", 0x030000, length, 0, 0, 0)
    entries += struct.pack(">IIIHH", 0x020002, len(second), length - at, 0, 0)
    fields = struct.pack(">HHI", 0xB000, 7, 4) + b"0100" + struct.pack(">HHII", 0xB001, 4, 1, 2)
    fields += struct.pack(">HHII", 0xB002, 7, 32, 50)
    block = (b"MM\0*\0\0\0\x08\0\x03" + fields + bytes(4)).ljust(50, b"\0") + entries
    return jpeg[:2] + _segment(0xE2, b"MPF\0" + block) + jpeg[2:] + second


def _samsung(jpeg: bytes) -> bytes:
    """With a trailer as Samsung's phones write it."""
    block = b"\0\0\x01\x0a" + struct.pack("<I", 14) + b"Image_UTC_Data" + SERIAL.encode()
    head = b"SEFH" + struct.pack("<II", 106, 1) + b"\0\0\x01\x0a" + struct.pack("<II", len(block), len(block))
    return jpeg + block + head + struct.pack("<I", len(head)) + b"SEFT"


def _moving_photo() -> bytes:
    """With a film behind it that tells by itself."""
    jpeg, film = motion_photo()
    assert jpeg.endswith(film)
    return jpeg[: -len(film)] + _named(film)


def _behind(content: bytes) -> bytes:
    return content + f"{OWNER} {SPOT}".encode()


def _profiled(png: bytes) -> bytes:
    """With the chunks by which older programs kept Exif and IPTC, and one that nobody knows."""
    told = samples.tiff({0x013B: OWNER, 0x010F: SERIAL})
    packed = f"\nexif\n{len(told) + 6:8}\n{(b'Exif' + bytes(2) + told).hex()}\n".encode()
    chunks = samples.chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(packed))
    chunks += samples.chunk(b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(packed))
    chunks += samples.chunk(b"iTXt", b"Author\0\1\0\0\0" + zlib.compress(OWNER.encode()))
    return png[:33] + chunks + samples.chunk(b"prVt", SERIAL.encode()) + png[33:]


def _chunked(webp: bytes) -> bytes:
    """With a chunk that nobody knows."""
    body = SERIAL.encode().ljust(16)
    grown = webp + b"PrVt" + struct.pack("<I", len(body)) + body
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


def _boxed(kind: bytes, content: bytes) -> bytes:
    """With a box behind it."""
    return content + samples.box(kind, f"{OWNER} {SERIAL} {SPOT}".encode())


_uuid = partial(_boxed, b"uuid" + bytes(16))


def _named(film: bytes) -> bytes:
    """With a name in the place of what its first track is called; no longer than that, so that nothing moves."""
    assert b"VideoHandler\0" in film
    return film.replace(b"VideoHandler\0", b"Planted-Owner")


def _shot(name: str, *words: str, tracked: bool = False) -> bytes:
    """A film by FFmpeg, in a folder of its own; tracked, with a track that says where it was, as drones write one."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "where.srt").write_text(f"1\n00:00:00,000 --> 00:00:01,000\nGPS ({SPOT}) {SERIAL}\n")
        source = ["-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=10", "-f", "lavfi", "-i", "sine=d=1:r=48000"]
        source += ["-i", str(folder / "where.srt"), "-map", "2", "-c:s", "mov_text"] if tracked else []
        tags = [f"location=+{LATITUDE}+00{LONGITUDE}/", f"artist={OWNER}", f"comment={SERIAL}", f"title={OWNER}"]
        told = [word for tag in tags for word in ("-metadata", tag)]
        films.ffmpeg(*source, "-map", "0:v", "-map", "1:a", *told, *words, str(folder / name))
        return (folder / name).read_bytes()


_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
_VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
_mov = partial(make.film, kind="mov")
_jpeg, _png, _webp, _tiff, _avif, _gif = (
    partial(_still, kind) for kind in ("jpeg", "png", "webp", "tiff", "avif", "gif")
)
FEW = (
    Specimen("all.jpg", _jpeg, ALL | IPTC | PHOTOSHOP),
    Specimen("thumbnail.jpg", lambda: _thumbnailed(_jpeg())),
    Specimen("two.jpg", _jpeg, ALL, _two),
    Specimen("motion.jpg", _moving_photo, GPS | EXIF),
    Specimen("note.jpg", lambda: _noted(apple_note(SERIAL)), GPS),
    Specimen("all.png", _png, ALL | PNG, _profiled),
    Specimen("all.webp", _webp, ALL, _chunked),
    Specimen("all.tif", _tiff, ALL | IPTC),
    Specimen("all.heic", _jpeg, ALL, heic.of_jpeg),
    Specimen("all.avif", _avif, ALL),
    Specimen("all.dng", lambda: dng(preview=_small()), ALL | IPTC),
    Specimen("all.gif", _gif, XMP | {"Comment": OWNER}),
    Specimen("items.mp4", make.film, ITEMS | XMP, _uuid),
    Specimen("keys.mov", _mov, KEYS | UDTA),
    Specimen("tags.webm", lambda: _shot("a.webm", *_VP9)),
)
"""One of each kind at least, for every run of the tests."""
MORE = (
    Specimen("exif.jpg", _jpeg, EXIF),
    Specimen("gps.jpg", _jpeg, GPS),
    Specimen("xmp.jpg", _jpeg, XMP),
    Specimen("long-xmp.jpg", _jpeg, LONG_XMP),
    Specimen("iptc.jpg", _jpeg, IPTC),
    Specimen("photoshop.jpg", _jpeg, PHOTOSHOP),
    Specimen("motorola.jpg", _jpeg, {"ExifByteOrder": "MM"} | ALL),
    Specimen("progressive.jpg", lambda: _still("jpeg", progressive=True), ALL),
    Specimen("samsung.jpg", _jpeg, GPS, _samsung),
    Specimen("behind.jpg", _jpeg, XMP, _behind),
    Specimen("unknown-note.jpg", lambda: _noted(f"{SERIAL} {OWNER}".encode() * 9), EXIF),
    Specimen("thumbnail-and-two.jpg", lambda: _two(_thumbnailed(_jpeg()))),
    Specimen("motion-and-note.jpg", _moving_photo, XMP, _samsung),
    Specimen("exif.png", _png, GPS | EXIF),
    Specimen("xmp.png", _png, XMP),
    Specimen("texts.png", _png, PNG),
    Specimen("profiles.png", _png, {}, _profiled),
    Specimen("behind.png", _png, GPS, _behind),
    Specimen("moving.png", lambda: _moving("png"), GPS | XMP),
    Specimen("exif.webp", _webp, GPS | EXIF),
    Specimen("xmp.webp", _webp, XMP),
    Specimen("lossless.webp", lambda: _still("webp", lossless=True), ALL),
    Specimen("moving.webp", lambda: _moving("webp"), ALL),
    Specimen("chunk.webp", _webp, GPS, _chunked),
    Specimen("gps.tif", _tiff, GPS),
    Specimen("iptc.tif", _tiff, IPTC),
    Specimen("xmp.tif", _tiff, XMP | EXIF),
    Specimen("packed.tif", lambda: _still("tiff", compression="tiff_lzw"), ALL),
    Specimen("pages.tif", lambda: _still("tiff", save_all=True, append_images=[make.picture((40, 30), 6)]), ALL),
    Specimen("behind.tif", _tiff, GPS, _behind),
    Specimen("gps.heic", _jpeg, GPS, heic.of_jpeg),
    Specimen("xmp.heic", _jpeg, XMP, heic.of_jpeg),
    Specimen("film.heic", _jpeg, EXIF, lambda jpeg: _boxed(b"mpvd", heic.of_jpeg(jpeg))),
    Specimen("box.heic", _jpeg, GPS, lambda jpeg: _uuid(heic.of_jpeg(jpeg))),
    Specimen("gps.avif", _avif, GPS | EXIF),
    Specimen("xmp.avif", _avif, XMP),
    Specimen("moving.avif", lambda: _moving("avif"), ALL),
    Specimen("box.avif", _avif, GPS, _uuid),
    Specimen("gps.dng", dng, GPS | EXIF),
    Specimen("xmp.dng", lambda: dng(preview=_small()), XMP),
    Specimen("moving.gif", lambda: _moving("gif"), XMP),
    Specimen("udta.mp4", make.film, UDTA, _named),
    Specimen("keys.mp4", make.film, KEYS),
    Specimen("xmp.mp4", make.film, XMP),
    Specimen("track.mp4", lambda: _shot("a.mp4", *_H264, tracked=True)),
    Specimen("front.mp4", lambda: _shot("a.mp4", *_H264, "-movflags", "faststart"), ITEMS),
    Specimen("pieces.mp4", lambda: _shot("a.mp4", *_H264, "-movflags", "frag_keyframe+empty_moov")),
    Specimen("items.mov", _mov, ITEMS | XMP, _uuid),
    Specimen("track.mov", lambda: _shot("a.mov", *_H264, tracked=True), KEYS),
    Specimen("tags.mov", lambda: _shot("a.mov", *_H264, "-movflags", "use_metadata_tags"), UDTA),
    Specimen("tags.3gp", lambda: _shot("a.3gp", *_H264)),
    Specimen("tags.mkv", lambda: _shot("a.mkv", *_H264)),
    Specimen("tags.avi", lambda: _shot("a.avi", "-c:v", "mpeg4", "-c:a", "mp2")),
)
"""The rest, for `make torture`."""
