"""Going on with an upload: into its spool, made durable stretch by stretch, and filed when the last byte is there.

One connection writes at a time.  Where that one hangs, whoever goes on with the upload takes its place.
"""

from collections.abc import AsyncIterable
from contextlib import suppress
from time import monotonic

import anyio
from anyio import CancelScope, to_thread

from albumen.blobs.port import HeldSpool
from albumen.http import bodies, lanes, tus_bodies
from albumen.http.tus import Part
from albumen.http.tus_bodies import Coming, End
from albumen.kernel.errors import Conflict, Invalid, Locked, OverQuota, Problem, TooLarge
from albumen.libraries import filing, headroom, resumable, uploads
from albumen.libraries.models import Resumable
from albumen.libraries.senders import Announced, Sender

STRETCH_BYTES = 32 << 20
"""After how many bytes the spool is synced and the row moves on, while one long body comes in."""
PATIENCE_SECONDS = 8.0
"""How long somebody waits for another connection that writes to the same upload."""
_LOOK_SECONDS = 0.05


async def announce(sender: Sender, new: Announced) -> Resumable:
    """Make room for an upload, in a thread.  Raises what `resumable.announce` raises."""
    return await to_thread.run_sync(resumable.announce, sender, new)


async def begin(sender: Sender, upload_id: int, part: Part, stream: AsyncIterable[bytes]) -> Resumable:
    """Take the first bytes of an upload just announced; it is forgotten where they are refused or break off.

    Nobody but this request knows of it yet.  Raises what `go_on` raises.
    """
    try:
        return await go_on(sender, upload_id, part, stream)
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(_drop, sender, upload_id)
        raise


async def stands(sender: Sender, upload_id: int) -> Resumable:
    """Where an upload stands, for somebody who is about to go on with it: a connection that hangs is ended first.

    Raises what `filing.finished` raises.
    """
    row = await to_thread.run_sync(resumable.look, sender, upload_id)
    if tus_bodies.stop_hanging(row.spool, End.asked):
        with anyio.move_on_after(PATIENCE_SECONDS):
            while tus_bodies.is_coming(row.spool):
                await anyio.sleep(_LOOK_SECONDS)
    return await lanes.FILING.run(filing.finished, sender, upload_id)


async def give_up(sender: Sender, upload_id: int) -> None:
    """End an upload and forget what has come; what was filed stays.  Raises NotFound, Gone, Locked."""
    row = await to_thread.run_sync(resumable.look, sender, upload_id)
    spool = await _held(sender, row)
    with spool:
        await to_thread.run_sync(resumable.forget, sender.app, row.id)
        await to_thread.run_sync(spool.remove)


async def go_on(sender: Sender, upload_id: int, part: Part, stream: AsyncIterable[bytes]) -> Resumable:
    """Take a body from where the upload stands; files it once it is whole.

    What came before a connection broke is kept, unless it has a checksum.  Raises NotFound, Gone, Conflict (wrong
    place), Locked (somebody else is writing), TooLarge, WrongChecksum, OverQuota, and what filing raises.
    """
    row = await to_thread.run_sync(resumable.look, sender, upload_id)
    if row.file_id is not None:
        return _ended(row, part)
    _check_place(row, part)
    spool = await _held(sender, row)
    try:
        with Coming(stream, row.spool) as coming:
            writing = await to_thread.run_sync(_begin, sender, upload_id, part, spool)
            await _pour(coming, writing)
        return await lanes.FILING.run(writing.end, coming.end)
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(spool.discard)


async def _pour(coming: Coming, writing: "_Writing") -> None:
    try:
        await bodies.pour(coming, writing.take, writing.room_bytes)
    except OverQuota:
        with CancelScope(shield=True):
            await to_thread.run_sync(writing.give_way)
        raise


async def _held(sender: Sender, row: Resumable) -> HeldSpool:
    """Take hold of the spool, ending whoever hangs there.  Raises Locked where somebody goes on writing."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await to_thread.run_sync(sender.app.blobs.spool_at, row.spool)
        except Locked:
            if monotonic() > until:
                raise
        tus_bodies.stop_hanging(row.spool, End.taken)
        await anyio.sleep(_LOOK_SECONDS)


def _ended(row: Resumable, part: Part) -> Resumable:
    if part.offset != row.size_bytes or part.length:
        raise Conflict("All of this upload is here already.")
    return row


def _begin(sender: Sender, upload_id: int, part: Part, spool: HeldSpool) -> "_Writing":
    """Look where the upload stands, now that nobody else can write."""
    row = resumable.look(sender, upload_id)
    if row.file_id is not None:
        spool.remove()
    _check_place(row, part)
    if row.offset_bytes < row.size_bytes:
        _cut(sender, row, spool)
    uploads.check_space(sender.app, part.length or 0)
    return _Writing(sender, row, headroom.watch(sender.app, spool), part)


def _check_place(row: Resumable, part: Part) -> None:
    if row.file_id is not None:
        raise Conflict("All of this upload is here already.")
    if part.offset != row.offset_bytes:
        raise Conflict(f"The upload stands at {row.offset_bytes}.", code="offset")
    if part.offset + (part.length or 0) > row.size_bytes:
        raise TooLarge(f"The upload was announced with {row.size_bytes} bytes.")


def _cut(sender: Sender, row: Resumable, spool: HeldSpool) -> None:
    """Forget what came beyond the offset, and was never counted."""
    try:
        spool.cut(row.offset_bytes)
    except Conflict:
        resumable.advance(sender, row.id, 0)
        spool.remove()
        raise Conflict("The bytes that had come are lost. Begin again at 0.", code="offset") from None


def _drop(sender: Sender, upload_id: int) -> None:
    row = resumable.peek(sender, upload_id)
    if row is not None and row.file_id is None:
        with sender.app.blobs.spool_at(row.spool) as spool:
            resumable.forget(sender.app, upload_id)
            spool.remove()


class _Writing:
    """One body on its way into the spool."""

    def __init__(self, sender: Sender, row: Resumable, spool: HeldSpool, part: Part) -> None:
        self._sender, self._row, self._part = sender, row, part
        self.spool = spool
        self.room_bytes = row.size_bytes - row.offset_bytes

    def take(self, data: bytes) -> None:
        """Append some; in a thread."""
        self.spool.write(data)
        if self._part.checksum is not None:
            self._part.checksum.update(data)
        elif self.spool.size_bytes - self._row.offset_bytes >= STRETCH_BYTES:
            self._settle()

    def _settle(self) -> None:
        self.spool.sync()
        self._row = resumable.advance(self._sender, self._row.id, self.spool.size_bytes)

    def give_way(self) -> None:
        """Where there is no more room: keep what came, as long as that leaves the reserve alone; else what counted."""
        with suppress(Problem):
            if self._part.checksum is None:
                uploads.check_space(self._sender.app)
                self._settle()
        self.spool.cut(self._row.offset_bytes)

    def end(self, how: End) -> Resumable:
        """Count what came, and file the whole.  Raises WrongChecksum, Conflict, Invalid, and what filing raises."""
        checksum = self._part.checksum
        if checksum is not None and how is End.whole:
            checksum.check()
        if how is End.whole or (checksum is None and how is not End.taken):
            self._settle()
        if how is End.broken:
            raise Invalid("The body ended early.", code="incomplete")
        if how is not End.whole:
            raise Conflict("Another connection goes on with this upload.", code="taken-over")
        is_whole = self._row.offset_bytes == self._row.size_bytes
        return filing.file(self._sender, self._row, self.spool) if is_whole else self._row
