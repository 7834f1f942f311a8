"""Resumable uploads of guests: announced by a visit or an access code, filed as gifts to the event."""

import base64
import hmac
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from albumen.app import App
from albumen.events import contributions, guests
from albumen.events.contributions import Wish
from albumen.events.guest_models import Guest, GuestUpload
from albumen.events.models import Accessor
from albumen.events.visits import Visit
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound, OverQuota, SignIn
from albumen.kernel.seals import Unsealable
from albumen.libraries.models import File, Resumable
from albumen.libraries.senders import Announced, Sender
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit

_MARK = "guest upload"
_KEPT = "guest upload metadata"
_NAME = "guest:"
_SEALED = "sealed:"
_BY_GUEST = 200, 20 << 30
_BY_EVENT = 2_000, 200 << 30
"""How many gifts, and of how many bytes, may be announced and not here yet."""


@dataclass(frozen=True)
class GuestSender(Sender):
    """A guest who sends uploads, which are written for the event's host.

    `by_code`: a client that shows nothing but the code when it announces, and knows the upload by its address after.
    """

    guest_id: int = 0
    by_code: bool = False

    def visit(self, unit: Unit) -> Visit:
        """The guest's visit, as it is in this unit.  Raises SignIn, Gone."""
        return visit_of(unit, self.guest_id)

    def announce(self, unit: Unit, new: Announced) -> Resumable:
        """Make room for a gift.  Raises Denied, Conflict, NotFound, OverQuota, SignIn, Gone."""
        visit = self.visit(unit)
        contributions.check(visit)
        set_id = contributions.set_for(unit, visit, new.pairs.get("set", ""))
        contributions.claim(unit, visit, new.size_bytes)
        _check_under_way(unit, visit, new.size_bytes)
        kept = replace(new, folder_id=None, described=self._sealed(new.described))
        with contributions.discreetly():
            row = self.make_room(unit, kept, visit.event.library_id)
        unit.db.add(
            GuestUpload(
                upload_id=row.id,
                event_id=visit.event.id,
                accessor_id=visit.accessor.id,
                guest_id=visit.guest.id,
                reserved_bytes=new.size_bytes,
                set_id=set_id,
            )
        )
        unit.db.flush()
        return row

    def _sealed(self, described: str | None) -> str | None:
        """What may hold an access code is not kept in clear."""
        if described is None or not self.by_code:
            return described
        return _SEALED + base64.b64encode(self.app.seals.seal(described.encode(), _KEPT)).decode()

    def described(self, row: Resumable) -> str | None:
        """The client's words about it, as they were sent."""
        if row.described is None or not row.described.startswith(_SEALED):
            return row.described
        try:
            return self.app.seals.open(base64.b64decode(row.described.removeprefix(_SEALED)), _KEPT).decode()
        except Unsealable:
            return None

    def address(self, row: Resumable) -> str:
        """What its address ends with; for who has nothing else, with what lets it go on."""
        return f"{ids.encode(row.id)}.{key_of(self.app, row.id)}" if self.by_code else ids.encode(row.id)

    def container_of(self, unit: Unit, row: Resumable) -> int | None:
        """The event's library."""
        return self.visit(unit).event.library_id

    def file(self, unit: Unit, row: Resumable, arrival: Arrival) -> File:
        """Give what has come to the event.  Raises Denied, Conflict, NotFound, OverQuota, SignIn, Gone."""
        visit = self.visit(unit)
        announced = unit.db.get(GuestUpload, row.id)
        if announced is None:
            raise NotFound("There is no such upload.")
        wish = Wish(announced.set_id, self.app.settings.events.upload_minutes)
        unit.db.delete(announced)
        unit.db.flush()
        with contributions.discreetly():
            return contributions.give(unit, visit, arrival, wish).file


def _check_under_way(unit: Unit, visit: Visit, size_bytes: int) -> None:
    """Refuse to reserve room of the host for much that is said and not sent; one gift may always come.

    Raises OverQuota.
    """
    missing = func.coalesce(func.sum(Resumable.size_bytes - Resumable.offset_bytes), 0)
    open_ones = select(func.count(), missing).join(GuestUpload, GuestUpload.upload_id == Resumable.id)
    open_ones = open_ones.where(Resumable.file_id.is_(None), Resumable.expires_at > unit.now)
    bounds = ((GuestUpload.guest_id == visit.guest.id, _BY_GUEST), (GuestUpload.event_id == visit.event.id, _BY_EVENT))
    for whose, (most_count, most_bytes) in bounds:
        count, coming = unit.db.execute(open_ones.where(whose)).one()
        if count and (count >= most_count or coming + size_bytes > most_bytes):
            raise OverQuota("Much is on its way already, and not here yet. Send that first, and this afterwards.")


def visit_of(unit: Unit, guest_id: int) -> Visit:
    """The visit of a guest, whose token was checked before.  Raises SignIn, Gone."""
    found = unit.db.execute(
        guests.there.add_columns(Guest)
        .join(Guest, (Guest.accessor_id == Accessor.id) & (Guest.generation == Accessor.generation))
        .where(Guest.id == guest_id)
    ).first()
    if found is None or found.Accessor.disabled_at is not None:
        raise SignIn("Enter the access code again.")
    visit = Visit(found.Event, found.Accessor, found.Guest, found.Album, found.User)
    guests.check_time(unit, visit)
    return visit


def sender_of(app: App, visit: Visit, *, by_code: bool = False) -> GuestSender:
    """The guest of a visit as somebody who sends."""
    name = f"{_NAME}{ids.encode(visit.guest.id)}"
    return GuestSender(app, visit.host, name, visit.guest.id, by_code)


def by_token(app: App, token: str) -> GuestSender:
    """The guest who shows a token.  Raises SignIn, Gone."""
    with app.reading(SYSTEM) as unit:
        return sender_of(app, guests.resume(unit, token))


def by_address(app: App, upload_id: int, key: str) -> GuestSender:
    """The guest whose upload has this address, with the key in it.  Raises NotFound, SignIn, Gone."""
    if not any(hmac.compare_digest(key.encode(), good.encode()) for good in keys_of(app, upload_id)):
        raise NotFound("There is no such upload.")
    with app.reading(SYSTEM) as unit:
        row = unit.db.get(Resumable, upload_id)
        if row is None or not is_guests(row):
            raise NotFound("There is no such upload.")
        return sender_of(app, visit_of(unit, ids.decode((row.sender or "").removeprefix(_NAME))), by_code=True)


def is_guests(row: Resumable) -> bool:
    """Whether a guest sends it."""
    return row.sender is not None and row.sender.startswith(_NAME)


def key_of(app: App, upload_id: int) -> str:
    """What lets somebody go on with an upload who shows nothing else."""
    return app.seals.mark(_MARK, ids.encode(upload_id)).hex()


def keys_of(app: App, upload_id: int) -> list[str]:
    """The same, also under the secret before."""
    return [mark.hex() for mark in app.seals.marks(_MARK, ids.encode(upload_id))]
