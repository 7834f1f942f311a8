"""Raw files: the sensor's size, and metadata from wherever each maker puts it."""

import io
import struct
from datetime import datetime

import pytest
from tests.media.negatives import dng
from tests.media.samples import box, jpeg, tiff

from albumen.kernel.errors import Invalid
from albumen.media import raws
from albumen.media.facts import Facts, merged
from albumen.media.kinds import KINDS
from albumen.media.probe import probe

PHOTO = {36867: "2019:06:28 12:43:29"}


def facts(data: bytes) -> Facts:
    return probe(io.BytesIO(data), "x")


@pytest.mark.parametrize(("orientation", "seen"), [(1, (640, 480)), (6, (480, 640)), (3, (640, 480))])
def test_the_sensors_size_counts_and_not_the_previews(orientation: int, seen: tuple[int, int]) -> None:
    read = facts(dng((640, 480), preview=jpeg(size=(80, 60)), orientation=orientation))
    assert (read.kind, read.orientation) == ("dng", orientation)
    assert (read.width, read.height) == seen
    assert (read.stored_width, read.stored_height) == (640, 480)


def test_a_cut_raw_file_ends_in_words() -> None:
    with pytest.raises(Invalid):
        facts(dng((640, 480))[:40])


def canon() -> bytes:
    parts = [box(b"CMT1", tiff({271: "Canon", 272: "EOS R"})), box(b"CMT2", tiff(PHOTO))]
    place = tiff({1: "N", 2: [(38, 1)], 3: "W", 4: [(9, 1)]})
    uuid = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    moov = box(b"moov", box(b"uuid", uuid, *parts, box(b"CMT4", place)), box(b"trak"))
    return box(b"ftyp", b"crx ", bytes(4), b"crx isom") + moov


def fuji() -> bytes:
    inside = jpeg(tiff({271: "Canon", 272: "EOS R"}, PHOTO))
    return b"FUJIFILMCCD-RAW ".ljust(84, b"0") + struct.pack(">II", 100, len(inside)) + bytes(8) + inside


def minolta() -> bytes:
    block = tiff({271: "Canon", 272: "EOS R"}, PHOTO)
    blocks = b"\0PRD" + struct.pack(">I", 24) + bytes(24) + b"\0TTW" + struct.pack(">I", len(block)) + block
    return b"\0MRM" + struct.pack(">I", len(blocks)) + blocks


def panasonic() -> bytes:
    inside = jpeg(tiff({271: "Canon", 272: "EOS R"}, PHOTO))
    return b"IIU\0" + tiff({0x2E: inside})[4:]


@pytest.mark.parametrize(
    ("kind", "data"), [("cr3", canon()), ("raf", fuji()), ("mrw", minolta()), ("rw2", panasonic())]
)
def test_where_makers_put_it(kind: str, data: bytes) -> None:
    read = merged(raws.found(io.BytesIO(data), KINDS[kind]))
    assert (read.make, read.model) == ("Canon", "EOS R")
    assert read.taken and read.taken.local == datetime(2019, 6, 28, 12, 43, 29)


def test_canons_place() -> None:
    read = merged(raws.found(io.BytesIO(canon()), KINDS["cr3"]))
    assert (read.latitude, read.longitude) == (38, -9)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if kind.family == "raw"])
def test_metadata_that_is_not_there_is_none(kind: str) -> None:
    assert merged(raws.found(io.BytesIO(b"II*\0\x08\0\0\0\0\0" + bytes(100)), KINDS[kind])).make is None
