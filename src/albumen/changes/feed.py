"""Writing the feed, in the transaction of what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, bindparam, func, insert, literal, select, update

from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.db.base import Moment
from albumen.db.statements import insert_for, table_of
from albumen.unit import CHANGED, Unit

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


def record_found(unit: Unit, library_id: int, what: Happening, found: Select[int, str, str | None]) -> None:
    """The same for however many things a select finds, each with its own lineage and the one before, in one statement.

    Its columns are the id, the lineage, and the lineage before or NULL; it must find each thing once.
    """
    rows = found.subquery()
    count = unit.db.scalar(select(func.count()).select_from(rows)) or 0
    if not count:
        return
    before_them = _advance(unit, library_id, count) - count
    thing_id, lineage, before = rows.c
    numbered = select(
        literal(library_id),
        literal(before_them) + func.row_number().over(order_by=(lineage, thing_id)),
        literal(what.thing.value),
        thing_id,
        literal(what.gone),
        lineage,
        before,
        literal(unit.now, Moment()),
    )
    columns = ("library_id", "number", "thing", "thing_id", "is_tombstone", "lineage", "before", "changed_at")
    unit.db.execute(insert(table_of(Change)).from_select(columns, numbered))


def regrant(unit: Unit, library_id: int, user_id: int) -> None:
    """Note that a user may see more or less of a library from here on: what was read of the feed is to be reread.

    The library itself counts as changed, so that whoever had read all before this is told, too.
    """
    record(unit, library_id, Happening(Thing.library), [library_id])
    number = select(_head.c.number).where(_head.c.library_id == library_id).scalar_subquery()
    made = insert_for(unit.db)(table_of(Regranted)).values(library_id=library_id, user_id=user_id, number=number)
    again = made.on_conflict_do_update(
        index_elements=["library_id", "user_id"], set_={"number": made.excluded["number"]}
    )
    unit.db.execute(again)


def _advance(unit: Unit, library_id: int, count: int) -> int:
    """Move the head on; its row lock keeps the numbers in the order of commits."""
    unit.db.info.setdefault(CHANGED, set()).add(library_id)
    last: int | None = unit.db.execute(_move, {"library": library_id, "count": count}).scalar_one_or_none()
    if last is not None:
        return last
    made = insert_for(unit.db)(_head).values(library_id=library_id, number=0)
    unit.db.execute(made.on_conflict_do_nothing())
    return _advance(unit, library_id, count)
