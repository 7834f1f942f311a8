"""Where a vault's ciphertext is kept, as every host of one offers it: blobs, one ordered log, key files, links."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from albumen_client.errors import ClientError

LARGEST_PAGE = 500
"""How many entries of the log, rows or blobs are asked for at once at most."""
KEY_BYTES = 64 << 10
"""How large a key file may be."""
ENTRY_BYTES = 256 << 10
"""How large an event with its record may be; a host may keep both in one item of a table."""

Report = Callable[[int], None]
"""Is told how many bytes have come across so far."""


class HeadMoved(ClientError):
    """The log does not end where the commit says: another device was first, or this one was, and never heard."""


class BlobsMissing(ClientError):
    """A commit names blobs that are not there with this size and this hash."""

    def __init__(self, signatures: Sequence[str]) -> None:
        super().__init__("Some of the encrypted files are not at the host.")
        self.signatures = tuple(signatures)


class BlobTaken(ClientError):
    """Other ciphertext lies under this name already."""


class KeyMoved(ClientError):
    """The key file, or the row, is no longer the one that was to be replaced."""


class NotOffered(ClientError):
    """This host cannot do that: a bucket, for one, has no links for visitors."""


@dataclass(frozen=True)
class Blob:
    """Ciphertext: its name (44 characters), its size, and its SHA-256 in lower-case hex."""

    signature: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Head:
    """Where a log ends: the number of the last event, and the SHA-256 (lower-case hex) of its text."""

    n: int
    sha256: str


START = Head(0, "0" * 64)
"""The head of an empty log."""


@dataclass(frozen=True)
class Row:
    """The current state of one asset.  A tombstone has no record, and a proof instead.

    `rev` counts from 1; a commit brings `rev` n + 1 only where `rev` n stands, and `rev` 1 only where nothing stands.
    """

    signature: str
    rev: int
    record: str | None
    proof: str | None = None


@dataclass(frozen=True)
class Entry:
    """One event of the log as it lies at the host: its number, its sealed text (ASCII), and the row that it set."""

    n: int
    event: str
    row: Row | None = None


@dataclass(frozen=True)
class Commit:
    """What is to become entry `after.n + 1`, if `after` is the head and all `blobs` are there as they are named."""

    after: Head
    event: str
    row: Row | None = None
    blobs: tuple[Blob, ...] = ()


@dataclass(frozen=True)
class Page:
    """Entries without a gap, oldest first, and the head as it was when they were read."""

    entries: tuple[Entry, ...]
    head: Head


@dataclass(frozen=True)
class Link:
    """A link for visitors: the sealed manifest, and what its holder may fetch until when and how often."""

    link_id: str
    manifest: bytes
    signatures: tuple[str, ...]
    expires_at: datetime | None = None
    most_views: int | None = None


@dataclass(frozen=True)
class Usage:
    """How much is stored, and how much may be; None for no limit."""

    used_bytes: int
    quota_bytes: int | None = None


class Remote(Protocol):
    """One vault at one host.

    Every call may raise `Unreachable`, which says nothing about whether it took effect, and `Refused` in its kinds.
    Nothing that a host answers is trusted: the vault checks it.
    """

    vault: str
    """The vault's id: a UUID in its usual 36 characters, lower case."""

    def head(self) -> Head:
        """Where the log ends; `START` where it has not begun."""

    def log(self, after: int, limit: int = LARGEST_PAGE, wait_seconds: float = 0) -> Page:
        """Entries after this number; where there is none yet, a host that can waits for one that long."""

    def commit(self, commit: Commit) -> Head:
        """Append to the log and set the row, both or neither; the new head.

        Raises HeadMoved where the log ends elsewhere or the row's rev does not follow, BlobsMissing, OverQuota.
        """

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Store ciphertext from a seekable file that stands at its beginning, going on with what came earlier.

        The same ciphertext again is no error.  Raises BlobTaken where other ciphertext has the name, OverQuota, and
        Invalid where the bytes are not those that the blob names.
        """

    def blob(self, signature: str) -> Blob | None:
        """What lies under this name, as the host says."""

    def read_blob(self, signature: str, start: int, length: int) -> bytes:
        """This range of a blob; shorter at its end.  Raises NotFound."""

    def drop_blob(self, blob: Blob) -> None:
        """Delete this very ciphertext; no error, and no effect, where it is gone or another has its name."""

    def blobs(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Blob]:
        """All blobs whose names sort after this one, by name, page by page."""

    def rows(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Row]:
        """The current state of all assets whose signatures sort after this one, by signature, page by page."""

    def key(self, name: str) -> bytes | None:
        """A key file, such as `pass.age`."""

    def put_key(self, name: str, content: bytes, seen: str | None) -> None:
        """Replace the key file whose SHA-256 (hex) is `seen`, or make it where `seen` is None.  Raises KeyMoved.

        The same content again is no error.
        """

    def put_link(self, link: Link) -> str:
        """Publish a link; the address that its visitors open, without the fragment.  Raises NotOffered."""

    def drop_link(self, link_id: str) -> bool:
        """Take a link back; whether there was one.  Raises NotOffered."""

    def usage(self) -> Usage:
        """How much room this vault takes, and has."""
