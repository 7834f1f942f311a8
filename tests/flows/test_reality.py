"""The whole service against a plain model: whatever is done in whatever order, each sees what should be there.

`make test` goes four walks on SQLite with a folder and four on PostgreSQL with a bucket; `make torture` goes 10,000.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests import databases, s3
from tests.flows.reality import Service
from tests.flows.test_bucket import store
from tests.installation import Installation

from albumen.media.guard import Guard

FEW, MANY = 4, 2_500
PLACES = [(database, kind) for database in (databases.SQLITE, databases.POSTGRESQL) for kind in ("folder", "s3")]


def check_walks(installation: Installation, runs: int, steps: int) -> None:
    machine: Any = type("Walk", (Service,), {"installation": installation})
    chosen: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}
    run_state_machine_as_test(machine, settings=settings(max_examples=runs, stateful_step_count=steps, **chosen))
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


@pytest.mark.torture
@pytest.mark.parametrize(("database_kind", "kind"), PLACES, indirect=True)
def test_many_walks(installation: Installation) -> None:
    check_walks(installation, MANY, 40)
