"""A RabbitMQ broker for tests, and a line to it that can be cut.

A broker takes seconds to start, so that all workers of one pytest share it.  It listens on this machine only, under a
name of its own, with a port mapper of its own.  Tests keep apart by the prefix of their queues.
"""

import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from itertools import islice
from pathlib import Path

from tests.installation import wait_until
from tests.keepers import SECONDS, Kept

from albumen.jobs.rabbit import FAULTS, Broker, Listening

PROGRAMS = ("rabbitmq-server", "epmd")
_OURS_ONLY = "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"


@cache
def url() -> str:
    """Where the broker is; skips where none is installed, fails under CI=true.

    ALBUMEN_TEST_RABBITMQ names one of this machine that runs already.
    """
    if "ALBUMEN_TEST_RABBITMQ" in os.environ:
        return os.environ["ALBUMEN_TEST_RABBITMQ"]
    return KEPT.address()


def place(at: str | None = None) -> Broker:
    """Queues of one's own on the broker, or on what stands before it."""
    return Broker((at or url(),), f"test-{secrets.token_hex(6)}", silent_seconds=3)


def _run(folder: Path, stack: ExitStack) -> str:
    port, distribution, mapper = _free_ports(3)
    home = folder / "home"
    home.mkdir()
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.default = 127.0.0.1:{port}\nlog.console.level = warning\n")
    (folder / "plugins").write_text("[].\n")
    if os.geteuid() == 0:
        shutil.chown(home, "rabbitmq", "rabbitmq")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")},
        "HOME": str(home),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(mapper),
        "RABBITMQ_NODENAME": f"albumen-{port}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(home / "data"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _OURS_ONLY,
    }
    stack.enter_context(_running(["epmd"], environment))
    server = stack.enter_context(_running([_program()], environment))
    found = f"amqp://guest:guest@127.0.0.1:{port}/%2F"
    wait_until(lambda: server.poll() is not None or _answers(found), "RabbitMQ", SECONDS)
    assert server.poll() is None, "it ended"
    return found


def _program() -> str:
    """The server itself, without the script that changes users, which drops the environment."""
    own = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return str(own) if own.exists() else "rabbitmq-server"


@contextmanager
def _running(words: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A program, and all that it starts, until the block ends."""
    user = "rabbitmq" if os.geteuid() == 0 else None
    process = subprocess.Popen(words, env=environment, user=user, group=user, cwd="/tmp", start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def _answers(found: str) -> bool:
    try:
        Listening(Broker((found,), "test-first"), lambda: None, lambda: False).close()
    except FAULTS:
        return False
    return True


def _free_ports(count: int) -> list[int]:
    """Ports that are free now, from below those that clients are given while the broker starts."""
    return list(islice(filter(_is_free, random.sample(range(12_000, 30_000), 1000)), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


class Wire:
    """A TCP line to the broker.  It can be cut, be silent, and be mended."""

    def __init__(self) -> None:
        self._target = int(url().rpartition(":")[2].partition("/")[0])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.is_cut = False
        self.flows = threading.Event()
        self.flows.set()
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/%2F"

    def cut(self) -> None:
        """The broker has gone: connections end, and new ones end at once."""
        self.is_cut = True
        self._hang_up()

    def mend(self) -> None:
        """It is back."""
        self.is_cut = False
        self.flows.set()

    def hush(self) -> None:
        """It takes connections and reads nothing more, as one does whose disk is full."""
        self.flows.clear()

    def close(self) -> None:
        self.is_cut = True
        self.flows.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        ends, self._ends = self._ends, []
        for each in ends:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                caller.close()
                continue
            broker = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [caller, broker]
            threading.Thread(target=self._join, args=(caller, broker), daemon=True).start()

    def _join(self, caller: socket.socket, broker: socket.socket) -> None:
        with caller, broker:
            back = threading.Thread(target=self._pass_on, args=(broker, caller), daemon=True)
            back.start()
            self._pass_on(caller, broker)
            back.join()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self.flows.wait()
                sink.sendall(piece)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


KEPT = Kept("rabbitmq", PROGRAMS, __file__, _run, mode=0o755)

if __name__ == "__main__":
    KEPT.keep(Path(sys.argv[1]), int(sys.argv[2]))
