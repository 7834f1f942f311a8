"""Files put straight into a bucket that fails: what is taken is what was sent, and nothing that was taken is lost."""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from tests import s3
from tests.blobs.faulty import Fault, Proxy, mixed, proxied

from albumen.blobs import direct
from albumen.blobs.bucket import Bucket, Place
from albumen.blobs.direct import Direct, Landed, Landing
from albumen.blobs.s3 import S3Blobs
from albumen.kernel.errors import Conflict, NotFound, Unavailable

PART = 5 << 20


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxied(s3.radosgw().endpoint) as proxy:
        yield proxy


@pytest.fixture
def place() -> Place:
    return s3.radosgw().place()


@pytest.fixture
def blobs(place: Place, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Blobs:
    """A store through the proxy, which signed addresses lead through as well."""
    monkeypatch.setattr(direct, "PART_BYTES", PART)
    return S3Blobs(Bucket(replace(place, endpoint=proxy.endpoint, silent_seconds=2)), tmp_path, is_direct=True)


def door_of(blobs: S3Blobs) -> Direct:
    assert blobs.direct is not None
    return blobs.direct


def put(door: Direct, landing: Landing, number: int, content: bytes) -> None:
    """Put a part as a client does, who hears of no error but that of its own connection."""
    at = landing.offset_of(number)
    request = Request(door.address(landing, number, 60), content[at:][: landing.size_of(number)], method="PUT")
    with urlopen(request, timeout=10) as answer:
        answer.read()


def stubborn[T](attempt: Callable[[], T]) -> T:
    """Try until it goes."""
    for _ in range(50):
        try:
            return attempt()
        except (Unavailable, URLError, OSError):
            pass
    raise AssertionError("it never went")


def fetched(door: Direct, landing: Landing, digest: bytes) -> Landed | None:
    """The bytes; None where other bytes lie there, which a second look shows."""
    for _ in range(3):
        spool = stubborn(lambda: door.fetch(landing, lambda _: None))
        if spool.digest == digest:
            return spool
        spool.discard()
    return None


def taken(blobs: S3Blobs, name: str, content: bytes) -> bool:
    """Send a file all the way; False where it arrived damaged, and was not taken."""
    door = door_of(blobs)
    landing = stubborn(lambda: door.begin(name, len(content)))
    while missing := stubborn(lambda: door.missing(landing)):
        for number in missing:
            stubborn(partial(put, door, landing, number, content))
    stubborn(lambda: door.join(landing))
    spool = fetched(door, landing, hashlib.sha256(content).digest())
    if spool is not None:
        stubborn(lambda: blobs.put(name, spool))
        spool.discard()
    stubborn(lambda: door.drop(landing))
    return spool is not None


@pytest.mark.parametrize("count", [6, pytest.param(300, marks=pytest.mark.torture)])
def test_a_bucket_that_fails_takes_nothing_wrong(
    blobs: S3Blobs, place: Place, proxy: Proxy, tmp_path: Path, count: int
) -> None:
    dice, kept = random.Random(count), {}
    proxy.plan = mixed(count, 0.15, stalls=0.0)
    for number in range(count):
        content = dice.randbytes(PART + 1000 if number % 12 == 5 else dice.choice((1, 3000, 200_000)))
        if taken(blobs, f"{number:032x}", content):
            kept[f"{number:032x}"] = content
    assert len(kept) > count // 2
    assert sum(many for fault, many in proxy.met.items() if fault is not Fault.none) > count // 2
    sound = S3Blobs(Bucket(place), tmp_path / "sound", is_direct=True)
    for name, content in kept.items():
        assert b"".join(sound.read(name)) == content
        assert sound.digest(name) == hashlib.sha256(content).hexdigest()


def test_parts_that_are_missing_are_told(blobs: S3Blobs) -> None:
    door, content = door_of(blobs), random.Random(1).randbytes(2 * PART + 1)
    landing = door.begin("a" * 32, len(content))
    assert (landing.count, door.missing(landing)) == (3, [1, 2, 3])
    with pytest.raises(Conflict):
        door.join(landing)
    for number in (3, 1, 2):
        put(door, landing, number, content)
    assert door.missing(landing) == []
    for _ in range(2):
        door.join(landing)
        assert door.missing(landing) == []
    with door.fetch(landing, lambda _: None) as spool:
        assert (spool.size_bytes, spool.digest) == (len(content), hashlib.sha256(content).digest())
        assert list(blobs.list()) == [], "what has landed is no blob yet"
        for _ in range(2):
            door.drop(landing)
    for attempt in (lambda: door.missing(landing), lambda: door.join(landing)):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotFound):
        door.fetch(landing, lambda _: None)


def test_parts_are_as_many_as_a_bucket_takes() -> None:
    for size in (1, direct.PART_BYTES, 50 << 30, 5 << 40):
        landing = Landing("a" * 32, "", size, direct.part_bytes_for(size))
        assert landing.count <= 10_000
        assert sum(landing.size_of(number) for number in range(1, landing.count + 1)) == size
        assert landing.size_of(1) <= 5 << 30
