"""Raw bodies: received whole and as declared, or not at all."""

import base64
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from starlette.requests import ClientDisconnect

from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Spool
from albumen.http.bodies import Declared, Limits, declared_in, receive_body
from albumen.kernel.errors import Invalid, OverQuota, TooLarge

CONTENT = os.urandom(2_500_000)
DIGEST = hashlib.sha256(CONTENT).digest()
CODED = base64.b64encode(DIGEST).decode()
ANY = Limits()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return FolderBlobs(tmp_path).spool()


async def pieces(size: int = 65_536, *, cut_at: int | None = None) -> AsyncIterator[bytes]:
    for start in range(0, len(CONTENT) if cut_at is None else cut_at, size):
        yield CONTENT[start : start + size]
    if cut_at is not None:
        raise ClientDisconnect


def receive(spool: Spool, declared: Declared, limits: Limits = ANY, cut_at: int | None = None) -> None:
    anyio.run(lambda: receive_body(pieces(cut_at=cut_at), spool, limits, declared))


@pytest.mark.parametrize("declared", [Declared(), Declared(len(CONTENT)), Declared(len(CONTENT), (DIGEST, DIGEST))])
def test_a_body_as_declared(spool: Spool, declared: Declared) -> None:
    with spool:
        receive(spool, declared)
        assert (spool.size_bytes, spool.digest) == (len(CONTENT), DIGEST)
        with spool.reader() as stream:
            assert stream.read() == CONTENT


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        (Declared(len(CONTENT) + 1), "incomplete"),
        (Declared(len(CONTENT) - 1), "incomplete"),
        (Declared(None, (bytes(32),)), "digest-mismatch"),
        (Declared(len(CONTENT), (DIGEST, bytes(32))), "digest-mismatch"),
    ],
)
def test_a_body_other_than_declared_leaves_nothing(spool: Spool, declared: Declared, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        receive(spool, declared)
    assert raised.value.specific == code
    assert not spool.file.exists()


@pytest.mark.parametrize("cut_at", [0, 65_536, 2_000_000])
def test_a_client_that_hangs_up_leaves_nothing(spool: Spool, cut_at: int) -> None:
    with pytest.raises(Invalid):
        receive(spool, Declared(), cut_at=cut_at)
    assert not spool.file.exists()


@pytest.mark.parametrize("declared", [Declared(), Declared(len(CONTENT))])
@pytest.mark.parametrize("limits", [Limits(part_bytes=len(CONTENT) - 1), Limits(total_bytes=1000)])
def test_too_much_leaves_nothing(spool: Spool, declared: Declared, limits: Limits) -> None:
    with pytest.raises(TooLarge):
        receive(spool, declared, limits)
    assert not spool.file.exists()


def test_a_full_disk_is_told_and_leaves_nothing(spool: Spool) -> None:
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, spool.fileno())
    os.close(full)
    with pytest.raises(OverQuota):
        receive(spool, Declared())
    assert not spool.file.exists()


@pytest.mark.parametrize(
    ("headers", "declared"),
    [
        ({}, Declared()),
        ({"content-length": "12"}, Declared(12)),
        ({"repr-digest": f"sha-256=:{CODED}:"}, Declared(None, (DIGEST,))),
        ({"content-digest": f"md5=:AAAA:, SHA-256=:{CODED}:;q=1"}, Declared(None, (DIGEST,))),
        ({"repr-digest": f"sha-256=:{CODED}:", "content-digest": f"sha-256=:{CODED}:"}, Declared(None, (DIGEST,) * 2)),
        ({"repr-digest": "sha-512=:AAAA:"}, Declared()),
    ],
)
def test_what_headers_declare(headers: dict[str, str], declared: Declared) -> None:
    assert declared_in(headers) == declared


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": "-1"},
        {"content-length": "twelve"},
        {"content-length": "²"},
        {"repr-digest": "sha-256=:AAAA:"},
        {"repr-digest": f"sha-256={CODED}"},
        {"content-digest": "sha-256=:!!!:"},
        {"content-digest": f"sha-256=:{CODED[:-2]}:"},
    ],
)
def test_declarations_that_make_no_sense(headers: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        declared_in(headers)
