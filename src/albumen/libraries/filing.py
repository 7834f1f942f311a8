"""Filing what a resumable upload has brought, as an ordinary upload would be."""

from albumen.app import App
from albumen.blobs.port import HeldSpool
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound, OverQuota, Unavailable
from albumen.libraries import catalog, files, resumable, tally, uploads
from albumen.libraries.models import File, Resumable
from albumen.libraries.uploads import Arrival, Label
from albumen.media.guard import Broken
from albumen.media.sidecars import metadata_overlay
from albumen.unit import Unit

_FINAL = (Invalid, NotFound, Denied, OverQuota, Broken)
"""What no second attempt with the same bytes would change."""


def finished(app: App, actor: Actor, upload_id: int) -> Resumable:
    """Where an upload stands; one that is whole and was not filed, because a process ended, is filed now.

    Raises NotFound, Gone, Unavailable where somebody is about to, and what `file` raises.
    """
    row = resumable.look(app, actor, upload_id)
    if row.file_id is not None or row.offset_bytes < row.size_bytes:
        return row
    try:
        spool = app.blobs.spool_at(row.spool)
    except Conflict:
        raise Unavailable("The upload is being filed.", retry_seconds=1) from None
    with spool:
        row = resumable.look(app, actor, upload_id)
        return row if row.file_id is not None else file(app, actor, row, spool)


def file(app: App, actor: Actor, row: Resumable, spool: HeldSpool) -> Resumable:
    """File a whole upload; where its bytes were lost, it stands at 0 again.

    Raises Unavailable; and Unsupported, Invalid, TooLarge, Broken, OverQuota, NotFound, Denied, by which it ends.
    """
    spool.adopt()
    if spool.size_bytes != row.size_bytes:
        spool.remove()
        return resumable.advance(app, actor, row.id, 0)
    try:
        filed = _file(app, actor, row, spool)
    except _FINAL:
        resumable.forget(app, row.id)
        spool.remove()
        raise
    spool.remove()
    return filed


def _file(app: App, actor: Actor, row: Resumable, spool: HeldSpool) -> Resumable:
    overlay = metadata_overlay(row.told) if row.told else None
    looked = uploads.look(app, spool, Label(row.filename, overlay, _container(app, actor, row)))
    with app.reading(actor) as unit:
        _check_quota(unit, row, spool)
    arrival = uploads.keep(app, actor, looked)
    with app.writing(actor) as unit:
        filed = resumable.find(unit, row.id)
        filed.file_id = _into(app, unit, filed, arrival).id
        return filed


def _container(app: App, actor: Actor, row: Resumable) -> str:
    if row.folder_id is None:
        return "catalog"
    with app.reading(actor) as unit:
        return ids.encode(resumable.folder_of(unit, row.folder_id).library_id)


def _check_quota(unit: Unit, row: Resumable, spool: HeldSpool) -> None:
    if row.folder_id is None:
        catalog.check_quota(unit, spool)
    else:
        tally.check_quota(unit, resumable.folder_of(unit, row.folder_id).library_id, spool.size_bytes)


def _into(app: App, unit: Unit, row: Resumable, arrival: Arrival) -> File:
    if row.folder_id is None:
        return catalog.file_away(unit, arrival, time_zone=app.settings.libraries.time_zone)[0]
    return files.add(unit, resumable.folder_of(unit, row.folder_id), arrival)
