"""Writing the feed, in the transaction of what changed."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from albumen.changes.models import Change, ChangeHead
from albumen.unit import Unit


class Thing(StrEnum):
    """What a change can be about."""

    library = "library"
    folder = "folder"
    file = "file"


def record(unit: Unit, library_id: int, thing: Thing, ids: Iterable[int], *, gone: bool = False) -> None:
    """Append one change for each id, numbered without a gap; numbers follow the order of commits."""
    wanted = list(ids)
    if not wanted:
        return
    last = _advance(unit, library_id, len(wanted))
    rows = [
        {
            "library_id": library_id,
            "number": number,
            "thing": thing,
            "thing_id": thing_id,
            "is_tombstone": gone,
            "changed_at": unit.now,
        }
        for number, thing_id in enumerate(wanted, last - len(wanted) + 1)
    ]
    unit.db.execute(insert(Change), rows)


def _advance(unit: Unit, library_id: int, count: int) -> int:
    """Move the head on; its row lock keeps the numbers in the order of commits."""
    moved = update(ChangeHead).where(ChangeHead.library_id == library_id).values(number=ChangeHead.number + count)
    last: int | None = unit.db.scalar(moved.returning(ChangeHead.number))
    if last is not None:
        return last
    make = postgresql_insert if unit.db.get_bind().dialect.name == "postgresql" else sqlite_insert
    unit.db.execute(make(ChangeHead).values(library_id=library_id, number=0).on_conflict_do_nothing())
    return _advance(unit, library_id, count)
