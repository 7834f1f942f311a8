"""Resumable uploads over sockets: connections cut anywhere, a server killed in the middle."""

import os
import random
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from tests import make
from tests.flows import tus
from tests.flows.test_served import AS_ALICE, serve
from tests.flows.tus import Upload
from tests.http import served
from tests.installation import Caller, Installation, wait_until

from albumen import server
from albumen.media.guard import Guard

CUTS = 6
BODY = "application/offset+octet-stream"


def patch_head(port: int, path: str, offset: int, length: int, **headers: str) -> bytes:
    words = [
        f"PATCH {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Tus-Resumable: 1.0.0",
        f"Content-Length: {length}",
        f"Upload-Offset: {offset}",
        f"Content-Type: {BODY}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(words) + "\r\n\r\n").encode()


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    """Where this installation listens."""
    with served.served(server.serve(installation.app)) as port:
        yield port


def stands_still(upload: Upload) -> bool:
    """Whether nobody is writing any more."""
    headers = {**tus.VERSION, "Upload-Offset": "999999999", "Content-Type": BODY}
    told = str(upload.by.call("PATCH", upload.path, headers=headers).json()["detail"])
    return told.startswith("The upload stands at")


@pytest.mark.parametrize("is_checked", [False, True], ids=["plain", "with a checksum"])
def test_what_came_before_the_cut_is_kept(
    installation: Installation, alice: Caller, port: int, is_checked: bool
) -> None:
    dice, shelf = random.Random(7), alice.library()
    content = make.photo(kind="bmp", size=(900, 700))
    upload = Upload(alice, content, told={"folderId": shelf.folder_id})
    upload.create()
    at = 0
    for _ in range(CUTS):
        part = content[at : at + dice.randrange(1, len(content) // CUTS)]
        more = {"Upload-Checksum": tus.checksum(content[at:])} if is_checked else {}
        head = patch_head(port, f"/v1{upload.path}", at, len(content) - at, **alice.headers, **more)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head + part)
            connection.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                connection.recv(65536)
        wait_until(lambda: stands_still(upload), "the server to notice")
        stood = upload.offset()
        assert stood == (0 if is_checked else at + len(part))
        at = stood
    assert upload.send(at).status_code == 204
    [file] = alice.get(f"{shelf.folder}/files").json()
    assert alice.get(f"{shelf.library}/files/{file['fileId']}/contents?attachment=true").content == content
    assert installation.spools() == 0
    installation.check_counts()


def killed_in(folder: Path, upload: Upload, at: int) -> None:
    """Serve, begin to send from there to the end, and kill the server while half of it has come."""
    with serve(folder) as house:
        upload.by = Caller(house.client, AS_ALICE)  # type: ignore[arg-type]  # a client is a client
        if not upload.path:
            assert upload.create().status_code == 201
        assert upload.offset() >= at
        length = len(upload.content) - at
        with socket.create_connection(("127.0.0.1", house.port), timeout=30) as connection:
            head = patch_head(house.port, f"/v1{upload.path}", at, length, **AS_ALICE)
            connection.sendall(head + upload.content[at : at + length // 2])
            store = folder / "data" / "store" / ".spool"
            wait_until(lambda: any(file.stat().st_size > at for file in store.glob("*.part")), "some of it")
            os.kill(house.process.pid, signal.SIGKILL)
            house.process.wait()


def test_what_is_told_to_be_there_survives_a_kill(tmp_path: Path, guard: Guard) -> None:
    content = make.photo(kind="bmp", size=(2400, 1600))
    upload = Upload(Caller(httpx2.Client(), {}), content)  # type: ignore[arg-type]  # until the server is there
    killed_in(tmp_path, upload, 0)
    with serve(tmp_path) as house:
        upload.by = Caller(house.client, AS_ALICE)  # type: ignore[arg-type]  # a client is a client
        assert upload.offset() == 0
        assert upload.send(0, 5_000_000).status_code == 204
    killed_in(tmp_path, upload, 5_000_000)
    with serve(tmp_path) as house:
        upload.by = Caller(house.client, AS_ALICE)  # type: ignore[arg-type]  # a client is a client
        at = upload.offset()
        assert at >= 5_000_000
        done = upload.send(at)
        assert done.status_code == 204
        original = house.client.get(f"/v1/images/{done.headers['albumen-file-id']}/original", headers=AS_ALICE)
        assert original.content == content
    left = Installation.at(tmp_path / "data", guard)
    try:
        left.check_counts()
    finally:
        left.close()
