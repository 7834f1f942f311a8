"""Copying a store into another: all of it, each blob compared, gone on with where it was broken off."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from tests import s3
from tests.blobs.faulty import Fault, healthy, proxied
from tests.contracts.blobs import put

from albumen.blobs.bucket import Bucket
from albumen.blobs.copying import Copying, Tally
from albumen.blobs.folder import FolderBlobs
from albumen.blobs.memory import MemoryBlobs
from albumen.blobs.port import Blobs
from albumen.blobs.s3 import S3Blobs
from albumen.kernel import ids
from albumen.kernel.errors import Unavailable

CONTENTS = {f"sm/a{n}/x{n}.webp": b"rendition %d" % n * 100 for n in range(30)} | {"original/é (2).jpg": b"", "b": b"b"}
Filled = Callable[[Blobs], Blobs]


def nobody(keys: Sequence[str]) -> Mapping[str, str]:
    return {}


@pytest.fixture(params=["folder to bucket", "bucket to folder"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Blobs, Blobs]]:
    """Where from, which is filled, and where to."""
    folder, bucket = FolderBlobs(tmp_path / "folder"), S3Blobs(s3.radosgw().empty(), tmp_path / "spools")
    source, target = (folder, bucket) if request.param == "folder to bucket" else (bucket, folder)
    for key, content in CONTENTS.items():
        put(source, key, content)
    yield source, target


def copied(source: Blobs, target: Blobs, **more: bool) -> Tally:
    return Copying(source, target, nobody, **more).run(source.list())


def contents(blobs: Blobs) -> dict[str, bytes]:
    return {each.key: b"".join(blobs.read(each.key)) for each in blobs.list()}


def test_all_of_it_and_a_second_time_nothing(stores: tuple[Blobs, Blobs]) -> None:
    first, second = copied(*stores), copied(*stores, is_thorough=True)
    assert (first.copied, first.found, first.failed) == (len(CONTENTS), 0, [])
    assert (second.copied, second.found, second.failed) == (0, len(CONTENTS), [])
    assert contents(stores[1]) == CONTENTS
    assert first.size_bytes == sum(map(len, CONTENTS.values()))


def test_it_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    source, place = FolderBlobs(tmp_path / "folder"), s3.radosgw().place(silent_seconds=1.0)
    for key, content in CONTENTS.items():
        put(source, key, content)
    with proxied(place.endpoint) as proxy:
        target = S3Blobs(Bucket(s3.through(place, proxy.endpoint)), tmp_path / "spools")
        proxy.plan = lambda method, path: Fault.error if sum(proxy.met.values()) > 60 else Fault.none
        with pytest.raises(Unavailable):
            copied(source, target)
        proxy.plan = healthy
        target = S3Blobs(Bucket(s3.through(place, proxy.endpoint)), tmp_path / "spools")  # the next run of the command
        tally = copied(source, target)
    assert (tally.copied + tally.found, tally.failed) == (len(CONTENTS), [])
    assert tally.found > 0
    assert contents(target) == CONTENTS


def test_what_differs_is_told_and_never_written_over() -> None:
    source, target = MemoryBlobs(), MemoryBlobs()
    whole = ids.signature(hashlib.sha256(b"whole").digest())
    put(source, "good", b"good")
    put(source, "damaged", b"whale")
    put(source, "taken", b"ours")
    put(target, "taken", b"not ours")
    tally = Copying(source, target, lambda keys: {"damaged": whole}).run(source.list())
    assert (tally.copied, tally.found) == (1, 0)
    assert dict(tally.failed).keys() == {"damaged", "taken"}
    assert contents(target) == {"good": b"good", "taken": b"not ours"}
