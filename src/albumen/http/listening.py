"""The HTTP/1.1 server that listens, and how many connections it holds."""

import resource

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.types import ASGIApp

CONNECTIONS = 4096
HEADER_MILLISECONDS = 10_000
_BACKLOG = 2048
"""Connections that may wait to be taken; Linux holds it below `net.core.somaxconn`."""
_OTHER_FILES = 1024
"""What is open beside connections: the store, the database, children."""

log = structlog.get_logger("albumen.http")


def listener(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    connections: int = CONNECTIONS,
    header_milliseconds: int = HEADER_MILLISECONDS,
) -> Server:
    """A server that holds at most `connections` at a time, idle ones among them; more wait to be taken.

    A connection that sends no whole request head within `header_milliseconds` is closed.
    """
    return Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,  # with protocol detection a connection that says nothing is never timed out
        http1_settings=HTTP1Settings(header_read_timeout=header_milliseconds),
        backlog=_BACKLOG,
        backpressure=connections,
        log_level=LogLevels.error,
        websockets=False,
    )


def make_room(connections: int) -> int:
    """Let the process open as many files as so many connections need; how many connections it can hold then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return connections
    wanted = 2 * connections + _OTHER_FILES  # an answer may hold a file of the store
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if allowed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    possible = min(connections, max(1, (max(soft, allowed) - _OTHER_FILES) // 2))
    if possible < connections:
        log.warning("fewer connections than asked for: the limit of open files is low", connections=possible)
    return possible
