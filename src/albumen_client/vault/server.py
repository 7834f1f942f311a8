"""A vault at our own server: what a host of a vault offers, spoken over its HTTP API."""

import base64
from collections.abc import Sequence
from typing import BinaryIO
from urllib.parse import quote

from albumen_client.errors import Conflict, Damaged, NotFound, Refused, Unavailable, Unreachable
from albumen_client.libraries import V1
from albumen_client.models import Model
from albumen_client.transport import Call, Transport
from albumen_client.vault.pieces import Pieces
from albumen_client.vault.remote import (
    LARGEST_PAGE,
    Blob,
    BlobsMissing,
    BlobTaken,
    Commit,
    Entry,
    Head,
    HeadMoved,
    KeyMoved,
    Link,
    Page,
    Report,
    Row,
    Usage,
)

SINGLE_BYTES = 8 << 20
"""Up to this size a blob goes out in one request."""
_ANSWER_SECONDS = 60


class _Head(Model, frozen=True, kw_only=True):
    n: int
    sha256: str


class _Vault(Model, frozen=True, kw_only=True):
    vault_id: str
    head: _Head
    used_bytes: int
    quota_bytes: int | None = None


class _Row(Model, frozen=True, kw_only=True):
    signature: str
    rev: int
    record: str | None = None
    proof: str | None = None


class _Entry(Model, frozen=True, kw_only=True):
    n: int
    event: str
    row: _Row | None = None


class _Log(Model, frozen=True, kw_only=True):
    entries: Sequence[_Entry]
    head: _Head


class _Rows(Model, frozen=True, kw_only=True):
    rows: Sequence[_Row]
    next: str | None = None


class _Blob(Model, frozen=True, kw_only=True):
    signature: str
    size: int
    sha256: str


class _Blobs(Model, frozen=True, kw_only=True):
    blobs: Sequence[_Blob]


class _Link(Model, frozen=True, kw_only=True):
    url: str


class _Device(Model, frozen=True, kw_only=True):
    device_id: str
    token: str


class ServerRemote:
    """One vault at one server, as a user or a device of the user's comes for it."""

    def __init__(self, transport: Transport, vault: str) -> None:
        self.transport, self.vault = transport, vault
        self._path = f"{V1}/vaults/{quote(vault, safe='')}"

    def head(self) -> Head:
        """Where the log ends."""
        return _head(self._seen().head)

    def _seen(self) -> _Vault:
        return self.transport.fetch(_Vault, Call("GET", self._path))

    def log(self, after: int, limit: int = LARGEST_PAGE, wait_seconds: float = 0) -> Page:
        """Entries after this number; the server waits for one up to a minute."""
        wait = max(0, min(int(wait_seconds), 60))
        asked = {"after": after, "limit": min(limit, LARGEST_PAGE), "wait": wait}
        found = self.transport.fetch(_Log, Call("GET", f"{self._path}/log", asked, seconds=wait + _ANSWER_SECONDS))
        entries = tuple(Entry(each.n, each.event, _row(each.row) if each.row else None) for each in found.entries)
        return Page(entries, _head(found.head))

    def commit(self, commit: Commit) -> Head:
        """Append, if all that the commit rests on holds; sent again after a lost answer, it is done once."""
        row = commit.row
        told = {
            "event": commit.event,
            "row": row and {"signature": row.signature, "rev": row.rev, "record": row.record, "proof": row.proof},
            "blobs": [_told(each) for each in commit.blobs],
        }
        headers = {"If-Match": f'"{commit.after.n}-{commit.after.sha256}"'}
        try:
            return _head(
                self.transport.fetch(_Head, Call("POST", f"{self._path}/log", json=told, headers=headers, once=True))
            )
        except Conflict as conflict:
            if conflict.code == "blobs-missing":
                raise BlobsMissing(self._missing(commit.blobs)) from None
            raise _meant(conflict) from None

    def _missing(self, wanted: Sequence[Blob]) -> list[str]:
        return [each.signature for each in wanted if self.blob(each.signature) != each]

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Store ciphertext: in one request, or bit by bit, going on with what came earlier."""
        try:
            if blob.size_bytes <= SINGLE_BYTES:
                self._put_whole(blob, content.read(SINGLE_BYTES + 1))
                report(blob.size_bytes)
            elif self.blob(blob.signature) != blob:
                Pieces(self.transport, self.vault).send(blob, content, report)
        except Refused as refused:
            raise _meant(refused) from None

    def _put_whole(self, blob: Blob, content: bytes) -> None:
        digest = base64.b64encode(bytes.fromhex(blob.sha256)).decode()
        headers = {"Repr-Digest": f"sha-256=:{digest}:", "Content-Type": "application/octet-stream"}
        call = Call("PUT", self._at(blob.signature), content=content, headers=headers, seconds=300, once=True)
        self.transport.make(call)

    def _at(self, signature: str) -> str:
        return f"{self._path}/blobs/{quote(signature, safe='')}"

    def blob(self, signature: str) -> Blob | None:
        """What lies there, as the server says."""
        try:
            headers = self.transport.make(Call("HEAD", self._at(signature))).headers
        except NotFound:
            return None
        if not headers.get("content-length", "").isdigit():
            raise Damaged("The answer is not one that this client knows.")
        return Blob(signature, int(headers["content-length"]), headers.get("etag", "").strip('"'))

    def read_blob(self, signature: str, start: int, length: int) -> bytes:
        """A range of it, and no more than that, whatever the server sends."""
        patience = self.transport.patience
        for turn in range(1, patience.tries + 1):
            try:
                return self._read(signature, start, length)
            except (Unreachable, Unavailable):
                if turn == patience.tries:
                    raise
                patience.rest(turn)
        raise AssertionError("a call is tried at least once")

    def _read(self, signature: str, start: int, length: int) -> bytes:
        headers = {"Range": f"bytes={start}-{start + max(1, length) - 1}", "Accept-Encoding": "identity"}
        taken = bytearray()
        with self.transport.stream(self._at(signature), headers, {}) as answer:
            if answer.status_code == 416:
                return b""
            if answer.status_code != 206:
                raise Damaged("The server does not send a range.")
            for block in answer.iter_raw(1 << 20):
                taken += block[: length - len(taken)]
                if len(taken) >= length:
                    break
        return bytes(taken)

    def drop_blob(self, blob: Blob) -> None:
        """Delete this very ciphertext."""
        self.transport.make(Call("DELETE", self._at(blob.signature), {"sha256": blob.sha256}))

    def blobs(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Blob]:
        """All blobs by name, page by page."""
        found = self.transport.fetch(_Blobs, Call("GET", f"{self._path}/blobs", {"after": after, "limit": limit}))
        return [Blob(each.signature, each.size, each.sha256) for each in found.blobs]

    def rows(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Row]:
        """All states by signature, page by page; the server may give fewer at once."""
        rows: list[Row] = []
        while len(rows) < limit:
            asked = {"after": after, "limit": min(limit - len(rows), LARGEST_PAGE)}
            found = self.transport.fetch(_Rows, Call("GET", f"{self._path}/states", asked))
            rows += map(_row, found.rows)
            if found.next is None or found.next <= after:
                break
            after = found.next
        return rows

    def key(self, name: str) -> bytes | None:
        """A key file."""
        try:
            return bytes(self.transport.make(Call("GET", f"{self._path}/keys/{quote(name, safe='')}")).content)
        except NotFound:
            return None

    def put_key(self, name: str, content: bytes, seen: str | None) -> None:
        """Replace a key file."""
        headers = {"If-None-Match": "*"} if seen is None else {"If-Match": f'"{seen}"'}
        call = Call("PUT", f"{self._path}/keys/{quote(name, safe='')}", content=content, headers=headers, once=True)
        try:
            self.transport.make(call)
        except Conflict as conflict:
            raise _meant(conflict) from None

    def put_link(self, link: Link) -> str:
        """Publish a link."""
        told = {
            "manifest": base64.b64encode(link.manifest).decode(),
            "signatures": link.signatures,
            "expiresOn": link.expires_at and link.expires_at.isoformat(),
            "mostViews": link.most_views,
        }
        call = Call("PUT", f"{self._path}/links/{quote(link.link_id, safe='')}", json=told, once=True)
        return self.transport.fetch(_Link, call).url

    def drop_link(self, link_id: str) -> bool:
        """Take it back."""
        try:
            self.transport.make(Call("DELETE", f"{self._path}/links/{quote(link_id, safe='')}"))
        except NotFound:
            return False
        return True

    def usage(self) -> Usage:
        """How much room it takes."""
        seen = self._seen()
        return Usage(seen.used_bytes, seen.quota_bytes)


def create_vault(transport: Transport, vault: str | None = None) -> str:
    """Make a vault of the user's own, with this id or one that the server chooses; its id."""
    told = {} if vault is None else {"vaultId": vault}
    return transport.fetch(_Vault, Call("POST", f"{V1}/vaults", json=told, once=True)).vault_id


def vaults(transport: Transport) -> list[str]:
    """The ids of the vaults that the caller may open."""
    return [each.vault_id for each in transport.fetch(list[_Vault], Call("GET", f"{V1}/vaults"))]


def admit_device(transport: Transport, vault: str, label: str | None = None) -> tuple[str, str]:
    """Let a device in; its id, and the token that it is to show from then on."""
    call = Call("POST", f"{V1}/vaults/{vault}/devices", json={"label": label}, once=True)
    made = transport.fetch(_Device, call)
    return made.device_id, made.token


def revoke_device(transport: Transport, vault: str, device_id: str) -> None:
    """Shut a device out."""
    transport.make(Call("DELETE", f"{V1}/vaults/{vault}/devices/{device_id}"))


def _head(head: _Head) -> Head:
    return Head(head.n, head.sha256)


def _row(row: _Row) -> Row:
    return Row(row.signature, row.rev, row.record, row.proof)


def _told(blob: Blob) -> dict[str, object]:
    return {"signature": blob.signature, "size": blob.size_bytes, "sha256": blob.sha256}


def _meant(refused: Refused) -> Exception:
    """The protocol's own word for a refusal, where it has one."""
    words = {
        "head-moved": HeadMoved("Another device was first."),
        "blob-taken": BlobTaken("Other bytes have this name."),
        "key-moved": KeyMoved("The key file has been replaced meanwhile."),
    }
    return words.get(refused.code, refused)
