"""Photos a minute from upload to last rendition, with more workers and more servers: what is gained, what limits it.

One PostgreSQL that syncs, one folder for all bytes, and RabbitMQ where it is installed; all processes on this machine,
with the clients.  So more of them can only help until its cores are busy, and this says when they are.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import _photos
import _reference
import psycopg
from _report import Row, show
from _server import Connection, LiveServer
from ingest import Batches, spread, until
from tests import databases, rabbitmq

PHOTOS = 64
WORKERS, SERVERS = (1, 2, 4), (1, 2)
SYNCS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
CORES = os.cpu_count() or 1
_LEFT = "SELECT count(*) FROM originals WHERE developed_at IS NULL AND failure IS NULL"


class Door(LiveServer):
    """A server that takes the key of all; it answers, and does one job at a time."""

    def __init__(self, data_dir: Path, told: Mapping[str, str]) -> None:
        self._shared_key = told["ALBUMEN_API_KEY_1"]
        super().__init__(data_dir, **{**told, "ALBUMEN_JOBS_THREADS": "1"})

    def connect(self) -> Connection:
        """A connection of its own, for one thread."""
        return Connection(self.port, self._shared_key)


class Worker(LiveServer):
    """A process that only does jobs."""

    def __init__(self, data_dir: Path, told: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "albumen", "worker", "--data-dir", str(data_dir)]
        environment = {**os.environ, **told, "ALBUMEN_LOG_LEVEL": "warning"}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)


class Nodes:
    """Servers and workers that run."""

    def __init__(self, doors: Sequence[Door], workers: Sequence[Worker]) -> None:
        self._turns, self._all = cycle(doors), (*doors, *workers)

    def cpu_seconds(self) -> float:
        """What they, and all below them, have used."""
        return sum(each.cpu_seconds() for each in self._all)

    def connect(self) -> Connection:
        """A connection to one of the servers, each in turn."""
        return next(self._turns).connect()


@dataclass(frozen=True)
class House:
    """What all nodes are told alike, and where each keeps what is its own."""

    folder: Path
    told: Mapping[str, str]
    database: "psycopg.Connection[tuple[int, ...]]"

    @contextmanager
    def nodes(self, servers: int, workers: int) -> Iterator[Nodes]:
        """So many, with one decoder each."""
        with ExitStack() as stack:
            helpers = [stack.enter_context(Worker(self.folder / f"worker-{n}", self.told)) for n in range(workers)]
            doors = [stack.enter_context(Door(self.folder / f"server-{n}", self.told)) for n in range(servers)]
            yield Nodes(doors, helpers)

    def left(self) -> int:
        """How many photos are not ready."""
        [count] = self.database.execute(_LEFT).fetchone() or (0,)
        return count


@dataclass(frozen=True)
class Figures:
    """One measurement: photos a minute, cpu-ms of the nodes a photo, and how many cores were busy with anything."""

    a_minute: float
    cpu_milliseconds: float
    busy_cores: float


def measure(house: House, nodes: Nodes, batch: Sequence[tuple[str, bytes]]) -> Figures:
    """Upload all, and wait for the last rendition."""
    cpu, busy, started = nodes.cpu_seconds(), busy_seconds(), time.perf_counter()
    spread(nodes, batch)
    until(lambda: house.left() == 0)
    seconds = time.perf_counter() - started
    used = (nodes.cpu_seconds() - cpu) * 1000 / len(batch)
    return Figures(len(batch) * 60 / seconds, used, (busy_seconds() - busy) / seconds)


def busy_seconds() -> float:
    """CPU seconds that all processes of this machine have used."""
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")


def shared(folder: Path) -> dict[str, str]:
    """The settings of all nodes."""
    databases._OPTIONS.update(SYNCS)
    told = {"ALBUMEN_DATABASE_URL": databases.fresh(), "ALBUMEN_SECRET": secrets.token_hex(32)}
    told |= {"ALBUMEN_API_KEY_1": secrets.token_hex(16), "ALBUMEN_STORE_FOLDER": str(folder / "store")}
    told |= {"ALBUMEN_MEDIA_CHILDREN": "1", "ALBUMEN_DATABASE_SILENT_SECONDS": "15"}
    if all(map(shutil.which, rabbitmq.PROGRAMS)):
        told |= {"ALBUMEN_BELL_URL": rabbitmq.url(), "ALBUMEN_BELL_PREFIX": f"bench-{secrets.token_hex(4)}"}
    return told


def main() -> None:
    """Print a row for each number of servers and workers, and one for what limits them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = _photos.prepare(folder / "photos")
        told = shared(folder)
        house = House(folder, told, psycopg.connect(told["ALBUMEN_DATABASE_URL"], autocommit=True))
        bell = "RabbitMQ" if "ALBUMEN_BELL_URL" in house.told else "no broker"
        print(f"{_photos.described(photos)}; {PHOTOS} each, PostgreSQL, a folder, {bell}, {CORES} cores", flush=True)
        reference, batches = _reference.Reference(photos, CORES), Batches(photos)
        found: dict[tuple[int, int], Figures] = {}
        for servers, workers in product(SERVERS, WORKERS):
            bare = reference.rate() * 60
            with house.nodes(servers, workers) as nodes:
                measure(house, nodes, batches.next(4 * (servers + workers)))
                figures = found[servers, workers] = measure(house, nodes, batches.next(PHOTOS))
            describe(servers, workers, figures, bare)
        limit(found)
        reference.close()
        house.database.close()


def describe(servers: int, workers: int, figures: Figures, bare: float) -> None:
    """One row: against the bare decode on all cores."""
    what = f"{servers} server{'s' * (servers > 1)}, {workers} worker{'s' * (workers > 1)}"
    note = f"{figures.cpu_milliseconds:.0f} cpu-ms a photo, {figures.busy_cores:.2f} of {CORES} cores busy"
    show(Row(f"C{servers}{workers}", what, figures.a_minute, "photos/min", bare, ">= 0.45", note))


def limit(found: dict[tuple[int, int], Figures]) -> None:
    """The last row: how far the cores were used at best, which is where more processes help no more."""
    (servers, workers), best = max(found.items(), key=lambda each: each[1].a_minute)
    what = f"cores busy at the best, {servers} and {workers}"
    note = "cores are the limit" if best.busy_cores >= 0.85 * CORES else "cores are not what limits it"
    show(Row("C", what, best.busy_cores, "cores", float(CORES), ">= 0.85", note))


if __name__ == "__main__":
    main()
