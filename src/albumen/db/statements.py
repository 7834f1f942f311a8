"""What statements that are prepared once are made of; the one place that knows how to write `ON CONFLICT`."""

from functools import cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from albumen.db.base import Base


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that go past the unit of work: a third of the cost, no objects."""
    return cast(Table, model.__table__)


def insert_for(db: Session) -> Any:
    """The dialect's `insert`, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return _insert(db.get_bind().dialect.name)


@cache
def _insert(dialect: str) -> Any:
    """Loads the dialect that is in use, and no other: each takes a tenth of a second."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert
