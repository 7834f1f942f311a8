"""Blobs as objects in a bucket of any store that speaks S3; spools stay files of this machine.

Originals are written once and never again.  What is said about a blob later lies in objects of its own, below
`.albumen/`, where no key leads: that it was found when it was put again, and which blobs a sweep is about to take.
Decision 0044 tells why no upload is lost to a sweep, and how every byte is checked before it is used.
"""

import hashlib
import io
import json
import os
import secrets
import tempfile
import time
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from albumen.blobs import disk, sheets, spools
from albumen.blobs.bucket import Bucket
from albumen.blobs.direct import Direct, Landed
from albumen.blobs.direct_s3 import S3Direct
from albumen.blobs.held import HeldSpool
from albumen.blobs.port import BLOCK_BYTES, Corrupt, Space, Spool, Stored, check_key
from albumen.blobs.sheets import Sheet
from albumen.blobs.windowed import Windowed
from albumen.kernel.errors import Conflict, Locked, NotFound, Unavailable
from albumen.kernel.recent import Recent

SINGLE_BYTES = 8 << 20
"""Up to here a blob is put in one request."""
TRIES = 3
STALE = timedelta(minutes=30)
"""After so long a sweep that did not end counts as dead; S3 refuses clocks that differ by more than half of it."""
_SWEEPING = ".albumen/sweeping"
_SECOND = timedelta(seconds=1)  # what a store's times are rounded down to
_SWEEP_SECONDS = 120.0
_ABANDONED = timedelta(days=2)
_LEFT_BYTES = 256 << 20
_LOOKERS = 8
_RECENT, _RECENT_SECONDS = 10_000, 5.0


class S3Blobs:
    """The store of an installation that keeps its photos in a bucket; `folder`, on this machine, is for spools."""

    def __init__(self, bucket: Bucket, folder: Path, *, is_linking: bool = False, is_direct: bool = False) -> None:
        self._bucket, self.origin = bucket, bucket.origin if is_linking else ""
        self._spools = folder / ".spool"
        self.direct: Direct | None = S3Direct(bucket, self._spools) if is_direct else None
        self._recent: Recent[str, Sheet] = Recent(_RECENT_SECONDS, _RECENT)  # whoever asks for a size reads next
        with disk.in_our_words():
            disk.make_folder(self._spools)

    def spool(self) -> Spool:
        """An empty private file on this machine."""
        return Spool(self._spools)

    def spool_at(self, name: str) -> HeldSpool:
        """The file that is held under this name, on this machine."""
        return HeldSpool(self._spools, name)

    def put(self, key: str, spool: Spool) -> bool:
        """Send the bytes, see that no sweep is about to take them, and see that they are there."""
        check_key(key)
        for _ in range(TRIES):
            is_new = self._place(key, spool)
            self._outwait(key)
            there = self._bucket.look(key)
            if there is not None and not there.pending and there.size_bytes == spool.size_bytes:
                spool.discard()
                return is_new
        raise Unavailable("The store that keeps the photos does not keep what it is given.")

    def _place(self, key: str, spool: Spool) -> bool:
        """Give the bytes their key; False where it has them already."""
        there = self._bucket.look(key)
        if there is not None and there.pending != spool.digest.hex():
            return self._keep(key, there, spool)
        if spool.size_bytes <= SINGLE_BYTES:
            with spool.reader() as stream:
                is_exclusive = spool.signature not in key
                is_mine = self._bucket.send(key, stream.read(), sheets.metadata(spool), is_new=is_exclusive)
        else:
            is_mine = self._hold(key, there, spool)
            if is_mine:
                self._bring(key, spool)
        return is_mine or ((there := self._bucket.look(key)) is not None and self._keep(key, there, spool))

    def _bring(self, key: str, spool: Spool) -> None:
        """Send many bytes; those that are in the bucket already do not go through here again."""
        if isinstance(spool, Landed):
            return self._bucket.copy(spool.source, key, spool.size_bytes, sheets.metadata(spool))
        with spool.reader() as stream:
            return self._bucket.stream(key, stream, spool.size_bytes, sheets.metadata(spool))

    def _hold(self, key: str, there: Sheet | None, spool: Spool) -> bool:
        """Whether nobody else may write here while the bytes are sent in parts, which knows no `is_new`."""
        if spool.signature in key or there is not None:
            return True
        if self._bucket.send(key, b"", sheets.pending(spool), is_new=True):
            return True
        there = self._bucket.look(key)  # our own where the answer was lost
        return there is not None and there.pending == spool.digest.hex()

    def _keep(self, key: str, there: Sheet, spool: Spool) -> bool:
        """Note that the bytes were found; always False.  Raises Corrupt, Conflict where they are others."""
        is_same_size = there.size_bytes == spool.size_bytes
        if spool.signature in key:
            if not is_same_size:
                raise Corrupt
        elif there.pending or not is_same_size or (there.digest or self._digest(key)) != spool.digest.hex():
            raise Conflict("This name is taken by other content.")
        self._bucket.send(_touched(key), b"", {})
        return False

    def _outwait(self, key: str) -> None:
        """Return once no sweep is about to take this key.  Raises Unavailable where one takes its time."""
        ends = time.monotonic() + self._bucket.silent_seconds
        while key in self._doomed():
            if time.monotonic() > ends:
                raise Unavailable("The store that keeps the photos is being swept.", retry_seconds=60)
            time.sleep(0.2)

    def _doomed(self) -> Collection[str]:
        """The keys that a sweep has in hand."""
        there = self._bucket.look(_SWEEPING)
        if there is None or there.modified_at < datetime.now(UTC) - STALE:
            return ()
        try:
            return frozenset(json.loads(self._bucket.fetch(_SWEEPING, 0, there.size_bytes))["keys"])
        except NotFound:
            return ()

    def open(self, key: str) -> BinaryIO:
        """A reader that asks for what is read.  It survives a delete only as far as it has read."""
        sheet = self._sheet(key)
        return io.BufferedReader(Windowed(sheet, partial(self.window, key, sheet)), 64 << 10)

    def read(
        self, key: str, start: int = 0, end: int | None = None, block_bytes: int = BLOCK_BYTES
    ) -> Generator[bytes, None, None]:
        """Windows of the object, each whole and checked before any of it is given."""
        sheet = self._recent.get(check_key(key)) or self._sheet(key)
        end = sheet.size_bytes if end is None else min(end, sheet.size_bytes)
        for first, last in sheet.windows(start, end):
            view = memoryview(self.window(key, sheet, first, last))[max(0, start - first) : end - first]
            for at in range(0, len(view), block_bytes):
                yield bytes(view[at : at + block_bytes])

    def window(self, key: str, sheet: Sheet, start: int, end: int) -> bytes:
        """The bytes [start, end), of which `start` begins a step.  Raises NotFound, Unavailable, Corrupt.

        Bytes that are wrong in the same way each time lie there so; otherwise it is the way here that spoils them.
        """
        wrong = set()
        for _ in range(TRIES):
            data = self._bucket.fetch(key, start, end)
            if len(data) == end - start and sheet.fits(start, data):
                return data
            wrong.add(data)
        self._recent.forget(key)
        if len(wrong) == 1:
            raise Corrupt
        raise Unavailable("What the store that keeps the photos sends arrives damaged.")

    @contextmanager
    def local(self, key: str) -> Iterator[int]:
        """A copy on this machine that has no name, and goes when it is closed or the process ends."""
        sheet = self._sheet(key)
        if self.space().free_bytes < sheet.size_bytes + _LEFT_BYTES:
            raise Unavailable("The disk has no room for a copy to work on.", retry_seconds=60)
        with disk.in_our_words():
            copy = tempfile.TemporaryFile(dir=self._spools)  # noqa: SIM115 - closed below
        with copy:
            seen = hashlib.sha256()
            for block in self.read(key):
                seen.update(block)
                with disk.in_our_words():
                    copy.write(block)
            if copy.tell() != sheet.size_bytes or seen.hexdigest() != (sheet.digest or seen.hexdigest()):
                raise Corrupt
            with disk.in_our_words():
                copy.flush()
            os.lseek(copy.fileno(), 0, os.SEEK_SET)
            yield copy.fileno()

    def path(self, key: str) -> Path | None:
        """Nowhere."""
        check_key(key)
        return None

    def link(self, key: str, headers: dict[str, str], seconds: int) -> str | None:
        """The bucket's own address of the object, where clients may go there."""
        return self._bucket.link(check_key(key), headers, seconds) if self.origin else None

    def stat(self, key: str) -> Stored:
        """Size, and time of the first put."""
        sheet = self._sheet(key)
        return Stored(key, sheet.size_bytes, sheet.modified_at)

    def digest(self, key: str) -> str | None:
        """What its sheet says, as checked by the store when it was put."""
        return self._sheet(key).digest or None

    def delete(self, key: str, *, untouched_since: datetime | None = None) -> bool:
        """Remove the object."""
        if untouched_since is not None:
            return bool(self.sweep([key], untouched_since))
        is_there = self._bucket.look(check_key(key)) is not None
        self._take([key] if is_there else [])
        return is_there

    def sweep(self, keys: Sequence[str], untouched_since: datetime) -> Sequence[str]:
        """Say which are to go, see which are still old, take them.  A put that reads the list waits for its end."""
        ends = time.monotonic() + _SWEEP_SECONDS
        self._announce(sorted(map(check_key, keys)))
        try:
            with ThreadPoolExecutor(_LOOKERS) as lookers:
                is_old = lookers.map(lambda key: self._is_old(key, untouched_since), keys)
                old = [key for key, so in zip(keys, is_old, strict=True) if so]
            if time.monotonic() > ends:
                raise Unavailable("The store that keeps the photos is too slow for a sweep.", retry_seconds=600)
        except Unavailable:
            self._bucket.remove([_SWEEPING])
            raise
        self._take(old)  # where this fails the list stays: nobody knows what the store still does
        self._bucket.remove([_SWEEPING])
        return old

    def _announce(self, keys: list[str]) -> None:
        """Write down what a sweep is about to take.  Raises Locked where another sweep is at it."""
        body = json.dumps({"by": secrets.token_hex(8), "keys": keys}).encode()
        is_mine = self._bucket.send(_SWEEPING, body, {}, is_new=True)
        there = self._bucket.look(_SWEEPING)
        if not is_mine and there is not None and there.modified_at < datetime.now(UTC) - STALE:
            self._bucket.send(_SWEEPING, body, {})
            there = self._bucket.look(_SWEEPING)
        if there is None or self._bucket.fetch(_SWEEPING, 0, there.size_bytes) != body:
            raise Locked("Another sweep is at work.")

    def _is_old(self, key: str, moment: datetime) -> bool:
        """Whether there is such a blob, and it was neither put nor found since."""
        times = [each and each.modified_at for each in (self._bucket.look(key), self._bucket.look(_touched(key)))]
        return times[0] is not None and all(each + _SECOND < moment for each in times if each)

    def _take(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._recent.forget(key)
        self._bucket.remove(keys)
        self._bucket.remove([_touched(key) for key in keys])

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stored]:
        """What the bucket lists, but for what is no blob."""
        folder = prefix.rpartition("/")
        begin = max(after, prefix[:-1])
        for key, size_bytes, modified_at in self._bucket.walk(folder[0] + folder[1], begin):
            if key.startswith(prefix) and key > after and not key.startswith("."):
                yield Stored(key, size_bytes, modified_at)
            elif key > prefix and not key.startswith((prefix, ".")):
                return

    def space(self) -> Space:
        """The room for spools: what comes in must fit there first."""
        with disk.in_our_words():
            facts = os.statvfs(self._spools)
        return Space(total_bytes=facts.f_frsize * facts.f_blocks, free_bytes=facts.f_frsize * facts.f_bavail)

    def sweep_spools(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        """Remove spools that nobody holds, and what lies in the bucket for days, in parts or not filed."""
        taken = spools.sweep(self._spools, older_than, spared)
        return taken + self._bucket.abort_parts(datetime.now(UTC) - max(older_than, _ABANDONED), spared)

    def _sheet(self, key: str) -> Sheet:
        """The sheet as it is now.  Raises NotFound, also where the bytes are still on their way."""
        sheet = self._bucket.look(check_key(key))
        if sheet is None or sheet.pending:
            raise NotFound
        self._recent.remember(key, sheet)
        return sheet

    def _digest(self, key: str) -> str:
        seen = hashlib.sha256()
        for block in self.read(key):
            seen.update(block)
        return seen.hexdigest()


def _touched(key: str) -> str:
    """Where it is noted that a blob was found when it was put again: the time of this object says when."""
    return f".albumen/touched/{hashlib.sha256(key.encode()).hexdigest()}"
