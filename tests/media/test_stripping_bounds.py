"""Stripping files that want to take for ever: each byte is looked at a few times at most."""

import io
import struct

import pytest

from albumen.kernel.pieces import size_of
from albumen.media.stripping.strip import strip

FRAME = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0"
SCAN = b"\xff\xda\0\x08\1\1\0\0\x3f\0"
END = b"\xff\xd9"


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and count."""
        found = super().read(size)
        self.read_bytes += len(found)
        return found


@pytest.mark.parametrize(
    "data",
    [b"\xff\xff\0" * 100_000, b"\xff" * 300_000 + b"\0", SCAN * 2000 + bytes(300_000)],
    ids=["many runs", "one long run", "many scans"],
)
def test_a_scan_is_read_a_few_times_at_most(data: bytes) -> None:
    file = Counted(FRAME + SCAN + data + END)
    pieces = strip(file, "jpeg")
    assert pieces is not None
    assert size_of(pieces) == len(file.getvalue())
    assert file.read_bytes < 100 * len(file.getvalue())


def test_pages_of_a_tiff_do_not_share_one_long_list_for_ever() -> None:
    count, pages, page_bytes = 100_000, 500, 2 + 2 * 12 + 4
    first = 8 + 4 * count
    made = b"II*\0" + struct.pack("<I", first) + struct.pack("<I", 8) * count
    for number in range(1, pages + 1):
        following = first + number * page_bytes if number < pages else 0
        places = struct.pack("<HHIIHHII", 273, 4, count, 8, 279, 4, count, 8)
        made += struct.pack("<H", 2) + places + struct.pack("<I", following)
    file = Counted(made)
    assert strip(file, "tiff") is None
    assert file.read_bytes < 40 * len(made)


def box(kind: bytes, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_many_samples_are_found_in_many_boxes() -> None:
    count = 40_000
    before = box(b"ftyp", b"isom\0\0\0\0isom") + box(b"mdat") * 3000
    data = box(b"mdat", b"\1" * 2 * count)
    places = struct.pack(f">{count}I", *range(len(before) + 8, len(before) + 8 + 2 * count, 2))
    tables = box(
        b"stbl",
        box(b"stsz", bytes(4), struct.pack(">II", 1, count)),
        box(b"stsc", bytes(4), struct.pack(">4I", 1, 1, 1, 1)),
        box(b"stco", bytes(4), struct.pack(">I", count), places),
    )
    told = box(b"mdia", box(b"hdlr", bytes(8), b"meta", bytes(13)), box(b"minf", tables))
    pieces = strip(io.BytesIO(before + data + box(b"moov", box(b"trak", told))), "mp4")
    assert pieces is not None
    assert pieces.count(1) == count


def test_boxes_within_boxes_are_counted_together() -> None:
    tracks = [box(b"trak", box(b"mdia", box(b"minf", box(b"free") * 3900)))] * 80
    made = box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", *tracks) + box(b"mdat", b"\1")
    file = Counted(made)
    assert strip(file, "mp4") is None
    assert file.read_bytes < 8 * len(made)
