"""From the start of an upload to the last rendition: the whole service against the bare decode."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import _million
import _photos
import _reference
from _report import Row, median, show
from _server import Connection, LiveServer

from albumen.db.engine import sqlite_module

ROUNDS = 3
UPLOADERS = 4
PHOTOS = 48
DEADLINE = 300


class Connecting(Protocol):
    """One server, or several: what gives connections."""

    def connect(self) -> Connection:
        """A connection for one thread."""


def spread(server: Connecting, work: Sequence[tuple[str, bytes]], most: int = UPLOADERS) -> float:
    """Upload all with a few clients; returns the seconds it took."""
    waiting = list(work)
    failures: list[BaseException] = []

    def client() -> None:
        connection = server.connect()
        while waiting and not failures:
            try:
                connection.upload(*waiting.pop())
            except IndexError:
                return
            except BaseException as error:
                failures.append(error)

    started = time.perf_counter()
    clients = [threading.Thread(target=client) for _ in range(most)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    if failures:
        raise failures[0]
    return time.perf_counter() - started


def await_renditions(server: LiveServer) -> None:
    """Return when every original is developed; asks the database, so that waiting costs the server nothing."""
    connection = sqlite_module().connect(str(server.data_dir / "albumen.db"))
    open_ones = "SELECT count(*) FROM originals WHERE developed_at IS NULL AND failure IS NULL"
    until(lambda: connection.execute(open_ones).fetchone() == (0,))
    connection.close()


class Batches:
    """Photos as content that no batch before had."""

    def __init__(self, photos: list[Path]) -> None:
        self._photos, self._count = photos, 0

    def next(self, most: int) -> list[tuple[str, bytes]]:
        """That many new photos."""
        made = []
        for number in range(most):
            self._count += 1
            made.append((f"{self._count}.jpg", _photos.again(self._photos[number % len(self._photos)], self._count)))
        return made


def ingest(server: LiveServer, batch: list[tuple[str, bytes]]) -> float:
    """Photos a second from the first upload to the last rendition."""
    started = time.perf_counter()
    spread(server, batch)
    await_renditions(server)
    return len(batch) / (time.perf_counter() - started)


def main() -> None:
    """Print rows 2, 4, 6, 7 and 8."""
    with tempfile.TemporaryDirectory() as folder:
        photos = _photos.prepare(Path(folder, "photos"))
        print(f"{_photos.described(photos)}; {PHOTOS} a round, {UPLOADERS} clients, {ROUNDS} interleaved rounds")
        reference = _reference.Reference(photos)
        batches = Batches(photos)
        with LiveServer(Path(folder, "data")) as server:
            ingest(server, batches.next(8))
            rates(server, batches, reference)
            cpu(server, batches, photos)
            known(server, batches)
            show(Row("8", "peak memory of all processes, 2 decoders", server.peak_bytes / 2**20, "MiB", None, "<= 600"))
        start(Path(folder, "fresh"))
        crowded(Path(folder, "crowded"), batches)
        reference.close()


def rates(server: LiveServer, batches: Batches, reference: _reference.Reference) -> None:
    """Row 4."""
    pairs = [(ingest(server, batches.next(PHOTOS)), reference.rate()) for _ in range(ROUNDS)]
    ours, bare = median([a for a, _ in pairs]), median([b for _, b in pairs])
    show(Row("4", "HTTP upload to last rendition, all sizes", ours, "photos/s", bare, ">= 0.70", "Immich 0.226"))


def cpu(server: LiveServer, batches: Batches, photos: list[Path]) -> None:
    """Row 2."""
    before = server.cpu_seconds()
    ingest(server, batches.next(PHOTOS))
    ours = (server.cpu_seconds() - before) * 1000 / PHOTOS
    show(
        Row(
            "2",
            "whole service, per photo",
            ours,
            "cpu-ms",
            _reference.cpu_milliseconds(photos),
            "<= 1.35",
            "Immich 4.1",
        )
    )


def known(server: LiveServer, batches: Batches) -> None:
    """Row 6."""
    batch = batches.next(PHOTOS)
    fresh = ingest(server, batch)
    again = median([PHOTOS / spread(server, batch) for _ in range(ROUNDS)])
    show(Row("6", "upload of known files against new ones", again, "photos/s", fresh, ">= 5"))


def start(data_dir: Path) -> None:
    """Row 8b: the second start, on a data directory that is there."""
    with LiveServer(data_dir):
        pass
    with LiveServer(data_dir) as server:
        show(Row("8b", "cold start to the first answer", server.start_seconds, "s", None, "<= 1.5"))


def crowded(data_dir: Path, batches: Batches) -> None:
    """Row 7: two servers, one with a million rows in the same user's library, turn by turn."""
    with LiveServer(data_dir) as server:
        server.connect().upload(*batches.next(1)[0])
    _million.fill(data_dir / "albumen.db")
    with LiveServer(data_dir) as full, LiveServer(data_dir.with_name("empty")) as empty:
        ingest(full, batches.next(8))
        ingest(empty, batches.next(8))
        pairs = [(waited(full, batches), waited(empty, batches)) for _ in range(ROUNDS)]
    ours, bare = median([a for a, _ in pairs]), median([b for _, b in pairs])
    show(Row("7", "ingest into a library of a million files against an empty one", ours, "photos/s", bare, ">= 0.9"))


def waited(server: LiveServer, batches: Batches) -> float:
    """Photos a second until each one's own JSON says that it is done: no list of a million is asked for."""
    connection, batch = server.connect(), batches.next(PHOTOS)
    started = time.perf_counter()
    spread(server, batch[:-1])
    last = connection.upload(*batch[-1])
    path = f"/v1/libraries/{last['libraryId']}/files/{last['fileId']}"
    until(lambda: not connection.request_json("GET", path)["isProcessing"])
    return len(batch) / (time.perf_counter() - started)


def until(holds: Callable[[], bool]) -> None:
    """Return when the condition holds."""
    deadline = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError("it took too long")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
