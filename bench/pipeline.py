"""Background renditions against the same decode done bare: rate, cpu a photo, bytes read."""

import os
import tempfile
import threading
import time
from pathlib import Path

import _photos
import _reference
from _report import Row, median, show

from albumen.media.guard import Guard
from albumen.media.recipes import RECIPES

ROUNDS = 3
SIZES = ("sm", "md", "lg")
TWO = ("sm", "lg")


def develop_all(guard: Guard, photos: list[Path], variants: tuple[str, ...], threads: int = 3) -> float:
    """Probe and develop every photo with a few threads; returns photos a second."""
    waiting = list(photos)
    started = time.perf_counter()

    def work() -> None:
        while waiting:
            try:
                path = waiting.pop()
            except IndexError:
                return
            develop(guard, path, variants)

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return len(photos) / (time.perf_counter() - started)


def develop(guard: Guard, path: Path, variants: tuple[str, ...]) -> None:
    """What an upload and its job ask of the decoders."""
    file = os.open(path, os.O_RDONLY)
    outputs = {variant: os.memfd_create(variant) for variant in variants}
    try:
        facts = guard.probe(file, path.name)
        guard.develop(file, facts.kind, outputs)
    finally:
        for descriptor in (file, *outputs.values()):
            os.close(descriptor)


def main() -> None:
    """Print rows 1 and 3 of the pipeline group; row 2 needs the whole service and stands in ingest.py."""
    with tempfile.TemporaryDirectory() as folder:
        photos = _photos.prepare(Path(folder))
        print(f"{_photos.described(photos)}; {ROUNDS} interleaved rounds; recipes {', '.join(RECIPES)}")
        reference = _reference.Reference(photos)
        with Guard(2) as guard:
            develop_all(guard, photos[:4], SIZES)
            pairs = [
                (develop_all(guard, photos, TWO), develop_all(guard, photos, SIZES), reference.rate())
                for _ in range(ROUNDS)
            ]
            two, three = median([a for a, _, _ in pairs]), median([b for _, b, _ in pairs])
            bare = median([c for _, _, c in pairs])
            note = f"with the third size {three:.1f} photos/s, ratio {three / bare:.2f}"
            show(Row("1", "metadata, hashes and two sizes, 2 decoders", two, "photos/s", bare, ">= 0.90", note))
            show(
                Row(
                    "3",
                    "bytes read of the original per ingest",
                    bytes_read(guard, photos),
                    "MB",
                    mean(photos),
                    "<= 1.1",
                )
            )
        reference.close()


def mean(photos: list[Path]) -> float:
    """Mean size in megabytes."""
    return sum(path.stat().st_size for path in photos) / len(photos) / 1e6


def bytes_read(guard: Guard, photos: list[Path]) -> float:
    """Mean megabytes fetched from the disk for one photo, its pages dropped before the probe and before the decode."""
    before = fetched()
    for path in photos:
        file = os.open(path, os.O_RDONLY)
        os.fsync(file)
        outputs = {variant: os.memfd_create(variant) for variant in SIZES}
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        facts = guard.probe(file, path.name)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        guard.develop(file, facts.kind, outputs)
        for descriptor in (file, *outputs.values()):
            os.close(descriptor)
    return (fetched() - before) / len(photos) / 1e6


def fetched() -> int:
    """Bytes that the decoders caused to be fetched from storage so far, by the kernel's count."""
    total = 0
    for listing in Path("/proc/self/task").glob("*/children"):
        for pid in listing.read_text().split():
            if b"albumen.media.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                lines = Path(f"/proc/{pid}/io").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("read_bytes:"))
    return total


if __name__ == "__main__":
    main()
