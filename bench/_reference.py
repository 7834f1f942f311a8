"""The reference of the pipeline benches: two renditions of each JPEG from one decode by libvips, and nothing else.

1440 px JPEG and 250 px WebP, quality 80, no metadata: what an image server cannot do without.
"""

import multiprocessing
import os
import resource
import time
from pathlib import Path

import pyvips

os.environ.setdefault("VIPS_CONCURRENCY", "1")


def both(path: str) -> int:
    """Make both renditions in memory; returns their bytes together."""
    pyvips.cache_set_max(0)
    web = pyvips.Image.thumbnail(path, 1440, height=1440, size="down").copy_memory()
    thumb = web.thumbnail_image(250, height=250)
    return len(web.write_to_buffer(".jpg[Q=80,keep=none]")) + len(thumb.write_to_buffer(".webp[Q=80,keep=none]"))


class Reference:
    """A pool of warm processes that runs the reference on demand."""

    def __init__(self, photos: list[Path], processes: int = 2) -> None:
        self._paths = [str(path) for path in photos]
        self._pool = multiprocessing.get_context("spawn").Pool(processes)
        self._pool.map(both, self._paths[: processes * 2])

    def rate(self) -> float:
        """Photos a second over all processes."""
        started = time.perf_counter()
        self._pool.map(both, self._paths, chunksize=2)
        return len(self._paths) / (time.perf_counter() - started)

    def close(self) -> None:
        """End the processes."""
        self._pool.close()
        self._pool.join()


def cpu_milliseconds(photos: list[Path]) -> float:
    """cpu-ms a photo, in this process, warm."""
    both(str(photos[0]))
    before = resource.getrusage(resource.RUSAGE_SELF)
    for path in photos:
        both(str(path))
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1000 / len(photos)
