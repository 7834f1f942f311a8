"""A cluster on this machine: servers and workers of their own on one PostgreSQL, one bucket, one broker, one front.

PostgreSQL, radosgw and RabbitMQ are real ones, in folders of their own; they end with the process that asked for them.
"""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from front import Front, standing
from tests import databases, rabbitmq, s3
from tests.faults.living import Caller, House, end, free_port
from tests.installation import wait_until

SECONDS = 300


@dataclass
class Node:
    """A server or a worker: a data directory of its own, the settings of all."""

    house: House
    port: int = 0
    process: "Popen[bytes] | None" = None

    def start(self) -> None:
        """Begin to work; a server, until it is ready."""
        words = ("serve", "--port", self.port) if self.port else ("worker",)
        self.process = process = self.house.run(*words)
        if self.port:
            wait_until(lambda: process.poll() is not None or self.is_ready(), "a server", SECONDS)
        assert process.poll() is None, f"it did not start:\n{self.house.told()}"

    def is_ready(self) -> bool:
        """Whether it says so."""
        caller = Caller(self.port, "nobody")
        try:
            return caller.get("/readyz").status == 200
        except OSError:
            return False
        finally:
            caller.close()

    def stop(self) -> None:
        """Ask it to end, which it must do well."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(SECONDS) == 0, self.house.told()
        self.process = None

    def close(self) -> None:
        """Leave nothing running."""
        if self.process is not None:
            end(self.process)


@dataclass(frozen=True)
class Cluster:
    """Its nodes, and the port of its front."""

    port: int
    servers: list[Node]
    workers: list[Node] = field(default_factory=list)

    def told(self) -> str:
        """What the nodes wrote."""
        return "\n".join(f"{each.house.folder.name}: {each.house.told()}" for each in (*self.servers, *self.workers))


def shared_settings(*, bucket: bool = True, broker: bool = True) -> dict[str, str]:
    """What all nodes are told alike: the database, the bucket, the broker where there is one, the secret."""
    told = {"ALBUMEN_DATABASE_URL": databases.fresh(), "ALBUMEN_SECRET": secrets.token_hex(32)}
    told |= {"ALBUMEN_SERVER_DRAIN_SECONDS": "2", "ALBUMEN_DATABASE_SILENT_SECONDS": "15"}
    if bucket:
        place = s3.radosgw().place()
        told |= {"ALBUMEN_STORE_KIND": "s3", "ALBUMEN_STORE_BUCKET": place.bucket}
        told |= {"ALBUMEN_STORE_PREFIX": place.prefix, "ALBUMEN_STORE_ENDPOINT": place.endpoint}
        told |= {"ALBUMEN_STORE_ACCESS_KEY": place.access_key, "ALBUMEN_STORE_SECRET_KEY": place.secret_key}
    if broker and all(map(shutil.which, rabbitmq.PROGRAMS)):
        told |= {"ALBUMEN_BELL_URL": rabbitmq.url(), "ALBUMEN_BELL_PREFIX": f"cluster-{secrets.token_hex(4)}"}
    return told


@contextmanager
def running(folder: Path, told: Mapping[str, str], workers: int = 2) -> Iterator[Cluster]:
    """Two servers, so many workers and a front, until the block ends."""
    folder.mkdir(exist_ok=True)
    given: dict[str, Any] = dict(told)
    servers = [Node(House(folder / f"server-{n}", **given), free_port()) for n in range(2)]
    helpers = [Node(House(folder / f"worker-{n}", **given)) for n in range(workers)]
    port = free_port()
    try:
        for each in (*servers, *helpers):
            each.start()
        with standing(port, [each.port for each in servers]) as front:
            wait_until(lambda: _is_whole(front, servers), "the front", SECONDS)
            yield Cluster(port, servers, helpers)
    finally:
        for each in (*servers, *helpers):
            each.close()


def _is_whole(front: Front, servers: list[Node]) -> bool:
    return front.ready == {each.port for each in servers}
