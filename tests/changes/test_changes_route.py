"""The feed over HTTP: pages, cursors that no longer hold, long polls, and who is told what."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests import make
from tests.http import served
from tests.installation import Caller, Installation, Shelf

from albumen import server
from albumen.changes import retention
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import folders, members
from albumen.libraries.models import Album, AlbumItem, File, Folder, Role


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def changes(by: Caller, shelf: Shelf, **query: Any) -> dict[str, Any]:
    answer = by.get(f"{shelf.library}/changes", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def told(by: Caller, shelf: Shelf, **query: Any) -> list[tuple[str, str, bool]]:
    return [(each["thing"], each["id"], each["isGone"]) for each in changes(by, shelf, **query)["changes"]]


def give(installation: Installation, name: str, thing: Folder | Album) -> Caller:
    user_id = installation.user(name).id
    with installation.app.writing(SYSTEM) as unit:
        members.assign(unit, unit.db.merge(thing), user_id, Role.reader)
    return installation.caller(name)


def folder_in(installation: Installation, shelf: Shelf, name: str) -> Folder:
    with installation.app.writing(SYSTEM) as unit:
        return folders.create(unit, ids.decode(shelf.library_id), None, name)


def test_it_begins_with_a_cursor_and_goes_on_from_there(alice: Caller, shelf: Shelf) -> None:
    begun = changes(alice, shelf)
    assert begun["changes"] == []
    file = shelf.add(make.photo())
    page = changes(alice, shelf, since=begun["cursor"])
    [change] = page["changes"]
    assert (change["thing"], change["id"], change["isGone"]) == ("file", file["fileId"], False)
    assert change["file"] == shelf.file(file["fileId"])
    assert changes(alice, shelf, since=page["cursor"]) == {"changes": [], "cursor": page["cursor"]}
    assert alice.delete(f"{shelf.library}/files/{file['fileId']}").status_code == 204
    assert told(alice, shelf, since=page["cursor"]) == [("file", file["fileId"], True)]


def test_from_the_very_beginning_it_tells_everything(alice: Caller, shelf: Shelf) -> None:
    file = shelf.add(make.photo())
    found = changes(alice, shelf, since=0)["changes"]
    assert {each["thing"] for each in found} == {"library", "folder", "file"}
    by_thing = {each["thing"]: each for each in found}
    assert by_thing["library"]["library"]["libraryId"] == shelf.library_id
    assert by_thing["folder"]["folder"]["folderId"] == shelf.folder_id
    assert by_thing["file"]["id"] == file["fileId"]


def test_pages_add_up_and_tell_each_thing_once(alice: Caller, shelf: Shelf) -> None:
    added = [shelf.add(make.photo())["fileId"] for _ in range(5)]
    for file_id in added[:2]:
        alice.delete(f"{shelf.library}/files/{file_id}")
    whole = changes(alice, shelf, since=0)
    assert "more" not in whole
    numbers = [each["number"] for each in whole["changes"]]
    assert numbers == sorted(numbers)
    assert len({each["id"] for each in whole["changes"]}) == len(numbers)
    seen, cursor, is_more = {}, "0", True
    while is_more:
        page = changes(alice, shelf, since=cursor, limit=2)
        seen.update({each["id"]: each["isGone"] for each in page["changes"]})
        cursor, is_more = page["cursor"], page.get("more", False)
    assert seen == {each["id"]: each["isGone"] for each in whole["changes"]}
    assert cursor == whole["cursor"]


@pytest.mark.parametrize(("since", "status"), [("x", 400), ("-1", 400), ("1.5", 400), ("", 400), ("9" * 18, 410)])
def test_cursors_that_are_none(alice: Caller, shelf: Shelf, since: str, status: int) -> None:
    assert alice.get(f"{shelf.library}/changes", params={"since": since}).status_code == status


def test_whoever_was_away_too_long_starts_over(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    cursor = changes(alice, shelf)["cursor"]
    shelf.add(make.photo())
    installation.clock.advance(days=40)
    retention.forget(installation.app)
    answer = alice.get(f"{shelf.library}/changes", params={"since": cursor})
    assert answer.status_code == 410
    assert "List everything anew" in answer.json()["detail"]
    assert changes(alice, shelf, since=changes(alice, shelf)["cursor"])["changes"] == []


def test_strangers_are_told_nothing(installation: Installation, shelf: Shelf) -> None:
    for query in ({}, {"since": "0"}, {"since": "0", "wait": "1"}):
        assert installation.caller("bob").get(f"{shelf.library}/changes", params=query).status_code == 404


def test_a_role_on_a_folder_tells_of_that_folder(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    lent = folder_in(installation, shelf, "Lent")
    inside = Shelf(alice, shelf.library_id, ids.encode(lent.id))
    before = inside.add(make.photo())["fileId"]
    bob = give(installation, "bob", lent)
    assert bob.get(f"{shelf.library}/changes", params={"since": 0}).status_code in (200, 410)
    cursor = changes(bob, shelf)["cursor"]
    shelf.add(make.photo())
    after = inside.add(make.photo())["fileId"]
    alice.delete(f"{shelf.library}/files/{before}")
    folder_in(installation, shelf, "Not his")
    assert told(bob, shelf, since=cursor) == [("file", after, False), ("file", before, True)]


def test_a_role_on_an_album_tells_of_its_files(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    first, second = (ids.decode(shelf.add(make.photo())["fileId"]) for _ in range(2))
    with installation.app.writing(SYSTEM) as unit:
        at = {"created_at": unit.now, "modified_at": unit.now}
        album = Album(library_id=ids.decode(shelf.library_id), name="Best", created_by=None, **at)
        unit.db.add(album)
        unit.db.flush()
        unit.db.add(AlbumItem(album_id=album.id, file_id=first, position=1, added_by=None, added_at=unit.now))
    bob = give(installation, "bob", album)
    cursor = changes(bob, shelf)["cursor"]
    for file_id in (first, second):
        alice.delete(f"{shelf.library}/files/{ids.encode(file_id)}")
    assert told(bob, shelf, since=cursor) == [("file", ids.encode(first), True)]


def test_a_film_that_became_a_photos_part_is_gone(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    photo, film = (shelf.add(make.photo())["fileId"] for _ in range(2))
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(File, ids.decode(film)).part_of = ids.decode(photo)
    assert {each[1]: each[2] for each in told(alice, shelf, since=0)}[film] is True


def later(installation: Installation, act: Callable[[], object]) -> threading.Thread:
    """Act once somebody listens."""

    def run() -> None:
        ears = vars(installation.app.works.chimes)["_ears"]
        while not ears:
            threading.Event().wait(0.005)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_long_poll_answers_when_there_is_something(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    cursor, began = changes(alice, shelf)["cursor"], time.monotonic()
    photo = make.photo()
    with served.served(server.serve(installation.app)) as port, ThreadPoolExecutor(2) as pool:
        client = served.client(port)
        adding = pool.submit(lambda: later(installation, lambda: shelf.add(photo)).join())
        client.request("GET", f"/v1{shelf.library}/changes?since={cursor}&wait=30", headers=dict(alice.headers))
        assert b'"thing":"file"' in client.getresponse().read()
        adding.result()
        client.close()
    assert time.monotonic() - began < 20
    assert vars(installation.app.works.chimes)["_ears"] == {}


def test_a_long_poll_without_news_ends_empty(alice: Caller, shelf: Shelf) -> None:
    cursor = changes(alice, shelf)["cursor"]
    assert changes(alice, shelf, since=cursor, wait=1) == {"changes": [], "cursor": cursor}


def test_a_long_poll_ends_when_the_server_stops(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    cursor, began = changes(alice, shelf)["cursor"], time.monotonic()
    thread = later(installation, installation.app.works.chimes.close)
    assert changes(alice, shelf, since=cursor, wait=60)["changes"] == []
    thread.join()
    assert time.monotonic() - began < 20


def test_a_client_that_hangs_up_is_not_waited_for(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    cursor = changes(alice, shelf)["cursor"]
    ears = vars(installation.app.works.chimes)["_ears"]
    with served.served(server.serve(installation.app)) as port:
        client = served.client(port)
        client.request("GET", f"/v1{shelf.library}/changes?since={cursor}&wait=60", headers=dict(alice.headers))
        later(installation, client.close).join()
        began = time.monotonic()
        while ears and time.monotonic() - began < 20:
            threading.Event().wait(0.01)
        assert not ears


def test_what_another_process_commits_is_noticed(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    cursor = changes(alice, shelf)["cursor"]
    other = Installation.at(installation.app.settings.data_dir, installation.app.guard)
    thread = later(installation, lambda: folder_in(other, shelf, "Elsewhere"))
    try:
        assert [each["thing"] for each in changes(alice, shelf, since=cursor, wait=30)["changes"]] == ["folder"]
    finally:
        thread.join()
        other.close()
