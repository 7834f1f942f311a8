"""Albumen as its users run it: commands, and a server, as processes of their own on a data directory."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
from tests import databases
from tests.installation import wait_until

KEY = "a-key-for-the-tests"
ENVIRONMENT = {
    **os.environ,
    "ALBUMEN_API_KEY_1": KEY,
    "ALBUMEN_UPLOAD_RESERVE_BYTES": "0",
    "ALBUMEN_JOBS_POLL_SECONDS": "0.1",
    "COLUMNS": "120",
}


def albumen(folder: Path, *words: object) -> list[str]:
    """The words of a command on the installation in `folder`, whose database is there already."""
    if "serve" in words or "import" in words:
        databases.begin(folder / "data")
    return [sys.executable, "-m", "albumen", *map(str, words), "--data-dir", str(folder / "data")]


def run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    command = albumen(folder, *words)
    return subprocess.run(
        command, capture_output=True, text=True, timeout=240, env=ENVIRONMENT, cwd=folder, check=False
    )


@contextmanager
def started(folder: Path, *words: object) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on until the block ends."""
    process = subprocess.Popen(
        albumen(folder, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT, cwd=folder
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(folder: Path, **headers: str) -> Iterator[httpx2.Client]:
    """A server that answers, and a client of it."""
    port = free_port()
    with (
        started(folder, "serve", "--port", port),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):
        wait_until(lambda: answers(client), "the server", 60)
        yield client


def answers(client: httpx2.Client) -> bool:
    """Whether the server has begun to."""
    with suppress(httpx2.TransportError):
        return bool(client.get("/healthz").status_code == 200)
    return False
