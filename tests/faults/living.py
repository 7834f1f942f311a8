"""Real processes for the fault trials: `albumen serve` and its kin, spoken to over sockets, and killed."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tests.installation import wait_until
from tests.make import form

from albumen.db.engine import sqlite_module

KEY = "a-key-for-the-trials"
DECODERS = 2
IDLE_SECONDS = 3.0
"""A server hangs up after five: whoever asks just then gets no answer."""
SETTINGS = {
    "ALBUMEN_API_KEY_1": KEY,
    "ALBUMEN_UPLOAD_RESERVE_BYTES": "0",
    "ALBUMEN_MEDIA_CHILDREN": str(DECODERS),
    "ALBUMEN_JOBS_POLL_SECONDS": "0.1",
    "ALBUMEN_JOBS_LEASE_SECONDS": "5",
    "ALBUMEN_SERVER_GRACE_SECONDS": "5",
    "ALBUMEN_LOG_LEVEL": "warning",
    "ALBUMEN_LOG_FORMAT": "json",
}

Rows = list[tuple[Any, ...]]
Query = Callable[[], Rows]

_BOUND = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
"""Nothing outlives a test run that is itself killed."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class House:
    """A data directory, and whichever processes work on it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.data = folder, folder / "data"
        self.inside: Callable[[Query], Rows] = lambda query: query()
        self.log = folder / "log"
        self.settings = settings
        self.port = 0
        self.server: subprocess.Popen[bytes] | None = None
        self._callers: list[Caller] = []

    def run(self, *words: object, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a command of albumen in a process group of its own; `before` goes before its name."""
        command = [*_BOUND, *before, sys.executable, "-m", "albumen", *map(str, words), "--data-dir", str(self.data)]
        environment = {**os.environ, **SETTINGS, **self.settings}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, env=environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def must(self, *words: object) -> None:
        """Run a command of albumen to its end, which must be a good one."""
        process = self.run(*words)
        assert process.wait(120) == 0, f"albumen {words[0]} failed:\n{self.told()}"

    def start(self, *, before: Sequence[str] = ()) -> None:
        """Start the server and wait until it answers."""
        self.port = free_port()
        self.server = server = self.run("serve", "--port", self.port, before=before)
        wait_until(lambda: server.poll() is not None or self.answers(), "the server", 180)
        assert server.poll() is None, f"the server did not start:\n{self.told()}"

    def answers(self) -> bool:
        """Whether the server says that it is there."""
        with suppress(OSError, http.client.HTTPException), closing(Caller(self.port, "ann")) as caller:
            return caller.get("/healthz").status == 200
        return False

    def kill(self) -> None:
        """End the server as a power cut would end it, but for what the disk holds back."""
        assert self.server is not None
        end(self.server)
        self.server = None

    def stop(self) -> int:
        """Ask the server to end; its exit code."""
        assert self.server is not None
        self.server.terminate()
        code = self.server.wait(60)
        self.server = None
        return code

    def close(self) -> None:
        """Leave nothing running, and no connection open."""
        for caller in self._callers:
            caller.close()
        if self.server is not None:
            self.kill()

    def caller(self, name: str = "ann") -> "Caller":
        """Someone with a connection of their own."""
        self._callers.append(Caller(self.port, name))
        return self._callers[-1]

    def told(self) -> str:
        """The end of what the processes wrote."""
        return self.log.read_bytes()[-6000:].decode(errors="replace") if self.log.exists() else ""

    def faults(self) -> list[str]:
        """What the processes noted as unexpected."""
        words = ("request failed", "job loop failed", "Traceback")
        return [line for line in self.log.read_text(errors="replace").splitlines() if any(w in line for w in words)]

    def ask(self, query: str) -> Rows:
        """Rows of the database, read beside whoever writes it, and where they see it."""
        return self.inside(lambda: self._rows(query))

    def _rows(self, query: str) -> Rows:
        with closing(sqlite_module().connect(f"file:{self.data / 'albumen.db'}?mode=ro", uri=True)) as database:
            return list(database.execute(query))

    def stored(self) -> list[str]:
        """The keys in the store."""
        store = self.data / "store"
        found = (path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file())
        return sorted(key for key in found if not key.startswith("."))

    def spools(self) -> list[Path]:
        """The bodies on their way in, or left lying."""
        return list((self.data / "store" / ".spool").iterdir())

    def decoders(self) -> list[int]:
        """The process ids of the server's decoders."""
        assert self.server is not None
        found: list[int] = []
        for listing in Path(f"/proc/{self.server.pid}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(word) for word in listing.read_text().split()]
        return [pid for pid in found if b"albumen.media.child" in _command(pid)]


class Answer:
    """An answer that was read to its end."""

    def __init__(self, got: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.kind = got.status, got.headers, got.headers.get("content-type", "")
        self.body = got.read()

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:300]!r}"


class Caller:
    """A kept connection of one user.  Raises OSError and HTTPException where no whole answer comes."""

    def __init__(self, port: int, name: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._used = 0.0
        self.headers = {"Authorization": f"ApiKey {KEY}", "API-User-ID": name}

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Answer:
        """Any request, and its whole answer."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._http.close()
        with suppress(BrokenPipeError):  # whoever is refused early need not have sent it all
            self._http.request(method, path, body, {**self.headers, "Content-Type": kind})
        answer = Answer(self._http.getresponse())
        if answer.status >= 400:  # where a body was refused unread, the server hangs up, at times without a word
            self._http.close()
        self._used = time.monotonic()
        return answer

    def tus(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """A request of a resumable upload."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept, self.headers = self.headers, {**self.headers, "Tus-Resumable": "1.0.0", **named}
        try:
            return self.call(method, path, body, "application/offset+octet-stream")
        finally:
            self.headers = kept

    def get(self, path: str) -> Answer:
        """A GET."""
        return self.call("GET", path)

    def delete(self, path: str) -> Answer:
        """A DELETE."""
        return self.call("DELETE", path)

    def post(self, path: str, told: Any) -> Answer:
        """A POST of JSON."""
        return self.call("POST", path, json.dumps(told).encode())

    def send(self, path: str, part: str, *files: tuple[str, bytes]) -> Answer:
        """A POST of files by multipart."""
        body = form(*((part, name, content) for name, content in files))
        return self.call("POST", path, body, "multipart/form-data; boundary=the-boundary")

    def catalogue(self, content: bytes, name: str = "IMG_1.jpg") -> Answer:
        """Through the cataloguing door."""
        return self.send("/v1/upload/", "file", (name, content))

    def images(self) -> set[str]:
        """The ids of all images, page by page."""
        found: set[str] = set()
        path: str | None = "/v1/images?limit=1000"
        while path:
            page = self.get(path).json
            found |= set(page["ids"])
            path = f"/v1/images?limit=1000&cursor={page['next']}" if "next" in page else None
        return found

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its group, whatever it is doing."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def pause(seconds: float) -> None:
    """Let a moment pass that a trial has drawn by lot."""
    threading.Event().wait(seconds)
