"""Old changes are forgotten in batches, the newest never, and the head says how far."""

import pytest
from tests.installation import Installation

from albumen.changes import feed, retention
from albumen.changes.feed import Happening, Thing
from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.kernel.actor import SYSTEM


def record(installation: Installation, library_id: int, count: int) -> None:
    with installation.app.writing(SYSTEM) as unit:
        feed.record(unit, library_id, Happening(Thing.file), range(1, count + 1))


def heads(installation: Installation) -> dict[int, tuple[int, int]]:
    with installation.app.reading(SYSTEM) as unit:
        return {head.library_id: (head.number, head.forgotten) for head in unit.db.query(ChangeHead)}


def test_what_is_old_is_forgotten(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    record(installation, 1, 10)
    record(installation, 2, 1)
    with installation.app.writing(SYSTEM) as unit:
        feed.regrant(unit, 2, 7)
    installation.clock.advance(days=31)
    record(installation, 1, 2)
    assert retention.forget(installation.app) == 12
    assert heads(installation) == {1: (12, 10), 2: (2, 2)}
    with installation.app.reading(SYSTEM) as unit:
        assert [change.number for change in unit.db.query(Change)] == [11, 12]
    assert installation.rows(Regranted) == 0
    assert retention.forget(installation.app) == 0


def test_what_is_young_stays(installation: Installation) -> None:
    record(installation, 1, 4)
    installation.clock.advance(days=29)
    assert retention.forget(installation.app) == 0
    assert heads(installation) == {1: (4, 0)}
