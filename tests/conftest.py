"""What any room's tests may ask for: an installation, the corpus of real files, programs outside Python."""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from tests import databases
from tests.installation import Caller, Installation

from albumen.media.guard import Guard

REPOSITORY = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("ALBUMEN_CORPUS") or REPOSITORY.parent / "shared" / "corpus")


ON_BOTH = (
    *(f"tests/{room}/" for room in ("changes", "db", "jobs")),
    *(f"tests/libraries/test_{part}" for part in ("criteria", "quota", "sharing", "side_by_side", "trash", "versions")),
    *(f"tests/assets/test_{part}" for part in ("duplicates.", "places", "search_", "timeline")),
    "tests/albums/test_by_query",
    *(f"tests/vault/test_{part}" for part in ("blobs", "log")),
)
"""The tests that run on SQLite and on PostgreSQL.  `make test-postgres` runs all there, but for these:"""
ONLY_SQLITE = (
    *("tests/flows/test_served", "tests/cli/test_key", "tests/http/test_lanes", "tests/vault/test_secrecy"),
    *("tests/web/test_wall.py", "tests/web/test_grid_reach"),
)
"""They are about a database that is a file of the data directory: other processes open it by that, it is searched as a
file, it is filled past everything, or who writes to it holds up all others."""


SLOW = ("tests/flows/", "tests/assets/", "tests/media/", "tests/cli/", "tests/operations/")
SLOW_PAGES = tuple(f"tests/web/test_{page}" for page in ("vault", "browser", "upload", "guest_b", "account_b", "video"))
"""Where the files of tests lie that take long: they begin first, so that no worker is left with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, and end with the browser, whose driver leaves an event loop running."""

    def turn(item: pytest.Item) -> int:
        if item.nodeid.startswith("tests/web/"):
            return len(SLOW) + (1 if item.nodeid.startswith(SLOW_PAGES) else 2)
        return next((at for at, room in enumerate(SLOW) if item.nodeid.startswith(room)), len(SLOW))

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """What was imported stays: let the collector not look through all of it again and again, a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have what uses a database run on both where that matters most."""
    here = str(metafunc.definition.path.relative_to(REPOSITORY))
    if "database_kind" in metafunc.fixturenames and not databases.EVERYWHERE and here.startswith(ON_BOTH):
        metafunc.parametrize("database_kind", [databases.SQLITE, databases.POSTGRESQL], indirect=True)


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command sends logs to where this test captures them, which is closed for the next."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def in_ci() -> bool:
    """Whether nothing may be skipped for want of a program."""
    return "true" in (os.environ.get("CI"), os.environ.get("ALBUMEN_CI"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder of real and malformed media with `metadata.json`; skips where there is none."""
    if not CORPUS.is_dir():
        pytest.skip("no corpus of real files here (ALBUMEN_CORPUS)")
    return CORPUS


@pytest.fixture(scope="session")
def program() -> Callable[..., str]:
    """Finds the first of some programs on PATH; skips where none is there, or fails under CI=true."""

    def find(*names: str) -> str:
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            (pytest.fail if in_ci() else pytest.skip)(f"{names[0]} is not installed: make services")
        return found

    return find


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Decoders, shared by all tests of a process: starting them costs more than most tests."""
    with Guard(2) as guard:
        yield guard


@pytest.fixture(scope="module", autouse=databases.EVERYWHERE == databases.POSTGRESQL)
def _database_of_the_module(request: pytest.FixtureRequest) -> Iterator[None]:
    here = str(request.path.relative_to(REPOSITORY))
    with databases.running_on(databases.SQLITE if here.startswith(ONLY_SQLITE) else databases.POSTGRESQL):
        yield


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database that this test runs on."""
    kind = getattr(request, "param", databases.current())
    with databases.running_on(kind):
        yield kind


@pytest.fixture
def installation(tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[Installation]:
    """A new installation without users."""
    made = Installation.at(tmp_path / "data", guard)
    yield made
    made.close()


@pytest.fixture
def alice(installation: Installation) -> Caller:
    """A user who calls over HTTP."""
    return installation.caller("alice")
