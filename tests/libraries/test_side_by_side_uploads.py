"""A resumable upload whose last byte is here, and two who file it at once: it is filed once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation, wait_until

from albumen.app import App
from albumen.db import locks
from albumen.events import guest_uploads
from albumen.events.guest_models import Contribution, GuestUpload
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Locked
from albumen.libraries import filing, resumable, uploads
from albumen.libraries.models import File, Library
from albumen.libraries.senders import Announced, Sender
from albumen.libraries.uploads import Arrival, Looked


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[Arrival]:
    """What lies in the store and waits for its rows, once for each who brought it there."""
    found: list[Arrival] = []
    keep = uploads.keep

    def noted(app: App, actor: Actor, looked: Looked) -> Arrival:
        found.append(keep(app, actor, looked))
        return found[-1]

    monkeypatch.setattr(uploads, "keep", noted)
    return found


def whole(sender: Sender, folder_id: int | None) -> int:
    """An upload whose bytes are all here, and which nobody has filed: its id."""
    photo = make.photo()
    row = resumable.announce(sender, Announced("big.jpg", len(photo), folder_id, {}))
    with sender.app.blobs.spool_at(row.spool) as spool:
        spool.write(photo)
        spool.sync()
    resumable.advance(sender, row.id, len(photo))
    return row.id


@contextmanager
def writing_to(installation: Installation, library_id: str) -> Iterator[None]:
    """Somebody else writes to a library, and takes as long as this lasts."""
    with installation.app.writing(SYSTEM) as unit:
        locks.hold(unit.db, Library.id, [ids.decode(library_id)])
        yield


def filed(sender: Sender, upload_id: int) -> int | None:
    """File it as soon as its spool is free; the file."""
    while True:
        try:
            return filing.finished(sender, upload_id).file_id
        except Locked:
            continue


def filed_by_two(installation: Installation, sender: Sender, waiting: tuple[int, str], stored: list[Arrival]) -> int:
    """Have two file an upload, neither of whom can write before both have put its bytes into the store; the file."""
    upload_id, library_id = waiting
    stored.clear()
    with ThreadPoolExecutor(2) as pool:
        with writing_to(installation, library_id):
            told = [pool.submit(filed, sender, upload_id) for _ in range(2)]
            wait_until(lambda: len(stored) == 2, "both to come as far as the rows")
        [file_id] = {each.result() for each in told}
    assert file_id is not None
    row = resumable.look(sender, upload_id)
    assert (row.file_id, row.offset_bytes, row.reserved_in) == (file_id, row.size_bytes, None)
    assert installation.spools() == 0
    installation.check_counts()
    return file_id


def test_by_its_user(installation: Installation, alice: Caller, stored: list[Arrival]) -> None:
    shelf = alice.library()
    sender = Sender(installation.app, installation.actor("alice"))
    upload_id = whole(sender, ids.decode(shelf.folder_id))
    file_id = filed_by_two(installation, sender, (upload_id, shelf.library_id), stored)
    [file] = alice.get(f"{shelf.folder}/files").json()
    assert (file["fileId"], file["name"]) == (ids.encode(file_id), "big.jpg")


def test_by_a_guest(installation: Installation, alice: Caller, stored: list[Arrival]) -> None:
    party = Party.of(installation, alice, photos=1, guestUpload="yes")
    guest = party.enter(party.code("view", "upload"), guestName="Olga")
    sender = guest_uploads.by_token(installation.app, guest.headers["Authorization"].removeprefix("Bearer "))
    upload_id = whole(sender, None)
    filed_by_two(installation, sender, (upload_id, party.shelf.library_id), stored)
    assert [installation.rows(table) for table in (File, Contribution, GuestUpload)] == [2, 1, 0]


def test_what_was_filed_stays_so(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    sender = Sender(installation.app, installation.actor("alice"))
    upload_id = whole(sender, ids.decode(shelf.folder_id))
    row = filing.finished(sender, upload_id)
    assert resumable.advance(sender, upload_id, 0).offset_bytes == row.size_bytes
