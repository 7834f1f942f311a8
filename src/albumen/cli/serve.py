"""The commands that stay: the server, and a worker of its own."""

import asyncio
import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer

from albumen import app as composition
from albumen import logs, server, worker
from albumen.accounts import first
from albumen.app import App
from albumen.cli.context import DataDir, data_folder, opened, settings
from albumen.kernel.errors import Conflict
from albumen.settings.rooms import ServerSettings

log = structlog.get_logger("albumen")
_TURN_SECONDS = 0.0005
"""How long a thread of Python has its turn while others wait, a tenth of what is usual: requests wait less for jobs."""

serving, working = typer.Typer(add_completion=False), typer.Typer(add_completion=False)


@serving.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the API and the pages, and work through jobs, in this one process."""
    chosen = settings(data_dir, host=host, port=port)
    logs.configure(chosen.log)
    logs.trace(chosen.trace)
    with alone(data_folder(chosen) / "serve.lock"):
        _check_port(chosen.server)
        app = composition.build(chosen)
        try:
            _serve(app)
        finally:
            app.close()
    _leave()


def _leave() -> None:
    """End the process at once: all is closed, and the HTTP server's own threads do not take part in an orderly exit."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold the data directory for one server.  Raises Conflict where another one has it."""
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"Another albumen serve is using {file.parent}. Stop it, or choose another --data-dir."
            ) from None
        yield


def _serve(app: App) -> None:
    sys.setswitchinterval(_TURN_SECONDS)
    if app.database.warning:
        log.warning(app.database.warning)
    worker.free_abandoned(app)
    crew = worker.crew(app, worker.SERVE)
    crew.start()
    _greet(app)
    try:
        asyncio.run(server.listen(app, crew.retire))
    finally:
        crew.stop(app.settings.server.grace_seconds)


def _greet(app: App) -> None:
    typer.echo(f"Albumen is at {app.settings.address}")
    token = first.sign_in_token(app)
    if token is not None:
        typer.echo(f"Sign in once with {app.settings.address}/sign-in/{token}")


def _check_port(chosen: ServerSettings) -> None:
    """Raises Conflict where somebody else listens there already."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            words = f"Cannot listen on {chosen.host} port {chosen.port}: {error.strerror}. Choose another --port."
            raise Conflict(words) from None


@working.command()
def work(data_dir: DataDir = None) -> None:
    """Work through jobs, as a process of its own on the same data."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with opened(data_dir, is_begun=True) as app:
        logs.configure(app.settings.log)
        logs.trace(app.settings.trace)
        crew = worker.crew(app)
        crew.start()
        log.info("working", pid=os.getpid())
        stop.wait()
        crew.stop(app.settings.server.grace_seconds)
