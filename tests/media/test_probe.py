"""From whole files to facts: which block wins, how pictures are turned, and what damage does."""

import io
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

import pytest
from PIL import Image
from tests.media import samples
from tests.media.samples import box, chunk, jpeg, png, tiff, xmp

from albumen.kernel.errors import Invalid, Problem, Unsupported
from albumen.media import containers
from albumen.media.facts import GROUPS_BYTES, Facts, bounded
from albumen.media.probe import probe
from albumen.media.tiff import MAX_TAKEN_BYTES, Window


def facts(data: bytes, name: str = "x") -> Facts:
    return probe(io.BytesIO(data), name)


def saved(form: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(out, form, **more)
    return out.getvalue()


def test_a_turned_photo_is_measured_as_seen() -> None:
    read = facts(jpeg(tiff({274: 6}), size=(40, 30)))
    assert (read.width, read.height, read.orientation) == (30, 40, 6)
    assert (read.stored_width, read.stored_height, read.is_video) == (40, 30, False)


def test_the_camera_measures_and_the_editor_writes() -> None:
    exif = tiff({270: "from the camera", 271: "Canon", 18246: 1}, {36867: "2019:06:28 12:43:29"})
    packet = xmp(
        'tiff:Make="Other" xmp:Rating="5" xmp:CreateDate="2000-01-01"',
        "<dc:description>words</dc:description>",
    )
    caption = b"\x1c\x02\x69\0\5Title\x1c\x02\x19\0\3sea"
    iptc = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(caption)) + caption
    read = facts(jpeg(exif, packet, iptc))
    assert (read.make, read.rating, read.description, read.title) == ("Canon", 5, "words", "Title")
    assert read.keywords == ("sea",)
    assert read.taken and read.taken.source == "exif:DateTimeOriginal"
    assert set(read.groups) == {"EXIF", "XMP", "IPTC"}


def test_a_name_gives_a_date_only_when_nothing_else_does() -> None:
    name = "IMG_20190628_124329.jpg"
    read = facts(jpeg(), name).taken
    assert read and (read.source, read.local) == ("name", datetime(2019, 6, 28, 12, 43, 29))
    own = facts(jpeg(tiff({306: "2020:01:01 00:00:00"})), name).taken
    assert own and own.source == "exif:DateTime"


def test_png_keeps_metadata_in_chunks() -> None:
    packet = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp('xmp:Rating="3"'))
    hexed = b"Raw profile type exif\0\0" + zlib.compress(
        b"\nexif\n 6\n" + (b"Exif\0\0" + tiff({272: "K"})).hex().encode()
    )
    read = facts(
        png(
            chunk(b"eXIf", tiff({271: "Make"})),
            chunk(b"iTXt", packet),
            chunk(b"zTXt", hexed),
            chunk(b"tEXt", b"Title\0Caf\xe9"),
            chunk(b"tIME", struct.pack(">HBBBBB", 2019, 6, 28, 12, 43, 29)),
            chunk(b"acTL", struct.pack(">II", 12, 0)),
        )
    )
    assert (read.make, read.rating, read.title, read.frames) == ("Make", 3, "Café", 12)
    assert read.taken and (read.taken.source, read.taken.offset_minutes) == ("png:tIME", 0)
    assert (read.width, read.height) == (20, 10)
    assert facts(png(chunk(b"zTXt", hexed))).model == "K"


def test_a_bomb_in_a_text_chunk_is_cut_short() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    assert facts(png(chunk(b"zTXt", b"Comment\0\0" + bomb))).width == 20


def test_many_bombs_share_one_allowance() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000)))
    blocks = containers.png(io.BytesIO(png(*[bomb] * 200)))
    assert blocks.allowance == 0


def test_pointers_to_the_same_bytes_share_one_allowance() -> None:
    window = Window(io.BytesIO(bytes(2_000_000)))
    taken = sum(len(window.take(100, 1_900_000)) for _ in range(50))
    assert 0 < taken <= MAX_TAKEN_BYTES


def test_a_very_long_date_takes_no_time_to_refuse() -> None:
    assert facts(jpeg(tiff({306: "2019" + " " * 60_000 + "x"}))).taken is None


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_with_and_without_its_own_header(lossless: bool) -> None:
    plain = facts(saved("WEBP", lossless=lossless))
    assert (plain.kind, plain.width, plain.height) == ("webp", 20, 10)
    told = facts(saved("WEBP", exif=b"Exif\0\0" + tiff({271: "HTC", 274: 8}), xmp=xmp('xmp:Rating="2"')))
    assert (told.make, told.rating, told.width, told.height) == ("HTC", 2, 10, 20)


def test_moving_pictures_tell_frames_and_length() -> None:
    pictures = [Image.new("RGB", (20, 10), (n * 40, 0, 0)) for n in range(5)]
    for form in ("GIF", "WEBP"):
        out = io.BytesIO()
        pictures[0].save(out, form, save_all=True, append_images=pictures[1:], duration=100)
        read = facts(out.getvalue())
        assert (read.frames, read.duration_seconds, read.is_video) == (5, 0.5, False)


def test_gif_comments_and_xmp() -> None:
    plain = saved("GIF", comment=b"by hand")
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    packet = b"\x21\xff\x0bXMP DataXMP" + xmp('xmp:Rating="3"') + trailer
    read = facts(plain[:-1] + packet + b";")
    assert (read.rating, read.frames) == (3, 1)
    assert read.groups["File"]["Comment"] == "by hand"


def test_bitmaps_from_the_top_too() -> None:
    data = bytearray(saved("BMP"))
    data[22:26] = struct.pack("<i", -10)
    assert (facts(bytes(data)).width, facts(bytes(data)).height) == (20, 10)


def test_tiff_pages() -> None:
    out = io.BytesIO()
    pages = [Image.new("L", (20, 10)) for _ in range(3)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert facts(out.getvalue()).frames == 3
    assert facts(tiff({256: 20, 257: 10, 274: 5, 700: xmp('xmp:Rating="1"')})).rating == 1


TURN = box(b"irot", b"\1")
CLIP = box(b"clap", struct.pack(">8I", 90, 1, 50, 1, 0, 1, 0, 1))


@pytest.mark.parametrize(
    ("transforms", "seen"),
    [
        ((), (100, 60)),
        ((TURN,), (60, 100)),
        ((CLIP,), (90, 50)),
        ((CLIP, TURN), (50, 90)),
        ((box(b"imir", b"\0"),), (100, 60)),
    ],
)
def test_heic_is_turned_by_its_container_alone(transforms: tuple[bytes, ...], seen: tuple[int, int]) -> None:
    read = facts(samples.heic((100, 60), *transforms, exif=tiff({271: "Apple", 274: 6})))
    assert (read.width, read.height) == seen
    assert (read.orientation, read.make, read.stored_width) == (1, "Apple", 100)
    assert read.groups["EXIF"]["Orientation"] == "Rotate 90 CW"


def test_samsungs_film_behind_a_photo() -> None:
    film = b"FILM" * 10
    data = struct.pack("<HHI", 0, 0x0A30, 16) + b"MotionPhoto_Data" + film
    listing = b"SEFH" + struct.pack("<IIHHII", 106, 1, 0, 0x0A30, len(data), len(data))
    whole = jpeg() + data + listing + struct.pack("<I", len(listing)) + b"SEFT"
    offset = facts(whole).motion_offset
    assert offset and whole[len(whole) - offset :].startswith(film)


@pytest.mark.parametrize(
    "data",
    [
        jpeg()[:20],
        jpeg(size=(1, 1)).replace(b"\xff\xc0\0\x11\x08\0\1\0\1", b"\xff\xc0\0\x11\x08\0\0\0\0"),
        png()[:20],
        b"GIF89a\0\0\0\0\0\0\0",
        b"RIFF\4\0\0\0WEBPVP8 \x0a\0\0\0" + bytes(10),
        b"II*\0\x08\0\0\0\0\0",
        samples.heic((0, 0)),
        box(b"ftyp", b"heic", bytes(4)),
        box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(100)),
        b"FUJIFILMCCD-RAW 0201" + bytes(200),
    ],
    ids=["jpeg", "sizeless", "png", "gif", "webp", "tiff", "heic", "empty heic", "mp4", "raf"],
)
def test_damage_is_told_in_words(data: bytes) -> None:
    with pytest.raises((Invalid, Unsupported)) as caught:
        facts(data)
    assert len(caught.value.detail) > 10


def test_damaged_metadata_does_not_cost_the_photo() -> None:
    read = facts(jpeg(b"II*\0\x08\0\0\0\xff\xff" + bytes(50), b"<x:xmpmeta", b"8BIM\xff"))
    assert (read.width, read.make) == (40, None)


def test_directories_in_a_ring_end() -> None:
    ring = tiff({256: 20, 257: 10})
    at = 8 + 2 + 2 * 12
    assert facts(ring[:at] + struct.pack("<I", 8) + ring[at + 4 :]).frames == 1


def test_boxes_within_boxes_end() -> None:
    nest = b""
    for _ in range(3000):
        nest = box(b"meta", bytes(4), nest)[: 1 << 16]
    with pytest.raises(Invalid):
        facts(box(b"ftyp", b"heic", bytes(4)) + nest)


@pytest.mark.parametrize(
    "make",
    [
        lambda: jpeg(tiff({271: "A"}, {36867: "2019:06:28 12:43:29"})),
        lambda: samples.heic((9, 9), exif=tiff({271: "A"})),
        png,
    ],
)
def test_any_single_wrong_byte_is_survived(make: Callable[[], bytes]) -> None:
    whole = make()
    for at in range(min(len(whole), 700)):
        broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            assert facts(broken).width > 0
        except Problem as problem:
            assert problem.detail


def test_groups_are_bounded() -> None:
    groups = bounded({f"G{n}": {"name": "x" * 1024}} for n in range(200))
    assert 0 < sum(len(v) for g in groups.values() for v in g.values()) <= GROUPS_BYTES


def test_only_headers_are_read() -> None:
    class Counting(io.BytesIO):
        total = 0

        def read(self, size: int | None = -1, /) -> bytes:
            got = super().read(size)
            Counting.total += len(got)
            return got

    file: BinaryIO = Counting(jpeg(tiff({271: "A"})) + bytes(5_000_000))
    assert probe(file, "x").make == "A"
    assert Counting.total < 10_000
