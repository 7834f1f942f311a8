"""The reserve of the disk: whatever comes in by whatever door, with or without its length, leaves that alone."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from httpx2 import Response
from tests import make
from tests.events.party import Party
from tests.flows.tus import Upload
from tests.installation import Installation, Shelf
from tests.vault.sealed import Vault, digest_header, named

from albumen.blobs import disk
from albumen.blobs.port import Space
from albumen.http.tus import Part
from albumen.kernel import ids
from albumen.kernel.errors import OverQuota
from albumen.libraries import headroom, importing, resuming
from albumen.libraries.senders import Sender
from albumen.libraries.walk import Fate
from albumen.media.guard import Guard

MIB = 1 << 20
TOTAL, RESERVE = 64 * MIB, 16 * MIB
ROOM = TOTAL - RESERVE


@dataclass
class SmallDisk:
    """As much of the disk as the store may have; what others put there, and how little was ever free."""

    folder: Path
    others: int = 0
    least: int = TOTAL
    asked: int = 0

    @property
    def free(self) -> int:
        """What is left."""
        sizes = {file.stat().st_ino: file.stat().st_size for file in self.folder.rglob("*") if file.is_file()}
        return TOTAL - self.others - sum(sizes.values())

    def space(self) -> Space:
        """What the store says of it."""
        self.asked += 1
        return Space(TOTAL, self.free)

    def watch(self, write: Callable[..., None], *given: Any) -> None:
        """Write, and see what is left."""
        write(*given)
        self.least = min(self.least, self.free)


@pytest.fixture
def installation(tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, upload={"reserve_bytes": RESERVE, "reserve_percent": 100})
    yield made
    made.close()


@pytest.fixture
def small(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> SmallDisk:
    small = SmallDisk(installation.app.settings.store_folder)
    monkeypatch.setattr(installation.app.blobs, "space", small.space)
    monkeypatch.setattr(disk, "write_all", partial(small.watch, disk.write_all))
    return small


@pytest.fixture
def shelf(installation: Installation) -> Shelf:
    return installation.caller().library()


def in_chunks(shelf: Shelf, method: str, path: str, body: bytes, **headers: str) -> Response:
    """A request that does not tell how long it is."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shelf.by.call(method, path, content=iter([body]), headers=named)


def by_form(shelf: Shelf, body: bytes) -> Response:
    kind = "multipart/form-data; boundary=the-boundary"
    return in_chunks(shelf, "POST", f"{shelf.folder}/files", make.form(("files", "a.jpg", body)), Content_Type=kind)


def by_form_in_parts(shelf: Shelf, body: bytes) -> Response:
    kind, each = "multipart/form-data; boundary=the-boundary", len(body) // 8
    parts = (("files", f"{at}.jpg", body[at : at + each]) for at in range(0, len(body), each))
    return in_chunks(shelf, "POST", f"{shelf.folder}/files", make.form(*parts), Content_Type=kind)


def as_it_is(shelf: Shelf, body: bytes) -> Response:
    return in_chunks(shelf, "POST", f"{shelf.folder}/files", body, Content_Type="image/jpeg")


def by_a_guest(shelf: Shelf, body: bytes) -> Response:
    path = "/access/files"
    return in_chunks(shelf, "POST", path, body, Content_Type="image/jpeg", **shelf.by.headers)


def into_a_vault(shelf: Shelf, body: bytes) -> Response:
    path = f"{Vault(shelf.by).path}/blobs/{named('a')}"
    return in_chunks(shelf, "PUT", path, body, **digest_header(body))


@pytest.mark.parametrize("door", [by_form, by_form_in_parts, as_it_is, into_a_vault])
def test_what_does_not_tell_its_length_leaves_the_reserve_alone(
    installation: Installation, small: SmallDisk, shelf: Shelf, door: Callable[[Shelf, bytes], Response]
) -> None:
    small.others = ROOM - 10 * MIB
    assert door(shelf, bytes(12 * MIB)).status_code == 507
    assert small.least >= RESERVE
    assert installation.spools() == 0


def test_what_guests_send_leaves_the_reserve_alone(installation: Installation, small: SmallDisk) -> None:
    small.others = ROOM - 10 * MIB
    party = Party.of(installation, installation.caller(), photos=1, guestUpload="yes")
    guest = party.enter(party.code("view", "upload"), guestName="Olga")
    assert by_a_guest(Shelf(guest, "", ""), bytes(12 * MIB)).status_code == 507
    assert small.least >= RESERVE
    assert installation.spools() == 0


def test_an_import_leaves_the_reserve_alone_when_others_write_beside_it(
    installation: Installation, small: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_at_once() -> Space:
        told = small.space()
        small.others = ROOM - 4 * MIB
        return told

    monkeypatch.setattr(installation.app.blobs, "space", taken_at_once)
    album = tmp_path / "album"
    album.mkdir()
    (album / "a.jpg").write_bytes(make.photo() + bytes(12 * MIB))
    errand = importing.errand(installation.app, installation.actor("alice"), album)
    [outcome] = importing.Import(installation.app, errand).outcomes()
    assert (outcome.fate, outcome.reason) == (Fate.failed, "The disk is nearly full. Nothing was stored.")
    assert small.least >= RESERVE
    assert installation.spools() == 0


def test_many_at_once_share_what_is_left_and_the_disk_is_seldom_asked(
    installation: Installation, small: SmallDisk
) -> None:
    spools = [headroom.spool(installation.app) for _ in range(3)]
    for spool in spools:
        for _ in range(40):
            spool.write(bytes(MIB // 4))
    assert small.asked == 2
    with pytest.raises(OverQuota):
        for spool in spools * 20:
            spool.write(bytes(MIB))
    assert RESERVE <= small.least < RESERVE + MIB
    spools.pop().discard()
    spools[0].write(bytes(MIB))
    for spool in spools:
        spool.discard()


def announced(shelf: Shelf, size: int) -> Upload:
    upload = Upload(shelf.by, bytes(size), told={"folderId": shelf.folder_id})
    upload.create()
    return upload


async def pieces(small: SmallDisk, count: int, taken: int = 0) -> AsyncIterator[bytes]:
    """So many MiB, after which others have taken some of the disk."""
    for _ in range(count):
        yield bytes(MIB)
    small.others += taken
    for _ in range(count, 40):
        yield bytes(MIB)


def go_on(installation: Installation, upload: Upload, stream: AsyncIterator[bytes]) -> None:
    """Send from the start on, without telling how much; the disk has no room for all of it."""
    sender = Sender(installation.app, installation.actor("alice"))
    upload_id = ids.decode(upload.path.rpartition("/")[2])
    with pytest.raises(OverQuota):
        anyio.run(resuming.go_on, sender, upload_id, Part(0, None, None), stream)


def test_of_a_resumable_upload_is_kept_what_leaves_the_reserve_alone(
    installation: Installation, small: SmallDisk, shelf: Shelf
) -> None:
    upload = announced(shelf, 40 * MIB)
    small.others = ROOM - 20 * MIB
    go_on(installation, upload, pieces(small, 40))
    assert RESERVE <= small.least < RESERVE + MIB
    assert upload.offset() == ROOM - small.others == 20 * MIB
    assert upload.send(20 * MIB, 21 * MIB).status_code == 507
    small.others = 0
    assert upload.send(20 * MIB, 21 * MIB).status_code == 204
    assert upload.offset() == 21 * MIB


def test_where_others_took_the_room_only_what_counted_is_kept(
    installation: Installation, small: SmallDisk, shelf: Shelf
) -> None:
    upload = announced(shelf, 40 * MIB)
    go_on(installation, upload, pieces(small, 15, taken=ROOM))
    assert upload.offset() == 0
    assert small.free == TOTAL - ROOM, "nothing is left lying beyond the offset"


def test_what_is_announced_and_not_here_yet_counts(installation: Installation, small: SmallDisk, shelf: Shelf) -> None:
    first = announced(shelf, 30 * MIB)
    assert first.path
    assert not announced(shelf, 30 * MIB).path
    assert first.send(0, 10 * MIB).status_code == 204
    assert not announced(shelf, 19 * MIB).path
    other = installation.caller("other").library()
    assert announced(other, 38 * MIB).path, "what others only announce takes nobody's room"
    second = announced(shelf, 18 * MIB)
    assert second.path, "what has come lies on the disk, and counts once"
    installation.clock.advance(hours=25)
    assert announced(shelf, 48 * MIB).path, "what is too old is forgotten"
    installation.check_counts()
