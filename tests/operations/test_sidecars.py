"""Sidecars: written of what changed, small and the same for the same, and enough to begin again from the store."""

import json
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict
from albumen.libraries.models import Album, AlbumItem, File, Folder, Version
from albumen.media.guard import Guard
from albumen.operations import sweep
from albumen.operations.checking import checks, mending
from albumen.operations.checking.checks import Wanted
from albumen.operations.checking.defects import Defect
from albumen.operations.models import Sidecar
from albumen.operations.sidecars import rebuilding, writing


def sidecars(installation: Installation) -> list[str]:
    return installation.blobs(writing.FOLDER)


def furnished(alice: Caller) -> tuple[Shelf, list[dict[str, Any]]]:
    """Photos in folders, one corrected, one with two versions, one in the trash, an album."""
    shelf = alice.library(name="Wedding").below("Church").below("Évening")
    files = [shelf.add(make.photo(taken="2021-07-01 12:00:00", gps=(48.2, 16.37)), f"{n}.jpg") for n in range(4)]
    told = {"title": "The ring", "tags": ["ring", "Straße"], "rating": 5}
    path = f"{shelf.library}/files"
    assert alice.call("PATCH", f"{path}/{files[0]['fileId']}", json=told).status_code == 200
    newer = {"content": make.photo(), "headers": {"Content-Type": "image/jpeg"}}
    assert alice.post(f"{path}/{files[1]['fileId']}/versions", **newer).status_code == 200
    alice.delete(f"{path}/{files[2]['fileId']}")
    album = alice.post(f"{shelf.library}/albums", json={"name": "Best"}).json()
    chosen = {"fileIds": [files[0]["fileId"], files[1]["fileId"]]}
    assert alice.post(f"{shelf.library}/albums/{album['albumId']}/files", json=chosen).status_code in (200, 204)
    return shelf, files


def known(installation: Installation) -> dict[str, list[dict[str, Any]]]:
    """What rows say that a store can bring back."""
    passed = {"shape", "file_count", "file_bytes", "sm_bytes", "md_bytes", "lg_bytes", "cnv_bytes"}
    found = {}
    with installation.app.reading(SYSTEM) as unit:
        for table in (Folder, File, Version, Album, AlbumItem):
            names = [each.key for each in table.__table__.columns if each.key not in passed]
            rows = unit.db.scalars(select(table)).all()
            found[table.__tablename__] = sorted(
                ({name: getattr(row, name) for name in names} for row in rows),
                key=lambda row: str(sorted(row.items(), key=str)),
            )
    return found


def test_what_changed_is_written_once(installation: Installation, alice: Caller) -> None:
    shelf, files = furnished(alice)
    installation.work_off()
    assert writing.write(installation.app) == 5
    assert writing.write(installation.app) == 0
    before = sidecars(installation)
    assert len(before) == 5
    alice.call("PATCH", f"{shelf.library}/files/{files[3]['fileId']}", json={"title": "Cake"})
    assert writing.write(installation.app) == 1
    [new] = set(sidecars(installation)) - set(before)
    told = json.loads(b"".join(installation.app.blobs.read(new)))
    assert told["format"] == 1
    assert told["rows"]["files"][0]["title"] == "Cake"
    assert "password_hash" not in told["rows"]["users"][0]
    installation.clock.advance(seconds=1)
    sweep.sweep(installation.app, grace=timedelta())
    assert len(sidecars(installation)) == 5
    assert checks.run(installation.app, Wanted()).defect_count == 0


def test_a_lost_one_is_written_again(installation: Installation, alice: Caller) -> None:
    furnished(alice)
    installation.work_off()
    writing.write(installation.app)
    (installation.app.settings.store_folder / sidecars(installation)[0]).unlink()
    found: list[Defect] = []
    checks.run(installation.app, Wanted(tell=found.append))
    assert [each.thing for each in found] == ["sidecar"]
    mending.mend(installation.app, found)
    assert writing.write(installation.app) == 1
    assert checks.run(installation.app, Wanted()).defect_count == 0


def test_the_database_comes_back_from_the_store_alone(
    installation: Installation, alice: Caller, tmp_path: Path, guard: Guard
) -> None:
    shelf, files = furnished(alice)
    installation.work_off()
    writing.write(installation.app)
    before = known(installation)
    stray = make.photo(taken="2019-01-02 03:04:05")
    shelf.add(stray, "late.jpg")
    again = Installation.at(tmp_path / "new", guard)
    with closing(again):
        shutil.rmtree(again.app.settings.store_folder)
        shutil.copytree(installation.app.settings.store_folder, again.app.settings.store_folder)
        done = rebuilding.rebuild(again.app)
        assert (done.files, done.strays, done.illegible) == (4, 1, [])
        with pytest.raises(Conflict):
            rebuilding.rebuild(again.app)
        again.work_off()
        after = known(again)
        for table, rows in before.items():
            assert all(row in after[table] for row in rows), table
        again.check_counts()
        installation.clock.advance(seconds=1)
        assert checks.run(again.app, Wanted()).defect_count == 0
        by = again.caller("alice")
        assert by.get(f"{shelf.library}/files/{files[0]['fileId']}").json()["title"] == "The ring"
        assert by.get(f"{shelf.library}/files/{files[0]['fileId']}/thumbnails/sm").status_code == 200
        assert {row.subject for row in _rows(again)} == {row.subject for row in _rows(installation)}


def _rows(installation: Installation) -> list[Sidecar]:
    with installation.app.reading(SYSTEM) as unit:
        return list(unit.db.scalars(select(Sidecar)))


def test_damaged_and_newer_ones_are_named(
    installation: Installation, alice: Caller, tmp_path: Path, guard: Guard
) -> None:
    furnished(alice)
    writing.write(installation.app)
    store = installation.app.settings.store_folder
    first, second, third, *_ = [key for key in sidecars(installation) if "/file-" not in key and "library-" not in key]
    (store / "original" / "zz").mkdir(exist_ok=True)
    (store / "original" / "zz" / "text").write_bytes(b"no photo")
    (store / first).write_bytes(b"{not json")
    (store / second).write_bytes(b'{"format": 2, "rows": {}}')
    (store / third).write_bytes((store / third).read_bytes().replace(b'"added_at": "20', b'"added_at": "zz'))
    again = Installation.at(tmp_path / "new", guard)
    with closing(again):
        shutil.rmtree(again.app.settings.store_folder)
        shutil.copytree(store, again.app.settings.store_folder)
        done = rebuilding.rebuild(again.app)
        assert sorted(done.illegible) == sorted([first, second, third])
        assert done.files == 1
        assert done.strays >= 2
        assert done.unfiled == ["original/zz/text"]
