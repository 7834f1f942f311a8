"""What becomes of an event when one of several duplicates is kept: the kept file stands where the others stood."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, or_, select

from albumen.assets.duplicates import resolving
from albumen.db.statements import insert_for, table_of
from albumen.events.guest_models import Contribution
from albumen.events.models import Accessor, AccessorFile, Event, Placement
from albumen.libraries import files
from albumen.libraries.models import Album, AlbumItem, File
from albumen.unit import Unit

_given = table_of(Contribution)
_placed = table_of(Placement)
_picked = table_of(AccessorFile)
_GIFTS = select(Contribution.file_id)


def hand_over(unit: Unit, kept: File, dropped: Sequence[File]) -> None:
    """Let the kept file lie in the sets and be of the codes of the dropped ones.

    A gift that is kept in the place of a host's own file is the host's from here on: it stays when the event ends.
    """
    theirs = [each.id for each in dropped]
    gifts = set(unit.db.scalars(select(Contribution.file_id).where(Contribution.file_id.in_(theirs))))
    if not gifts.issuperset(theirs):
        halves = select(File.id).where(File.part_of == kept.id)
        unit.db.execute(delete(_given).where(or_(_given.c.file_id == kept.id, _given.c.file_id.in_(halves))))
    events = select(Event.id).join(Album, Album.id == Event.album_id).where(_shows(kept))
    _copy(unit, kept, _placed, _placed.c.file_id.in_(theirs) & _placed.c.event_id.in_(events))
    codes = select(Accessor.id).where(Accessor.event_id.in_(events))
    _copy(unit, kept, _picked, _picked.c.file_id.in_(theirs) & _picked.c.accessor_id.in_(codes))


def _shows(kept: File) -> ColumnElement[bool]:
    """Which albums may show the kept file: those it lies in, and those of a query."""
    lies = select(AlbumItem.album_id).where(AlbumItem.file_id == kept.id)
    return (Album.library_id == kept.library_id) & or_(Album.id.in_(lies), Album.query.is_not(None))


def _copy(unit: Unit, kept: File, table: Any, which: ColumnElement[bool]) -> None:
    """Write the rows again for the kept file; what is said of it stays, and what was picked comes first."""
    rows = unit.db.execute(select(table).where(which)).mappings().all()
    told = [{**row, "file_id": kept.id} for row in sorted(rows, key=_rank)]
    if told:
        unit.db.execute(insert_for(unit.db)(table).on_conflict_do_nothing(), told)


def _rank(row: RowMapping) -> tuple[bool, bool]:
    return bool(row.get("is_withheld")), bool(row.get("is_by_card"))


def install() -> None:
    """Let those who keep one of several duplicates tell events, and nobody take a gift for the host's own copy."""
    if hand_over not in resolving.TAKEN_OVER:
        resolving.TAKEN_OVER.append(hand_over)
    if _GIFTS not in files.PASSING:
        files.PASSING.append(_GIFTS)
