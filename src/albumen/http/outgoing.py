"""Requests to machines of others: to the one that was looked at, for so long, and for so many bytes; no redirects."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult

from albumen.kernel.errors import Denied, Unavailable

PORTS: Final = {"http": 80, "https": 443}
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """Where a request goes: the address as given, and the one machine that its name stands for just now."""

    url: SplitResult
    machine: str
    port: int

    @property
    def path(self) -> str:
        """What is asked for there."""
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")


@dataclass(frozen=True)
class Limits:
    """How long each step may take, how long the whole, and how many bytes an answer may have; 0: it is not read."""

    step_seconds: float
    whole_seconds: float
    most_bytes: int = 0


@dataclass(frozen=True)
class Asked:
    """What is sent."""

    method: str
    headers: Mapping[str, str]
    body: bytes | None = None


def target(url: SplitResult, *, allows_private: bool) -> Target:
    """The machine that an address stands for now.

    Raises Denied where any of its machines is private, loopback or otherwise not of the open network, and Unavailable
    where its name cannot be found.
    """
    port = url.port or PORTS[url.scheme]
    try:
        found = socket.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable("The machine cannot be found.") from error
    machines = [str(each[4][0]) for each in found]
    if not allows_private and not all(map(is_public, machines)):
        raise Denied("This is a private address.")
    return Target(url, machines[0], port)


def is_public(machine: str) -> bool:
    """Whether an IP address is one of the open network; what stands for an IPv4 address is judged as that."""
    address = ipaddress.ip_address(machine.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address not in _UNICAST and address not in _NAT64 and not address.ipv4_mapped:
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to the machine that was looked at, whatever its name stands for by then."""

    def __init__(self, to: Target, seconds: float) -> None:
        self.default_port = PORTS[to.url.scheme]
        super().__init__(to.url.hostname or "", to.port, timeout=seconds)
        self._to, self._seconds, self.is_hung_up = to, seconds, False

    def connect(self) -> None:
        """Connect to that machine; by TLS for the name in the address."""
        self.sock = socket.create_connection((self._to.machine, self._to.port), timeout=self._seconds)
        if self._to.url.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._to.url.hostname)

    def hang_up(self) -> None:
        """End what answers a byte at a time."""
        self.is_hung_up = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def exchange(to: Target, asked: Asked, limits: Limits) -> tuple[int, bytes]:
    """Ask once; returns the status and the answer.  Raises Unavailable where it takes too long, or is too large."""
    connection = _Pinned(to, limits.step_seconds)
    timer = threading.Timer(limits.whole_seconds, connection.hang_up)
    timer.start()
    try:
        connection.request(asked.method, to.path, asked.body, dict(asked.headers))
        answer = connection.getresponse()
        status, body = answer.status, answer.read(limits.most_bytes + 1) if limits.most_bytes else b""
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable("The machine does not answer.") from error
    finally:
        timer.cancel()
        connection.close()
    if connection.is_hung_up:  # what had come by then looked like an answer
        raise Unavailable("The machine does not answer.")
    if len(body) > limits.most_bytes:
        raise Unavailable("The machine's answer is too large.")
    return status, body
