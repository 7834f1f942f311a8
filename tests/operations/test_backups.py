"""Backups: made while others write, whole or not there, and equal by hash when they are brought back."""

import contextlib
import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf, settings_for
from tests.operations.planting import furnish

from albumen.app import App
from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Blobs
from albumen.db.engine import Database
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Invalid, Locked, NotFound, Unavailable
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import File, Original
from albumen.media.guard import Guard
from albumen.operations import backups, holdings
from albumen.operations.backups import drills, healing, jobs, making, manifests, restoring, targets
from albumen.operations.checking import checks
from albumen.operations.checking.checks import Wanted
from albumen.operations.models import Backup, Outcome


@pytest.fixture
def target(tmp_path: Path) -> Blobs:
    return targets.prepare(str(tmp_path / "backups"), settings_for(tmp_path / "data"))


def back_up(installation: Installation, target: Blobs, *, keep: int | None = None) -> Backup:
    installation.clock.advance(seconds=1)
    return making.make(installation.app, target, "there", keep=keep)


def restored(target: Blobs, folder: Path, name: str | None = None) -> restoring.Restored:
    folder.mkdir()
    return restoring.restore(target, name, folder, FolderBlobs(folder / "store"))


def hashes(app: App, database: Database, blobs: Blobs) -> dict[str, str]:
    """What each key that rows name holds, by hash."""
    found = {}
    for holding in holdings.every(database):
        if holding.kind != "export":
            found[holding.key] = hashlib.sha256(b"".join(blobs.read(holding.key))).hexdigest()
    return found


@contextmanager
def writers(shelf: Shelf, least: int) -> Iterator[None]:
    """Somebody uploads and deletes all the while; it has begun, and goes on to the end of the block."""
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set() or number < least:
            number += 1
            file = shelf.add(make.photo(size=(32, 24)), f"load{number}.jpg")
            if number % 3 == 0:
                shelf.by.delete(f"{shelf.library}/files/{file['fileId']}")
            if number == 2:
                begun.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert begun.wait(60)
        yield
    finally:
        stop.set()
        thread.join()


def check_drill(installation: Installation, target: Blobs, folder: Path, shelf: Shelf) -> None:
    """A backup taken under writes comes back equal by hash, rows and bytes, all that was there when it began."""
    before = {file.id for file in _files(installation.app.database)}
    with writers(shelf, 6):
        made = back_up(installation, target)
    assert (made.outcome, made.error) == (Outcome.done, None)
    found = restored(target, folder)
    assert found.is_whole
    with closing(Database(f"sqlite:///{folder / 'albumen.db'}")) as database:
        blobs = FolderBlobs(folder / "store")
        mine = hashes(installation.app, database, blobs)
        live = {key: hashlib.sha256(b"".join(installation.app.blobs.read(key))).hexdigest() for key in mine}
        assert mine == live
        assert len(mine) == found.blob_count == made.blob_count >= len(before)
        files = {file.id: file for file in _files(database)}
        assert before <= files.keys()
        now = {file.id: file for file in _files(installation.app.database)}
        assert all(files[each].signature == now[each].signature for each in files)
    assert drills.drill(installation.app, target, "there").error is None


def _files(database: Database) -> list[File]:
    with database.session(writes=False) as db:
        return list(db.scalars(select(File)))


def test_what_is_backed_up_under_writes_comes_back_equal_by_hash(
    installation: Installation, target: Blobs, tmp_path: Path
) -> None:
    check_drill(installation, target, tmp_path / "new", furnish(installation, 8))


def test_the_next_backup_copies_only_what_is_new(installation: Installation, target: Blobs) -> None:
    shelf = furnish(installation, 3)
    first = back_up(installation, target)
    assert first.copied_bytes == first.size_bytes > 0
    assert back_up(installation, target).copied_bytes == 0
    photo = make.photo()
    shelf.add(photo, "new.jpg")
    third = back_up(installation, target)
    assert (third.copied_bytes, third.blob_count) == (len(photo), first.blob_count + 1)
    assert len(manifests.names(target)) == 3


def test_the_oldest_go_with_what_they_alone_name(installation: Installation, target: Blobs, tmp_path: Path) -> None:
    shelf = furnish(installation, 2)
    file = shelf.add(make.photo(), "gone.jpg")
    first = back_up(installation, target)
    assert first.name is not None
    shelf.by.delete(f"{shelf.library}/files/{file['fileId']}")
    shelf.by.delete(f"{shelf.library}/trash")
    installation.work_off()
    content = {each.key for each in target.list("content/")}
    installation.clock.advance(days=1)
    back_up(installation, target, keep=2)
    assert {each.key for each in target.list("content/")} == content
    last = back_up(installation, target, keep=1)
    assert manifests.names(target) == [last.name]
    assert len(content) - len(list(target.list("content/"))) in (0, 1)
    assert restored(target, tmp_path / "new").is_whole


def test_one_that_is_cut_off_leaves_those_before_whole(
    installation: Installation, target: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = furnish(installation, 2)
    first = back_up(installation, target)
    shelf.add(make.photo(), "more.jpg")

    def cut(count: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "_NOTE_EVERY", 1)
    with pytest.raises(KeyboardInterrupt):
        making.make(installation.app, target, "there", progress=cut)
    assert manifests.names(target) == [first.name]
    assert restored(target, tmp_path / "new").name == first.name
    with installation.app.reading(SYSTEM) as unit:
        found = backups.state(unit)
    assert (found.name, found.error) == (first.name, "It was broken off (KeyboardInterrupt).")
    assert list(installation.app.settings.data_dir.glob(".backup-scratch-*")) == []


def test_only_one_at_a_time_and_one_that_died_does_not_count(installation: Installation, target: Blobs) -> None:
    with installation.app.writing(SYSTEM) as unit:
        making.begin(unit, backups.BACKUP, "there").name = "another machine:7"
    with pytest.raises(Locked):
        back_up(installation, target)
    installation.clock.advance(hours=1)
    assert back_up(installation, target).outcome == Outcome.done


def test_one_of_this_process_counts_while_it_is_made(
    installation: Installation, target: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where its end could not be written down."""
    furnish(installation, 1)
    refused: list[str] = []

    def another(count: int) -> None:
        with pytest.raises(Locked) as told:
            back_up(installation, target)
        refused.append(told.value.detail)

    monkeypatch.setattr(making, "_NOTE_EVERY", 1)
    assert making.make(installation.app, target, "there", progress=another).outcome == Outcome.done
    assert set(refused) == {"Another backup is being made."}
    with installation.app.writing(SYSTEM) as unit:
        making.begin(unit, backups.BACKUP, "there")
    assert back_up(installation, target).outcome == Outcome.done


def test_lost_originals_are_named_and_the_rest_is_kept(
    installation: Installation, target: Blobs, tmp_path: Path
) -> None:
    furnish(installation, 3)
    with installation.app.reading(SYSTEM) as unit:
        keys = unit.db.scalars(select(Original.key).order_by(Original.key)).all()
    store = installation.app.settings.store_folder
    (store / keys[0]).unlink()
    (store / keys[1]).write_bytes(b"x" * (store / keys[1]).stat().st_size)
    made = back_up(installation, target)
    assert made.error is not None
    assert made.error.startswith("2 files are lost or damaged")
    found = restored(target, tmp_path / "new")
    assert (found.is_whole, found.manifest.absent) == (False, list(keys[:2]))
    assert drills.drill(installation.app, target, "there").error is None


@pytest.mark.parametrize("prefix", ["content/", "made/"])
def test_a_drill_finds_what_the_backup_has_lost(installation: Installation, target: Blobs, prefix: str) -> None:
    furnish(installation, 2)
    back_up(installation, target)
    folder = Path(str(target.path("albumen-backup"))).parent
    victim = folder / next(target.list(prefix)).key
    content = bytearray(victim.read_bytes())
    content[5] ^= 4
    victim.write_bytes(content)
    done = drills.drill(installation.app, target, "there")
    assert done.outcome == Outcome.failed
    assert "has lost 1 files" in str(done.error)
    with installation.app.reading(SYSTEM) as unit:
        found = backups.state(unit)
    assert (found.drilled_at, found.drill_error) == (None, done.error)


@pytest.mark.parametrize("part", [manifests.DATABASE, manifests.ENTRIES, manifests.MANIFEST])
def test_a_damaged_part_is_refused(installation: Installation, target: Blobs, tmp_path: Path, part: str) -> None:
    made = back_up(installation, target)
    file = target.path(manifests.path(str(made.name), part))
    assert file is not None
    file.write_bytes(b"x" + file.read_bytes()[1:])
    with pytest.raises(Invalid):
        restored(target, tmp_path / "new")
    assert not (tmp_path / "new" / "albumen.db").exists()


def test_lost_and_damaged_originals_are_healed_from_it(installation: Installation, target: Blobs) -> None:
    furnish(installation, 3)
    back_up(installation, target)
    with installation.app.reading(SYSTEM) as unit:
        keys = unit.db.scalars(select(Original.key).order_by(Original.key)).all()
    store = installation.app.settings.store_folder
    (store / keys[0]).unlink()
    (store / keys[1]).write_bytes(b"short")
    assert checks.run(installation.app, Wanted()).defect_count == 2
    assert healing.heal(installation.app, target) == (2, 0)
    assert checks.run(installation.app, Wanted()).defect_count == 0
    assert installation.rows(Damage) == 0


def test_where_backups_may_go(tmp_path: Path) -> None:
    data = tmp_path / "data"
    settings = settings_for(data)
    with pytest.raises(Conflict):
        targets.prepare(str(data / "backups"), settings)
    with pytest.raises(Conflict):
        targets.prepare(str(tmp_path / "photos" / "b"), settings_for(data, store={"folder": tmp_path / "photos"}))
    bucket = {"kind": "s3", "bucket": "mine", "prefix": "a"}
    for where, prefix in (("s3://mine/a/b", "a"), ("s3://mine/a", "a"), ("s3://mine/backups", "")):
        with pytest.raises(Conflict):
            targets.prepare(where, settings_for(data, store={**bucket, "prefix": prefix}))
    with pytest.raises(Conflict):
        targets.prepare(str(tmp_path / "backups"), settings, was_used=True)
    with pytest.raises(NotFound):
        targets.there(str(tmp_path / "backups"), settings)
    with pytest.raises(Unavailable):
        targets.prepare(str(tmp_path / "not" / "mounted"), settings)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(Conflict):
        targets.prepare(str(tmp_path / "photos"), settings)
    with pytest.raises(Conflict):
        restoring.check_empty(tmp_path / "photos")


@pytest.fixture
def scheduled(tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, backup={"to": str(tmp_path / "backups"), "keep": 2})
    yield made
    made.close()


def test_backups_and_drills_come_by_themselves(scheduled: Installation, tmp_path: Path) -> None:
    def tick() -> tuple[int, int]:
        with scheduled.app.writing(SYSTEM) as unit:
            unit.jobs.add("backup")
        scheduled.work_off()
        with scheduled.app.writing(SYSTEM) as unit:
            unit.jobs.add("backup-drill")
        scheduled.work_off()
        with scheduled.app.reading(SYSTEM) as unit:
            deeds = unit.db.scalars(select(Backup.deed).where(Backup.outcome == Outcome.done)).all()
        return deeds.count(backups.BACKUP), deeds.count(backups.DRILL)

    assert tick() == (1, 1)
    assert tick() == (1, 1)
    scheduled.clock.advance(hours=25)
    assert tick() == (2, 1)
    scheduled.clock.advance(days=31)
    assert tick() == (3, 2)
    assert len(manifests.names(targets.there(str(tmp_path / "backups"), scheduled.app.settings))) == 2
    with scheduled.app.reading(SYSTEM) as unit:
        found = backups.state(unit)
        assert found.made_at is not None
        assert unit.now - found.made_at < timedelta(hours=1)
    assert found.error is None
    assert found.drilled_at is not None


def test_a_disk_that_is_not_mounted_is_told_and_tried_again_in_an_hour(scheduled: Installation, tmp_path: Path) -> None:
    def tries() -> list[str]:
        with contextlib.suppress(Conflict):
            jobs.KINDS[0].run(scheduled.app, Task(1, "backup", "", {}, 1))
        with scheduled.app.reading(SYSTEM) as unit:
            return list(unit.db.scalars(select(Backup.outcome).order_by(Backup.started_at)))

    assert tries() == ["done"]
    shutil.rmtree(tmp_path / "backups")
    scheduled.clock.advance(hours=25)
    assert tries() == ["done", "failed"]
    assert not (tmp_path / "backups").exists()
    assert tries() == ["done", "failed"]
    scheduled.clock.advance(minutes=61)
    assert tries() == ["done", "failed", "failed"]


def test_what_cannot_be_read_is_left_out_and_drops_no_earlier_one(
    installation: Installation, target: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = furnish(installation, 1)
    first = back_up(installation, target)
    shelf.add(make.photo(), "bad.jpg")
    read = installation.app.blobs.read

    def spoiled(key: str) -> Iterator[bytes]:
        yield next(read(key))[:9]
        raise Unavailable

    monkeypatch.setattr(installation.app.blobs, "read", spoiled)
    second = back_up(installation, target, keep=1)
    assert str(second.error).startswith("1 files are lost")
    assert manifests.names(target) == [first.name, second.name]


def test_what_the_backup_has_cut_short_is_put_anew_and_stays_until_then(
    installation: Installation, target: Blobs
) -> None:
    furnish(installation, 1)
    back_up(installation, target)
    cut = target.path(next(target.list("content/")).key)
    assert cut is not None
    whole = cut.read_bytes()
    cut.write_bytes(whole[:9])
    with installation.app.reading(SYSTEM) as unit:
        original = installation.app.settings.store_folder / unit.db.scalars(select(Original.key)).one()
    original.rename(original.with_suffix(".away"))
    assert back_up(installation, target).error is not None
    assert cut.read_bytes() == whole[:9]
    original.with_suffix(".away").rename(original)
    assert back_up(installation, target).error is None
    assert cut.read_bytes() == whole


def test_a_restored_installation_goes_on(
    installation: Installation, alice: Caller, target: Blobs, tmp_path: Path, guard: Guard
) -> None:
    shelf, photo = alice.library(), make.photo()
    file = shelf.add(photo, "wedding.jpg")
    installation.work_off()
    back_up(installation, target)
    restored(target, tmp_path / "new")
    settings = settings_for(tmp_path / "new", database={"url": ""})
    assert settings.data_dir == tmp_path / "new"
    again = Installation.at(tmp_path / "new", guard, database={"url": ""})
    with closing(again):
        by = again.caller("alice")
        path = f"{shelf.library}/files/{file['fileId']}/contents"
        assert by.get(path, params={"attachment": "true"}).content == photo
        again.check_counts()
        assert checks.run(again.app, Wanted()).defect_count == 0
