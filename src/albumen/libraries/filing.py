"""Filing what a resumable upload has brought, as an ordinary upload would be."""

from albumen.blobs.port import HeldSpool
from albumen.kernel.errors import Denied, Invalid, Locked, NotFound, OverQuota
from albumen.libraries import resumable
from albumen.libraries.models import Resumable
from albumen.libraries.senders import Sender
from albumen.media.guard import Broken

_FINAL = (Invalid, NotFound, Denied, Broken)
"""What no second attempt with the same bytes would change."""


def finished(sender: Sender, upload_id: int) -> Resumable:
    """Where an upload stands; one that is whole and was not filed, because a process ended, is filed now.

    Raises NotFound, Gone, Locked where somebody is about to, and what `file` raises.
    """
    row = resumable.look(sender, upload_id)
    if row.file_id is not None or row.offset_bytes < row.size_bytes:
        return row
    try:
        spool = sender.app.blobs.spool_at(row.spool)
    except Locked:
        raise Locked("The upload is being filed. Ask again in a moment.") from None
    with spool:
        row = resumable.look(sender, upload_id)
        return row if row.file_id is not None else file(sender, row, spool)


def file(sender: Sender, row: Resumable, spool: HeldSpool) -> Resumable:
    """File a whole upload; where its bytes were lost, it stands at 0 again.

    Raises Unavailable; OverQuota, after which its last byte is asked for anew; and Unsupported, Invalid, TooLarge,
    Broken, NotFound, Denied, by which it ends.
    """
    spool.adopt()
    if spool.size_bytes != row.size_bytes:
        spool.remove()
        return resumable.advance(sender, row.id, 0)
    try:
        filed = _file(sender, row, spool)
    except OverQuota:
        resumable.advance(sender, row.id, row.size_bytes - 1)
        raise
    except _FINAL:
        resumable.forget(sender.app, row.id)
        spool.remove()
        raise
    spool.remove()
    return filed


def _file(sender: Sender, row: Resumable, spool: HeldSpool) -> Resumable:
    brought = sender.keep(row, spool)
    with sender.app.writing(sender.actor) as unit:
        filed = resumable.find(unit, sender, row.id)
        resumable.hold(unit, filed)
        if filed.file_id is None:  # the store has let go of the spool, so that somebody else may have been here
            resumable.give_back(unit, Resumable.id == row.id)
            filed.file_id, filed.offset_bytes = brought(unit, filed), filed.size_bytes
        return filed
