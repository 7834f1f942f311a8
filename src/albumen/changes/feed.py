"""Writing the feed, in the transaction of what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, insert, update

from albumen.changes.models import Change, ChangeHead
from albumen.db.statements import insert_for, table_of
from albumen.unit import Unit

_head = table_of(ChangeHead)
_move = (
    update(_head)
    .where(_head.c.library_id == bindparam("library"))
    .values(number=_head.c.number + bindparam("count"))
    .returning(_head.c.number)
)
_append = insert(table_of(Change))


class Thing(StrEnum):
    """What a change can be about."""

    library = "library"
    folder = "folder"
    file = "file"
    album = "album"


@dataclass(frozen=True)
class Happening:
    """What happened to things: they were added or changed, or are gone.

    `lineage` is the folder it happened in, and `before` the one they were moved out of: who may see neither is not
    told.  Things of the whole library have none.
    """

    thing: Thing
    gone: bool = False
    lineage: str | None = None
    before: str | None = None


def record(unit: Unit, library_id: int, what: Happening, ids: Iterable[int]) -> None:
    """Append one change for each id, numbered without a gap; numbers follow the order of commits."""
    wanted = list(ids)
    if not wanted:
        return
    last = _advance(unit, library_id, len(wanted))
    rows = [
        {
            "library_id": library_id,
            "number": number,
            "thing": what.thing,
            "thing_id": thing_id,
            "is_tombstone": what.gone,
            "lineage": what.lineage,
            "before": what.before,
            "changed_at": unit.now,
        }
        for number, thing_id in enumerate(wanted, last - len(wanted) + 1)
    ]
    unit.db.execute(_append, rows)


def _advance(unit: Unit, library_id: int, count: int) -> int:
    """Move the head on; its row lock keeps the numbers in the order of commits."""
    last: int | None = unit.db.execute(_move, {"library": library_id, "count": count}).scalar_one_or_none()
    if last is not None:
        return last
    made = insert_for(unit.db)(_head).values(library_id=library_id, number=0)
    unit.db.execute(made.on_conflict_do_nothing())
    return _advance(unit, library_id, count)
