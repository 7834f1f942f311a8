"""Exports as jobs: who may have them, cancelling, repeating, failing, expiring."""

import io
import threading
import zipfile
from typing import Any

import pytest
from sqlalchemy import select
from tests import make
from tests.assets.test_exports import begin, job, manifest, task_of
from tests.installation import Caller, Installation, Shelf

from albumen.assets.exports import exporting, exports
from albumen.assets.models import Export
from albumen.blobs.port import Space
from albumen.jobs.models import Job
from albumen.jobs.registry import Cancelled
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict
from albumen.kernel.pages import to_cursor
from albumen.operations.sweep import GRACE, sweep


def member(shelf: Shelf, name: str, role: str, place: str) -> Caller:
    caller = Caller(shelf.by.client, {**shelf.by.headers, "API-User-ID": name})
    assert caller.get("/users/me").status_code == 200
    assert shelf.by.post(f"{place}/users", json={"userId": name, "role": role}).status_code == 200
    return caller


def test_only_who_asked_for_it_has_it(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo())["fileId"]
    bob = member(shelf, "bob", "reader", shelf.library)
    job_id = begin(shelf, file_id, by=bob)
    installation.work_off()
    paths = [f"{shelf.library}/exportjobs/{job_id}", f"{shelf.library}/exports/{job_id}"]
    assert [bob.get(path).status_code for path in paths] == [200, 200]
    assert [alice.get(path).status_code for path in paths] == [404, 404]
    assert alice.get(f"{shelf.library}/exportjobs").json()["jobs"] == []
    assert alice.delete(paths[0]).status_code == 404
    other = bob.library(name="Other")
    assert bob.get(f"{other.library}/exportjobs/{job_id}").status_code == 404
    assert shelf.by.delete(f"{shelf.library}/users/bob").status_code == 204
    assert [bob.get(path).status_code for path in paths] == [404, 404]


def test_only_what_is_seen_is_exported(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    made = alice.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Below"}).json()
    below = Shelf(alice, shelf.library_id, made["folderId"])
    hidden, seen, later_hidden = shelf.add(make.photo()), below.add(make.photo()), below.add(make.photo(), "b.jpg")
    bob = member(shelf, "bob", "reader", below.folder)
    path = f"{shelf.library}/exportjobs"
    assert bob.post(path, json={"fileIds": [seen["fileId"], hidden["fileId"]]}).status_code == 404
    album = alice.post(f"{shelf.library}/albums", json={"name": "X", "fileIds": [hidden["fileId"]]}).json()
    member(shelf, "bob", "reader", f"{shelf.library}/albums/{album['albumId']}")
    job_id = begin(shelf, *(each["fileId"] for each in (seen, hidden, later_hidden)), by=bob)
    assert alice.delete(f"{below.folder}/users/bob").status_code == 204
    installation.work_off()
    archive = zipfile.ZipFile(io.BytesIO(bob.get(f"{shelf.library}/exports/{job_id}").content))
    assert [each["fileId"] for each in manifest(archive)["files"]] == [hidden["fileId"]]
    assert manifest(archive)["missing"] == [seen["fileId"], later_hidden["fileId"]]


def test_whoever_sees_nothing_any_more_gets_no_export(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    bob = member(shelf, "bob", "reader", shelf.library)
    job_id = begin(shelf, shelf.add(make.photo())["fileId"], by=bob)
    alice.delete(f"{shelf.library}/users/bob")
    installation.work_off()
    member(shelf, "bob", "reader", shelf.library)
    told = bob.get(f"{shelf.library}/exportjobs/{job_id}").json()
    assert told["status"] == "failed"
    assert told["error"]
    assert not installation.blobs("export/")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"fileIds": []}, 400),
        ({"fileIds": ["zzz"]}, 404),
        ({"fileIds": ["!"]}, 404),
        ({"fileIds": ["a"] * 10_001}, 400),
        ({"fileIds": ["a"], "metadata": "all"}, 400),
        ({}, 400),
    ],
)
def test_what_cannot_be_exported_is_refused(alice: Caller, form: dict[str, Any], status: int) -> None:
    shelf = alice.library()
    assert alice.post(f"{shelf.library}/exportjobs", json=form).status_code == status
    assert alice.get(f"{shelf.library}/exportjobs").json()["jobs"] == []


def test_a_pending_export_is_cancelled_at_once(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    path = f"{shelf.library}/exportjobs/{job_id}"
    assert alice.delete(path).status_code == 204
    assert job(shelf, job_id)["status"] == "cancelled"
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalar(select(Job.state).where(Job.kind == "export")) == "cancelled"
    installation.work_off()
    assert job(shelf, job_id)["status"] == "cancelled"
    assert alice.get(f"{shelf.library}/exports/{job_id}").status_code == 404
    assert alice.delete(path).status_code == 204
    assert alice.get(path).status_code == 404


def test_a_running_export_stops_and_leaves_nothing(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, *(shelf.add(make.photo(), f"{n}.jpg")["fileId"] for n in range(3)))

    def cancel(share: float, note: str) -> bool:
        assert job(shelf, job_id)["status"] == "processing"
        return alice.delete(f"{shelf.library}/exportjobs/{job_id}").status_code != 204

    with pytest.raises(Cancelled):
        exporting.run(installation.app, task_of(job_id, cancel))
    assert job(shelf, job_id)["status"] == "cancelled"
    assert not installation.blobs("export/")
    assert installation.spools() == 0


def test_one_cancelled_at_the_last_moment_leaves_nothing(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])

    def too_late(share: float, note: str) -> bool:
        return alice.delete(f"{shelf.library}/exportjobs/{job_id}").status_code == 204

    exporting.run(installation.app, task_of(job_id, too_late))
    assert job(shelf, job_id)["status"] == "cancelled"
    assert not installation.blobs("export/")


def test_it_tells_how_far_it_is(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    shares: list[float] = []

    def note(share: float, _: str) -> bool:
        shares.append(share)
        return True

    exporting.run(installation.app, task_of(job_id, note))
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_it_is_harmless_to_repeat(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    left = f"export/{job_id}-0.zip"
    with installation.app.blobs.spool() as spool:
        spool.write(b"what an earlier try left")
        installation.app.blobs.put(left, spool)
    exporting.run(installation.app, task_of(job_id))
    first = alice.get(f"{shelf.library}/exports/{job_id}").content
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None
    exporting.run(installation.app, task_of(job_id))
    installation.clock.advance(seconds=GRACE.total_seconds() + 60)
    sweep(installation.app)
    assert alice.get(f"{shelf.library}/exports/{job_id}").content == first
    [kept] = installation.blobs("export/")
    assert kept != left


def test_of_two_at_once_the_first_to_end_is_kept(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    kept: list[str] = []

    def be_overtaken(share: float, note: str) -> bool:
        if not kept:
            exporting.run(installation.app, task_of(job_id))
            kept.extend(installation.blobs("export/"))
        return True

    exporting.run(installation.app, task_of(job_id, be_overtaken))
    assert installation.blobs("export/") == kept != []
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.get_one(Export, ids.decode(job_id)).key == kept[0]
    assert zipfile.ZipFile(io.BytesIO(alice.get(f"{shelf.library}/exports/{job_id}").content)).testzip() is None


def test_two_workers_at_once_make_one(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, *(shelf.add(make.photo(), f"{n}.jpg")["fileId"] for n in range(5)))
    both = [threading.Thread(target=exporting.run, args=(installation.app, task_of(job_id))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert job(shelf, job_id)["status"] == "success"
    assert zipfile.ZipFile(io.BytesIO(alice.get(f"{shelf.library}/exports/{job_id}").content)).testzip() is None
    assert len(installation.blobs("export/")) == 1


def test_a_finished_export_is_deleted_with_its_bytes(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    installation.work_off()
    assert installation.blobs("export/")
    assert alice.delete(f"{shelf.library}/exportjobs/{job_id}").status_code == 204
    assert not installation.blobs("export/")
    assert alice.get(f"{shelf.library}/exports/{job_id}").status_code == 404
    assert installation.rows(Export) == 0
    installation.check_counts()


def test_it_expires(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    installation.work_off()
    path = f"{shelf.library}/exports/{job_id}"
    installation.clock.advance(days=6, hours=23)
    assert alice.get(path).status_code == 200
    installation.clock.advance(hours=2)
    assert alice.get(path).status_code == 410
    exports.expire(installation.app)
    assert not installation.blobs("export/")
    assert alice.get(path).status_code == 410
    assert job(shelf, job_id)["status"] == "success"
    installation.clock.advance(days=31)
    exports.expire(installation.app)
    assert alice.get(path).status_code == 404
    assert installation.rows(Export) == 0


def test_the_sweep_leaves_exports_alone(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    installation.work_off()
    installation.clock.advance(seconds=GRACE.total_seconds() + 60)
    sweep(installation.app)
    assert alice.get(f"{shelf.library}/exports/{job_id}").status_code == 200
    with installation.app.writing(SYSTEM) as unit:
        unit.db.delete(unit.db.get_one(Export, ids.decode(job_id)))
    sweep(installation.app)
    assert not installation.blobs("export/")


def test_a_disk_without_room_is_told_before(installation: Installation, alice: Caller, monkeypatch: Any) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo())["fileId"]
    job_id = begin(shelf, file_id)
    monkeypatch.setattr(installation.app.blobs, "space", lambda: Space(10**9, 100))
    asked = alice.post(f"{shelf.library}/exportjobs", json={"fileIds": [file_id]})
    assert asked.status_code == 507
    with pytest.raises(Conflict):
        exporting.run(installation.app, task_of(job_id))
    exporting.fail(installation.app, task_of(job_id), "The disk is nearly full.")
    told = job(shelf, job_id)
    assert (told["status"], told["error"]) == ("failed", "The disk is nearly full.")
    assert "expiresOn" not in told


def test_lists_come_in_pages(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo())["fileId"]
    begun = []
    for _ in range(5):
        begun.append(begin(shelf, file_id))
        installation.clock.advance(seconds=1)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = alice.get(f"{shelf.library}/exportjobs", params={"limit": 2, "cursor": cursor}).json()
        found += [each["jobId"] for each in page["jobs"]]
        cursor = page.get("next")
    assert found == begun[::-1]
    for cursor in ("WyJhIiwxXQ", to_cursor(1 << 48, 1), to_cursor(-(1 << 48), 1), to_cursor(0, 1 << 62)):
        assert alice.get(f"{shelf.library}/exportjobs", params={"cursor": cursor}).status_code in (200, 400)
