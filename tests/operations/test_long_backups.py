"""Backups and drills that take long, or were killed: who lives says so, and what the dead left goes."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.installation import Installation, wait_until
from tests.operations.planting import furnish
from tests.operations.test_backups import back_up

from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Blobs
from albumen.kernel.actor import SYSTEM
from albumen.operations.backups import drills, making
from albumen.operations.models import Backup


@pytest.fixture
def target(tmp_path: Path) -> Blobs:
    return FolderBlobs(tmp_path / "backups")


def test_while_one_large_file_is_copied_the_backup_says_that_it_goes_on(
    installation: Installation, target: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(installation, 1)
    monkeypatch.setattr(making, "_RENEW_SECONDS", 0.01)
    begun = installation.clock()
    seen: list[datetime] = []

    def alive_at() -> datetime:
        with installation.app.reading(SYSTEM) as unit:
            return unit.db.scalars(select(Backup.alive_at)).one()

    def slow(*told: Any) -> bool:
        if not seen:
            installation.clock.advance(hours=1)
            wait_until(lambda: alive_at() > begun + timedelta(minutes=50))
            seen.append(alive_at())
        return filled(*told)

    filled = making._filled
    monkeypatch.setattr(making, "_filled", slow)
    assert back_up(installation, target).error is None
    assert len(seen) == 1
    assert not [each for each in threading.enumerate() if each.name == "backup-alive"]


def test_a_drill_removes_what_killed_ones_left_and_nothing_of_one_that_lives(
    installation: Installation, target: Blobs
) -> None:
    furnish(installation, 1)
    back_up(installation, target)
    place = installation.app.settings.data_dir
    killed, living, old = place / ".albumen-drill-killed", place / ".albumen-drill-living", place / "drill-abcdefgh"
    for folder in (killed, living, old):
        folder.mkdir()
        (folder / "albumen.db").write_bytes(b"rows")
    with drills._held(living):
        assert drills.drill(installation.app, target, "there").error is None
    assert [each.name for each in sorted(place.glob("*drill-*"))] == [living.name]
