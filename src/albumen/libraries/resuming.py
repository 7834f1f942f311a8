"""Going on with an upload: into its spool, made durable stretch by stretch, and filed when the last byte is there."""

from collections.abc import AsyncIterable
from functools import partial

from anyio import CancelScope, to_thread

from albumen.app import App
from albumen.blobs.port import HeldSpool
from albumen.http import bodies
from albumen.http.tus import Part, Unbroken
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Conflict, Invalid, TooLarge
from albumen.libraries import filing, resumable, uploads
from albumen.libraries.models import Resumable
from albumen.libraries.resumable import Announced

STRETCH_BYTES = 32 << 20
"""After how many bytes the spool is synced and the row moves on, while one long body comes in."""


async def announce(app: App, actor: Actor, new: Announced) -> Resumable:
    """Make room for an upload, in a thread.  Raises what `resumable.announce` raises."""
    return await to_thread.run_sync(resumable.announce, app, actor, new)


async def go_on(app: App, actor: Actor, upload_id: int, part: Part, stream: AsyncIterable[bytes]) -> Resumable:
    """Take a body from where the upload stands; files it once it is whole.

    What came before a connection broke is kept, unless it has a checksum.  Raises NotFound, Gone, Conflict (wrong
    place, or somebody else is writing), TooLarge, WrongChecksum, OverQuota, and what filing raises.
    """
    row = await to_thread.run_sync(resumable.look, app, actor, upload_id)
    if row.file_id is not None:
        return _ended(row, part)
    writing = await to_thread.run_sync(_begin, app, actor, upload_id, part)
    coming = Unbroken(stream)
    try:
        await bodies.pour(coming, writing.take, writing.room_bytes)
        return await to_thread.run_sync(partial(writing.end, is_broken=coming.is_broken))
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(writing.spool.discard)


def _ended(row: Resumable, part: Part) -> Resumable:
    if part.offset != row.size_bytes or part.length:
        raise Conflict("All of this upload is here already.")
    return row


def _begin(app: App, actor: Actor, upload_id: int, part: Part) -> "_Writing":
    """Take hold of the spool, and only then look where the upload stands."""
    spool = app.blobs.spool_at(resumable.look(app, actor, upload_id).spool)
    try:
        row = resumable.look(app, actor, upload_id)
        if row.file_id is not None:
            spool.remove()
        _check_place(row, part)
        uploads.check_space(app, part.length or 0)
        if row.offset_bytes < row.size_bytes:
            _cut(app, actor, row, spool)
        return _Writing(app, actor, row, spool, part)
    except BaseException:
        spool.discard()
        raise


def _check_place(row: Resumable, part: Part) -> None:
    if row.file_id is not None:
        raise Conflict("All of this upload is here already.")
    if part.offset != row.offset_bytes:
        raise Conflict(f"The upload stands at {row.offset_bytes}.", code="offset")
    if part.offset + (part.length or 0) > row.size_bytes:
        raise TooLarge(f"The upload was announced with {row.size_bytes} bytes.")


def _cut(app: App, actor: Actor, row: Resumable, spool: HeldSpool) -> None:
    """Forget what came beyond the offset, and was never counted."""
    try:
        spool.cut(row.offset_bytes)
    except Conflict:
        resumable.advance(app, actor, row.id, 0)
        spool.remove()
        raise Conflict("The bytes that had come are lost. Begin again at 0.", code="offset") from None


class _Writing:
    """One body on its way into the spool."""

    def __init__(self, app: App, actor: Actor, row: Resumable, spool: HeldSpool, part: Part) -> None:
        self._app, self._actor, self._row, self._part = app, actor, row, part
        self.spool = spool
        self.room_bytes = row.size_bytes - row.offset_bytes
        self._settled_bytes = row.offset_bytes

    def take(self, data: bytes) -> None:
        """Append some; in a thread."""
        self.spool.write(data)
        if self._part.checksum is not None:
            self._part.checksum.update(data)
        elif self.spool.size_bytes - self._settled_bytes >= STRETCH_BYTES:
            self._settle()

    def _settle(self) -> Resumable:
        self.spool.sync()
        self._settled_bytes = self.spool.size_bytes
        return resumable.advance(self._app, self._actor, self._row.id, self._settled_bytes)

    def end(self, *, is_broken: bool) -> Resumable:
        """Count what came, and file the whole.  Raises WrongChecksum, Invalid, and what filing raises."""
        checksum = self._part.checksum
        if checksum is not None and not is_broken:
            checksum.check()
        row = self._settle() if checksum is None or not is_broken else self._row
        if is_broken:
            raise Invalid("The body ended early.", code="incomplete")
        return row if row.offset_bytes < row.size_bytes else filing.file(self._app, self._actor, row, self.spool)
