"""Stripped files: the same picture to the last bit, and nothing of place, device and people."""

import io
import os
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence
from tests import make
from tests.media import planted
from tests.media.planted import SECRET, plant, put_together, stripped, tags, telling

from albumen.kernel.pieces import Pieces, size_of, within
from albumen.media.stripping import minimal, sums
from albumen.media.stripping.strip import KINDS, strip

STILLS = ("jpeg", "png", "webp", "tiff", "gif", "avif")


def pixels(data: bytes) -> list[object]:
    """Every frame as decoded, and how long it shows."""
    with Image.open(io.BytesIO(data)) as picture:
        told = picture.info.get("icc_profile"), picture.info.get("loop")
        return [
            *told,
            *((each.size, each.tobytes(), each.info.get("duration")) for each in ImageSequence.Iterator(picture)),
        ]


@pytest.mark.parametrize("kind", STILLS)
def test_a_still_keeps_its_picture_and_tells_nothing(kind: str, program: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / f"photo.{kind}"
    file.write_bytes(planted.still(kind))
    groups = [planted.WORDS] if kind == "gif" else [planted.PLACES, planted.PEOPLE, planted.WORDS]
    if kind in ("jpeg", "tiff"):
        groups.append(planted.IPTC)
    original = plant(program, file, *groups, {} if kind == "gif" else planted.KEPT)
    assert telling(program, file)
    made = stripped(original, kind)
    file.write_bytes(made)
    assert telling(program, file) == {}
    assert SECRET.encode() not in made
    assert pixels(made) == pixels(original)
    if kind != "gif":
        assert tags(program, file, *planted.KEPT) == {
            "DateTimeOriginal": "2021:07:01 12:00:00",
            "OffsetTimeOriginal": "+02:00",
            "Orientation": "6",
        }


def words(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def odd_jpeg(*, progressive: bool = False) -> tuple[bytes, bytes]:
    """A JPEG as it was written, and the same with all that others put into one."""
    out = io.BytesIO()
    make.picture((200, 120), 5).save(out, "JPEG", progressive=progressive, restart_marker_blocks=3)
    plain = out.getvalue()
    secret = SECRET.encode()
    thumbnail = words(0xE0, b"JFIF\0\1\2\0\0\1\0\1\2\2" + b"abc" * 4)
    said = words(0xE1, b"Exif\0\0" + secret) + words(0xE2, b"MPF\0" + secret) + words(0xED, b"Photoshop 3.0\0" + secret)
    odd = thumbnail + words(0xE0, b"JFXX\0\x10" + secret) + said + words(0xFE, secret) + words(0xEF, secret)
    first_scan = plain.index(b"\xff\xda")
    tables = plain[20:first_scan]
    tail = plain[first_scan:] + b"\0\0\0\x20ftypmp42" + secret
    return plain, b"\xff\xd8" + odd + b"\xff\xff" + tables + b"junk" + words(0xFE, secret) + tail


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_with_everything_in_it(progressive: bool) -> None:
    plain, odd = odd_jpeg(progressive=progressive)
    made = stripped(odd, "jpeg")
    assert SECRET.encode() not in made
    assert made.endswith(b"\xff\xd9")
    assert made[20:] == plain[20:]


def test_words_between_the_scans_of_a_jpeg() -> None:
    plain, _ = odd_jpeg(progressive=True)
    second = plain.index(b"\xff\xda", plain.index(b"\xff\xda") + 2)
    table = plain.rindex(b"\xff\xc4", 0, second)
    odd = plain[:table] + words(0xFE, SECRET.encode()) + plain[table:]
    assert stripped(odd, "jpeg") == stripped(plain, "jpeg") == plain


def test_a_jpeg_that_is_cut_off_stays_so() -> None:
    plain, odd = odd_jpeg()
    cut = odd[: odd.index(b"\xff\xda") + 400]
    made = stripped(cut, "jpeg")
    assert SECRET.encode() not in made
    assert plain[20:].startswith(made[20:])
    assert len(made) > plain.index(b"\xff\xda")


def test_further_pages_of_a_tiff_stay_and_small_ones_go() -> None:
    out = io.BytesIO()
    pages = [make.picture((40, 30), seed) for seed in (1, 2)]
    small = make.picture((8, 6), 3)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    pages[0].save(out, "TIFF", save_all=True, append_images=[small, pages[1]], tiffinfo={270: SECRET})
    made = stripped(out.getvalue(), "tiff")
    with Image.open(io.BytesIO(made)) as picture:
        shown = [each.tobytes() for each in ImageSequence.Iterator(picture)]
    assert shown == [page.tobytes() for page in pages]
    assert SECRET.encode() not in made


def test_a_moving_png_keeps_moving() -> None:
    out = io.BytesIO()
    frames = [make.picture((40, 30), seed) for seed in (1, 2, 3)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=[40, 60, 80], loop=2)
    noise = struct.pack(">I", 4) + b"teXt" + b"a\0bc" + struct.pack(">I", zlib.crc32(b"teXta\0bc"))
    odd = out.getvalue()[:33] + noise + out.getvalue()[33:] + SECRET.encode()
    assert stripped(odd, "png") == out.getvalue()


def test_a_moving_webp_keeps_moving(program: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "moving.webp"
    frames = [make.picture((40, 30), seed) for seed in (1, 2, 3)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=[40, 60, 80], loop=2)
    original = plant(program, file, planted.PLACES, planted.WORDS)
    file.write_bytes(stripped(original, "webp"))
    assert telling(program, file) == {}
    assert pixels(file.read_bytes()) == pixels(original)


@pytest.mark.parametrize("kind", ["mp4", "mov", "3gp"])
@pytest.mark.parametrize("is_fast", [False, True], ids=["behind", "in front"])
def test_a_film_keeps_its_frames(kind: str, is_fast: bool, program: Callable[..., str], tmp_path: Path) -> None:
    film, file = tmp_path / f"film.{kind}", tmp_path / f"stripped.{kind}"
    _shoot(film, tmp_path, is_fast=is_fast and kind != "3gp")
    chosen = planted.FILM if kind != "3gp" else {"UserData:GPSCoordinates": "52.5 13.4 30", "XMP-dc:Creator": SECRET}
    original = plant(program, film, chosen)
    assert telling(program, film)
    assert b"GPS (52.5, 13.4)" in original
    made = stripped(original, kind)
    file.write_bytes(made)
    assert len(made) == len(original)
    assert telling(program, file) == {}
    assert SECRET.encode() not in made
    assert b"GPS (" not in made
    assert b"52.5" not in made
    assert planted.frames(film) == planted.frames(file)
    assert tags(program, file, "CreateDate") == tags(program, film, "CreateDate")


def _shoot(film: Path, folder: Path, *, is_fast: bool) -> None:
    """A film with sound, and a track that says where it was taken, as drones write one."""
    (folder / "place.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nGPS (52.5, 13.4)\n")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=10"]
    command += ["-f", "lavfi", "-i", "sine=d=1:r=8000", "-i", str(folder / "place.srt"), "-c:s", "mov_text"]
    command += ["-c:v", "mpeg4", "-c:a", "aac", *(["-movflags", "faststart"] if is_fast else []), str(film)]
    if film.suffix == ".3gp":
        command[-1:] = ["-f", "mp4", "-brand", "3gp5", str(film)]
    subprocess.run(command, check=True, capture_output=True)


def test_what_cannot_be_stripped_has_no_pieces() -> None:
    film = make.film()
    assert strip(io.BytesIO(make.photo(kind="bmp")), "bmp") is None
    assert strip(io.BytesIO(film.replace(b"moov", b"moof")), "mp4") is None
    assert strip(io.BytesIO(film.replace(b"mvhd", b"cmov")), "mp4") is None
    for kind in KINDS:
        assert strip(io.BytesIO(b""), kind) is None


def samples() -> dict[str, bytes]:
    """A small file of most kinds."""
    small = {kind: make.photo(kind=kind, gps=(1, 2), size=(24, 16), seed=1) for kind in ("jpeg", "png", "webp", "tiff")}
    avif = io.BytesIO()
    make.picture((24, 16), 1).save(avif, "AVIF", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", xmp=b"<x/>")
    return {**small, "gif": planted.still("gif"), "avif": avif.getvalue(), "mp4": make.film(frames=2, size=(32, 32))}


SAMPLES = samples()


@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=8), st.booleans())
def test_a_broken_file_is_refused_or_falls_into_pieces_of_itself(kind: str, at: int, put: bytes, is_cut: bool) -> None:
    whole = SAMPLES[kind]
    at %= len(whole)
    broken = whole[:at] + put + (b"" if is_cut else whole[at + len(put) :])
    file = io.BytesIO(broken)
    pieces = strip(file, kind)
    if pieces is not None:
        kept = [piece for piece in pieces if isinstance(piece, tuple)]
        assert all(0 <= start < end <= len(broken) for start, end in kept)
        assert size_of(pieces) <= len(broken) + 400
        assert sums.crc32(file, zlib.crc32(broken), pieces) == zlib.crc32(put_together(broken, pieces))


@given(st.data())
def test_any_part_of_a_body_made_of_pieces(data: st.DataObject) -> None:
    original = os.urandom(100)
    spots = sorted(data.draw(st.lists(st.integers(0, 100), min_size=2, max_size=8)))
    ranges = [each for each in zip(spots[::2], spots[1::2], strict=False) if each[0] < each[1]]
    pieces: Pieces = tuple(part for each in ranges for part in (each, data.draw(st.binary(max_size=9)), 5))
    whole = put_together(original, pieces)
    start, end = sorted((data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, len(whole)))))
    assert put_together(original, tuple(within(pieces, start, end))) == whole[start:end]
    assert size_of(pieces) == len(whole)


def test_nothing_but_dates_gets_into_the_place_of_dates() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = SECRET
    exif.get_ifd(0x8769)[0x9011] = SECRET
    assert minimal.exif(exif.tobytes()) == b""
    assert minimal.exif(b"rubbish") == b""
