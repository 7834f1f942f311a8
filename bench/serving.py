"""Bytes on their way out: thumbnails against the bare server, beside an ingest, and a ZIP against a plain file."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import _photos
from _bare import BareServer
from _report import Row, median, show
from _server import LiveServer
from ingest import Batches, await_renditions, spread
from sqlalchemy import select

from albumen import app as composition
from albumen.app import App
from albumen.blobs.links import Grant
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Rendition
from albumen.settings import Settings

ROUNDS = 5
SECONDS = 2
BUSY_SECONDS = 6
UPLOADS = 150
PERCENTILES = """
done = function(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.status + summary.errors.timeout
  local rate = summary.requests / (summary.duration / 1e6)
  io.write(string.format("MEASURED %.3f %.4f %d\\n", rate, latency:percentile(95) / 1000, failed))
end
"""


@dataclass(frozen=True)
class Load:
    """What a few clients at once were given: requests a second, and the milliseconds that 95 of 100 took at most."""

    rate: float
    p95: float


class Wrk:
    """The load generator."""

    def __init__(self, folder: Path) -> None:
        self._script = folder / "percentiles.lua"
        self._script.write_text(PERCENTILES)

    def __call__(self, url: str, *, clients: int = 8, seconds: int = SECONDS, core: int | None = None) -> Load:
        """Ask for one address over and over, from one core where it is told which.  Raises RuntimeError on errors."""
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        command = [*pinned, "wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", str(self._script), url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rate, p95, failed = told.rpartition("MEASURED")[2].split()
        if failed != "0":
            raise RuntimeError(told)
        return Load(float(rate), float(p95))


def interleaved(ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """The medians of both, measured turn by turn."""
    pairs = [(ours(), theirs()) for _ in range(ROUNDS)]
    return median([a for a, _ in pairs]), median([b for _, b in pairs])


def thumbnail(app: App) -> tuple[Path, str]:
    """The file of a small thumbnail, and a signed link to it."""
    with app.reading(SYSTEM) as unit:
        row = unit.db.scalars(select(Rendition).where(Rendition.variant == "sm").limit(1)).one()
    path = app.blobs.path(row.key)
    assert path is not None
    return path, linked(app, row.signature, "sm", row.key)


def linked(app: App, signature: str, variant: str, key: str) -> str:
    """A signed link, as pages give it out."""
    end = app.clock() + timedelta(hours=1)
    return app.signer.sign(Grant(variant=variant, signature=signature, key=key, mime="image/webp", expires_at=end))


def bare(wrk: Wrk, server: LiveServer, app: App) -> None:
    """Row 9."""
    file, link = thumbnail(app)
    ours = f"http://127.0.0.1:{server.port}{link}"
    with BareServer(file.parent) as reference:
        theirs = f"http://127.0.0.1:{reference.port}/file/{file.name}"
        rate, bare_rate = interleaved(lambda: wrk(ours).rate, lambda: wrk(theirs).rate)
    show(Row("9", "signed thumbnails against the bare server's", rate, "/s", bare_rate, ">= 0.35"))
    pin(server, {0})
    alone = median([wrk(ours, core=1).rate for _ in range(ROUNDS)])
    pin(server, set(range(os.cpu_count() or 1)))
    show(Row("9b", "signed thumbnails, the server on one core", alone, "/s", None, ">= 4000"))


def pin(server: LiveServer, cores: set[int]) -> None:
    """Let the server's threads run on these cores only."""
    for process in server.tree():
        for thread in Path(f"/proc/{process}/task").iterdir():
            os.sched_setaffinity(int(thread.name), cores)


def busy(wrk: Wrk, server: LiveServer, app: App, batches: Batches) -> None:
    """Row 10."""
    url = f"http://127.0.0.1:{server.port}{thumbnail(app)[1]}"
    idle = [wrk(url).p95 for _ in range(ROUNDS)]
    ingest = threading.Thread(target=spread, args=(server, batches.next(UPLOADS)))
    ingest.start()
    loaded = [wrk(url, seconds=BUSY_SECONDS).p95]
    still = ingest.is_alive()
    ingest.join()
    await_renditions(server)
    idle += [wrk(url).p95 for _ in range(ROUNDS)]
    note = "uploads all the while" if still else "the uploads ended before"
    show(Row("10", "thumbnail p95, 8 clients, beside an ingest", median(loaded), "ms", median(idle), "<= 3", note))


def zipped(server: LiveServer, app: App) -> None:
    """Row 11."""
    with app.reading(SYSTEM) as unit:
        files: Sequence[File] = unit.db.scalars(select(File)).all()
    body = {"fileIds": [ids.encode(file.id) for file in files]}
    path = f"/v1/libraries/{ids.encode(files[0].library_id)}/selection/download"
    offer = server.connect().request_json("POST", path, body)
    plain = linked(app, *whole(app, offer["sizeBytes"]))
    address = f"http://127.0.0.1:{server.port}"
    rate, plain_rate = interleaved(lambda: fetched(address + offer["url"]), lambda: fetched(address + plain))
    note = f"{offer['fileCount']} photos, {offer['sizeBytes'] / 1e6:.0f} MB"
    show(Row("11", "a ZIP against one file of its size", rate, "MB/s", plain_rate, ">= 0.7", note))


def whole(app: App, size_bytes: int) -> tuple[str, str, str]:
    """A blob of this size: its signature, variant and key."""
    with app.blobs.spool() as spool:
        while spool.size_bytes < size_bytes:
            spool.write(os.urandom(min(1 << 20, size_bytes - spool.size_bytes)))
        key = f"original/zz/{spool.signature}"
        app.blobs.put(key, spool)
        return spool.signature, "original", key


def fetched(url: str) -> float:
    """MB a second that curl gets."""
    command = ["curl", "-sSf", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", url]
    size_bytes, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(size_bytes) / 1e6 / float(seconds)


def main() -> None:
    """Print rows 9, 10 and 11."""
    missing = [name for name in ("wrk", "taskset", "curl") if shutil.which(name) is None]
    if missing:
        print(f"Not measured: {', '.join(missing)} not installed (sudo make services).")
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        batches, wrk = Batches(_photos.prepare(folder / "photos")), Wrk(folder)
        with LiveServer(folder / "data") as server:
            spread(server, batches.next(8))
            await_renditions(server)
            app = composition.build(Settings(data_dir=folder / "data"))
            bare(wrk, server, app)
            busy(wrk, server, app, batches)
            zipped(server, app)
            app.close()


if __name__ == "__main__":
    main()
