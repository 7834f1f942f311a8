"""Any one call to the disk fails, under the store, the spools and the database: a clear answer, and nothing else.

A server works on a brittle disk, which fails its n-th call: an input/output error, no room, an interrupted call, half a
write.  `make test` tries every tenth call of an upload and a deletion, `make torture` every call of these, of making
the small forms, and of a backup.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.faults import holds
from tests.faults.living import Answer, Caller, House
from tests.faults.mains import BrittleDisk, brittle, check_fuse
from tests.installation import wait_until
from tests.make import photo

from albumen.blobs.folder import FolderBlobs
from albumen.media.guard import Guard
from albumen.operations.backups import manifests, restoring

ERRORS = ("EIO", "ENOSPC", "EINTR", "short")
REFUSED = {503, 507}
SIZE = (64, 48)
MOST = 2_000
"""More calls than any of these makes: a trial that ends here tries the same thing for ever."""

Deed = Callable[["Trials"], str]


class Trials:
    """A server on a disk that fails when it is told to, and what it has acknowledged."""

    def __init__(self, house: House, disk: BrittleDisk) -> None:
        self.house, self.disk = house, disk
        self.kept: dict[str, bytes] = {}
        self.seed = 0
        self.was_hit = False
        house.inside = disk.ask
        house.settings["ALBUMEN_JOBS_THREADS"] = "2"
        house.start(before=disk.before)
        self.caller: Caller = house.caller()
        self.add()

    def photo(self) -> bytes:
        """One that was not sent before."""
        self.seed += 1
        return photo(size=SIZE, seed=self.seed)

    def add(self) -> str:
        """Send one while all is well."""
        content = self.photo()
        answer = self.caller.catalogue(content)
        assert answer.status == 201, answer
        self.kept[answer.json["fileId"]] = content
        return str(answer.json["fileId"])

    def through(
        self, deed: Deed, *, step: int, before: Callable[[], object] = lambda: None, errors: Sequence[str] = ERRORS
    ) -> dict[str, int]:
        """Every so manieth call of the deed fails in each way; what came of it, and how often."""
        came_of: dict[str, int] = {}
        for error in errors:
            for number in range(1, MOST, step):
                before()
                self.was_hit = False
                self.disk.plan(fail_at=number, error=error)
                told = deed(self)
                self.heal()
                self.check()
                if not self.was_hit:
                    assert "refused" not in told, f"{told} at call {number}, which was none"
                    break
                came_of[f"{error} {told}"] = came_of.get(f"{error} {told}", 0) + 1
        return came_of

    def heal(self) -> None:
        """The disk is good again."""
        self.was_hit = self.was_hit or "hit" in self.disk.seen()
        self.disk.plan()

    def judge(self, answer: Answer, *good: int) -> bool:
        """Whether it was done; a refusal is one that clients understand."""
        if answer.status in good:
            return True
        assert answer.status in REFUSED, f"{answer} at {self.disk.seen()}\n{self.house.told()}"
        assert answer.kind == "application/problem+json"
        assert answer.json["detail"]
        return False

    def check(self) -> None:
        """The server lives, and shows what it has acknowledged and nothing else."""
        assert self.house.server is not None
        assert self.house.server.poll() is None
        assert self.caller.images() == self.kept.keys()

    def rest(self) -> None:
        """Wait until no job is at work or due."""
        wait_until(lambda: self._open() == 0, "the jobs to come to rest", 90)

    def _open(self) -> int:
        return len(self.house.ask("SELECT id FROM jobs WHERE state IN ('ready', 'running')"))

    def finish(self, guard: Guard, target: Path) -> None:
        """With a good disk again all is made, all is whole, and a sweep leaves what rows name."""
        self.rest()
        self.check()
        for file_id, content in self.kept.items():
            assert self.caller.get(f"/v1/images/{file_id}/original").body == content
            assert self.caller.get(f"/v1/images/{file_id}/thumbnail").status == 200
        assert self.house.faults() == []
        assert self.house.stop() == 0
        copied = House(target)
        self.disk.save(copied.folder, 0, 1.0)
        assert holds.check_rows(copied, guard) == len(self.kept)
        holds.check_swept(copied)


def upload(trials: Trials) -> str:
    content = trials.photo()
    answer = trials.caller.catalogue(content)
    if not trials.judge(answer, 201):
        return f"refused: {answer.status}"
    trials.kept[answer.json["fileId"]] = content
    return "filed"


def delete(trials: Trials) -> str:
    file_id = next(iter(trials.kept))
    answer = trials.caller.delete(f"/v1/images/{file_id}/original")
    if not trials.judge(answer, 204):
        return f"refused: {answer.status}"
    del trials.kept[file_id]
    if not trials.kept:
        trials.heal()
        trials.add()
    return "gone"


@pytest.fixture
def trials(tmp_path: Path) -> Iterator[Trials]:
    """A server on such a disk, which has room for its backups as well."""
    check_fuse()
    house = House(tmp_path / "disk")
    with brittle(house.folder) as disk, closing(house):
        yield Trials(house, disk)


def render(trials: Trials) -> str:
    """Have the small forms of a photo made again; whether at once or with the next try, they are."""
    file_id = next(iter(trials.kept))
    if not trials.judge(trials.caller.delete(f"/v1/images/{file_id}/thumbnail"), 204, 404):
        return "refused to begin"
    if not trials.judge(trials.caller.post("/v1/operations/thumbnails/generate", {"id": file_id}), 200, 202, 204):
        return "refused"
    tried = "SELECT id FROM jobs WHERE state = 'running' OR (state = 'ready' AND attempts = 0)"
    wait_until(lambda: not trials.house.ask(tried), "the job to be tried", 60)
    is_set_back = bool(trials.house.ask("SELECT id FROM jobs WHERE state = 'ready' AND error IS NOT NULL"))
    return "tried again later" if is_set_back else "made"


def check_silence(trials: Trials) -> None:
    """A disk that cannot be read is said to be that; the photo is not said to be gone."""
    file_id, content = next(iter(trials.kept.items()))
    for error in ("EIO", "EACCES"):
        trials.disk.plan(fail_at=1, error=error, stays=True)
        assert not trials.judge(trials.caller.get(f"/v1/images/{file_id}/original"), 200)
        trials.heal()
        assert trials.caller.get(f"/v1/images/{file_id}/original").body == content


@pytest.mark.faults
def test_every_tenth_call_of_an_upload_and_a_deletion_may_fail(trials: Trials, guard: Guard, tmp_path: Path) -> None:
    trials.rest()
    check_silence(trials)
    came_of = trials.through(upload, step=10)
    assert came_of.keys() >= {"EIO refused: 503", "ENOSPC refused: 507", "short filed"}
    assert trials.through(delete, step=10)
    trials.finish(guard, tmp_path / "copied")


@pytest.mark.torture
@pytest.mark.parametrize("deed", [upload, delete, render])
def test_each_call_may_fail(
    deed: Deed, trials: Trials, guard: Guard, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    for _ in range(4):
        trials.add()
    trials.rest()
    came_of = trials.through(deed, step=1)
    assert len(came_of) >= len(ERRORS)
    tell(f"each call of {deed.__name__} failed once in each way: {came_of}")
    if deed is render:
        for file_id in trials.kept:
            assert trials.caller.post("/v1/operations/thumbnails/generate", {"id": file_id}).status < 300
    trials.finish(guard, tmp_path / "copied")


class Keeper:
    """A process that makes a backup whenever it is told to."""

    def __init__(self, disk: BrittleDisk, data: Path, where: Path) -> None:
        words = (*disk.before, sys.executable, "-m", "tests.faults.backing", str(data), str(where))
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}  # who enters the disk's mounts leaves its directory
        self._process = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def make(self) -> dict[str, str | None]:
        """One more backup; what came of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        told: dict[str, str | None] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        """No more."""
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=30)


def back_up(keeper: Keeper, where: Path) -> Deed:
    """A backup: it is made, or says why not; those that are there are whole, and hold the photos."""

    def deed(trials: Trials) -> str:
        told = keeper.make()
        trials.heal()
        target = FolderBlobs(where)
        for name in manifests.names(target):
            assert restoring.verify(target, name).damaged == [], name
        assert "raised" not in told, told
        return "made" if told.get("name") else f"refused: {told['refused']}"

    return deed


def through_backups(trials: Trials, others: int, step: int, errors: Sequence[str] = ERRORS) -> dict[str, int]:
    """The same with backups: the first into an empty folder, or one beside others, of which the oldest is removed."""
    trials.add()
    trials.rest()
    keeper = Keeper(trials.disk, trials.house.data, trials.house.folder / "backups")
    place = trials.disk.place / "backups"

    def begin_anew() -> None:
        if place.is_dir():
            shutil.rmtree(place)
        for _ in range(others):
            told = keeper.make()
            assert told.get("name"), (told, trials.disk.seen())

    with closing(keeper):
        return trials.through(back_up(keeper, place), step=step, before=begin_anew, errors=errors)


@pytest.mark.faults
def test_some_calls_of_a_backup_may_fail(trials: Trials, guard: Guard, tmp_path: Path) -> None:
    came_of = through_backups(trials, others=0, step=25)
    assert any("EIO refused" in each for each in came_of), came_of
    trials.finish(guard, tmp_path / "copied")


@pytest.mark.torture
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("others", [0, 2])
def test_each_call_of_a_backup_may_fail(
    trials: Trials, guard: Guard, tmp_path: Path, tell: Callable[[str], None], others: int, error: str
) -> None:
    """Each on a disk of its own, which keeps in memory all that was ever written to it."""
    came_of = through_backups(trials, others, step=1, errors=[error])
    assert came_of
    tell(f"each call of a backup beside {others} others failed once: {came_of}")
    trials.finish(guard, tmp_path / "copied")
