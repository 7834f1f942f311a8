"""A way to a PostgreSQL server that can fall silent, as a network does, or be cut."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url
from tests import databases


class Way:
    """Passes bytes on between a port of this machine and the server's socket."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._open = threading.Event()
        self._open.set()
        self._ended = threading.Event()
        self.met = 0

    def fall_silent(self) -> None:
        """Pass on nothing; connections are taken, as by a firewall that swallows what comes after."""
        self._open.clear()

    def recover(self) -> None:
        """Pass everything on again, what has come meanwhile too."""
        self._open.set()

    def run(self) -> None:
        """Until it is closed."""
        while not self._ended.is_set():
            with suppress(OSError):
                ours, _ = self._listener.accept()
                self.met += 1
                threading.Thread(target=self._pass, args=(ours,), daemon=True).start()

    def _pass(self, ours: socket.socket) -> None:
        with ours, socket.socket(socket.AF_UNIX) as theirs:
            theirs.connect(self._target)
            while not self._ended.is_set():
                if not self._open.wait(0.05):
                    continue
                ready, _, _ = select.select([ours, theirs], [], [], 0.05)
                if not self._open.is_set():
                    continue
                for each in ready:
                    with suppress(OSError):
                        data = each.recv(65536)
                        if not data:
                            return
                        (theirs if each is ours else ours).sendall(data)

    def close(self) -> None:
        """Let nobody wait for us."""
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def way_to(url: str) -> Iterator[tuple[Way, str]]:
    """A way to this database, and its URL by that way."""
    parts = make_url(url)
    folder = Path(str(parts.query["host"]))
    [target] = [each for each in folder.iterdir() if each.name.startswith(".s.PGSQL") and each.suffix != ".lock"]
    way = Way(str(target))
    thread = threading.Thread(target=way.run)
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(way.close)
        yield way, f"postgresql://albumen@127.0.0.1:{way.port}/{parts.database}"


def new_database() -> str:
    """The URL of a new database; skips where there is no server."""
    databases.check_server()
    return databases.fresh()
