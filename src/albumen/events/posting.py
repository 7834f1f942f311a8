"""Posting to addresses that users give: never to this machine or its neighbours, never further than asked."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from albumen.kernel.errors import Invalid, Unavailable

SECONDS: Final = 10.0
"""How long each step may take, and three of them the whole."""
_PORTS: Final = {"http": 80, "https": 443}
_MOST_CHARACTERS: Final = 2000
_SILENT: Final = "The webhook's machine does not answer."
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """Where a post goes: the address as given, and the one machine that its name stands for just now."""

    url: SplitResult
    machine: str
    port: int

    @property
    def path(self) -> str:
        """What is asked for there."""
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")


def check_url(url: str) -> SplitResult:
    """The parts of an address that could be posted to.  Raises Invalid."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or len(url) > _MOST_CHARACTERS or not url.isascii() or any(c <= " " for c in url):
        told = "A webhook goes to an address that begins with https:// or http://."
        raise Invalid(told, errors=[("url", "not an address")])
    if parts.username is not None or parts.password is not None:
        raise Invalid("A webhook's address holds no user or password.", errors=[("url", "holds a user")])
    return parts


def target(url: str, *, allows_private: bool) -> Target:
    """The machine that an address stands for now.

    Raises Invalid where any of its machines is private, loopback or otherwise not of the open network, and Unavailable
    where its name cannot be found.
    """
    parts = check_url(url)
    port = parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable("The webhook's machine cannot be found.") from error
    machines = [str(each[4][0]) for each in found]
    if not allows_private and not all(map(is_public, machines)):
        raise Invalid("A webhook may not go to a private address.", errors=[("url", "a private address")])
    return Target(parts, machines[0], port)


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

    def __init__(self, to: Target) -> None:
        self.default_port = _PORTS[to.url.scheme]
        super().__init__(to.url.hostname or "", to.port, timeout=SECONDS)
        self._to, self.is_hung_up = to, False

    def connect(self) -> None:
        """Connect to that machine; by TLS for the name in the address."""
        self.sock = socket.create_connection((self._to.machine, self._to.port), timeout=SECONDS)
        if self._to.url.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._to.url.hostname)

    def hang_up(self) -> None:
        """End what answers a byte at a time."""
        self.is_hung_up = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(to: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """Post once and return the status; what is answered is not read, and no redirect is followed.

    Raises Unavailable where nothing answers in time.
    """
    connection = _Pinned(to)
    timer = threading.Timer(3 * SECONDS, connection.hang_up)
    timer.start()
    try:
        connection.request("POST", to.path, body, dict(headers))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(_SILENT) from error
    finally:
        timer.cancel()
        connection.close()
    if connection.is_hung_up:  # what had come by then looked like an answer
        raise Unavailable(_SILENT)
    return status
