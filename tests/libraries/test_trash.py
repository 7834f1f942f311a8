"""The trash over the API: restoring to where things lay, emptying, and what time purges."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests import make
from tests.flows.replica import check_replicas
from tests.installation import Caller, Installation, Shelf

from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import jobs, tally
from albumen.libraries.models import Assignment, File, Folder, Original, Version
from albumen.operations.sweep import sweep


def purge(installation: Installation) -> None:
    """Run the hourly purge now."""
    kind = next(each for each in jobs.KINDS if each.name == "purge")
    kind.run(installation.app, Task(0, "purge", "", {}, 1))


def thrown_away(shelf: Shelf) -> list[dict[str, Any]]:
    """What is in the trash."""
    return list(shelf.by.get(f"{shelf.library}/trash").json()["files"])


def delete(shelf: Shelf, *files: dict[str, Any]) -> None:
    """Put files into the trash."""
    for file in files:
        assert shelf.by.delete(f"{shelf.library}/files/{file['fileId']}").status_code == 204


def restore(shelf: Shelf, *files: dict[str, Any], status: int = 200) -> Any:
    """Restore files; the answer's JSON."""
    answer = shelf.by.post(f"{shelf.library}/trash/restore", json={"fileIds": [each["fileId"] for each in files]})
    assert answer.status_code == status, answer.text
    return answer.json()


def delete_folder(shelf: Shelf) -> None:
    """Delete the folder with all below."""
    assert shelf.by.delete(shelf.folder).status_code == 204


def tombstones(shelf: Shelf) -> dict[str, bool]:
    """By id, whether the newest change of each thing is that it is gone."""
    changes = shelf.by.get(f"{shelf.library}/changes?since=0").json()["changes"]
    return {str(each["id"]): bool(each["isGone"]) for each in changes}


def test_what_is_deleted_is_nowhere_but_in_the_trash(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file, other = shelf.add(make.photo()), shelf.add(make.photo(), "b.jpg")
    used = alice.get(shelf.library).json()["usedBytes"]
    delete(shelf, file)
    [found] = thrown_away(shelf)
    assert (found["fileId"], found["name"]) == (file["fileId"], "IMG_1.jpg")
    purged_on, deleted_on = datetime.fromisoformat(found["purgedOn"]), datetime.fromisoformat(found["deletedOn"])
    assert purged_on - deleted_on == timedelta(days=30)
    assert alice.get(f"{shelf.library}/files/{file['fileId']}").status_code == 404
    assert [each["fileId"] for each in alice.get(f"{shelf.folder}/files").json()] == [other["fileId"]]
    assert alice.get(shelf.library).json()["usedBytes"] == used
    installation.check_counts()


def test_restored_it_is_what_it_was(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00"))
    installation.work_off()
    before = shelf.file(file["fileId"])
    delete(shelf, file)
    assert restore(shelf, file) == [before]
    assert (thrown_away(shelf), shelf.file(file["fileId"])) == ([], before)
    assert alice.get(shelf.folder).json()["fileCount"] == 1
    installation.check_counts()


def test_a_taken_name_gets_a_number(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo(), "a.jpg")
    delete(shelf, file)
    again = shelf.add(make.photo(), "a.jpg")
    assert restore(shelf, file)[0]["name"] == "a (2).jpg"
    assert shelf.file(again["fileId"])["name"] == "a.jpg"
    installation.check_counts()


def test_all_or_none(alice: Caller) -> None:
    shelf = alice.library()
    file, living = shelf.add(make.photo()), shelf.add(make.photo(), "b.jpg")
    delete(shelf, file)
    restore(shelf, file, living, status=404)
    restore(shelf, file, {"fileId": ids.encode(1)}, status=404)
    assert len(thrown_away(shelf)) == 1
    restore(shelf, file, file)
    assert thrown_away(shelf) == []
    assert alice.post(f"{shelf.library}/trash/restore", json={"fileIds": []}).status_code == 400


def test_the_list_is_paged_the_last_deleted_first(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    files = [shelf.add(make.photo(), f"{n}.jpg") for n in range(5)]
    for file in files:
        delete(shelf, file)
        installation.clock.advance(seconds=1)
    names, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"{shelf.library}/trash?limit=2&cursor={cursor}").json()
        names += [each["name"] for each in page["files"]]
        cursor = page.get("next")
    assert names == [f"{n}.jpg" for n in reversed(range(5))]
    assert alice.get(f"{shelf.library}/trash?cursor=x").status_code == 400


def test_a_deleted_folder_comes_back_with_its_path(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    trip = shelf.below("Trip")
    day = trip.below("Day 1")
    file, other = day.add(make.photo()), trip.add(make.photo(), "b.jpg")
    delete_folder(trip)
    assert {each["fileId"] for each in thrown_away(shelf)} == {file["fileId"], other["fileId"]}
    installation.check_counts()
    assert restore(shelf, file)[0]["folderId"] == day.folder_id
    assert alice.get(day.folder).json()["path"] == "All Pictures/Trip/Day 1"
    assert len(thrown_away(shelf)) == 1
    restore(shelf, other)
    assert alice.get(trip.folder).json()["fileCount"] == 1
    installation.check_counts()


def test_a_folder_that_took_the_name_takes_the_files(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    trip = shelf.below("Trip")
    day, night = trip.below("Day"), trip.below("Night")
    files = [trip.add(make.photo(), "a.jpg"), day.add(make.photo(), "b.jpg"), night.add(make.photo(), "c.jpg")]
    delete_folder(trip)
    new_trip = shelf.below("TRIP")
    new_trip.add(make.photo(), "a.jpg")
    new_day = new_trip.below("day")
    restored = restore(shelf, *files)
    homes = {each["name"]: each["folderId"] for each in restored}
    assert homes == {"a (2).jpg": new_trip.folder_id, "b.jpg": new_day.folder_id, "c.jpg": night.folder_id}
    assert alice.get(night.folder).json()["path"] == "All Pictures/TRIP/Night"
    assert alice.get(f"{night.folder}/breadcrumbs").json()[-1]["folderId"] == new_trip.folder_id
    installation.check_counts()
    check_replicas(installation)


def test_the_moving_part_of_a_photo_comes_along(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    photo, film = shelf.add(make.photo(), "a.jpg"), shelf.add(make.film(), "a.mov")
    join(installation, film["fileId"], photo["fileId"])
    delete(shelf, photo)
    assert [each["fileId"] for each in thrown_away(shelf)] == [photo["fileId"]]
    assert alice.get(f"{shelf.library}/files/{film['fileId']}").status_code == 404
    installation.check_counts()
    restore(shelf, photo)
    assert alice.get(f"{shelf.library}/files/{film['fileId']}").status_code == 200
    installation.check_counts()
    check_replicas(installation)
    delete(shelf, film)
    assert [each["fileId"] for each in thrown_away(shelf)] == [film["fileId"]]
    delete(shelf, photo)
    assert alice.post(f"{shelf.library}/trash/empty").json() == {"purged": 1}
    assert installation.rows(File) == 0
    installation.check_counts()


def join(installation: Installation, film_id: str, photo_id: str) -> None:
    """Make a film the moving part of a photo."""
    with installation.app.writing(SYSTEM) as unit:
        film = unit.db.get_one(File, ids.decode(film_id))
        film.part_of = ids.decode(photo_id)
        unit.db.execute(update(Folder).where(Folder.id == film.folder_id).values(file_count=Folder.file_count - 1))
        tally.count_month(unit, film.library_id, film.sorted_at, -1)


def test_who_may_do_what(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    inner = shelf.below("Inner")
    here, there = inner.add(make.photo()), shelf.add(make.photo())
    delete(shelf, here, there)
    people = {name: installation.caller(name) for name in ("bob", "carol", "dave", "mallory")}
    for name in people:
        installation.actor(name)
    alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"})
    alice.post(f"{shelf.library}/users", json={"userId": "carol", "role": "contributor"})
    alice.post(f"{inner.folder}/users", json={"userId": "dave", "role": "contributor"})
    statuses = {name: caller.get(f"{shelf.library}/trash").status_code for name, caller in people.items()}
    assert statuses == {"bob": 403, "carol": 200, "dave": 200, "mallory": 404}
    dave = Shelf(people["dave"], shelf.library_id, inner.folder_id)
    assert [each["fileId"] for each in thrown_away(dave)] == [here["fileId"]]
    restore(dave, there, status=404)
    check_replicas(installation)
    restore(Shelf(people["bob"], shelf.library_id, ""), here, status=403)
    restore(Shelf(people["mallory"], shelf.library_id, ""), here, status=404)
    statuses = {name: caller.post(f"{shelf.library}/trash/empty").status_code for name, caller in people.items()}
    assert statuses == {"bob": 403, "carol": 403, "dave": 403, "mallory": 404}
    assert len(restore(dave, here)) == 1
    check_replicas(installation)
    assert alice.post(f"{shelf.library}/trash/empty").json() == {"purged": 1}


def test_time_purges_what_lies_there_too_long(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    trip = shelf.below("Trip")
    trip.below("Empty")
    alice.post(f"{trip.folder}/users", json={"userId": "bob", "role": "reader"})
    old, kept = trip.add(make.photo()), shelf.add(make.photo())
    delete_folder(trip)
    installation.clock.advance(days=29)
    delete(shelf, kept)
    purge(installation)
    assert len(thrown_away(shelf)) == 2
    installation.clock.advance(days=2)
    purge(installation)
    assert [each["fileId"] for each in thrown_away(shelf)] == [kept["fileId"]]
    with installation.app.reading(SYSTEM) as unit:
        assert [each.name for each in unit.db.scalars(select(Folder))] == ["All Pictures"]
        assert unit.db.scalar(select(func.count()).where(Assignment.place == "folder")) == 0
    restore(shelf, old, status=404)
    assert alice.get(f"{shelf.library}/files/{old['fileId']}").status_code == 404
    installation.check_counts()


def test_from_upload_to_an_empty_store(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file, twin = shelf.add(make.photo(seed=1)), shelf.add(make.photo(seed=1), "twin.jpg")
    installation.work_off()
    for _ in range(2):
        path = f"{shelf.library}/files/{file['fileId']}/versions"
        assert alice.post(path, files={"file": ("x.jpg", make.photo())}).status_code == 200
    installation.work_off()
    delete(shelf, file)
    assert alice.post(f"{shelf.library}/trash/empty").json() == {"purged": 1}
    assert (installation.rows(Version), installation.rows(Original)) == (1, 1)
    installation.check_counts()
    delete(shelf, twin)
    assert alice.post(f"{shelf.library}/trash/empty").json() == {"purged": 1}
    assert alice.post(f"{shelf.library}/trash/empty").json() == {"purged": 0}
    assert (installation.rows(File), installation.rows(Version), installation.rows(Original)) == (0, 0, 0)
    assert (alice.get(shelf.library).json()["usedBytes"], alice.get("/users/me").json()["usedBytes"]) == (0, 0)
    sweep(installation.app, grace=timedelta())
    assert installation.blobs() == []


def test_devices_hear_of_it(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    trip = shelf.below("Trip")
    file = trip.add(make.photo())
    delete_folder(trip)
    gone = tombstones(shelf)
    assert (gone[trip.folder_id], gone[file["fileId"]]) == (True, True)
    restore(shelf, file)
    gone = tombstones(shelf)
    assert (gone[trip.folder_id], gone[file["fileId"]]) == (False, False)
    check_replicas(installation)


def test_many_go_in_several_batches(installation: Installation, alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("albumen.libraries.purge.BATCH", 2)
    shelf = alice.library()
    files = [shelf.add(make.photo(), f"{n}.jpg") for n in range(5)]
    delete(shelf, *files)
    assert alice.post(f"{shelf.library}/trash/empty").json() == {"purged": 5}
    assert installation.rows(File) == 0
    installation.check_counts()


def test_what_comes_back_does_not_go_where_one_may_not_add(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    lost = shelf.below("Trip")
    for user, role in (("bob", "contributor"), ("carl", "owner")):
        alice.post(f"{lost.folder}/users", json={"userId": user, "role": role})
    files = [lost.add(make.photo(), f"{number}.jpg") for number in range(3)]
    delete_folder(lost)
    private = shelf.below("Trip")
    alice.post(f"{private.folder}/users", json={"userId": "carl", "role": "contributor"})
    bob, carl = (Shelf(installation.caller(each), shelf.library_id, lost.folder_id) for each in ("bob", "carl"))
    [his] = restore(carl, files[0])
    assert his["folderId"] == private.folder_id
    backs = [restore(bob, each)[0] for each in files[1:]]
    assert {each["folderId"] for each in backs} == {lost.folder_id}
    assert bob.by.get(lost.folder).json()["name"] == "Trip (2)"
    assert private.by.get(private.folder).json()["fileCount"] == 1
    check_replicas(installation)
    installation.check_counts()
