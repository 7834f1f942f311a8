"""A real server to measure, and what its processes use."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveServer:
    """`albumen serve` on a data directory, with an application key; `program` is what Python runs for `albumen`."""

    program: Sequence[str] = ("-m", "albumen")

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port, self.key = free_port(), secrets.token_hex(16)
        environment = {**os.environ, "ALBUMEN_API_KEY_1": self.key, "ALBUMEN_LOG_LEVEL": "warning", **settings}
        command = [sys.executable, *self.program, "serve", "--port", str(self.port), "--data-dir", str(data_dir)]
        started = time.perf_counter()
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        self._await()
        self.start_seconds = time.perf_counter() - started
        self.peak_bytes = 0
        self._watching = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._watching.set()
        self._watcher.join()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def _await(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.connect().request_json("GET", "/healthz")["status"] == "ok":
                    return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError("the server did not start")

    def connect(self) -> "Connection":
        """A connection of its own, for one thread."""
        return Connection(self.port, self.key)

    def tree(self) -> list[int]:
        """The process and all below it."""
        found = [self.process.pid]
        for pid in found:
            for listing in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(word) for word in listing.read_text().split()]
        return found

    def cpu_seconds(self) -> float:
        """CPU used so far by all of them, and by those that have ended."""
        return sum(_cpu(pid) for pid in self.tree())

    def _watch(self) -> None:
        while not self._watching.wait(0.1):
            self.peak_bytes = max(self.peak_bytes, sum(_resident(pid) for pid in self.tree()))


class Connection:
    """A kept-alive HTTP connection."""

    def __init__(self, port: int, key: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"ApiKey {key}", "API-User-ID": "bench"}

    def request(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> bytes:
        """The body of a successful answer.  Raises RuntimeError for any other."""
        self._http.request(method, path, body, {**self._headers, **(headers or {})})
        try:
            answer = self._http.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for too long
            self._http.close()
            self._http.request(method, path, body, {**self._headers, **(headers or {})})
            answer = self._http.getresponse()
        raw = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {raw[:300]!r}")
        return raw

    def request_json(self, method: str, path: str, body: Any = None) -> Any:
        """The same, decoded."""
        sent = None if body is None else msgspec.json.encode(body)
        return msgspec.json.decode(self.request(method, path, sent, {"Content-Type": "application/json"}))

    def upload(self, name: str, content: bytes) -> Any:
        """Catalogue a photo by multipart; returns its JSON."""
        boundary = "albumen-bench-boundary"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return msgspec.json.decode(self.request("POST", "/v1/upload/", body, headers))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICK


def _resident(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
