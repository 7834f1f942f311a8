"""Spools: what is hashed is what was written, however it came in."""

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from albumen.blobs.spools import Spool
from albumen.kernel import ids
from albumen.kernel.errors import OverQuota


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def check(spool: Spool, content: bytes) -> None:
    assert spool.size_bytes == len(content)
    assert spool.digest == hashlib.sha256(content).digest()
    assert spool.signature == ids.signature(spool.digest)
    assert spool.crc32 == zlib.crc32(content)
    with spool.reader() as stream:
        assert stream.read() == content


def test_pieces_of_every_size(spool: Spool) -> None:
    pieces = [os.urandom(count) for count in (1, 0, 300_000, 17, 262_144, 262_143, 3_000_000)]
    for piece in pieces:
        spool.write(piece)
    check(spool, b"".join(pieces))


def test_more_than_the_disk_is_told_of_at_once(spool: Spool) -> None:
    piece = os.urandom(5_000_000)
    for _ in range(8):
        spool.write(memoryview(piece))
    check(spool, piece * 8)


def test_adopting_what_others_wrote(spool: Spool) -> None:
    content = os.urandom(2_000_000)
    os.pwrite(spool.fileno(), content, 0)
    spool.adopt()
    check(spool, content)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize("count", [10, 1_000_000])
def test_a_full_disk_changes_nothing(spool: Spool, count: int) -> None:
    spool.write(b"before")
    kept, full = os.dup(spool.fileno()), os.open("/dev/full", os.O_RDWR)
    os.dup2(full, spool.fileno())
    with pytest.raises(OverQuota):
        spool.write(bytes(count))
    os.dup2(kept, spool.fileno())
    os.close(kept)
    os.close(full)
    check(spool, b"before")
