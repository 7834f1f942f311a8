"""Photos that are archived: out of the timeline, and found everywhere else."""

import struct

from tests import make
from tests.installation import Caller, Installation, Shelf
from tests.web.desk import Desk, shown, three


def count(shelf: Shelf, of: str) -> int:
    """How many photos a timeline has."""
    index = shelf.by.get(f"{shelf.library}/timeline/index", params={"of": of})
    assert index.status_code == 200, index.text
    return int(struct.unpack_from("<4sI", index.content)[1])


def test_archived_photos_leave_the_timeline_and_nothing_else(
    desk: Desk, shelf: Shelf, installation: Installation
) -> None:
    first, second, third = three(shelf)
    desk.cookies.set("library", shelf.library_id)
    photo = f"/library/p/{second}"
    assert desk.sent(f"{photo}/archive", wanted="yes") == photo
    assert shelf.file(second)["archived"] is True
    assert shown(desk.page("/library/pages")) == [third, first]
    assert [count(shelf, of) for of in ("timeline", "", "search:is:archived")] == [2, 3, 1]
    assert count(shelf, f"folder:{shelf.folder_id}") == 3
    assert "search%3Ais%3Aarchived" in desk.page("/archive")
    for file_id, beside in ((first, third), (third, first)):
        page = desk.page(f"/library/p/{file_id}")
        assert (f'href="/library/p/{beside}"' in page, f'href="/library/p/{second}"' in page) == (True, False)
    page = desk.page(photo)
    assert ('href="/archive#' in page, "Into the timeline" in page, 'id="newer"' in page) == (True, True, False)
    desk.sent(f"{photo}/archive", wanted="no")
    assert shown(desk.page("/library/pages")) == [third, second, first]
    installation.check_counts()


def test_many_are_archived_at_once_and_brought_back(desk: Desk, shelf: Shelf) -> None:
    three(shelf)
    index = shelf.by.get(f"{shelf.library}/timeline/index", params={"of": "timeline"})
    told = {"timeline": index.headers["etag"].strip('W/"'), "of": "timeline", "ranges": [[0, 2]], "archived": True}
    done = shelf.by.post(f"{shelf.library}/selection/edit", json=told)
    assert done.json()["done"] == 2, done.text
    assert [count(shelf, of) for of in ("timeline", "search:is:archived")] == [1, 2]
    undone = shelf.by.post(f"{shelf.library}/operations/{done.json()['operationId']}/undo")
    assert undone.status_code == 200, undone.text
    assert count(shelf, "timeline") == 3


def test_readers_archive_nothing_and_see_what_is(
    desk: Desk, shelf: Shelf, installation: Installation, alice: Caller
) -> None:
    file_id = shelf.add(make.photo())["fileId"]
    other = installation.caller("bob")
    other.get("/users/me")
    alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"})
    path = f"{shelf.library}/files/{file_id}"
    assert other.call("PATCH", path, json={"archived": True}).status_code == 403
    assert alice.call("PATCH", path, json={"archived": True}).status_code == 200
    assert count(Shelf(other, shelf.library_id, shelf.folder_id), "timeline") == 0
    assert other.get(path).json()["archived"] is True
