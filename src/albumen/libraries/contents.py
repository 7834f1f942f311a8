"""Contents that nobody holds or shows any more: their rows go, and the sweep takes the bytes."""

from collections.abc import Iterable
from itertools import batched

from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.orm import aliased

from albumen.db import locks
from albumen.db.statements import table_of
from albumen.libraries.models import File, Library, Original, Rendition, Version
from albumen.unit import Unit

_original, _rendition = table_of(Original), table_of(Rendition)
REVISED = text("files.version > 1")
"""Files with more than one version, in the words of their index."""
_BATCH = 500
_UNMADE = dict.fromkeys(("developed_at", "failure", "converted_at", "unplayable"))


def hold(unit: Unit, signature: str) -> None:
    """Have to oneself a content, and the libraries that hold it: for whoever counts it in all of them."""
    holders = select(File.library_id).where(File.signature == signature).distinct()
    locks.hold(unit.db, Library.id, unit.db.scalars(holders))
    locks.hold(unit.db, Original.signature, [signature])
    locks.hold(unit.db, Library.id, unit.db.scalars(holders))  # one more may have come while we waited


def release(unit: Unit, signatures: Iterable[str]) -> int:
    """Forget those contents that no version holds, and what was made of those that no file shows; returns how many.

    A content that only an older version holds is developed anew when it is restored.  Renditions that no file shows
    count nowhere, so there is nothing to give back for them.
    """
    gone = 0
    for batch in batched(sorted(set(signatures)), _BATCH):
        locks.hold(unit.db, Original.signature, batch)
        among = _original.c.signature.in_(batch)
        unheld = delete(_original).where(among, ~_holds(Version)).returning(_original.c.signature)
        gone += len(unit.db.execute(unheld).all())
        unshown = select(_original.c.signature).where(among, ~_holds(File))
        unit.db.execute(delete(_rendition).where(_rendition.c.signature.in_(unshown)))
        unit.db.execute(update(_original).where(among, ~_holds(File)).values(_UNMADE))
    return gone


def _holds(model: type[File | Version]) -> ColumnElement[bool]:
    table = table_of(model)
    return select(table.c.signature).where(table.c.signature == _original.c.signature).exists()


def unshown(unit: Unit, most: int) -> list[str]:
    """Contents of older versions of which something was made after no file showed them any more."""
    other = aliased(File)
    shown = select(other.id).where(other.signature == Version.signature).exists()
    made = select(Rendition.variant).where(Rendition.signature == Version.signature).exists()
    older = select(Version.signature).join(File, File.id == Version.file_id).where(REVISED, made, ~shown)
    return list(unit.db.scalars(older.distinct().limit(most)))
