"""Our server as the host of a vault, over real HTTP: the contract, large blobs that break off, and links."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
import pytest
from tests.contracts.vault_remote import VAULT, VaultRemoteContract, blob_of, named, put
from tests.http import served
from tests.installation import APPLICATION_KEY, Installation

from albumen import server
from albumen_client.client import credentials
from albumen_client.errors import Invalid, OverQuota
from albumen_client.transport import Call, Patience, Transport
from albumen_client.vault.pieces import PIECE_BYTES
from albumen_client.vault.remote import Commit, Link
from albumen_client.vault.server import ServerRemote, admit_device, create_vault, revoke_device, vaults

PATIENT = Patience(tries=8, first_pause_seconds=0.01)


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    with served.served(server.serve(installation.app)) as port:
        yield port


@pytest.fixture
def lines(port: int) -> Iterator[ExitStack]:
    """What hangs up in the end."""
    with ExitStack() as stack:
        yield stack


def transport(port: int, lines: ExitStack, headers: object = None) -> Transport:
    shown = headers or credentials(APPLICATION_KEY, "alice")
    http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=shown, timeout=60)  # type: ignore[arg-type]  # headers
    return Transport(lines.enter_context(http), PATIENT)


@pytest.fixture
def remote(port: int, lines: ExitStack) -> ServerRemote:
    line = transport(port, lines)
    create_vault(line, VAULT)
    return ServerRemote(line, VAULT)


@pytest.fixture
def again(port: int, lines: ExitStack, remote: ServerRemote) -> ServerRemote:
    """A device with a token of its own."""
    _, token = admit_device(remote.transport, VAULT, "second")
    return ServerRemote(transport(port, lines, {"Authorization": f"Bearer {token}"}), VAULT)


class TestServerRemote(VaultRemoteContract):
    """The contract."""


def test_a_large_blob_is_gone_on_with(remote: ServerRemote, again: ServerRemote, installation: Installation) -> None:
    content = os.urandom(PIECE_BYTES + 300_000)
    blob = blob_of(content)

    class Stopped(Exception):
        pass

    def stop(sent: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        again.put_blob(blob, io.BytesIO(content), stop)
    reports: list[int] = []
    remote.put_blob(blob, io.BytesIO(content), reports.append)
    assert reports == [len(content)], "what had come was not sent again"
    assert remote.read_blob(blob.signature, PIECE_BYTES - 5, 10) == content[PIECE_BYTES - 5 : PIECE_BYTES + 5]
    assert remote.commit(Commit(remote.head(), "put", blobs=(blob,))).n == 1
    assert installation.spools() == 0


def test_a_large_blob_that_is_another_leaves_nothing(remote: ServerRemote, installation: Installation) -> None:
    content = bytes(PIECE_BYTES + 1)
    blob = blob_of(content[:-1] + b"x")
    with pytest.raises(Invalid):
        remote.put_blob(blob, io.BytesIO(content), lambda sent: None)
    assert (installation.blobs("vault/"), installation.spools()) == ([], 0)
    assert remote.blob(blob.signature) is None


def test_a_full_vault_refuses_both_ways(remote: ServerRemote) -> None:
    path = f"/v1/vaults/{VAULT}"
    remote.transport.make(Call("PATCH", path, json={"quotaBytes": 10_000}))
    for size in (10_001, PIECE_BYTES + 1):
        with pytest.raises(OverQuota):
            put(remote, bytes(size))
    put(remote, bytes(10_000))
    assert (remote.usage().used_bytes, remote.usage().quota_bytes) == (10_000, 10_000)


def test_waiting_and_links(remote: ServerRemote, again: ServerRemote, port: int, lines: ExitStack) -> None:
    blob = put(remote, b"sealed photo")
    link = Link("x" * 22, b"sealed manifest", (blob.signature,), most_views=3)
    assert remote.put_link(link).endswith(f"/s/{link.link_id}")
    anybody = httpx2.Client(base_url=f"http://127.0.0.1:{port}")
    with anybody:
        assert anybody.post(f"/v1/shared/{link.link_id}").content == b"sealed manifest"
        assert anybody.get(f"/v1/shared/{link.link_id}/blobs/{blob.signature}").content == b"sealed photo"
    remote.drop_link(link.link_id)
    remote.drop_link(link.link_id)
    head = remote.commit(Commit(remote.head(), "news"))
    assert [entry.event for entry in again.log(0, wait_seconds=60).entries] == ["news"]
    assert again.log(1, wait_seconds=0.5).head == head
    assert vaults(again.transport) == [VAULT]


def test_the_host_stores_only_what_it_was_given(remote: ServerRemote, installation: Installation) -> None:
    """Neither the store nor the database turns bytes into anything: no probing, no thumbnail, no metadata."""
    from tests import make

    photo = make.photo()
    put(remote, photo)
    remote.commit(Commit(remote.head(), "event", blobs=(blob_of(photo),)))
    installation.work_off()
    [key] = installation.blobs()
    assert key.startswith(f"vault/{VAULT}/") and named("a") in key
    stored = b"".join(installation.app.blobs.read(key))
    assert hashlib.sha256(stored).digest() == hashlib.sha256(photo).digest()


def test_a_device_that_was_shut_out_gets_nothing(remote: ServerRemote, port: int, lines: ExitStack) -> None:
    from albumen_client.errors import SignIn

    device_id, token = admit_device(remote.transport, VAULT)
    device = ServerRemote(transport(port, lines, {"Authorization": f"Bearer {token}"}), VAULT)
    assert device.head().n == 0
    revoke_device(remote.transport, VAULT, device_id)
    with pytest.raises(SignIn):
        device.head()
