"""The whole service against a plain model: whatever is done in whatever order, each sees what should be there.

`make test` goes five walks at least on SQLite with a folder and five on PostgreSQL with a bucket; `make faults` goes
300, `make torture` 10,000 (others: `ALBUMEN_WALKS` for each of the four places).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests import databases, s3
from tests.flows.reality import Service
from tests.flows.test_bucket import store
from tests.installation import Installation

from albumen.media.guard import Guard

FEW, SOME, MANY = 5, 75, int(os.environ.get("ALBUMEN_WALKS", "2500"))
PLACES = [(database, kind) for database in (databases.SQLITE, databases.POSTGRESQL) for kind in ("folder", "s3")]


def check_walks(installation: Installation, runs: int, steps: int) -> None:
    machine: Any = type("Walk", (Service,), {"installation": installation})
    chosen: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}
    with start_blocking_portal() as portal:  # one event loop for all: one for each call takes a fifth of the time
        installation.client.portal = portal
        run_state_machine_as_test(machine, settings=settings(max_examples=runs, stateful_step_count=steps, **chosen))
        installation.client.portal = None
    assert machine.run_number >= runs
    installation.check_counts()


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def installation(kind: str, tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, **({"store": store(s3.moto())} if kind == "s3" else {}))
    yield made
    made.close()


@pytest.mark.parametrize(("database_kind", "kind"), [PLACES[0], PLACES[-1]], indirect=True)
def test_a_few_walks(installation: Installation) -> None:
    check_walks(installation, FEW, 25)


@pytest.mark.faults
@pytest.mark.parametrize(("database_kind", "kind"), PLACES, indirect=True)
def test_three_hundred_walks(installation: Installation) -> None:
    check_walks(installation, SOME, 25)


@pytest.mark.torture
@pytest.mark.parametrize(("database_kind", "kind"), PLACES, indirect=True)
def test_many_walks(installation: Installation) -> None:
    check_walks(installation, MANY, 40)
