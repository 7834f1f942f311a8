"""What a backup brings back is its moment: every file, name and byte, while others go on changing it all."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests import make
from tests.installation import Installation, Shelf, wait_until

from albumen.blobs.folder import FolderBlobs
from albumen.changes.models import Change, ChangeHead
from albumen.db.engine import Database
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.libraries.models import File, Rendition
from albumen.operations import health
from albumen.operations.backups import drills, making, restoring

ACTORS = 3


@dataclass
class Told:
    """What was sent, and every name that each file had, in order."""

    sent: dict[int, str] = field(default_factory=dict)
    names: dict[int, list[str]] = field(default_factory=dict)
    old: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    deeds: int = 0

    def add(self, shelf: Shelf, prefix: str, count: int) -> list[int]:
        """Upload so many photos in one request."""
        photos = [make.photo(size=(48, 32)) for _ in range(count)]
        names = tuple(f"{prefix}-{number}.jpg" for number in range(count))
        answer = shelf.send(*photos, names=names)
        assert answer.status_code == 200, answer.text
        found = [ids.decode(each["fileId"]) for each in answer.json()]
        self.sent |= {each: _signature(photo) for each, photo in zip(found, photos, strict=True)}
        self.names |= {each: [name] for each, name in zip(found, names, strict=True)}
        return found

    def rename(self, shelf: Shelf, file_id: int, name: str) -> None:
        """An edit."""
        path = f"{shelf.library}/files/{ids.encode(file_id)}"
        answer = shelf.by.call("PATCH", path, json={"name": name})
        assert answer.status_code == 200, answer.text
        self.names[file_id].append(name)

    def delete(self, shelf: Shelf, file_id: int) -> None:
        """Away with it."""
        assert shelf.by.delete(f"{shelf.library}/files/{ids.encode(file_id)}").status_code == 204
        self.gone.add(file_id)


def _signature(content: bytes) -> str:
    return ids.signature(hashlib.sha256(content).digest())


@contextmanager
def at_work(shelf: Shelf, told: Told) -> Iterator[None]:
    """Several upload, rename and delete, each their own files, before the block, beside it and after it."""
    stop, mine = threading.Event(), sorted(told.old)

    def work(actor: int) -> None:
        files, number = mine[actor::ACTORS], 0
        while not stop.is_set():
            number += 1
            files += told.add(shelf, f"new-{actor}-{number}", 2)
            told.rename(shelf, files[number % len(files)], f"other-{actor}-{number}.jpg")
            told.delete(shelf, files.pop(number * 7 % len(files)))
            told.deeds += 1

    threads = [threading.Thread(target=work, args=(actor,)) for actor in range(ACTORS)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: told.deeds >= ACTORS or not all(each.is_alive() for each in threads), "the first deeds", 60)
        yield
        done = told.deeds
        wait_until(lambda: told.deeds > done or not all(each.is_alive() for each in threads), "the last deeds", 60)
        assert all(each.is_alive() for each in threads)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def head(database: Database) -> int:
    """The newest change of the one library there is."""
    with database.session(writes=False) as db:
        return db.scalars(select(ChangeHead.number)).one()


def expected(live: Database, told: Told, since: int, until: int) -> dict[int, str]:
    """The files and their names at a moment, by the feed of changes, from what those who worked wrote down."""
    alive, count = set(told.old), Counter[int]()
    with live.session(writes=False) as db:
        numbered = (Change.thing == "file", Change.number > since)
        for change in db.scalars(select(Change).where(*numbered).order_by(Change.number)):
            if change.number <= until:
                (alive.discard if change.is_tombstone else alive.add)(change.thing_id)
                count[change.thing_id] += 1
    return {each: told.names[each][count[each] - (each not in told.old)] for each in alive}


def check_all_is_as_it_was(installation: Installation, told: Told, folder: Path, since: int) -> int:
    """The files of the moment and no others, their names, their bytes, and their forms; how many files."""
    store = FolderBlobs(folder / "store")
    with closing(Database(f"sqlite:///{folder / 'albumen.db'}")) as rows:
        wanted = expected(installation.app.database, told, since, head(rows))
        with rows.session(writes=False) as db:
            found = {file.id: file for file in db.scalars(select(File).where(File.deleted_at.is_(None)))}
            forms = db.scalars(select(Rendition.key)).all()
    assert {each: file.name for each, file in found.items()} == wanted
    for each, file in found.items():
        assert file.signature == told.sent[each]
    contents = {_signature(b"".join(store.read(each.key))) for each in store.list("original/")}
    assert contents >= {file.signature for file in found.values()}
    for key in forms:
        assert b"".join(store.read(key)) == b"".join(installation.app.blobs.read(key))
    return len(found)


def check_brought_back(installation: Installation, tmp_path: Path, count: int) -> None:
    """Back up under work, bring back, compare; then a drill, which the keeper is told of."""
    shelf, told = installation.caller("alice").library(), Told()
    for first in range(0, count, 20):
        told.old |= set(told.add(shelf, f"old-{first}", min(20, count - first)))
    installation.work_off(seconds=max(60, count))
    since, target = head(installation.app.database), FolderBlobs(tmp_path / "backups")
    with at_work(shelf, told):
        made = making.make(installation.app, target, "there")
    assert made.error is None
    (tmp_path / "new").mkdir()
    assert restoring.restore(target, None, tmp_path / "new", FolderBlobs(tmp_path / "new" / "store")).is_whole
    assert check_all_is_as_it_was(installation, told, tmp_path / "new", since) > count // 2
    assert since < head(installation.app.database)
    assert drills.drill(installation.app, target, "there").error is None
    check_told(installation)


def check_told(installation: Installation) -> None:
    """The keeper sees when a backup was last brought back, and is warned when that is long ago."""
    for days, state in ((1, "ok"), (100, "old")):
        installation.clock.advance(days=days)
        with installation.app.reading(Actor(installation.user("alice").id, is_keeper=True)) as unit:
            [drill] = [each for each in health.checks(installation.app, unit, "") if each.part == "drills"]
        assert drill.variant == state
        assert installation.clock() - drill.told["when"] >= timedelta(days=days)


def test_a_backup_under_work_brings_back_its_moment(installation: Installation, tmp_path: Path) -> None:
    check_brought_back(installation, tmp_path, 12)


@pytest.mark.torture
def test_ten_thousand_under_work_are_brought_back_as_they_were(installation: Installation, tmp_path: Path) -> None:
    check_brought_back(installation, tmp_path, 10_000)
