"""Whatever is killed at whatever moment: what was acknowledged is there, and nothing is half there.

`ALBUMEN_TRIALS` says how many trials; each is drawn from its own number, so one that fails can be had again.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults import holds
from tests.faults.living import House, end, pause
from tests.faults.load import Ledger, clients
from tests.installation import wait_until

from albumen.media.guard import Guard

TRIALS = int(os.environ.get("ALBUMEN_TRIALS", "40"))
CHAIN = 8
"""Trials that follow one another on one data directory."""
IMPORTED = 40

pytestmark = pytest.mark.faults


class Chain:
    """A data directory that goes through one fault after another."""

    def __init__(self, house: House, guard: Guard, tell: Callable[[str], None], number: int) -> None:
        self.house, self.guard, self.tell = house, guard, tell
        self.ledger = Ledger(number)
        self.folder = ""
        self.notes: list[str] = []

    def begin(self) -> None:
        """Start the server and make a library with a folder."""
        self.house.start()
        caller = self.house.caller()
        library = f"/v1/libraries/{caller.post('/v1/libraries', {'name': 'Family'}).json['libraryId']}"
        [root] = caller.get(f"{library}/folders?parent=").json
        self.folder = f"{library}/folders/{root['folderId']}"

    def trial(self, seed: int) -> None:
        """One fault, and then all that must hold."""
        dice, ledger = random.Random(seed), self.ledger
        ledger.acknowledged = ledger.in_flight = 0
        ledger.batches.clear()
        self.notes = []
        fault = FAULTS[seed % CHAIN]
        ended = "did not end"
        try:
            fault(self, dice, seed)
            ended = self._hold(dice)
        finally:
            kind = fault.__name__.strip("_").replace("_", " ")
            told = f"acknowledged {ledger.acknowledged:3}, in flight {ledger.in_flight}"
            self.tell(f"trial {seed:4}: {kind:20} {', '.join(self.notes)}; {told}; {ended}")

    def _hold(self, dice: random.Random) -> str:
        rest = holds.check_rest(self.house)
        holds.check_promises(self.house, self.ledger, dice)
        files = holds.check_rows(self.house, self.guard, self.ledger)
        assert not self.ledger.surprises
        assert self.house.faults() == []
        return f"at rest after {rest:.1f} s, {files} files hold"

    def finish(self) -> None:
        """All of it once more, then a good end and a sweep."""
        holds.check_promises(self.house, self.ledger, random.Random(0), everything=True)
        assert self.house.stop() == 0
        holds.check_swept(self.house)
        holds.check_rows(self.house, self.guard, self.ledger)

    def server_killed(self, dice: random.Random, seed: int) -> None:
        moment, is_cold = dice.uniform(0, 1.5), dice.random() < 0.3
        with clients(self.house, self.ledger, seed, self.folder):
            if not is_cold:  # a slow machine still starts its decoders while the others' moments pass
                wait_until(lambda: self.ledger.acknowledged, "the first answer", 60)
            pause(moment)
            self.house.kill()
        self._start(f"at {moment:.2f} s")

    def _start(self, note: str) -> None:
        began = time.monotonic()
        self.house.start()
        self.notes.append(f"{note}, up after {time.monotonic() - began:.1f} s")

    def worker_killed(self, dice: random.Random, seed: int) -> None:
        worker = self.house.run("worker")
        try:
            wait_until(lambda: b"albumen.db-shm" in _maps(worker.pid), "the worker", 60)
            with clients(self.house, self.ledger, seed, self.folder):
                wait_until(lambda: self._claimed("worker"), "the worker's first job", 60)
                moment = dice.uniform(0, 0.5)
                pause(moment)
                end(worker)
            self.notes.append(f"at {moment:.2f} s with {self._claimed('worker')} claimed")
        finally:
            end(worker)

    def _claimed(self, name: str) -> int:
        query = f"SELECT count(*) FROM jobs WHERE state = 'running' AND owner LIKE '{name}@%'"
        return int(self.house.ask(query)[0][0])

    def decoder_killed(self, dice: random.Random, seed: int) -> None:
        killed = 0
        with clients(self.house, self.ledger, seed, self.folder):
            for _ in range(3):
                pause(dice.uniform(0, 0.4))
                for pid in self.house.decoders()[: dice.randint(1, 2)]:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed += 1
        # A file whose decoder was shot while it started or looked at the header is refused, and not kept.
        excused = ("problem:broken", "The decoder could not be started.")
        self.ledger.surprises = [each for each in self.ledger.surprises if not any(word in each for word in excused)]
        self.notes.append(f"{killed} of them")

    def import_killed(self, dice: random.Random, seed: int) -> None:
        """Alone on the data directory; afterwards the same command does the rest, beside a server."""
        album = self._album(seed, dice)
        self.house.kill()
        self._import_and_kill(album, dice)
        self._start(f"{self._claimed('import')} claimed")
        self.house.must("import", album, "--user", "ann", "--no-wait")
        sent = {path.read_bytes() for path in album.iterdir()}
        found = [self._original(file_id) for file_id in sorted(self.house.caller().images())]
        assert sent <= set(found), "the second run leaves nothing out"
        assert all(found.count(content) == 1 for content in sent), "and brings nothing in twice"

    def import_and_server_killed(self, dice: random.Random, seed: int) -> None:
        album = self._album(seed, dice)
        with clients(self.house, self.ledger, seed, self.folder):
            self._import_and_kill(album, dice, also=self.house.kill)
        self._start("both")

    def _import_and_kill(self, album: Path, dice: random.Random, also: Callable[[], None] = lambda: None) -> None:
        before = len(self.house.stored())
        process = self.house.run("import", album, "--user", "ann")
        try:
            wait_until(lambda: process.poll() is not None or len(self.house.stored()) > before, "the import", 60)
            moment = dice.uniform(0, 1)
            pause(moment)
        finally:
            end(process)
            also()
        self.notes.append(f"at {moment:.2f} s")

    def _album(self, seed: int, dice: random.Random) -> Path:
        album = self.house.folder / f"album-{seed}"
        album.mkdir()
        for number in range(IMPORTED):
            (album / f"{number}.jpg").write_bytes(self.ledger.new(dice))
        return album

    def _original(self, file_id: str) -> bytes:
        return self.house.caller().get(f"/v1/images/{file_id}/original").body


FAULTS: tuple[Callable[[Chain, random.Random, int], None], ...] = (
    Chain.server_killed,
    Chain.server_killed,
    Chain.worker_killed,
    Chain.server_killed,
    Chain.decoder_killed,
    Chain.import_killed,
    Chain.server_killed,
    Chain.import_and_server_killed,
)


def _maps(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/maps").read_bytes()
    return b""


@pytest.mark.parametrize("first", range(0, TRIALS, CHAIN))
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    house: House, guard: Guard, tell: Callable[[str], None], first: int
) -> None:
    chain = Chain(house, guard, tell, first)
    chain.begin()
    for seed in range(first, min(first + CHAIN, TRIALS)):
        chain.trial(seed)
    chain.finish()
    assert chain.ledger.kept, "the clients got something done"
