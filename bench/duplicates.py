"""A library of a million files: how long finding look-alikes takes, beside a bare scan of the hashes in memory."""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import _million
import numpy as np
from _report import Row, median, show
from _server import LiveServer
from numpy.typing import NDArray
from sqlalchemy import select

from albumen import app as composition
from albumen.app import App
from albumen.assets.duplicates import lookalikes, similar
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.settings import Settings

ROUNDS = 50
GROUPED = 100_000


def main() -> None:
    """Fill a library, look up files at random, and print row 16."""
    with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder:
        data_dir = Path(folder)
        with LiveServer(data_dir) as server:
            server.connect().request_json("POST", "/v1/libraries", {"name": "Large", "timeZone": "UTC"})
        _million.fill(data_dir / "albumen.db")
        app = composition.build(Settings(_env_file=None, data_dir=data_dir))
        try:
            measure(app)
        finally:
            app.close()


def measure(app: App) -> None:
    """A look-up and a bare scan in turn, then the pairs of a smaller library."""
    with app.reading(SYSTEM) as unit:
        chosen = Random(5).sample(list(unit.db.scalars(select(File.id).limit(10_000))), ROUNDS)
    first = milliseconds(lambda: look_up(app, chosen[0]))
    with app.reading(SYSTEM) as unit:
        hashes = lookalikes.known(unit, unit.db.get_one(File, chosen[0]).library_id).hashes
    ours, bare = [], []
    for number, file_id in enumerate(chosen):
        ours.append(milliseconds(partial(look_up, app, file_id)))
        bare.append(milliseconds(partial(scan, hashes, number)))
    what = f"near-duplicate look-up among {len(hashes):,} files"
    show(
        Row("16", what, median(ours), "ms", median(bare), "<= 3", f"the first, which reads the hashes: {first:,.0f} ms")
    )
    some = np.unique(hashes)[:: max(1, len(hashes) // GROUPED)]
    spent = milliseconds(lambda: lookalikes.pairs(some)) / 1000
    show(Row("16", f"all near pairs of {len(some):,} files", spent, "s", None, "<= 10"))


def look_up(app: App, file_id: int) -> None:
    """What the route of look-alikes does, without HTTP."""
    with app.reading(SYSTEM) as unit:
        similar.similar(unit, unit.db.get_one(File, file_id))


def scan(hashes: NDArray[np.uint64], number: int) -> None:
    """The hashes that are near to one of them, and nothing else."""
    np.flatnonzero(np.bitwise_count(hashes ^ hashes[number]) <= lookalikes.FARTHEST)


def milliseconds(work: Callable[[], None]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
