"""Libraries and their folders over the API."""

import json
import unicodedata

import pytest
from sqlalchemy import func, select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.changes.models import Change
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Gone, NotFound
from albumen.libraries import jobs, library
from albumen.libraries import purge as purging
from albumen.libraries.models import File, Folder, Library, Original, Version


def test_a_new_library_has_one_root(alice: Caller) -> None:
    made = alice.post("/libraries", json={"name": " Wedding ", "timeZone": "Europe/Paris", "quotaBytes": 10}).json()
    assert made == {
        "libraryId": made["libraryId"],
        "name": "Wedding",
        "timeZone": "Europe/Paris",
        "quotaBytes": 10,
        "usedBytes": 0,
        "sameName": "number",
        "createdOn": made["createdOn"],
        "userRole": "owner",
    }
    [root] = alice.get(f"/libraries/{made['libraryId']}/folders?parent=").json()
    assert root == {
        "libraryId": made["libraryId"],
        "folderId": root["folderId"],
        "name": "All Pictures",
        "path": "All Pictures",
        **dict.fromkeys(("fileCount", "fileSize", "fileSizeSm", "fileSizeMd", "fileSizeLg", "fileSizeCnv"), 0),
        "userRole": "owner",
    }
    assert alice.get("/libraries").json() == [made]
    assert alice.get(f"/libraries/{made['libraryId']}").json() == made


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "America", "../UTC", "/etc/passwd", "utc\x00", "Europe/Paris/..", "x" * 500]
)
def test_what_is_no_time_zone(alice: Caller, zone: str) -> None:
    answer = alice.post("/libraries", json={"name": "x", "timeZone": zone})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (400, "timeZone")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": ""},
        {"name": " \u200b\t"},
        {"name": "a/b"},
        {"name": "x" * 300},
        {"name": "é" * 200},
        {"name": None},
        {"name": 7},
        {"name": "x", "quotaBytes": -1},
        {"name": "x", "quotaBytes": 1 << 63},
        {"name": "x", "timezone": "UTC"},
        {"name": "x", "description": "half \ud800 of a letter"},
        {"name": "..", "timeZone": "UTC"},
        [],
        "x",
    ],
)
def test_wrong_forms_say_what_is_wrong(alice: Caller, form: object) -> None:
    answer = alice.post("/libraries", content=json.dumps(form), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]
    assert alice.get("/libraries").json() == []


def test_folder_names_are_unique_within_a_parent_whatever_their_case(alice: Caller) -> None:
    shelf = alice.library()
    folders = f"{shelf.library}/folders"
    name = "Été à Nîmes"
    first = alice.post(folders, json={"parentId": shelf.folder_id, "name": name}).json()
    for same in (name, name.upper(), unicodedata.normalize("NFD", name), f" {name} ", "É\u200bté à  Nîmes"):
        answer = alice.post(folders, json={"parentId": shelf.folder_id, "name": same})
        assert answer.status_code == 409, same
    assert alice.post(folders, json={"name": name}).status_code == 200
    assert alice.post(folders, json={"parentId": first["folderId"], "name": name}).status_code == 200
    assert alice.post(folders, json={"name": "all pictures"}).status_code == 409


def test_breadcrumbs_and_subfolders(alice: Caller) -> None:
    shelf = alice.library()
    made = [shelf.folder_id]
    for name in ("2023", "06", "Beach"):
        answer = alice.post(f"{shelf.library}/folders", json={"parentId": made[-1], "name": name})
        made.append(answer.json()["folderId"])
    deepest = f"{shelf.library}/folders/{made[-1]}"
    assert alice.get(deepest).json()["path"] == "All Pictures/2023/06/Beach"
    assert alice.get(deepest).json()["parentId"] == made[-2]
    crumbs = alice.get(f"{deepest}/breadcrumbs").json()
    assert [each["folderId"] for each in crumbs] == made[:-1]
    assert [each["path"] for each in crumbs] == ["All Pictures", "All Pictures/2023", "All Pictures/2023/06"]
    for below, name in zip(made, ("2023", "06", "Beach"), strict=False):
        assert [each["name"] for each in alice.get(f"{shelf.library}/folders/{below}/subfolders").json()] == [name]
        assert [each["name"] for each in alice.get(f"{shelf.library}/folders?parent={below}").json()] == [name]
    assert alice.get(f"{deepest}/subfolders").json() == []
    assert alice.get(f"{shelf.folder}/breadcrumbs").json() == []


def test_the_parent_must_be_named(alice: Caller) -> None:
    shelf = alice.library()
    answer = alice.get(f"{shelf.library}/folders")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["loc"].endswith("parent")
    assert alice.get(f"{shelf.library}/folders?parent=nothing").status_code == 404


def test_a_folder_of_another_library_is_not_found(alice: Caller) -> None:
    one, two = alice.library(), alice.library()
    assert alice.get(f"{one.library}/folders/{two.folder_id}").status_code == 404
    assert alice.get(f"{one.library}/folders?parent={two.folder_id}").status_code == 404
    form = {"parentId": two.folder_id, "name": "x"}
    assert alice.post(f"{one.library}/folders", json=form).status_code == 404


def test_strangers_learn_nothing(installation: Installation, alice: Caller) -> None:
    mallory, shelf = installation.caller("mallory"), alice.library()
    for path in ("", "/folders?parent=", f"/folders/{shelf.folder_id}", f"/folders/{shelf.folder_id}/files"):
        theirs, nothing = mallory.get(f"{shelf.library}{path}"), mallory.get(f"/libraries/zzz{path}")
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json() == nothing.json()
    assert mallory.get("/libraries").json() == []
    assert mallory.post(f"{shelf.library}/folders", json={"name": "x"}).status_code == 404


def test_libraries_come_page_by_page(alice: Caller) -> None:
    made = {alice.library(name=name).library_id for name in ("Émile", "b", "a", "b", "Ça")}
    found: list[dict[str, str]] = []
    path = "/libraries?limit=2"
    for left in (3, 1, 0):
        answer = alice.get(path)
        found += answer.json()
        assert ("next" in answer.links) == bool(left)
        path = answer.links["next"]["url"].removeprefix("/v1") if left else ""
    assert found == alice.get("/libraries").json()
    assert {each["libraryId"] for each in found} == made
    assert "link" not in alice.get("/libraries").headers
    for wrong in ("limit=0", "limit=1001", "cursor=nonsense", "cursor=WzEsMl0"):
        assert alice.get(f"/libraries?{wrong}").status_code == 400, wrong


def test_a_library_is_changed(alice: Caller) -> None:
    shelf = alice.library(description="ours", quotaBytes=10**9, keepVersions=3)
    form = {"name": " Wedding ", "timeZone": "Asia/Tokyo", "sameName": "version", "keepVersionDays": 30}
    changed = alice.call("PATCH", shelf.library, json={**form, "description": None, "keepVersions": None})
    assert changed.status_code == 200
    wanted = {**form, "name": "Wedding", "quotaBytes": 10**9}
    assert {name: changed.json()[name] for name in wanted} == wanted
    assert not {"description", "keepVersions"} & changed.json().keys()
    assert alice.get(shelf.library).json() == changed.json()
    assert alice.call("PATCH", shelf.library, json={}).json() == changed.json()


@pytest.mark.parametrize(
    "form",
    [
        {"name": None},
        {"name": ""},
        {"name": "a/b"},
        {"timeZone": "Mars/Olympus"},
        {"timeZone": None},
        {"quotaBytes": -1},
        {"sameName": "overwrite"},
        {"sameName": None},
        {"keepVersions": 0},
        {"keepVersionDays": 0},
        {"usedBytes": 0},
        [],
    ],
)
def test_what_a_library_cannot_become(alice: Caller, form: object) -> None:
    shelf = alice.library()
    before = alice.get(shelf.library).json()
    assert alice.call("PATCH", shelf.library, json=form).status_code == 400
    assert alice.get(shelf.library).json() == before


def test_a_new_time_zone_counts_for_what_comes_after(alice: Caller) -> None:
    shelf = alice.library(timeZone="UTC")
    first = shelf.add(make.photo(taken="2021-07-01 12:00:00"))
    alice.call("PATCH", shelf.library, json={"timeZone": "Asia/Tokyo"})
    assert shelf.file(first["fileId"])["takenOn"] == "2021-07-01T12:00:00.000Z"
    second = shelf.add(make.photo(taken="2021-07-01 12:00:00"))
    assert second["takenOn"] == "2021-07-01T03:00:00.000Z"


def test_quota_versions_and_the_end_are_the_owners(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    callers = {"carol": "contributor", "bob": "reader", "mallory": None}
    for name, role in callers.items():
        installation.actor(name)
        if role:
            alice.post(f"{shelf.library}/users", json={"userId": name, "role": role})
    expected = {"carol": (200, 403, 403), "bob": (403, 403, 403), "mallory": (404, 404, 404)}
    for name, statuses in expected.items():
        by = installation.caller(name)
        found = [by.call("PATCH", shelf.library, json=form).status_code for form in ({"name": "x"}, {"quotaBytes": 5})]
        assert (*found, by.delete(shelf.library).status_code) == statuses, name
    for form in ({"sameName": "version"}, {"keepVersions": 1}, {"keepVersionDays": 1}):
        assert installation.caller("carol").call("PATCH", shelf.library, json=form).status_code == 403


def test_a_deleted_library_is_hidden_and_can_be_restored(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo())
    installation.work_off()
    assert alice.delete(shelf.library).status_code == 204
    for path in ("", f"/files/{file['fileId']}", f"/folders/{shelf.folder_id}", "/trash", "/statistics", "/changes"):
        assert alice.get(f"{shelf.library}{path}").status_code == 404, path
    assert alice.get(f"/images/{file['fileId']}/original").status_code == 404
    assert (alice.get("/libraries").json(), shelf.send(make.photo()).status_code) == ([], 404)
    assert alice.delete(shelf.library).status_code == 404
    installation.check_counts()
    installation.clock.advance(days=29)
    purge(installation)
    bring_back(installation, shelf.library_id)
    assert shelf.file(file["fileId"])["name"] == "IMG_1.jpg"
    with pytest.raises(Conflict):
        bring_back(installation, shelf.library_id)
    installation.check_counts()


def purge(installation: Installation) -> None:
    """Run the hourly purge now."""
    kind = next(each for each in jobs.KINDS if each.name == "purge")
    kind.run(installation.app, Task(0, "purge", "", {}, 1))


def bring_back(installation: Installation, library_id: str) -> None:
    """As the keeper does it."""
    with installation.app.writing(SYSTEM) as unit:
        library.restore(unit, ids.decode(library_id), kept_since=purging.before(installation.app))


def test_after_the_days_of_the_trash_nothing_is_left_of_it(
    installation: Installation, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("albumen.libraries.purge.BATCH", 2)
    shelf, other = alice.library(), alice.library(name="Other")
    deep = alice.post(f"{shelf.library}/folders", json={"name": "a", "parentId": shelf.folder_id}).json()["folderId"]
    photo = make.photo()
    Shelf(alice, shelf.library_id, deep).add(photo)
    for number in range(4):
        shelf.add(make.photo(), f"{number}.jpg")
    other.add(photo)
    installation.work_off()
    alice.delete(shelf.library)
    installation.clock.advance(days=31)
    with pytest.raises(Gone):
        bring_back(installation, shelf.library_id)
    purge(installation)
    rows = {table: installation.rows(table) for table in (Library, Folder, File, Version, Original)}
    assert rows == {Library: 1, Folder: 1, File: 1, Version: 1, Original: 1}
    assert alice.get("/users/me").json()["usedBytes"] == alice.get(other.library).json()["usedBytes"]
    with installation.app.reading(SYSTEM) as unit:
        gone = ids.decode(shelf.library_id)
        assert unit.db.scalar(select(func.count()).where(Change.library_id == gone)) == 0
    with pytest.raises(NotFound):
        bring_back(installation, shelf.library_id)
    installation.check_counts()


def test_a_deleted_first_library_makes_room_for_another(installation: Installation, alice: Caller) -> None:
    first = alice.catalogue(make.photo()).json()["libraryId"]
    assert alice.delete(f"/libraries/{first}").status_code == 204
    second = alice.catalogue(make.photo()).json()["libraryId"]
    assert second != first
    bring_back(installation, first)
    assert {each["libraryId"] for each in alice.get("/libraries").json()} == {first, second}
    assert alice.catalogue(make.photo()).json()["libraryId"] == second
