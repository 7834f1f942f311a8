"""The sweep: what it would take, what it takes, and what makes it wait."""

from datetime import timedelta

import pytest
from tests import make
from tests.installation import Caller, Installation

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Unavailable
from albumen.operations import sweep
from albumen.operations.models import Backup, Outcome

NOW = timedelta()


def leftover(installation: Installation, key: str = "original/zz/left") -> str:
    with installation.app.blobs.spool() as spool:
        spool.write(b"nobody's")
        installation.app.blobs.put(key, spool)
    return key


def test_a_dry_run_counts_and_takes_nothing(installation: Installation, alice: Caller) -> None:
    alice.library().add(make.photo())
    key = leftover(installation)
    installation.clock.advance(seconds=1)
    found = sweep.foreseen(installation.app, grace=NOW)
    assert (found.blobs, found.size_bytes) == (1, 8)
    assert key in installation.blobs()
    assert sweep.sweep(installation.app, grace=NOW) == 1
    assert key not in installation.blobs()
    assert sweep.foreseen(installation.app, grace=NOW).count == 0


def test_what_was_just_put_is_left_alone(installation: Installation) -> None:
    key = leftover(installation)
    assert sweep.foreseen(installation.app).blobs == 0
    assert sweep.sweep(installation.app) == 0
    assert key in installation.blobs()


def test_it_waits_for_a_backup_that_is_being_made_and_for_none_that_broke_off(installation: Installation) -> None:
    key = leftover(installation)
    with installation.app.writing(SYSTEM) as unit:
        told = {"deed": "backup", "target": "there", "outcome": Outcome.running}
        unit.db.add(Backup(id=ids.new_id(), started_at=unit.now, alive_at=unit.now, **told))
    installation.clock.advance(seconds=1)
    with pytest.raises(Unavailable):
        sweep.sweep(installation.app, grace=NOW)
    assert key in installation.blobs()
    installation.clock.advance(hours=1)
    assert sweep.sweep(installation.app, grace=NOW) == 1


def test_by_itself_it_refuses_where_much_has_no_row(installation: Installation) -> None:
    keys = {leftover(installation, f"sm/zz/left{number}") for number in range(101)}
    installation.clock.advance(seconds=1)
    with pytest.raises(Conflict):
        sweep.sweep(installation.app, grace=NOW, is_asked=False)
    assert keys <= set(installation.blobs())
    installation.app.blobs.delete(keys.pop())
    assert sweep.sweep(installation.app, grace=NOW, is_asked=False) == 100
    leftover(installation)
    installation.clock.advance(seconds=1)
    assert sweep.sweep(installation.app, grace=NOW) == 1


def test_by_itself_it_leaves_originals_that_an_older_copy_of_the_database_does_not_know(
    installation: Installation,
) -> None:
    original, thumbnail = leftover(installation), leftover(installation, "sm/zz/left")
    installation.clock.advance(days=2)
    assert sweep.sweep(installation.app, is_asked=False) == 1
    assert (original in installation.blobs(), thumbnail in installation.blobs()) == (True, False)
    installation.clock.advance(days=13)
    assert sweep.sweep(installation.app, is_asked=False) == 1
    again = leftover(installation)
    installation.clock.advance(days=2)
    assert sweep.sweep(installation.app) == 1, "whoever asks knows what there is"
    assert again not in installation.blobs()
