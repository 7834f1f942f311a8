"""Copying everything from one database into another, such as from SQLite into PostgreSQL: all of it, or nothing."""

from collections.abc import Callable, Generator
from contextlib import closing
from itertools import zip_longest
from typing import Any

from sqlalchemy import Row, Select, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from albumen.db import migrate
from albumen.db.base import Base
from albumen.db.engine import Database
from albumen.kernel.errors import Conflict, Invalid

_AT_ONCE = 1000
_OWN = ("search_", "alembic_", "sqlite_")
"""How the tables begin that each database makes for itself."""


def copy(source: Database, target: Database, tell: Callable[[str, int], None] = lambda *_: None) -> int:
    """Copy every row, compare each with its copy, and only then keep them; returns how many there are.

    `tell` hears of each table and its rows.  The source is read as it stood when this began.  Raises Conflict where the
    target holds something already, or a row came out otherwise.
    """
    migrate.upgrade(target)
    count = 0
    with source.session(writes=False) as there, target.session(writes=True) as here:
        tables = _tables(there)
        _check_empty(here, tables)
        for table in tables:
            copied = _copy_table(there, here, table)
            _compare(there, here, table)
            tell(table.name, copied)
            count += copied
        here.commit()
    return count


def _tables(db: Session) -> list[Table]:
    """The tables of all rooms, those first that others refer to.  Raises Invalid where one is not known here."""
    there = {name for name in inspect(db.connection()).get_table_names() if not name.startswith(_OWN)}
    known = [table for table in Base.metadata.sorted_tables if table.name in there]
    unknown = there - {table.name for table in known}
    if unknown:
        raise Invalid(f"This version does not know the tables {', '.join(sorted(unknown))}.")
    return known


def _check_empty(db: Session, tables: list[Table]) -> None:
    held = next((table.name for table in tables if db.execute(select(table).limit(1)).first() is not None), None)
    if held is not None:
        raise Conflict(f"The database is not empty: it has rows in {held}.")


def _copy_table(there: Session, here: Session, table: Table) -> int:
    count = 0
    for rows in there.execute(_all(table), execution_options={"yield_per": _AT_ONCE}).partitions():
        here.execute(insert(table), [dict(row._mapping) for row in rows])
        count += len(rows)
    _go_on_counting(here, table)
    return count


def _all(table: Table) -> Select[Any]:
    """All rows, by their key; of a tree, what is above comes first."""
    is_tree = any(key.column.table is table for key in table.foreign_keys)
    return select(table).order_by(*([table.c.lineage] if is_tree else []), *table.primary_key)


def _go_on_counting(db: Session, table: Table) -> None:
    """Let a sequence go on after the largest number that was copied."""
    column = table.autoincrement_column
    last = None if column is None else db.scalar(select(func.max(column)))
    if last is not None and column is not None and db.get_bind().dialect.name == "postgresql":
        moved = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        db.execute(moved, {"table": table.name, "column": column.name, "last": last})


def _compare(there: Session, here: Session, table: Table) -> None:
    with closing(_rows(there, table)) as before, closing(_rows(here, table)) as after:
        for number, (mine, theirs) in enumerate(zip_longest(before, after)):
            if mine is None or theirs is None or tuple(mine) != tuple(theirs):
                raise Conflict(f"Row {number} of {table.name} did not come out as it was. Nothing was kept.")


def _rows(db: Session, table: Table) -> Generator[Row[Any]]:
    with closing(db.execute(_all(table), execution_options={"yield_per": _AT_ONCE})) as rows:
        yield from rows
