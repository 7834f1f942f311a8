"""Correcting what is said of a file."""

import json
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.changes.models import Change
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import queries
from albumen.libraries.models import File


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """Alice's library, whose clocks are those of Paris."""
    return alice.library(timeZone="Europe/Paris")


@pytest.fixture
def photo(shelf: Shelf) -> dict[str, Any]:
    """A photo in it, of a camera that knows the date and no zone."""
    return shelf.add(make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D")))


def patch(shelf: Shelf, file: dict[str, Any], **form: Any) -> Response:
    headers = {"Content-Type": "application/json"}
    return shelf.by.call("PATCH", f"{shelf.library}/files/{file['fileId']}", content=json.dumps(form), headers=headers)


def changed(shelf: Shelf, file: dict[str, Any], **form: Any) -> dict[str, Any]:
    answer = patch(shelf, file, **form)
    assert answer.status_code == 200, answer.text
    assert answer.json() == shelf.file(file["fileId"])
    return dict(answer.json())


FACTS: dict[str, Any] = {
    "rating": 4,
    "title": "Lighthouse",
    "comments": "Fog,\nand\twind",
    "cameraMake": "Nikon",
    "cameraModel": "D850",
    "latitude": -33.5,
    "longitude": 151.25,
    "altitude": 12,
    "tags": ["sea", "Fog"],
    "properties": {"client": "acme", "paid": True, "price": 12.5, "prints": 3},
    "favorite": True,
    "archived": True,
}


def test_everything_that_is_said_of_a_file_can_be_changed(
    installation: Installation, shelf: Shelf, photo: dict[str, Any]
) -> None:
    now = changed(shelf, photo, **FACTS)
    assert now == {**photo, **FACTS, "modifiedOn": now["modifiedOn"], "place": now["place"]}
    assert now["place"]["countryCode"] == "AU"
    cleared = changed(shelf, photo, **dict.fromkeys(name for name in FACTS if name not in KEPT), tags=[], properties={})
    assert not (cleared.keys() & (FACTS.keys() - KEPT))
    assert (cleared["tags"], cleared["properties"], cleared["favorite"]) == ([], {}, True)
    assert changed(shelf, photo, title="").get("title") is None
    installation.check_counts()


KEPT = {"tags", "properties", "favorite", "archived"}


@pytest.mark.parametrize(
    "form",
    [
        *({name: None} for name in ("name", "folderId", "tags", "properties", "favorite")),
        *({"rating": wrong} for wrong in (6, -1, "3", 2.5, True)),
        *({"favorite": wrong} for wrong in (1, "yes")),
        *({"title": wrong} for wrong in (7, "x" * 1001, ["x"])),
        {"latitude": 1.0},
        {"longitude": 1.0},
        {"latitude": None},
        {"latitude": None, "longitude": 1.0},
        {"latitude": 90.1, "longitude": 0},
        {"latitude": 0, "longitude": -180.1},
        {"latitude": "1", "longitude": "1"},
        {"latitude": True, "longitude": 1},
        {"altitude": 1e9},
        {"altitude": float("nan")},
        {"tags": "sea"},
        {"tags": [""]},
        {"tags": ["\u200b"]},
        {"tags": ["x" * 101]},
        {"tags": [7]},
        {"tags": [str(number) for number in range(201)]},
        {"properties": []},
        {"properties": {"a": None}},
        {"properties": {"a": {"b": 1}}},
        {"properties": {"a": [1]}},
        {"properties": {"": 1}},
        {"properties": {"a": 1, " a": 2}},
        {"properties": {"a": 1 << 64}},
        {"properties": {"a": float("inf")}},
        {"properties": {"a": "é" * 5000}},
        {"properties": {str(number): 1 for number in range(101)}},
        {"fileSize": 1},
        {"takenon": "2020-01-01T00:00:00Z"},
    ],
)
def test_wrong_forms_change_nothing(shelf: Shelf, photo: dict[str, Any], form: dict[str, Any]) -> None:
    answer = patch(shelf, photo, **form)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["errors"]
    assert shelf.file(photo["fileId"]) == photo


def test_tags_are_cleaned_and_stand_once(shelf: Shelf, photo: dict[str, Any]) -> None:
    told = [" sea ", "Sea", "two\u200b  words", "SEA", "e\u0301te\u0301", "Été"]
    assert changed(shelf, photo, tags=told)["tags"] == ["sea", "two words", "été"]
    assert len(changed(shelf, photo, tags=[f"tag {n}" for n in range(200)])["tags"]) == 200


def test_texts_are_cleaned(shelf: Shelf, photo: dict[str, Any]) -> None:
    now = changed(shelf, photo, title="a\x00b\nc", comments=" a\x00b\r\nc\x1b ", properties={" k\x07": "v\x00"})
    assert (now["title"], now["comments"], now["properties"]) == ("ab c", "ab\nc", {"k": "v"})


@pytest.mark.parametrize(
    ("told", "moment", "local"),
    [
        ("2020-02-03T04:05:06", "2020-02-03T03:05:06.000Z", "2020-02-03T04:05:06.000"),
        ("2020-07-03 04:05", "2020-07-03T02:05:00.000Z", "2020-07-03T04:05:00.000"),
        ("2020-02-03T04:05:06.1239Z", "2020-02-03T04:05:06.123Z", "2020-02-03T05:05:06.123"),
        ("2020-02-03t04:05:06z", "2020-02-03T04:05:06.000Z", "2020-02-03T05:05:06.000"),
        ("2020-02-03T04:05:06-05:30", "2020-02-03T09:35:06.000Z", "2020-02-03T04:05:06.000"),
        ("2020-02-03T04:05:06+00:00", "2020-02-03T04:05:06.000Z", "2020-02-03T04:05:06.000"),
        ("1850-01-01T00:00:00+00:00", "1850-01-01T00:00:00.000Z", "1850-01-01T00:00:00.000"),
    ],
)
def test_a_date_is_a_moment_or_a_time_on_the_wall(
    installation: Installation, shelf: Shelf, photo: dict[str, Any], told: str, moment: str, local: str
) -> None:
    now = changed(shelf, photo, takenOn=told)
    assert (now["takenOn"], now["takenOnLocal"], now["takenOnSource"]) == (moment, local, "user")
    installation.check_counts()


def test_the_zone_is_that_of_the_place_where_one_is_known(shelf: Shelf, photo: dict[str, Any]) -> None:
    tokyo = {"latitude": 35.68, "longitude": 139.77}
    assert changed(shelf, photo, takenOn="2020-02-03T12:00:00", **tokyo)["takenOn"] == "2020-02-03T03:00:00.000Z"
    assert changed(shelf, photo, takenOn="2020-02-03T00:00:00Z")["takenOnLocal"] == "2020-02-03T09:00:00.000"


def test_a_moment_told_back_keeps_its_clock(shelf: Shelf) -> None:
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00", offset="-07:00"))
    now = changed(shelf, file, takenOn=file["takenOn"])
    assert now["takenOnLocal"] == file["takenOnLocal"] == "2021-07-01T12:00:00.000"


@pytest.mark.parametrize(
    "told",
    [
        *("", "2020", "2020-01-01", "yesterday", "2020-W01-1T00:00:00Z", 1577836800, "٢٠٢٠-01-01T00:00:00Z"),
        *("2020-13-01T00:00:00Z", "2020-01-01T25:00:00Z", "2020-01-01T00:00:00+99:00"),
        *("1492-10-12T00:00:00Z", "2999-01-01T00:00:00Z"),
    ],
)
def test_what_is_no_date(shelf: Shelf, photo: dict[str, Any], told: Any) -> None:
    answer = patch(shelf, photo, takenOn=told)
    assert answer.status_code == 400
    assert "takenOn" in str(answer.json()["errors"])
    assert shelf.file(photo["fileId"]) == photo


def test_a_new_date_moves_a_photo_in_the_timeline(
    installation: Installation, shelf: Shelf, photo: dict[str, Any]
) -> None:
    def months() -> list[tuple[int, int]]:
        with installation.app.reading(installation.actor("alice")) as unit:
            return queries.months(unit, ids.decode(shelf.library_id))

    assert months() == [(202107, 1)]
    changed(shelf, photo, takenOn="2019-12-31T23:30:00Z")
    assert months() == [(202001, 1)]
    undated = changed(shelf, photo, takenOn=None)
    assert not undated.keys() & {"takenOn", "takenOnLocal", "takenOnSource"}
    assert months() == [(int(undated["importedOn"][:7].replace("-", "")), 1)]
    installation.check_counts()


def test_a_file_is_renamed(installation: Installation, shelf: Shelf, photo: dict[str, Any]) -> None:
    shelf.add(make.photo(), "Taken.jpg")
    assert changed(shelf, photo, name=" Beach\u200b day.JPG ")["name"] == "Beach day.JPG"
    assert changed(shelf, photo, name="beach DAY.jpg")["name"] == "beach DAY.jpg"
    refused = {"TAKEN.jpg": 409, "beach.png": 400, "beach": 400, "beach.jpg.png": 400, ".jpg": 400, "a/b.jpg": 400}
    assert {name: patch(shelf, photo, name=name).status_code for name in refused} == refused
    assert shelf.file(photo["fileId"])["name"] == "beach DAY.jpg"
    shelf.by.delete(f"{shelf.library}/files/{photo['fileId']}")
    shelf.add(make.photo(), "beach day.jpg")
    installation.check_counts()


def test_a_change_is_told_once(installation: Installation, shelf: Shelf, photo: dict[str, Any]) -> None:
    def newest() -> list[tuple[str, int, bool]]:
        with installation.app.reading(SYSTEM) as unit:
            rows = unit.db.scalars(select(Change).order_by(Change.number))
            return [(row.thing, row.thing_id, row.is_tombstone) for row in rows]

    before = newest()
    assert changed(shelf, photo) == photo
    changed(shelf, photo, title="Beach", rating=1)
    again = changed(shelf, photo, title="Beach", rating=1)
    assert newest() == [*before, ("file", ids.decode(photo["fileId"]), False)]
    installation.clock.advance(hours=1)
    assert changed(shelf, photo, title="Beach", name=photo["name"]) == again


def test_what_a_user_said_outlives_a_new_version(
    installation: Installation, shelf: Shelf, photo: dict[str, Any]
) -> None:
    changed(shelf, photo, takenOn="2001-01-01T00:00:00", cameraMake="Leica", tags=["sea"])
    other = make.photo(taken="2022-02-02 02:02:02", camera=("Nikon", "D850"), gps=(48.0, 2.0))
    path = f"{shelf.library}/files/{photo['fileId']}"
    shelf.by.post(f"{path}/versions", files={"file": ("b.jpg", other)})
    installation.work_off()
    now = shelf.file(photo["fileId"])
    assert (now["version"], now["cameraMake"], now["cameraModel"], now["tags"]) == (2, "Leica", "D850", ["sea"])
    assert (now["takenOnLocal"], now["takenOnSource"]) == ("2001-01-01T00:00:00.000", "user")
    assert (now["latitude"], now["longitude"]) == (48.0, 2.0)
    installation.check_counts()


def test_what_a_user_took_away_stays_away(installation: Installation, shelf: Shelf, photo: dict[str, Any]) -> None:
    changed(shelf, photo, takenOn=None, cameraModel=None, latitude=None, longitude=None)
    other = make.photo(taken="2022-02-02 02:02:02", camera=("Nikon", "D850"), gps=(48.0, 2.0))
    shelf.by.post(f"{shelf.library}/files/{photo['fileId']}/versions", files={"file": ("b.jpg", other)})
    now = shelf.file(photo["fileId"])
    assert (now["version"], now["cameraMake"]) == (2, "Nikon")
    assert not now.keys() & {"takenOn", "cameraModel", "latitude", "longitude"}
    installation.check_counts()


def test_only_contributors_change_files(installation: Installation, shelf: Shelf, photo: dict[str, Any]) -> None:
    for user, role in (("carl", "contributor"), ("rita", "reader")):
        shelf.by.post(f"{shelf.library}/users", json={"userId": user, "role": role})
    path = f"{shelf.library}/files/{photo['fileId']}"
    expected = {"carl": 200, "rita": 403, "mallory": 404}
    for name, status in expected.items():
        assert installation.caller(name).call("PATCH", path, json={"favorite": True}).status_code == status
    shelf.by.delete(path)
    assert patch(shelf, photo, favorite=False).status_code == 404
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.get_one(File, ids.decode(photo["fileId"])).favorite
