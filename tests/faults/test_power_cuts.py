"""The power goes, and a disk forgets what was not synced: what was acknowledged is there, and nothing is half there.

A server works on a brittle disk (tests/faults/brittle.py), which ends at some call; the next server gets what it then
still holds.  `make faults` does thirty cuts, `make torture` three hundred; each is drawn from its number.
"""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults import holds
from tests.faults.living import House
from tests.faults.load import Ledger, clients
from tests.faults.mains import BrittleDisk, brittle, check_fuse
from tests.make import photo

from albumen.media.guard import Guard

CUTS = int(os.environ.get("ALBUMEN_CUTS", "30"))
MANY = int(os.environ.get("ALBUMEN_CUTS", "300"))
CHAIN = 6
"""Cuts that follow one another on what each left of one data directory."""
LATEST = 2000
"""Before how many calls the power goes: a few seconds of work."""
SHARES = (0.0, 0.0, 0.2, 0.6, 0.95)
"""How much of what was not synced is on the disk all the same."""
COLD = 0.2
"""The share of cuts that come while the server starts, and recovers from the one before."""
UNSURE = str(Path(__file__).parent / "unsure")


class Nights:
    """A data directory through one power cut after another."""

    def __init__(self, folder: Path, guard: Guard, tell: Callable[[str], None], number: int) -> None:
        self.folder, self.guard, self.tell = folder, guard, tell
        self.ledger = Ledger(number)
        self.left = folder / "first"
        (self.left / "data").mkdir(parents=True)
        self.path = self.told = ""

    def cut(self, seed: int, *, share: float | None = None, **settings: str) -> None:
        """See that all holds after the cut before, work on, and have the power cut."""
        dice, ledger = random.Random(seed), self.ledger
        is_cold, at = dice.random() < COLD, dice.randint(1, LATEST)
        kept = dice.choice(SHARES) if share is None else share
        house, left = House(self.folder / f"dark-{seed}", **settings), self.folder / f"left-{seed}"
        with brittle(house.data, self.left / "data") as disk, closing(house):
            house.inside = disk.ask
            if is_cold and self.path:
                at = at // 15 + 1
                disk.plan(cut_at=at)
                house.server = house.run("serve", "--port", "0", before=disk.before)
                disk.is_cut(5)
                disk.end(house, (left / "data", seed, kept))
            else:
                self._begin(house, disk, dice)
                disk.plan(cut_at=at)
                with clients(house, ledger, seed, self.path):
                    disk.is_cut(20)
                    disk.end(house, (left / "data", seed, kept))
        shutil.rmtree(self.left)
        self.left = left
        told = f"{'of a start' if is_cold else 'of work'}, {kept:.0%} of what was not synced kept"
        self.told = f"power cut {seed:4}: at call {at:4} {told}, acknowledged {ledger.acknowledged:3}"

    def _begin(self, house: House, disk: BrittleDisk, dice: random.Random) -> None:
        house.start(before=disk.before)
        if self.path:
            self._hold(house, disk, dice)
            return
        caller = house.caller()
        library = f"/v1/libraries/{caller.post('/v1/libraries', {'name': 'Family'}).json['libraryId']}"
        [root] = caller.get(f"{library}/folders?parent=").json
        self.path = f"{library}/folders/{root['folderId']}"

    def _hold(self, house: House, disk: BrittleDisk, dice: random.Random) -> None:
        ended, ledger = "it does not hold", self.ledger
        try:
            rest = holds.check_rest(house)
            holds.check_promises(house, ledger, dice)
            holds.check_rest(house)
            with closing(House(self.folder / "copied")) as copied:
                disk.save(copied.data, 0, 1.0)
                files = holds.check_rows(copied, self.guard, ledger)
                shutil.rmtree(copied.folder)
            assert not ledger.surprises
            assert house.faults() == []
            ended = f"at rest after {rest:.1f} s, {files} files hold"
        finally:
            self.tell(f"{self.told}, in flight {ledger.in_flight}; {ended}")
        ledger.acknowledged = ledger.in_flight = 0
        ledger.batches.clear()

    def finish(self) -> None:
        """All of it once more on a good disk, and a sweep."""
        with closing(House(self.left)) as house:
            house.start()
            holds.check_rest(house)
            holds.check_promises(house, self.ledger, random.Random(0), everything=True)
            assert house.stop() == 0
            holds.check_swept(house)
            files = holds.check_rows(house, self.guard, self.ledger)
        self.tell(f"{self.told}; at the end {files} files hold")
        assert self.ledger.kept, "the clients got something done"


@pytest.fixture
def nights(tmp_path: Path, guard: Guard, tell: Callable[[str], None]) -> Callable[[int], Nights]:
    """A data directory to cut the power of, with a number of its own."""
    check_fuse()
    return lambda number: Nights(tmp_path, guard, tell, number)


def check_cuts(nights: Nights, first: int, end: int) -> None:
    """One cut after the other."""
    for seed in range(first, end):
        nights.cut(seed)
    nights.finish()


@pytest.mark.faults
@pytest.mark.parametrize("first", range(0, CUTS, CHAIN))
def test_nothing_acknowledged_is_lost_when_the_power_goes(nights: Callable[[int], Nights], first: int) -> None:
    check_cuts(nights(first), first, min(first + CHAIN, CUTS))


@pytest.mark.torture
@pytest.mark.parametrize("first", range(1000, 1000 + MANY, 10 * CHAIN))
def test_nothing_is_lost_in_hundreds_of_cuts(nights: Callable[[int], Nights], first: int) -> None:
    check_cuts(nights(first), first, min(first + 10 * CHAIN, 1000 + MANY))


@pytest.mark.faults
def test_without_a_sync_for_each_commit_the_same_cuts_lose_photos(nights: Callable[[int], Nights]) -> None:
    control = nights(2000)
    with pytest.raises(AssertionError, match=r"(is|are) lost"):
        hooks = f"{UNSURE}:{os.environ.get('PYTHONPATH', '')}"
        for seed in range(2000, 2005):
            control.cut(seed, share=0.0, PYTHONPATH=hooks)


@pytest.mark.faults
def test_a_cut_while_an_installation_is_made_costs_nothing(tmp_path: Path, tell: Callable[[str], None]) -> None:
    check_fuse()
    (tmp_path / "empty").mkdir()
    for seed in range(5):
        dark, after = House(tmp_path / f"dark-{seed}"), House(tmp_path / f"after-{seed}")
        at, dice = random.Random(seed).randint(1, 300), random.Random(seed)
        with brittle(dark.data, tmp_path / "empty") as disk, closing(dark):
            disk.plan(cut_at=at)
            dark.server = dark.run("serve", "--port", "0", before=disk.before)
            disk.is_cut(5)
            disk.end(dark, (after.data, seed, dice.choice(SHARES)))
        with closing(after):
            after.start()
            assert after.caller().catalogue(photo()).status == 201
            holds.check_rest(after)
            assert after.faults() == []
        tell(f"power cut {seed:4}: cut at call {at:3} of the first start; it starts, and takes a photo")
