"""Workers that are killed in the middle of jobs, a hundred times: each job has its effect, and has it once."""

import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from tests.faults import holds
from tests.faults.living import House, end, pause
from tests.installation import wait_until
from tests.make import photo

from albumen.media.guard import Guard

KILLS = int(os.environ.get("ALBUMEN_TRIALS", "100"))
AHEAD, ALBUM = 12, 60
"""So many photos wait at least whenever a worker begins, so that it dies in the middle of one; so many are imported."""
SIZES = ["lg", "md", "sm"]


def at_work(house: House) -> set[str]:
    """Who has claimed a job, those included whose claims have not run out since they died."""
    return {owner for (owner,) in house.ask("SELECT owner FROM jobs WHERE state = 'running'")}


def waiting(house: House) -> int:
    """How many are left to do."""
    return int(house.ask("SELECT count(*) FROM jobs WHERE state IN ('ready', 'running')")[0][0])


def check_effects(house: House, files: int) -> None:
    """Each photo has its three forms, and its feed says once that it came and once that it was developed."""
    forms: dict[str, list[str]] = {}
    for signature, variant in house.ask("SELECT signature, variant FROM renditions ORDER BY variant"):
        forms.setdefault(signature, []).append(variant)
    assert len(forms) == files
    assert all(made == SIZES for made in forms.values())
    told = Counter(each for (each,) in house.ask("SELECT thing_id FROM changes WHERE thing = 'file'"))
    assert len(told) == files
    assert set(told.values()) == {2}


def bring(house: House, first: int) -> int:
    """Import some photos, and leave what is to be made of them to workers; how many there are then."""
    album = house.folder / f"album-{first}"
    album.mkdir()
    for number in range(first, first + ALBUM):
        (album / f"{number}.jpg").write_bytes(photo(size=(900, 600), seed=number))
    house.must("import", album, "--user", "ann@example.org", "--no-wait")
    return first + ALBUM


def kill_at_work(house: House, seconds: float) -> None:
    """Start a worker, and kill it so long after it took up its first job."""
    before = at_work(house)
    worker = house.run("worker")
    try:
        wait_until(lambda: at_work(house) - before, "the worker's first job", 180)
        pause(seconds)
    finally:
        end(worker)


@pytest.mark.torture
def test_each_effect_comes_once_however_often_workers_die(
    house: House, guard: Guard, tell: Callable[[str], None]
) -> None:
    house.settings |= {"ALBUMEN_JOBS_ATTEMPTS": "1000", "ALBUMEN_JOBS_THREADS": "2"}
    dice, files = random.Random(5), 0
    house.must("user", "add", "ann@example.org", "--password", "correct horse battery")
    for _ in range(KILLS):
        files = files if files and waiting(house) >= AHEAD else bring(house, files)
        kill_at_work(house, dice.uniform(0, 0.2))
    house.start()
    holds.check_rest(house, 120)
    check_effects(house, files)
    assert house.stop() == 0
    holds.check_swept(house)
    assert holds.check_rows(house, guard) == files
    tell(f"{KILLS} workers killed at work; {files} photos developed once each")
