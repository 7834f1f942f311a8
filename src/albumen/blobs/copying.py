"""Copying every blob of a store into another, each compared by its digest; gone on with where it was broken off."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import batched

from albumen.blobs.port import Blobs, Corrupt, Stored
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, NotFound

_AT_ONCE = 8
_BATCH = 64
Named = Callable[[Sequence[str]], Mapping[str, str]]
"""The signatures of the content that belongs under some keys, as far as they are known."""


@dataclass(slots=True)
class Tally:
    """What became of the blobs: copied, found there already, and those that could not be, each with its reason."""

    copied: int = 0
    found: int = 0
    size_bytes: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many were looked at."""
        return self.copied + self.found + len(self.failed)


@dataclass(frozen=True, slots=True)
class Copying:
    """From where to where; `is_thorough` reads back also what the target says it has checked itself."""

    source: Blobs
    target: Blobs
    named: Named
    is_thorough: bool = False

    def run(self, blobs: Iterable[Stored], tell: Callable[[Tally], None] = lambda _: None) -> Tally:
        """Copy these, some at a time, and tell how far it is.  Raises Unavailable, OverQuota; then it is run again."""
        tally = Tally()
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="copy") as copiers:
            for batch in batched(blobs, _BATCH):
                named = self.named([each.key for each in batch])
                work = partial(self._one, named)
                for stored, said in zip(batch, copiers.map(work, batch), strict=True):
                    _count(tally, stored, said)
                tell(tally)
        return tally

    def _one(self, named: Mapping[str, str], stored: Stored) -> bool | str | None:
        """True where it was copied, False where it was there, None where it is gone; or why it could not be."""
        wanted = ids.digest(named[stored.key]).hex() if stored.key in named else None
        try:
            if self._has(stored, wanted):
                return False
            return self._copied(stored, wanted)
        except NotFound:
            return None
        except Corrupt:
            return "the bytes are damaged"
        except Conflict:
            return "other bytes have this key in the target"

    def _has(self, stored: Stored, wanted: str | None) -> bool:
        """Whether the target has the very bytes."""
        with suppress(NotFound):
            if self.target.stat(stored.key).size_bytes == stored.size_bytes:
                return self._there(stored.key) == (wanted or _digest(self.source, stored.key))
        return False

    def _there(self, key: str) -> str:
        """The digest of what the target has."""
        known = None if self.is_thorough else self.target.digest(key)
        return known or _hashed(self.target, key)

    def _copied(self, stored: Stored, wanted: str | None) -> bool | str:
        with self.target.spool() as spool:
            for block in self.source.read(stored.key):
                spool.write(block)
            digest = spool.digest.hex()
            if spool.size_bytes != stored.size_bytes or digest != (wanted or digest):
                return "the bytes are damaged"
            self.target.put(stored.key, spool)
        return True if self._there(stored.key) == digest else "the copy differs"


def _count(tally: Tally, stored: Stored, said: bool | str | None) -> None:
    tally.size_bytes += stored.size_bytes
    if isinstance(said, str):
        tally.failed.append((stored.key, said))
    elif said is not None:
        tally.copied += said
        tally.found += not said


def _digest(blobs: Blobs, key: str) -> str:
    return blobs.digest(key) or _hashed(blobs, key)


def _hashed(blobs: Blobs, key: str) -> str:
    seen = hashlib.sha256()
    for block in blobs.read(key):
        seen.update(block)
    return seen.hexdigest()
