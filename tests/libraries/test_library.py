"""Libraries and their folders over the API."""

import json
import unicodedata

import pytest
from tests.installation import Caller, Installation


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
