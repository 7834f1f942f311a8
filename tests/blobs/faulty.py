"""A proxy before an S3 server that fails in the ways that stores and networks do, when it is told to."""

import http.client
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CANNED = b'<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Slow down.</Message></Error>'


class Fault(StrEnum):
    """What happens to one request."""

    none = "none"
    error = "500"
    busy = "503"
    reset = "reset before it is heard"
    deaf = "done, and the answer lost"
    stall = "silence"
    half_stall = "silence in the middle of the answer"
    truncated = "half of the answer, then the end"
    flipped = "a bit of the answer flipped"
    flipped_sent = "a bit of the request flipped"
    lost = "said to be done, and not done"


ALWAYS = tuple(fault for fault in Fault if fault is not Fault.none)
Plan = Callable[[str, str], Fault]
"""Which fault a request (method, path and query) meets."""


def healthy(method: str, path: str) -> Fault:
    """None at all."""
    return Fault.none


def mixed(seed: int, share: float, *, stalls: float = 0.02) -> Plan:
    """Any of them, in this share of requests; stalls, which take time, in a share of their own."""
    dice = random.Random(seed)
    quick = [fault for fault in ALWAYS if fault not in (Fault.stall, Fault.half_stall)]

    def plan(method: str, path: str) -> Fault:
        drawn = dice.random()
        if drawn < stalls:
            return dice.choice((Fault.stall, Fault.half_stall))
        return dice.choice(quick) if drawn < stalls + share else Fault.none

    return plan


class Proxy(ThreadingHTTPServer):
    """The proxy; `plan` may be changed at any time."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.upstream = urlsplit(upstream).netloc
        self.plan: Plan = healthy
        self.met: dict[Fault, int] = {}
        self.closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault_for(self, method: str, path: str) -> Fault:
        with self._lock:
            fault = self.plan(method, path)
            self.met[fault] = self.met.get(fault, 0) + 1
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go away: that is what this is for."""


@contextmanager
def proxied(upstream: str) -> Iterator[Proxy]:
    """A proxy that runs until the block ends."""
    proxy = Proxy(upstream)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.closing.set()
        proxy.shutdown()
        thread.join()
        proxy.server_close()


class _Exchange(BaseHTTPRequestHandler):
    """One request and its answer."""

    protocol_version = "HTTP/1.1"
    server: Proxy
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.fault_for(self.command, self.path)
        if fault in (Fault.error, Fault.busy):
            return self._say(int(fault), {}, CANNED)
        if fault is Fault.reset:
            return self._cut()
        if fault is Fault.stall:
            return self._be_silent()
        if fault is Fault.lost and self.command in ("PUT", "DELETE"):
            return self._say(200 if self.command == "PUT" else 204, {"ETag": '"' + "0" * 32 + '"'}, b"")
        status, headers, answer = self._ask(_flipped(body) if fault is Fault.flipped_sent else body)
        if fault is Fault.deaf:
            return self._cut()
        return self._answer(fault, status, headers, answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - as the base class wants them

    def _answer(self, fault: Fault, status: int, headers: dict[str, str], answer: bytes) -> None:
        if fault is Fault.flipped and self.command == "GET":
            return self._say(status, headers, _flipped(answer))
        if fault not in (Fault.truncated, Fault.half_stall) or len(answer) < 2:
            return self._say(status, headers, answer)
        self._say(status, headers, answer[: len(answer) // 2], len(answer))
        self.close_connection = True
        return self._be_silent() if fault is Fault.half_stall else None

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.server.upstream, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def _say(self, status: int, headers: dict[str, str], answer: bytes, announced: int | None = None) -> None:
        left_out = {"connection", "transfer-encoding", "keep-alive"}
        size = len(answer) if announced is None else announced
        if self.command != "HEAD":
            left_out.add("content-length")
        elif not any(name.lower() == "content-length" for name in headers):
            headers = {**headers, "Content-Length": "0"}
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in left_out:
                self.send_header(name, value)
        if self.command != "HEAD" and status != 204:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def _cut(self) -> None:
        """End the connection as a machine does that was switched off and on."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _be_silent(self) -> None:
        """Until the client has gone, or the proxy goes."""
        self.close_connection = True
        self.connection.settimeout(0.1)
        while not self.server.closing.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1):
                    return


def _flipped(body: bytes) -> bytes:
    """The body with one bit of it flipped, each time another."""
    if not body:
        return body
    changed = bytearray(body)
    changed[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return bytes(changed)
