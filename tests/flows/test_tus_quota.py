"""Announced uploads count against quotas until they are done, given up or too old; and wait where the disk is full."""

import threading
from collections.abc import Callable

import pytest
from tests import make
from tests.flows import tus
from tests.flows.tus import Upload
from tests.installation import Caller, Installation, Shelf

from albumen.kernel import ids
from albumen.kernel.errors import OverQuota
from albumen.libraries import purge, resumable, uploads
from albumen.libraries.models import File, Library, Resumable
from albumen.libraries.senders import Announced, Sender

SIZE = 10_000


def announced(shelf: Shelf, size: int = SIZE) -> Upload:
    """An upload of so many bytes, refused or not."""
    upload = Upload(shelf.by, bytes(size), told={"folderId": shelf.folder_id})
    upload.create()
    return upload


def used(installation: Installation, shelf: Shelf) -> int:
    """What counts in the library."""
    installation.check_counts()
    return int(shelf.by.get(shelf.library).json()["usedBytes"])


def test_what_is_announced_counts(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=2 * SIZE)
    first, second, third = (announced(shelf) for _ in range(3))
    assert bool(first.path and second.path) and not third.path
    assert used(installation, shelf) == 2 * SIZE
    assert shelf.send(make.photo()).status_code == 507, "for whatever way it comes"
    assert first.give_up().status_code == 204
    assert used(installation, shelf) == SIZE
    assert announced(shelf).path


def test_what_is_too_old_counts_no_more(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=SIZE)
    assert announced(shelf).path
    installation.clock.advance(hours=25)
    assert announced(shelf).path, "also before the hourly job has forgotten it"
    assert used(installation, shelf) == SIZE
    assert installation.rows(Resumable) == 1


def test_what_is_filed_counts_once(installation: Installation, alice: Caller) -> None:
    photo = make.photo()
    shelf = alice.library(quotaBytes=len(photo))
    upload = Upload(alice, photo, told={"folderId": shelf.folder_id})
    upload.create()
    assert upload.send(0).status_code == 204
    assert used(installation, shelf) == len(photo)
    installation.clock.advance(hours=25)
    resumable.expire(installation.app)
    assert used(installation, shelf) == len(photo)


def test_what_is_no_photo_counts_no_more(installation: Installation, shelf: Shelf) -> None:
    upload = announced(shelf)
    assert upload.send(0).status_code == 415
    assert used(installation, shelf) == 0


def test_through_the_cataloguing_door_it_counts_in_the_own_library(installation: Installation, alice: Caller) -> None:
    photo = make.photo()
    for sent in (1, 2):
        upload = Upload(alice, photo)
        assert upload.create().status_code == 201
        [library] = alice.get("/libraries").json()
        assert library["usedBytes"] == len(photo) * sent
        assert upload.send(0).status_code == 204
        assert alice.get("/libraries").json()[0]["usedBytes"] == len(photo), "the second is the same photo"
    installation.check_counts()


def test_the_quota_of_a_user_counts_in_all_libraries(installation: Installation, alice: Caller) -> None:
    one, other = alice.library(), alice.library()
    with installation.app.writing(installation.actor("alice")) as unit:
        unit.db.merge(installation.user("alice")).quota_bytes = SIZE
    assert announced(one).path
    assert not announced(other).path
    installation.check_counts()


def test_of_many_at_once_as_many_are_let_in_as_there_is_room_for(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=2 * SIZE)
    new = Announced("a.jpg", SIZE, ids.decode(shelf.folder_id), {})
    sender = Sender(installation.app, installation.actor("alice"))
    let_in, start = [], threading.Barrier(8)

    def announce() -> None:
        start.wait()
        try:
            let_in.append(resumable.announce(sender, new))
        except OverQuota:
            return

    threads = [threading.Thread(target=announce) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 2
    assert used(installation, shelf) == 2 * SIZE


def purge_folder(installation: Installation, shelf: Shelf) -> None:
    inner = shelf.below("Inner")
    assert announced(inner).path
    assert shelf.by.delete(inner.folder).status_code == 204
    installation.clock.advance(days=40)
    purge.trash(installation.app, deleted_by=purge.before(installation.app))


def purge_library(installation: Installation, shelf: Shelf) -> None:
    assert announced(shelf).path
    assert shelf.by.delete(shelf.library).status_code == 204
    installation.clock.advance(days=40)
    purge.libraries(installation.app, deleted_by=purge.before(installation.app))
    assert installation.rows(Library) == 0


@pytest.mark.parametrize("end", [purge_folder, purge_library])
def test_what_goes_with_its_place_is_given_back(
    installation: Installation, shelf: Shelf, end: Callable[[Installation, Shelf], None]
) -> None:
    end(installation, shelf)
    assert installation.user("alice").used_bytes == 0
    installation.check_counts()


def test_a_full_disk_keeps_what_has_come(
    installation: Installation, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(shelf.by, make.photo(), told={"folderId": shelf.folder_id})
    upload.create()

    def full(*_: object) -> None:
        raise OverQuota("The disk is nearly full.")

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "keep", full)
        assert upload.send(0).status_code == 507
        at = upload.offset()
        assert at == len(upload.content) - 1, "the last byte is asked for again"
        assert upload.send(at).status_code == 507
        assert (upload.offset(), installation.rows(File)) == (at, 0)
        assert used(installation, shelf) == len(upload.content)
    done = upload.send(at, Upload_Checksum=tus.checksum(upload.content[at:]))
    assert done.status_code == 204
    contents = f"{shelf.library}/files/{done.headers['albumen-file-id']}/contents?attachment=true"
    assert shelf.by.get(contents).content == upload.content
    assert used(installation, shelf) == len(upload.content)
    assert installation.spools() == 0
