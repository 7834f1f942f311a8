"""Files in which somebody told of place, device and people, and an independent reader that looks for it."""

import io
import json
import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
from PIL import Image
from tests import make

from albumen.kernel.pieces import Pieces
from albumen.media.stripping import sums
from albumen.media.stripping.strip import strip

SECRET = "Planted-Secret"
TELLING = re.compile(
    r"GPS|Serial|Owner|Artist|Author|Creator|Copyright|^XMP|^IPTC|^Photoshop|MakerNote|:Make$|:Model$|Lens|Comment|Software"
    r"|Thumbnail|Preview(?!Image|Time|Duration)|(?<!Group)Description|Title|Keyword|HostComputer|^Keys|^ItemList|^UserData|Location"
)
PLACES = {"GPSLatitude": "52.5", "GPSLatitudeRef": "N", "GPSLongitude": "13.4", "GPSLongitudeRef": "E"}
PEOPLE = {
    "Artist": SECRET,
    "Copyright": SECRET,
    "OwnerName": SECRET,
    "SerialNumber": SECRET,
    "LensSerialNumber": SECRET,
    "LensModel": SECRET,
    "Make": SECRET,
    "Model": SECRET,
    "Software": SECRET,
    "ImageDescription": SECRET,
    "UserComment": SECRET,
}
KEPT = {"DateTimeOriginal": "2021:07:01 12:00:00", "OffsetTimeOriginal": "+02:00", "Orientation#": "6"}
WORDS = {"XMP-dc:Creator": SECRET, "XMP-exif:GPSLatitude": "52.5", "XMP-aux:SerialNumber": SECRET}
IPTC = {"IPTC:By-line": SECRET, "IPTC:City": SECRET}
FILM = {
    **{f"{group}:{tag}": SECRET for group in ("ItemList", "UserData") for tag in ("Author", "Comment", "Copyright")},
    **{f"Keys:{tag}": SECRET for tag in ("Make", "Model", "Artist")},
    **{f"{group}:GPSCoordinates": "52.5 13.4 30" for group in ("ItemList", "Keys", "UserData")},
    "XMP-dc:Creator": SECRET,
    "CreateDate": "2021:07:01 10:00:00",
}


def still(kind: str) -> bytes:
    """A photo of a kind, with a maker note where it can have one."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = SECRET.encode() * 20
    picture = make.picture((64, 48), 7)
    if kind == "gif":
        more = [make.picture((64, 48), seed) for seed in (8, 9)]
        picture.save(out, "GIF", save_all=True, append_images=more, duration=[50, 70, 90], loop=3, comment=SECRET)
    else:
        profile = {} if kind == "png" else {"icc_profile": _profile()}
        picture.save(out, kind.upper(), exif=exif, **profile)
    return out.getvalue()


def _profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def plant(program: Callable[..., str], file: Path, *tags: dict[str, str]) -> bytes:
    """The file's bytes, once ExifTool has written these tags into it."""
    told = [f"-{name}={value}" for group in tags for name, value in group.items()]
    command: list[str | Path] = [program("exiftool"), "-q", "-q", "-m", "-overwrite_original", *told, file]
    subprocess.run(command, check=True, capture_output=True)
    return file.read_bytes()


def telling(program: Callable[..., str], file: Path) -> dict[str, str]:
    """What ExifTool finds that guests should not be told."""
    options = ["-j", "-G1", "-a", "-u", "-ee", "--ICC_Profile:all", "--File:all", "--System:all"]
    told = subprocess.run([program("exiftool"), *options, file], check=False, capture_output=True).stdout
    (found,) = json.loads(told)
    found.pop("SourceFile")
    return {name: str(value) for name, value in found.items() if TELLING.search(name) or SECRET in str(value)}


def tags(program: Callable[..., str], file: Path, *names: str) -> dict[str, str]:
    """The values of some tags, as ExifTool prints them."""
    asked = [f"-{name}" for name in names]
    told = subprocess.run([program("exiftool"), "-j", *asked, file], check=True, capture_output=True).stdout
    (found,) = json.loads(told)
    return {name: str(value) for name, value in found.items() if name != "SourceFile"}


def put_together(original: bytes, pieces: Pieces) -> bytes:
    """What pieces of an original stand for."""
    return b"".join(
        original[piece[0] : piece[1]] if isinstance(piece, tuple) else bytes(piece) if isinstance(piece, int) else piece
        for piece in pieces
    )


def stripped(original: bytes, kind: str) -> bytes:
    """The file without what it tells; fails where it cannot be stripped, or its CRC-32 is another."""
    file = io.BytesIO(original)
    pieces = strip(file, kind)
    assert pieces is not None
    made = put_together(original, pieces)
    assert sums.crc32(file, zlib.crc32(original), pieces) == zlib.crc32(made)
    return made


def frames(film: Path) -> list[str]:
    """A digest of every frame and every stretch of sound, as FFmpeg decodes them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", film, "-map", "0:v", "-map", "0:a?"]
    told = subprocess.run([*command, "-f", "framemd5", "-"], check=True, capture_output=True, text=True).stdout
    return [line for line in told.splitlines() if not line.startswith("#")]
