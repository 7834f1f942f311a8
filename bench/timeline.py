"""Timelines of 10,000, 100,000 and a million photos: the months, the index, and chunks all over it."""

import gzip
import os
import struct
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import _million
from _report import Row, median, show
from _server import LiveServer

SMALL, MIDDLE = 10_000, 100_000
LARGE = int(os.environ.get("ALBUMEN_BENCH_FILES", str(_million.FILES)))
MONTHS, INDEXES, CHUNKS = 200, 5, 200
CHUNK = 512


def main() -> None:
    """Fill a library of each size, one after the other, and print a row for each promise."""
    with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder:
        measured = {files: measure(Path(folder) / str(files), files) for files in (SMALL, MIDDLE, LARGE)}
    small, middle, large = (measured[files] for files in (SMALL, MIDDLE, LARGE))
    ratio = f"{LARGE:,} photos ÷ {SMALL:,}"
    show(Row("T", f"months, p95 of {MONTHS}, {ratio}", large.months, "ms", small.months, "<= 1.2"))
    show(Row("T", f"index of {MIDDLE:,}, median of {INDEXES}", middle.index, "ms", None, "<= 300", middle.note))
    show(Row("T", f"index of {LARGE:,}, median of {INDEXES}", large.index, "ms", None, "<= 3000", large.note))
    show(Row("T", f"chunk, p95 of {CHUNKS}, {ratio}", large.chunk, "ms", small.chunk, "<= 2.0"))
    show(Row("T", f"peak memory of the server with {LARGE:,}", large.peak, "MiB", None, "<= 600"))


@dataclass(frozen=True)
class Measured:
    """What one size took, in milliseconds, and the server's peak in MiB."""

    months: float
    index: float
    chunk: float
    peak: float
    note: str


def measure(data_dir: Path, files: int) -> Measured:
    """One size."""
    data_dir.mkdir()
    with LiveServer(data_dir) as server:
        server.connect().request_json("POST", "/v1/libraries", {"name": "Many", "timeZone": "UTC"})
    _million.fill(data_dir / "albumen.db", files)
    with LiveServer(data_dir) as server:
        by = server.connect()
        [library] = by.request_json("GET", "/v1/libraries")
        at = f"/v1/libraries/{library['libraryId']}/timeline"

        def timed(path: str) -> tuple[float, bytes]:
            begun = time.perf_counter()
            body = by.request("GET", path)
            return (time.perf_counter() - begun) * 1000, body

        found = [timed(f"{at}/index") for _ in range(INDEXES)]
        body = found[0][1]
        version = body[-struct.unpack_from("<I", body, 12)[0] :].decode()
        dice = Random(3)
        numbers = [dice.randrange(files // CHUNK) for _ in range(CHUNKS)]
        chunks = [timed(f"{at}/chunks/{version}/{number}")[0] for number in numbers]
        months = [timed(at)[0] for _ in range(MONTHS)]
    note = f"{len(body):,} bytes, {len(gzip.compress(body, 4)):,} compressed"
    index = median([took for took, _ in found])
    return Measured(_p95(months), index, _p95(chunks), server.peak_bytes / (1 << 20), note)


def _p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


if __name__ == "__main__":
    main()
