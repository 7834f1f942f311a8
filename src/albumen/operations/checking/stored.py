"""Rows and bytes, side by side: every key of the store with the row that names it, compared down to the digests."""

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from random import Random
from threading import Event

from sqlalchemy import select
from sqlalchemy.orm import Session

from albumen.app import App
from albumen.blobs.port import Blobs, Corrupt, Stored
from albumen.kernel import ids
from albumen.kernel.errors import NotFound, Unavailable
from albumen.libraries.models import Original, Rendition
from albumen.operations import holdings
from albumen.operations.checking.defects import Defect, Fault, of_stored
from albumen.operations.holdings import Holding

GRACE = timedelta(hours=1)
"""For so long bytes may lie there without a row: an upload puts them first."""


@dataclass
class Pace:
    """Lets reading go no faster than so many bytes a second; None: as fast as it goes."""

    bytes_per_second: int | None = None
    read_bytes: int = 0
    _began: float = field(default_factory=time.monotonic)

    def took(self, size_bytes: int) -> None:
        """Count what was read, and wait where that was too much for the time."""
        self.read_bytes += size_bytes
        if self.bytes_per_second is not None:
            ahead = self.read_bytes / self.bytes_per_second - (time.monotonic() - self._began)
            if ahead > 0:
                Event().wait(ahead)


@dataclass(frozen=True)
class Search:
    """How to look: behind which key, at how many of the bytes (all sizes are compared), how fast."""

    after: str = ""
    percent: float = 100.0
    grace: timedelta = GRACE
    pace: Pace = field(default_factory=Pace)
    dice: Random = field(default_factory=Random)


@dataclass(frozen=True)
class Digest:
    """What some bytes come to."""

    signature: str
    crc32: int
    size_bytes: int


def look(app: App, search: Search) -> Iterator[tuple[str, Defect | None]]:
    """Every key that is stored or named, in order, and what is wrong with it."""
    before = app.clock() - search.grace
    held = holdings.every(app.database, search.after)
    for stored, holding in paired(app.blobs.list(after=search.after), held):
        if holding is not None:
            yield holding.key, _named(app, stored, holding, search)
        elif stored is not None:
            is_extra = stored.modified_at < before and not _has_row(app, stored.key)
            yield stored.key, _extra(stored) if is_extra else None


def paired(
    stored: Iterator[Stored], held: Iterator[Holding]
) -> Iterator[tuple[Stored, Holding] | tuple[Stored, None] | tuple[None, Holding]]:
    """Two lists, both by key, side by side."""
    blob, row = next(stored, None), next(held, None)
    while blob is not None or row is not None:
        if blob is not None and (row is None or blob.key < row.key):
            yield blob, None
            blob = next(stored, None)
        elif row is not None and (blob is None or row.key < blob.key):
            yield None, row
            row = next(held, None)
        elif blob is not None and row is not None:
            yield blob, row
            blob, row = next(stored, None), next(held, None)


def _has_row(app: App, key: str) -> bool:
    with app.database.session(writes=False) as db:
        return bool(holdings.known(db, [key]))


def _extra(stored: Stored) -> Defect:
    words = f"{stored.size_bytes} bytes are stored as {stored.key}, and no row names them."
    return Defect(Fault.extra, "blob", stored.key, words, "`albumen sweep` takes them.")


def _named(app: App, stored: Stored | None, holding: Holding, search: Search) -> Defect | None:
    """What is wrong with something that has a row; None also where the row has gone or changed in the meantime."""
    defect = _compared(app, stored, holding, search)
    if defect is None:
        return None
    with app.database.session(writes=False) as db:
        return defect if holdings.find(db, holding.kind, holding.key) == holding else None


def _compared(app: App, stored: Stored | None, holding: Holding, search: Search) -> Defect | None:
    is_chosen = search.percent >= 100 or search.dice.random() * 100 < search.percent
    try:
        blob = stored or app.blobs.stat(holding.key)
        if blob.size_bytes == holding.size_bytes and not is_chosen:
            return None
        found = digest(app.blobs, holding.key, search.pace)
    except NotFound:
        return _defect(Fault.missing, holding, "is not in the store")
    except Corrupt:
        return _defect(Fault.damaged, holding, "does not have the digest that it came with: bits have changed")
    except Unavailable as problem:
        return _defect(Fault.unreadable, holding, f"cannot be read: {problem.detail}")
    return None if _is_right(found, holding) else _wrong(app, found, holding)


def digest(blobs: Blobs, key: str, pace: Pace | None = None) -> Digest:
    """What a blob comes to.  Raises NotFound, Unavailable."""
    hashed, crc32, size_bytes = sha256(), 0, 0
    for block in blobs.read(key):
        hashed.update(block)
        crc32 = zlib.crc32(block, crc32)
        size_bytes += len(block)
        if pace is not None:
            pace.took(len(block))
    return Digest(ids.signature(hashed.digest()), crc32, size_bytes)


def _is_right(found: Digest, holding: Holding) -> bool:
    said = (holding.size_bytes, holding.crc32, holding.sha256)
    return all(
        told in (None, seen) for told, seen in zip(said, (found.size_bytes, found.crc32, found.signature), strict=True)
    )


def _wrong(app: App, found: Digest, holding: Holding) -> Defect:
    """Say what is wrong, where something is: the row, or the bytes."""
    if holding.sha256 == found.signature:
        words = f"has {found.size_bytes} bytes with the CRC-32 {found.crc32:08x}; its row says otherwise"
        fix = "`albumen check --fix` writes down what the bytes are."
        return Defect(Fault.wrong_row, holding.kind, subject_of(holding), f"{_named_in(holding)} {words}.", fix, True)
    with app.database.session(writes=False) as db:
        other = _owner_of(db, found)
    if other is not None:
        return _defect(Fault.swapped, holding, f"holds the bytes of {other}")
    if found.size_bytes == holding.size_bytes:
        return _defect(Fault.damaged, holding, "does not have the digest that it came with: bits have changed")
    fault = Fault.truncated if found.size_bytes < (holding.size_bytes or 0) else Fault.longer
    return _defect(fault, holding, f"has {found.size_bytes} bytes instead of {holding.size_bytes}")


def _owner_of(db: Session, found: Digest) -> str | None:
    """Whose bytes these are: of another original, or a rendition."""
    original = db.scalar(select(Original.signature).where(Original.signature == found.signature))
    if original is not None:
        return f"the original {original}"
    alike = (Rendition.crc32 == found.crc32, Rendition.size_bytes == found.size_bytes)
    made = db.execute(select(Rendition.variant, Rendition.signature).where(*alike).limit(1)).first()
    return None if made is None else f"the form {made.variant} of {made.signature}"


def subject_of(holding: Holding) -> str:
    """What tells one holding of a kind from the others."""
    return f"{holding.of}:{holding.variant}" if holding.kind == "rendition" else holding.of


def _named_in(holding: Holding) -> str:
    return f"The {holding.kind} {subject_of(holding)} (stored as {holding.key})"


def _defect(fault: Fault, holding: Holding, words: str) -> Defect:
    return of_stored(fault, holding.kind, subject_of(holding), f"{_named_in(holding)} {words}.")
