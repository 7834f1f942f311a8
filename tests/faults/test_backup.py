"""A backup that is killed at any moment leaves those before it whole, and the next one is made as if nothing was."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import make
from tests.faults.living import House, end, pause

from albumen.blobs.folder import FolderBlobs
from albumen.operations.backups import manifests, restoring

pytestmark = pytest.mark.faults
KILLS = 6


def test_killed_backups_leave_the_old_one_whole(house: House, tell: Callable[[str], None], tmp_path: Path) -> None:
    dice, where = random.Random(11), tmp_path / "backups"
    house.start()
    caller = house.caller()
    for number in range(30):
        assert caller.catalogue(make.photo(size=(320, 240)), f"{number}.jpg").status == 201
    house.must("backup", "make", where)
    [first] = manifests.names(FolderBlobs(where))
    cut = 0
    for number in range(KILLS):
        caller = house.caller()
        for more in range(5):
            assert caller.catalogue(make.photo(), f"{number}-{more}.jpg").status == 201
        process = house.run("backup", "make", where)
        pause(dice.uniform(0.2, 2.5))
        cut += process.poll() is None
        end(process)
        target = FolderBlobs(where)
        for name in manifests.names(target):
            assert restoring.verify(target, name).damaged == []
        assert first in manifests.names(target)
    house.kill()
    running = house.ask("SELECT count(*) FROM backups WHERE outcome = 'running'")
    assert running[0][0] <= 1
    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    (tmp_path / "new").mkdir()
    whole = restoring.restore(FolderBlobs(where), first, tmp_path / "new", FolderBlobs(tmp_path / "new" / "store"))
    assert whole.is_whole
    tell(f"{cut} of {KILLS} backups cut off by kill -9; those before them stayed whole")
