"""The port: what every store of bytes does, whatever keeps them."""

import re
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

from albumen.blobs.direct import Direct
from albumen.blobs.held import HeldSpool
from albumen.blobs.spools import Spool
from albumen.kernel.errors import Invalid, Problem

__all__ = ["BLOCK_BYTES", "Blobs", "Corrupt", "HeldSpool", "Space", "Spool", "Stored", "check_key"]

BLOCK_BYTES = 1 << 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


class Corrupt(Problem):
    """The bytes kept under a key are not those that belong there."""

    code: ClassVar[str] = "corrupt"
    title: ClassVar[str] = "The stored bytes are damaged"


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob as the store lists it.  `modified_at`: when it was last put, also if it was there already."""

    key: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Space:
    """Room on the disk below the store."""

    total_bytes: int
    free_bytes: int


class Blobs(Protocol):
    """Bytes by key.  A blob is whole or absent, and never changes; methods may be called from any thread.

    Keys are `/`-separated segments (`check_key`); a wrong one raises Invalid.  A full disk raises OverQuota,
    a failing one Unavailable.
    """

    @property
    def origin(self) -> str:
        """Where the addresses of `link` lead, as scheme and host; empty where it gives none."""

    @property
    def direct(self) -> Direct | None:
        """Where clients may put large files into the store themselves; None where they may not."""

    def spool(self) -> Spool:
        """An empty private file to fill and then put."""

    def spool_at(self, name: str) -> HeldSpool:
        """A file to fill bit by bit, over several processes: the one held under this name, or a new one.

        A name is 32 hexadecimal digits.  Raises Locked where somebody else has it open.
        """

    def put(self, key: str, spool: Spool) -> bool:
        """Keep the spool's bytes under `key`; durable on return, and the spool is used up.

        False where the key holds these bytes already.  Raises Corrupt where a key that names its content
        (holds the signature) has bytes of another size, Conflict where another key has other bytes.
        """

    def open(self, key: str) -> BinaryIO:
        """A seekable reader.  Raises NotFound."""

    def read(
        self, key: str, start: int = 0, end: int | None = None, block_bytes: int = BLOCK_BYTES
    ) -> Generator[bytes, None, None]:
        """The bytes in [start, end), as far as there are any, in blocks.  Raises NotFound at the first."""

    def local(self, key: str) -> AbstractContextManager[int]:
        """A readable descriptor of the blob as a file of this machine, for decoders.  Raises NotFound."""

    def path(self, key: str) -> Path | None:
        """Where a server may hand the file over by itself; None where there is no such file."""

    def link(self, key: str, headers: dict[str, str], seconds: int) -> str | None:
        """An address at which clients get the blob from the store itself; None where they get it from the server.

        The address need not be asked for where `origin` is empty.  The blob is sent with these headers, of which
        S3 knows Content-Type, Content-Disposition and Cache-Control.
        """

    def digest(self, key: str) -> str | None:
        """The SHA-256 of a blob in hexadecimal, where the store kept it when it was put.  Raises NotFound."""

    def stat(self, key: str) -> Stored:
        """Size and time.  Raises NotFound."""

    def delete(self, key: str, *, untouched_since: datetime | None = None) -> bool:
        """Remove a blob; False where there is none.

        With `untouched_since`, also False where it was put (again) at or after that moment: for a sweep,
        which must not take what an upload has just found to be there already.
        """

    def sweep(self, keys: Sequence[str], untouched_since: datetime) -> Sequence[str]:
        """Delete those of some blobs that were not put since; answers which.

        Raises Locked where another sweep is at it and the store can do but one.
        """

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stored]:
        """Blobs whose key begins with `prefix` and sorts behind `after`, by code point, lazily."""

    def space(self) -> Space | None:
        """The room left, where the store knows it."""

    def sweep_spools(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        """Remove what crashed processes left half-written, but for what is held under these names; answers how many."""


def check_key(key: str) -> str:
    """The key itself.  Raises Invalid where it could leave the store, hide in it, or not be a file name."""
    try:
        raw = key.encode()
    except UnicodeEncodeError:
        raise Invalid("The key is not text.") from None
    segments = raw.split(b"/")
    if len(raw) > 1024 or _CONTROL.search(key) or not all(map(_is_segment, segments)):
        raise Invalid("The key is not one that a store can hold.")
    return key


def _is_segment(segment: bytes) -> bool:
    return 0 < len(segment) <= 255 and not segment.startswith(b".")
