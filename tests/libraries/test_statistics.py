"""A library's statistics over the API."""

from typing import Any

from tests import make
from tests.installation import Caller, Installation, Shelf


def statistics(caller: Caller, shelf: Shelf) -> dict[str, Any]:
    """The answer's JSON."""
    answer = caller.get(f"{shelf.library}/statistics")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def total(found: dict[str, Any]) -> int:
    """All bytes that are accounted for."""
    return sum(int(each["bytes"]) for each in found["byKind"].values()) + int(found["trash"]["bytes"])


def test_of_an_empty_library(alice: Caller) -> None:
    none = {"count": 0, "bytes": 0}
    assert statistics(alice, alice.library(quotaBytes=5)) == {
        "quotaBytes": 5,
        "usedBytes": 0,
        "freeBytes": 5,
        "byKind": dict.fromkeys(("photo", "video", "rendition", "version"), none),
        "trash": none,
        "byYear": [],
        "byMonth": [],
        "byCamera": [],
        "folderCount": 1,
        "fileCount": 0,
    }


def test_every_byte_is_accounted_for(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=10**9)
    canon, nikon = ("Canon", "Canon EOS 5D"), ("NIKON", "D850")
    first = make.photo(taken="2021-07-01 12:00:00", camera=canon)
    second = make.photo(taken="2021-07-31 23:59:59", camera=canon)
    third = make.photo(taken="1969-12-31 23:59:59", camera=nikon)
    file = shelf.add(first)
    shelf.send(second, third, names=("b.jpg", "c.jpg"))
    film = make.film()
    shelf.add(film, "d.mp4")
    edited = make.photo(taken="2021-08-01 00:00:00", camera=canon)
    alice.post(f"{shelf.library}/files/{file['fileId']}/versions", files={"file": ("x.jpg", edited)})
    gone = shelf.add(make.photo(), "gone.jpg")
    installation.work_off()
    alice.delete(f"{shelf.library}/files/{gone['fileId']}")
    found = statistics(alice, shelf)
    assert (found["fileCount"], found["folderCount"]) == (4, 1)
    assert found["byKind"]["photo"] == {"count": 3, "bytes": len(edited) + len(second) + len(third)}
    assert found["byKind"]["video"] == {"count": 1, "bytes": len(film)}
    assert found["byKind"]["version"] == {"count": 1, "bytes": len(first)}
    assert found["byKind"]["rendition"]["count"] >= 12
    assert found["trash"]["count"] == 1
    assert total(found) == found["usedBytes"] == alice.get(shelf.library).json()["usedBytes"]
    assert found["freeBytes"] == 10**9 - found["usedBytes"]
    assert found["byYear"][-2:] == [
        {"year": 2021, "count": 2, "bytes": len(edited) + len(second)},
        {"year": 1969, "count": 1, "bytes": len(third)},
    ]
    assert found["byMonth"][-3:] == [
        {"month": "2021-08", "count": 1},
        {"month": "2021-07", "count": 1},
        {"month": "1969-12", "count": 1},
    ]
    assert found["byCamera"] == [
        {"camera": "Canon EOS 5D", "count": 2, "bytes": len(edited) + len(second)},
        {"camera": "NIKON D850", "count": 1, "bytes": len(third)},
    ]
    installation.check_counts()


def test_whoever_sees_a_part_gets_the_numbers_of_that_part(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=10**9)
    form = {"name": "Inner", "parentId": shelf.folder_id}
    inner = Shelf(alice, shelf.library_id, alice.post(f"{shelf.library}/folders", json=form).json()["folderId"])
    photo = make.photo(taken="2021-07-01 12:00:00")
    kept, gone = inner.add(photo), inner.add(make.photo(), "gone.jpg")
    shelf.add(make.photo())
    installation.work_off()
    alice.delete(f"{shelf.library}/files/{gone['fileId']}")
    for name, place in (("bob", inner.folder), ("carol", shelf.library)):
        assert alice.post(f"{place}/users", json={"userId": name, "role": "reader"}).status_code == 200
    part = statistics(installation.caller("bob"), shelf)
    assert (part["fileCount"], part["folderCount"], part["trash"]["count"]) == (1, 1, 1)
    assert part["byMonth"] == [{"month": "2021-07", "count": 1}]
    assert part["byKind"]["photo"] == {"count": 1, "bytes": kept["fileSize"]}
    assert total(part) == part["usedBytes"]
    assert not {"quotaBytes", "freeBytes"} & part.keys()
    assert statistics(installation.caller("carol"), shelf) == statistics(alice, shelf)
    assert installation.caller("mallory").get(f"{shelf.library}/statistics").status_code == 404
