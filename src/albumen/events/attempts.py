"""The budget of wrong access codes: so many from one network and so many in all, over all processes.

An attempt with a code takes its turn, is counted with those before it, and is written down where it fails, all in one
transaction: many at once gain nothing.  A link with a token, which nobody guesses, does not pass here.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, true

from albumen.db.statements import insert_for, table_of
from albumen.events.guest_models import Attempt
from albumen.kernel import ids
from albumen.kernel.errors import Busy
from albumen.unit import Unit

MOST_OF_ONE, WINDOW_OF_ONE = 10, timedelta(minutes=10)
MOST_OF_ALL, WINDOW_OF_ALL = 60, timedelta(minutes=1)
_TURN = 0


def check(unit: Unit, network: str) -> None:
    """Raises Busy where there were too many from this network, or from all together."""
    _check(unit, Attempt.network == network, MOST_OF_ONE, WINDOW_OF_ONE)
    _check(unit, true(), MOST_OF_ALL, WINDOW_OF_ALL)


def _check(unit: Unit, which: ColumnElement[bool], most: int, window: timedelta) -> None:
    since = unit.now - window
    recent = select(Attempt.at).where(which, Attempt.at > since, Attempt.id != _TURN)
    newest = recent.order_by(Attempt.at.desc()).limit(most).subquery()
    count, oldest = unit.db.execute(select(func.count(), func.min(newest.c.at)).select_from(newest)).one()
    if count >= most:
        wait = int((oldest - since).total_seconds()) + 1
        raise Busy("Too many codes were tried. Wait a little.", retry_seconds=wait)


def take_turn(unit: Unit, network: str) -> None:
    """Wait for those who try just now; then check as they left it.  Raises Busy."""
    row = insert_for(unit.db)(table_of(Attempt)).values(id=_TURN, network="", at=unit.now)
    again = row.on_conflict_do_update(index_elements=["id"], set_={"at": row.excluded["at"]})
    unit.db.execute(again)
    check(unit, network)


def failed(unit: Unit, network: str) -> None:
    """Write a failure down, and forget those that count no more."""
    unit.db.execute(delete(Attempt).where(Attempt.at <= unit.now - WINDOW_OF_ONE))
    unit.db.add(Attempt(id=ids.new_id(), network=network, at=unit.now))
    unit.db.flush()
