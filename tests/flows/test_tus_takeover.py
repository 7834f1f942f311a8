"""One connection writes to an upload at a time: where it hangs, another takes its place."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests import make
from tests.flows.test_resumable_cut import patch_head
from tests.flows.tus import Upload
from tests.installation import Installation, Shelf, wait_until

from albumen.http import tus_bodies
from albumen.libraries import resuming


@pytest.fixture
def upload(shelf: Shelf) -> Upload:
    upload = Upload(shelf.by, make.photo(kind="bmp", size=(300, 200)), told={"folderId": shelf.folder_id})
    assert upload.create().status_code == 201
    return upload


@contextmanager
def hanging(installation: Installation, port: int, upload: Upload, start: int, end: int) -> Iterator[socket.socket]:
    """A connection that has announced the rest, brought these bytes, and says nothing any more."""
    before = stored(installation)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        head = patch_head(port, f"/v1{upload.path}", start, len(upload.content) - start, **upload.by.headers)
        connection.sendall(head + upload.content[start:end])
        wait_until(lambda: tus_bodies._coming or stored(installation) > before, "the server to listen")
        yield connection


def stored(installation: Installation) -> int:
    """How many bytes lie in spools."""
    return sum(file.stat().st_size for file in (installation.app.settings.store_folder / ".spool").iterdir())


def answer(connection: socket.socket) -> bytes:
    """What the server says at last, once we are silent."""
    connection.shutdown(socket.SHUT_WR)
    return connection.recv(65536)


def check_filed(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    [file] = shelf.by.get(f"{shelf.folder}/files").json()
    assert shelf.by.get(f"{shelf.library}/files/{file['fileId']}/contents?attachment=true").content == upload.content
    assert installation.spools() == 0
    installation.check_counts()


def test_another_goes_on_from_what_is_durable(
    installation: Installation, port: int, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_bodies, "HANGING_SECONDS", 0.1)
    upload.send(0, 1000)
    with hanging(installation, port, upload, 1000, 50_000) as old:
        assert upload.send(1000).status_code == 204
        assert b"204" not in answer(old).partition(b"\r\n")[0]
    check_filed(installation, upload, shelf)


def test_whoever_asks_first_is_told_of_all_that_came(
    installation: Installation, port: int, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_bodies, "HANGING_SECONDS", 0.1)
    with hanging(installation, port, upload, 0, 50_000):
        wait_until(lambda: upload.offset() == 50_000, "the old connection to be ended")
        assert upload.send(50_000).status_code == 204
    check_filed(installation, upload, shelf)


def test_whoever_gives_up_need_not_wait_for_it(
    installation: Installation, port: int, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_bodies, "HANGING_SECONDS", 0.1)
    with hanging(installation, port, upload, 0, 50_000):
        assert upload.give_up().status_code == 204
    assert installation.spools() == 0
    installation.check_counts()


def test_one_that_does_not_hang_is_left_alone(
    installation: Installation, port: int, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_bodies, "HANGING_SECONDS", 600)
    monkeypatch.setattr(resuming, "PATIENCE_SECONDS", 0.2)
    with hanging(installation, port, upload, 0, 50_000) as first:
        assert upload.send(0).status_code == 423
        assert upload.give_up().status_code == 423
        assert upload.offset() == 0
        first.sendall(upload.content[50_000:])
        assert first.recv(65536).startswith(b"HTTP/1.1 204")
    check_filed(installation, upload, shelf)


def test_one_at_another_place_ends_nobody(
    installation: Installation, port: int, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_bodies, "HANGING_SECONDS", 0)
    with hanging(installation, port, upload, 0, 50_000) as first:
        assert upload.send(50_000).status_code == 409
        first.sendall(upload.content[50_000:])
        assert first.recv(65536).startswith(b"HTTP/1.1 204")
    check_filed(installation, upload, shelf)
