"""Many uploads at once over sockets, cut anywhere, gone on with, and sent twice at the same time: byte for byte."""

import random
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import httpx2
import pytest
from tests import make
from tests.flows.test_resumable_cut import patch_head
from tests.flows.tus import Upload
from tests.installation import Caller, Installation, Shelf

from albumen.http import tus_bodies

AT_ONCE = 20


class Session:
    """One client that has no luck with its connections."""

    def __init__(self, port: int, shelf: Shelf, number: int) -> None:
        self.dice, self.port, self.number = random.Random(number), port, number
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)
        by = Caller(self.client, shelf.by.headers)  # type: ignore[arg-type]  # a client is a client
        content = make.photo(kind="bmp", size=(200, 120), seed=10_000 + number)
        self.upload = Upload(by, content, told={"folderId": shelf.folder_id, "filename": f"{number}.bmp"})
        self.cuts = self.doubles = 0

    def run(self) -> "Session":
        """Send all of it, however long it takes."""
        size = len(self.upload.content)
        with closing(self.client):
            assert self.upload.create().status_code == 201
            while (at := self.upload.offset()) < size:
                end = min(size, at + self.dice.randint(1, size // 3))
                self.dice.choice((self._cut, self._cut, self._twice, self._send))(at, end)
        return self

    def _send(self, at: int, end: int) -> None:
        assert self.upload.send(at, end).status_code in (204, 409, 423)

    def _cut(self, at: int, end: int) -> None:
        """Announce the rest, send a part, and vanish."""
        head = patch_head(
            self.port, f"/v1{self.upload.path}", at, len(self.upload.content) - at, **self.upload.by.headers
        )
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection, suppress(OSError):
            connection.sendall(head + self.upload.content[at : end - 1])
        self.cuts += 1

    def _twice(self, at: int, end: int) -> None:
        """Two connections at the same place; at most one of them can have moved it on."""
        with ThreadPoolExecutor(2) as pair:
            ends = (end, min(len(self.upload.content), end + 1))
            answers = [each.result() for each in [pair.submit(self.upload.send, at, each) for each in ends]]
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(204) <= 1 and set(statuses) <= {204, 409, 423}, statuses
        self.doubles += 1


@pytest.mark.parametrize("sessions", [20, pytest.param(200, marks=pytest.mark.torture)])
def test_every_photo_arrives_whole(
    installation: Installation, port: int, shelf: Shelf, sessions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus_bodies, "HANGING_SECONDS", 0.3)
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        done = list(crowd.map(lambda number: Session(port, shelf, number).run(), range(sessions)))
    files = {file["name"]: file for file in shelf.by.get(f"{shelf.folder}/files?limit=1000").json()}
    assert len(files) == sessions
    for session in done:
        path = f"{shelf.library}/files/{files[f'{session.number}.bmp']['fileId']}/contents?attachment=true"
        assert shelf.by.get(path).content == session.upload.content
    assert sum(each.cuts for each in done) and sum(each.doubles for each in done)
    assert installation.spools() == 0
    installation.check_counts()
