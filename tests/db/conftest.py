"""Databases by themselves, on either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import databases

from albumen.db import migrate
from albumen.db.engine import Database


@pytest.fixture
def empty(tmp_path: Path, database_kind: str) -> Iterator[Database]:
    """A database without any table."""
    if database_kind == databases.POSTGRESQL:
        databases.check_server()
        url = databases.fresh(migrated=False)
        made = Database(url, busy_seconds=2)
        yield made
        made.close()
        databases.drop(url)
    else:
        made = Database(f"sqlite:///{tmp_path / 'some.db'}")
        yield made
        made.close()


@pytest.fixture
def migrated(tmp_path: Path, database_kind: str) -> Iterator[Database]:
    """A database with all tables."""
    databases.begin(tmp_path)
    made = Database(databases.url_for(tmp_path) or f"sqlite:///{tmp_path / 'albumen.db'}", busy_seconds=2)
    migrate.upgrade(made)
    yield made
    made.close()
