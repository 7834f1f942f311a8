"""Fetching a guest's download: the code is asked anew each time, and again while the bytes go out."""

from functools import partial
from typing import Final

import msgspec
from sqlalchemy import select

from albumen.accounts.models import User
from albumen.app import App
from albumen.events import guests, manifests, sight
from albumen.events.guest_models import Guest, GuestDownload
from albumen.events.manifests import Kept, Sizes
from albumen.events.models import Accessor, Event
from albumen.events.sight import Permission, Size
from albumen.events.visits import Visit
from albumen.http.manifest import Manifest
from albumen.http.zips import Bundle
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Denied, Gone, NotFound
from albumen.libraries.models import Album, Library
from albumen.unit import Unit

GUESTS: Final = "guest/"
"""What stands before the name of a guest's download in its link."""


def check_sizes(visit: Visit, sizes: Sizes) -> None:
    """Raises Denied where the code does not allow to download in these sizes."""
    wanted = {Size.original, Size.web} if sizes is Sizes.both else {Size(sizes)}
    if wanted - {*visit.accessor.sizes}:
        raise Denied("This code does not allow to download photos in this size.", code="not-allowed")


def bundle(app: App, word: str) -> Bundle:
    """What a link stands for, once its signature was checked.

    Raises NotFound where the code does not hold any more or allows less, Gone when the time is over or the event has
    changed, so that the download would give what the guest no longer sees.
    """
    download_id = ids.decode(word)
    with app.reading(SYSTEM) as unit:
        download, visit = _held(unit, download_id)
        kept = msgspec.msgpack.decode(download.manifest, type=Kept)
        is_whole = manifests.all_seen(unit, visit, kept.photo_ids)
        if not is_whole or (visit.event.strip_location and not kept.is_stripped):
            raise Gone("The event has changed since; ask for the download again.")
        _check_kept(visit, kept.sizes)
    return Bundle(Manifest(kept.members), download.filename, partial(_check, app, download_id, kept.sizes))


def _check(app: App, download_id: int, sizes: Sizes) -> None:
    """Whether a download that is being sent is still granted.  Raises NotFound, Gone."""
    with app.reading(SYSTEM) as unit:
        _, visit = _held(unit, download_id)
        _check_kept(visit, sizes)


def _check_kept(visit: Visit, sizes: Sizes) -> None:
    try:
        sight.require(visit, Permission.view)
        sight.require(visit, Permission.download)
        check_sizes(visit, sizes)
    except Denied:
        raise NotFound("There is no such download.") from None


def _held(unit: Unit, download_id: int) -> tuple[GuestDownload, Visit]:
    """A download and the visit in which it was asked for, as the code is now.  Raises NotFound, Gone."""
    wanted = (
        select(GuestDownload, Event, Accessor, Guest, Album, User)
        .join(Event, Event.id == GuestDownload.event_id)
        .join(Accessor, (Accessor.id == GuestDownload.accessor_id) & (Accessor.generation == GuestDownload.generation))
        .join(Guest, Guest.id == GuestDownload.guest_id)
        .join(Album, Album.id == Event.album_id)
        .join(Library, Library.id == Event.library_id)
        .join(User, User.id == Event.user_id)
        .where(Accessor.disabled_at.is_(None), *guests.HOLDS)
    )
    row = unit.db.execute(wanted.where(GuestDownload.id == download_id)).first()
    if row is None:
        raise NotFound("There is no such download.")
    visit = Visit(row.Event, row.Accessor, row.Guest, row.Album, row.User)
    guests.check_time(unit, visit)
    return row.GuestDownload, visit
