"""ZIPs that were granted give nothing any more to whoever may not see it now."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, select, update
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.assets.exports import downloads
from albumen.assets.models import Download
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Gone
from albumen.libraries import members
from albumen.libraries.models import Album, Assignment, File, Folder, Library, Original, Role


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library(name="Family")


@pytest.fixture
def bob(installation: Installation, shelf: Shelf) -> Caller:
    caller = installation.caller("bob")
    give(installation, shelf, Role.reader)
    return caller


def give(installation: Installation, shelf: Shelf, role: Role, place: Any = None) -> None:
    """Let bob have this role on the library, or on a folder or an album of it, and no other."""
    bob_id = installation.user("bob").id
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(delete(Assignment).where(Assignment.user_id == bob_id))
        at = Library if place is None else place[0]
        place_id = ids.decode(shelf.library_id if place is None else place[1])
        members.assign(unit, unit.db.get_one(at, place_id), bob_id, role)


def link(by: Caller, shelf: Shelf, *file_ids: str) -> str:
    """The address of a download."""
    asked = by.post(f"{shelf.library}/selection/download", json={"fileIds": file_ids})
    assert asked.status_code == 200, asked.text
    return str(asked.json()["url"])


def made(installation: Installation, by: Caller, shelf: Shelf, *file_ids: str) -> str:
    """The path of a finished export."""
    asked = by.post(f"{shelf.library}/exportjobs", json={"fileIds": file_ids})
    assert asked.status_code == 200, asked.text
    installation.work_off()
    path = f"{shelf.library}/exports/{asked.json()['jobId']}"
    assert by.get(path).status_code == 200
    return path


def close(installation: Installation, name: str) -> None:
    """Close somebody's account, as a keeper does."""
    user_id = installation.user(name).id
    with installation.app.writing(SYSTEM) as unit:
        users.remove(unit, unit.db.get_one(User, user_id))


def lose(installation: Installation, file_id: str) -> None:
    """Let the store have the bytes of a file no longer."""
    with installation.app.reading(SYSTEM) as unit:
        signature = unit.db.get_one(File, ids.decode(file_id)).signature
        installation.app.blobs.delete(unit.db.get_one(Original, signature).key)


def test_a_role_that_became_smaller_ends_a_download(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    photos = [shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab"]
    url = link(bob, shelf, *photos)
    assert installation.client.get(url).status_code == 200
    give(installation, shelf, Role.reader, (Folder, shelf.below("Empty").folder_id))
    for headers in ({}, {"Range": "bytes=10-"}):
        assert installation.client.get(url, headers=headers).status_code == 410
    assert installation.client.head(url).status_code == 410
    give(installation, shelf, Role.reader, (Folder, shelf.folder_id))
    assert installation.client.get(url).status_code == 200, "all of it is seen again, by another role"


def test_what_an_album_shows_no_longer_ends_a_download(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    photos = [shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab"]
    asked = shelf.by.post(f"{shelf.library}/albums", json={"name": "Trip", "fileIds": photos})
    assert asked.status_code == 200, asked.text
    album_id = asked.json()["albumId"]
    give(installation, shelf, Role.reader, (Album, album_id))
    url = link(bob, shelf, *photos)
    assert installation.client.get(url).status_code == 200
    taken = shelf.by.call("DELETE", f"{shelf.library}/albums/{album_id}/files", json={"fileIds": photos[:1]})
    assert taken.status_code in (200, 204), taken.text
    assert installation.client.get(url).status_code == 410


def test_the_trash_ends_a_download(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    kept, thrown = (shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab")
    links = [link(by, shelf, kept, thrown) for by in (shelf.by, bob)]
    shelf.by.delete(f"{shelf.library}/files/{thrown}")
    assert [installation.client.get(url).status_code for url in links] == [410, 410]
    shelf.by.post(f"{shelf.library}/trash/restore", json={"fileIds": [thrown]})
    assert [installation.client.get(url).status_code for url in links] == [200, 200]
    shelf.by.delete(f"{shelf.library}/files/{thrown}")
    assert shelf.by.post(f"{shelf.library}/trash/delete", json={"fileIds": [thrown]}).status_code == 200
    assert len(installation.blobs("original/")) == 2, "the bytes are there still"
    assert [installation.client.get(url).status_code for url in links] == [410, 410]


def test_a_moving_part_that_was_deleted_ends_a_download(installation: Installation, shelf: Shelf) -> None:
    photo, film = shelf.add(make.photo(), "a.jpg")["fileId"], shelf.add(make.film(), "a.mov")["fileId"]
    installation.work_off()
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(update(File).where(File.id == ids.decode(film)).values(part_of=ids.decode(photo)))
    url = link(shelf.by, shelf, photo)
    assert installation.client.get(url).status_code == 200
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(update(File).where(File.id == ids.decode(film)).values(deleted_at=unit.now))
    assert installation.client.get(url).status_code == 410


def test_an_account_that_was_closed_ends_its_downloads(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    url = link(bob, shelf, shelf.add(make.photo())["fileId"])
    assert installation.client.get(url).status_code == 200
    close(installation, "bob")
    assert installation.client.get(url).status_code == 404


def test_a_download_kept_without_its_files_has_ended(installation: Installation, shelf: Shelf) -> None:
    url = link(shelf.by, shelf, shelf.add(make.photo())["fileId"])
    with installation.app.writing(SYSTEM) as unit:
        row = unit.db.scalars(select(Download)).one()
        row.manifest = msgspec.msgpack.encode(msgspec.msgpack.decode(row.manifest)[2])
    assert installation.client.get(url).status_code == 410


def test_a_download_ends_while_it_is_sent(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    word = link(bob, shelf, shelf.add(make.photo())["fileId"]).partition("?")[0].rpartition("/")[2]
    check = downloads.bundle(installation.app, word).check
    assert check is not None
    check()
    give(installation, shelf, Role.contributor)
    check()
    give(installation, shelf, Role.reader, (Folder, shelf.below("Empty").folder_id))
    with pytest.raises(Gone):
        check()


def test_nobody_fills_the_database_by_asking(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    photo = shelf.add(make.photo())["fileId"]
    of_alice = link(shelf.by, shelf, photo)
    links = []
    for _ in range(23):
        links.append(link(bob, shelf, photo))
        installation.clock.advance(seconds=1)
    assert [installation.client.get(url).status_code for url in links] == [404] * 3 + [200] * 20
    assert installation.client.get(of_alice).status_code == 200, "each has so many"
    assert installation.rows(Download) == 21


def test_a_role_that_became_smaller_ends_an_export(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    photos = [shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab"]
    path = made(installation, bob, shelf, *photos)
    give(installation, shelf, Role.reader, (Folder, shelf.below("Empty").folder_id))
    assert bob.get(path).status_code == 410
    assert bob.get(path, headers={"Range": "bytes=10-"}).status_code == 410
    give(installation, shelf, Role.reader, (Folder, shelf.folder_id))
    assert bob.get(path).status_code == 200


def test_what_others_threw_away_ends_an_export_but_not_an_owners(
    installation: Installation, shelf: Shelf, bob: Caller
) -> None:
    kept, thrown = (shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab")
    of_bob, of_alice = (made(installation, by, shelf, kept, thrown) for by in (bob, shelf.by))
    shelf.by.delete(f"{shelf.library}/files/{thrown}")
    assert bob.get(of_bob).status_code == 410
    assert shelf.by.get(of_alice).status_code == 200
    assert shelf.by.post(f"{shelf.library}/trash/delete", json={"fileIds": [thrown]}).status_code == 200
    assert bob.get(of_bob).status_code == 410
    assert shelf.by.get(of_alice).status_code == 200, "owners throw away what they have in safety"


def test_what_was_left_out_of_an_export_does_not_end_it(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    kept, thrown = (shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab")
    asked = bob.post(f"{shelf.library}/exportjobs", json={"fileIds": [kept, thrown]}).json()["jobId"]
    shelf.by.delete(f"{shelf.library}/files/{thrown}")
    installation.work_off()
    assert bob.get(f"{shelf.library}/exports/{asked}").status_code == 200
    assert bob.get(f"{shelf.library}/exportjobs/{asked}").json()["fileIds"] == [kept]


def test_what_had_lost_its_bytes_does_not_end_an_export(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    kept, lost = (shelf.add(make.photo(), f"{name}.jpg")["fileId"] for name in "ab")
    asked = bob.post(f"{shelf.library}/exportjobs", json={"fileIds": [kept, lost]}).json()["jobId"]
    lose(installation, lost)
    installation.work_off()
    assert bob.get(f"{shelf.library}/exportjobs/{asked}").json()["fileIds"] == [kept]
    shelf.by.delete(f"{shelf.library}/files/{lost}")
    assert bob.get(f"{shelf.library}/exports/{asked}").status_code == 200


def test_a_moving_part_alone_is_seen_no_longer_than_its_photo(
    installation: Installation, shelf: Shelf, bob: Caller
) -> None:
    photo, film = shelf.add(make.photo(), "a.jpg")["fileId"], shelf.add(make.film(), "a.mov")["fileId"]
    installation.work_off()
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(update(File).where(File.id == ids.decode(film)).values(part_of=ids.decode(photo)))
    lose(installation, photo)
    path = made(installation, bob, shelf, photo)
    shelf.by.delete(f"{shelf.library}/files/{photo}")
    assert bob.get(path).status_code == 410


def test_an_account_that_was_closed_ends_its_exports(installation: Installation, shelf: Shelf, bob: Caller) -> None:
    path = made(installation, bob, shelf, shelf.add(make.photo())["fileId"])
    close(installation, "bob")
    assert bob.get(path).status_code == 401
