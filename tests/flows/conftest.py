"""After every flow, a device that followed the feed must hold what the server lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flows.replica import check_replicas
from tests.http import served
from tests.installation import APPLICATION_KEY, Caller, Installation, Shelf

from albumen import server
from albumen_client import Client
from albumen_client.transport import Patience


@pytest.fixture(autouse=True)
def followed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check that at the end of a test that has an installation."""
    if "installation" not in request.fixturenames:
        yield
        return
    installation = request.getfixturevalue("installation")
    yield
    check_replicas(installation)


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    with served.served(server.serve(installation.app)) as port:
        yield port


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    patience = Patience(tries=3, first_pause_seconds=0.01)
    with Client(f"http://127.0.0.1:{port}", key=APPLICATION_KEY, user="alice", patience=patience) as client:
        yield client


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
