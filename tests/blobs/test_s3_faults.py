"""A bucket that fails: no byte that is served is wrong, and nothing that was acknowledged is lost."""

import os
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests import s3
from tests.blobs.faulty import Fault, Plan, Proxy, healthy, mixed, proxied
from tests.contracts.blobs import filled, put
from tests.installation import wait_until

from albumen.blobs.bucket import Bucket, Place
from albumen.blobs.port import Corrupt
from albumen.blobs.s3 import S3Blobs
from albumen.kernel.errors import Conflict, Locked, NotFound, Unavailable

LARGE = 9 << 20
READS = (Fault.error, Fault.reset, Fault.deaf, Fault.stall, Fault.truncated)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxied(s3.radosgw().endpoint) as proxy:
        yield proxy


@pytest.fixture
def place() -> Place:
    return s3.radosgw().place()


@pytest.fixture
def sound(place: Place, tmp_path: Path) -> S3Blobs:
    """The store itself."""
    return S3Blobs(Bucket(place), tmp_path / "sound")


@pytest.fixture
def blobs(place: Place, proxy: Proxy, tmp_path: Path) -> S3Blobs:
    """The same store through the proxy."""
    return S3Blobs(Bucket(replace(place, endpoint=proxy.endpoint, silent_seconds=0.6)), tmp_path / "spools")


def always(fault: Fault, *methods: str) -> Plan:
    return lambda method, path: fault if method in methods else Fault.none


def once(fault: Fault, *methods: str) -> Plan:
    """The first of such requests meets it."""
    left = [fault]
    return lambda method, path: left.pop() if left and method in methods else Fault.none


def content(store: S3Blobs, key: str) -> bytes:
    return b"".join(store.read(key))


@pytest.mark.parametrize("fault", READS)
def test_a_store_that_does_not_answer_is_said_to_be_unavailable(
    blobs: S3Blobs, sound: S3Blobs, proxy: Proxy, fault: Fault
) -> None:
    put(sound, "photo", b"x" * 1000)
    proxy.plan = always(fault, "GET", "HEAD", "PUT")
    attempts: list[Callable[[], object]] = [
        lambda: content(blobs, "photo"),
        lambda: blobs.open("photo").read(),
        lambda: blobs.local("photo").__enter__(),
        lambda: put(blobs, "other", b"y"),
    ]
    for attempt in attempts[:3] if fault is Fault.truncated else attempts:
        with pytest.raises(Unavailable) as raised:
            attempt()
        assert raised.value.retry_seconds > 0
    proxy.plan = healthy
    assert content(blobs, "photo") == b"x" * 1000


@pytest.mark.parametrize("fault", [*READS, Fault.half_stall, Fault.flipped])
@pytest.mark.parametrize("size", [1000, 3 << 20])
def test_one_fault_is_overcome(blobs: S3Blobs, sound: S3Blobs, proxy: Proxy, fault: Fault, size: int) -> None:
    photo = os.urandom(size)
    put(sound, "photo", photo)
    proxy.plan = once(fault, "GET")
    with suppress(Unavailable):  # a machine may be so busy that the next request is late, too
        assert content(blobs, "photo") == photo
    assert proxy.met[fault] == 1


def test_bits_that_flip_on_the_way_are_not_damage_but_bits_that_lie_so_are(
    blobs: S3Blobs, sound: S3Blobs, proxy: Proxy, place: Place
) -> None:
    photo = os.urandom(5000)
    put(sound, "photo", photo)
    told = s3.radosgw().client.head_object(Bucket=place.bucket, Key=f"{place.prefix}/photo")["Metadata"]
    s3.radosgw().client.put_object(
        Bucket=place.bucket, Key=f"{place.prefix}/photo", Body=photo[:-1] + b"?", Metadata=told
    )
    for attempt in (lambda: content(blobs, "photo"), lambda: list(blobs.read("photo", 4000, 4001))):
        with pytest.raises(Corrupt):
            attempt()
    assert proxy.met[Fault.none] > 0


@pytest.mark.parametrize("size", [1000, LARGE])
@pytest.mark.parametrize("fault", [Fault.lost, Fault.flipped_sent, Fault.deaf, Fault.error])
def test_an_upload_is_acknowledged_only_when_it_is_there(
    blobs: S3Blobs, sound: S3Blobs, proxy: Proxy, fault: Fault, size: int
) -> None:
    photo = os.urandom(size)
    proxy.plan = once(fault, "PUT")
    try:
        put(blobs, "photo", photo)
    except Unavailable:
        with suppress(NotFound):
            assert content(sound, "photo") == photo, "what is there is whole"
    else:
        assert content(sound, "photo") == photo
    proxy.plan = healthy
    with suppress(Conflict), filled(blobs, photo) as spool:
        blobs.put("photo", spool)
        assert content(sound, "photo") == photo


def test_no_upload_is_lost_to_a_sweep(blobs: S3Blobs, place: Place, proxy: Proxy, tmp_path: Path) -> None:
    """Orphans are swept while the same bytes are uploaded again, and what the sweep says is lost now and then."""
    uploading = S3Blobs(Bucket(replace(place, silent_seconds=3.0)), tmp_path / "sound")
    keys = [f"orphan{number}" for number in range(12)]
    for key in keys:
        put(uploading, key, b"the same")
    old = uploading.stat(keys[-1]).modified_at + timedelta(seconds=2)
    wait_until(lambda: datetime.now(UTC) > old, "them to be old")
    kept = 0
    with ThreadPoolExecutor(2) as both:
        for number, key in enumerate(keys):
            proxy.plan = once(Fault.deaf if number % 4 == 3 else Fault.none, "POST")
            start = threading.Barrier(2)
            sweeping = both.submit(lambda key, start: (start.wait(), blobs.sweep([key], old)), key, start)
            putting = both.submit(lambda key, start: (start.wait(), put(uploading, key, b"the same")), key, start)
            assert isinstance(putting.exception(), Unavailable | None)
            assert isinstance(sweeping.exception(), Unavailable | Locked | None)
            if putting.exception() is None:
                kept += 1
                assert content(uploading, key) == b"the same"
            s3.radosgw().client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/.albumen/sweeping")
    assert kept > len(keys) // 2


class Torture:
    """Many things done to a store that fails, and what must be there in the end."""

    def __init__(self, blobs: S3Blobs, proxy: Proxy, seed: int) -> None:
        self.blobs, self.proxy, self.dice = blobs, proxy, random.Random(seed)
        self.kept: dict[str, bytes] = {}
        self.unsure: dict[str, bytes] = {}
        self.refused = self.served = 0

    def run(self, count: int) -> None:
        for _ in range(count):
            try:
                self.dice.choice(
                    (self.send, self.send, self.read, self.read, self.part, self.copy, self.seek, self.drop)
                )()
            except Unavailable:
                self.refused += 1

    def send(self) -> None:
        size = LARGE if self.dice.random() < 0.03 else self.dice.choice((0, 1, 1000, 70_000, 1_500_000))
        photo = self.dice.randbytes(size)
        key = f"{len(self.kept) + len(self.unsure)}-{self.dice.random()}"
        self.unsure[key] = photo
        put(self.blobs, key, photo)
        self.kept[key] = self.unsure.pop(key)

    def some(self) -> tuple[str, bytes]:
        if not self.kept:
            raise Unavailable
        return self.dice.choice(list(self.kept.items()))

    def check(self, given: bytes, wanted: bytes) -> None:
        assert given == wanted
        self.served += 1

    def read(self) -> None:
        key, photo = self.some()
        self.check(content(self.blobs, key), photo)

    def part(self) -> None:
        key, photo = self.some()
        start, end = sorted((self.dice.randint(0, len(photo)), self.dice.randint(0, len(photo))))
        self.check(b"".join(self.blobs.read(key, start, end)), photo[start:end])

    def copy(self) -> None:
        key, photo = self.some()
        with self.blobs.local(key) as copy:
            self.check(os.pread(copy, len(photo) + 1, 0), photo)

    def seek(self) -> None:
        key, photo = self.some()
        at = self.dice.randint(0, len(photo))
        with self.blobs.open(key) as stream:
            stream.seek(at)
            self.check(stream.read(5000), photo[at : at + 5000])

    def drop(self) -> None:
        key, _ = self.some()
        self.unsure[key] = self.kept.pop(key)
        self.blobs.delete(key)


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.torture)])
def test_torture(blobs: S3Blobs, sound: S3Blobs, proxy: Proxy, count: int) -> None:
    torture = Torture(blobs, proxy, seed=count)
    proxy.plan = mixed(count, 0.12, stalls=0.005)
    torture.run(count)
    assert torture.served > count // 5
    assert sum(proxy.met.values()) > 2 * count
    for key, photo in torture.kept.items():
        assert content(sound, key) == photo, "acknowledged, and there"
    for key, photo in torture.unsure.items():
        with suppress(NotFound):
            assert content(sound, key) == photo, "never acknowledged; whole or absent"
