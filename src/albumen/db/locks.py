"""Taking turns where several transactions write side by side.

On SQLite one transaction writes at a time, and nothing here does anything.  On PostgreSQL a transaction holds the rows
that its decisions rest on, until it commits, in one order everywhere: libraries, then originals, then users, then the
head of a feed; several of one kind by their ids.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import InstrumentedAttribute, Session

from albumen.kernel.errors import NotFound

SIDE_BY_SIDE = "side by side"
"""Under which a session says that others may write at the same time."""
_HELD = "held"


def hold(db: Session, key: InstrumentedAttribute[Any], values: Iterable[Any]) -> None:
    """Wait until no other transaction holds the rows of a table with these keys, and hold them; rows not there do not.

    What the session had read before is read anew.  Raises NotFound where something of that is gone.
    """
    if not db.info.get(SIDE_BY_SIDE):
        return
    held: set[Any] = db.info.setdefault(_HELD, set())
    wanted = sorted({value for value in values if (key, value) not in held})
    if not wanted:
        return
    db.flush()
    rows = select(key).where(key.in_(wanted)).order_by(key).with_for_update(key_share=True)
    found = db.scalars(rows).all()
    held.update((key, value) for value in found)
    if found:
        _reread(db)


def _reread(db: Session) -> None:
    try:
        for each in list(db):
            db.refresh(each)
    except InvalidRequestError as error:
        raise NotFound("It was deleted in the meantime.") from error
