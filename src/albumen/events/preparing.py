"""Stripped forms of an event's originals, found out before guests ask for them: the last that a download waits for."""

from collections.abc import Collection, Mapping
from itertools import batched
from typing import Final

from sqlalchemy import select

from albumen.app import App
from albumen.assets.stripped import stripping
from albumen.assets.stripped.models import Stripped
from albumen.events.models import Event
from albumen.jobs.queue import Terms
from albumen.jobs.registry import Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound, Unavailable
from albumen.libraries import access
from albumen.libraries.models import Album, File, Original
from albumen.media.stripping.strip import KINDS as STRIPPABLE
from albumen.media.stripping.strip import RECIPE
from albumen.unit import Unit

STRIP: Final = "strip-event"
AT_ONCE_BYTES: Final = 512 << 20
"""So much is looked through while a guest waits; more is left to the job."""
_BATCH: Final = 500
_TOLD_AFTER: Final = 10
_RETRY_SECONDS: Final = 10


def ask(unit: Unit, event: Event) -> None:
    """Have an event's photos prepared, in a while."""
    if event.strip_location:
        unit.jobs.add(STRIP, ids.encode(event.id), terms=Terms(Priority.soon))


def now(app: App, event_id: int, unknown: Mapping[str, int]) -> None:
    """Prepare some contents, told with their sizes.  Raises Unavailable where these are too many to wait for."""
    if sum(unknown.values()) > AT_ONCE_BYTES:
        with app.writing(SYSTEM) as unit:
            ask(unit, unit.db.get_one(Event, event_id))
        raise Unavailable("The download is being prepared.", retry_seconds=_RETRY_SECONDS)
    prepare(app, unknown)


def prepare(app: App, signatures: Collection[str]) -> None:
    """Find out the stripped forms of some contents; what has gone in the meantime does no harm."""
    for signature in signatures:
        try:
            stripping.form(app, signature)
        except NotFound:
            continue


def run(app: App, task: Task) -> None:
    """Prepare all that is in an event and not prepared."""
    event_id = ids.decode(task.subject)
    seen: set[str] = set()
    while waiting := [each for each in _waiting(app, event_id) if each not in seen]:
        for some in batched(waiting, _TOLD_AFTER):
            prepare(app, some)
            task.progress(0, "")
        seen.update(waiting)


def _waiting(app: App, event_id: int) -> list[str]:
    with app.reading(SYSTEM) as unit:
        event = unit.db.get(Event, event_id)
        if event is None or not event.strip_location or event.purged_at is not None:
            return []
        album = unit.db.get_one(Album, event.album_id)
        photos = select(File.id).where(access.in_album(album), File.library_id == event.library_id)
        known = select(Stripped.signature).where(Stripped.recipe == RECIPE)
        wanted = (
            select(Original.signature)
            .join(File, File.signature == Original.signature)
            .where(File.id.in_(photos) | File.part_of.in_(photos))
            .where(Original.kind.in_(STRIPPABLE), Original.signature.not_in(known))
        )
        return list(unit.db.scalars(wanted.distinct().limit(_BATCH)))
