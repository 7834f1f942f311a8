"""A server that listens, and clients of it."""

from collections.abc import Iterator

import pytest
from tests.http import served
from tests.installation import APPLICATION_KEY, Installation

from albumen import server
from albumen_client import Client
from albumen_client.transport import Patience

PATIENT = Patience(tries=8, first_pause_seconds=0.01)


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    """Where the installation listens."""
    with served.served(server.serve(installation.app)) as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    """Alice's client."""
    with Client(f"http://127.0.0.1:{port}", key=APPLICATION_KEY, user="alice", patience=PATIENT) as client:
        yield client
