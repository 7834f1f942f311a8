"""A screen at an event, put up by a guest with a code that may view, or by somebody who sees the event's album."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from sqlalchemy import ColumnElement, select

from albumen.app import App
from albumen.events import accessor_views, addresses, gallery_views, moderation, qr, queries, screens, sight
from albumen.events.models import Accessor, Event
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.http.guest_tokens import shown_token
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Denied, NotFound, SignIn
from albumen.libraries.models import File
from albumen.unit import Unit
from albumen.web import forms, visits, walls


@dataclass(frozen=True)
class Screen:
    """An event on a screen; `visit` is that of the guest who put it up, None where it was somebody signed in."""

    app: App
    unit: Unit
    event: Event
    which: ColumnElement[bool]
    visit: Visit | None = None

    @property
    def name(self) -> str:
        """The event's name."""
        return queries.album_of(self.unit, self.event).name

    def photos(self) -> list[str]:
        """The ids of all photos, the newest first."""
        return [ids.encode(each) for each in screens.photos(self.unit, self.which)]

    def photo(self, file_id: int) -> dict[str, Any]:
        """One of them: a link that holds for some minutes, and who gave it.  Raises NotFound."""
        file = self.unit.db.scalar(select(File).where(File.id == file_id, self.which))
        if file is None:
            raise NotFound("There is no such photo.")
        if self.visit is not None:
            [view] = gallery_views.of_files(self.unit, self.app, self.visit, [file])
            return {"src": view["thumbnails"].get("lg", ""), "by": view.get("guestName") or ""}
        told = walls.links(self.app, self.unit, file.library_id, "", ("lg", [file.id]))["links"]
        giver = moderation.givers(self.unit, self.event, [file.id]).get(file.id, ("", ""))[0]
        return {"src": told.get(ids.encode(file.id), {}).get("src", ""), "by": giver or ""}

    def qr(self) -> str:
        """The code that invites, as the address of a picture; empty where there is none to show."""
        accessor = self.visit.accessor if self.visit is not None else self._invitation()
        if accessor is None or not screens.is_for_all(accessor):
            return ""
        link = accessor_views.of_accessor(self.unit, self.app, self.event, accessor).qr_url
        return f"data:image/svg+xml;base64,{base64.b64encode(qr.svg(link)).decode()}" if link else ""

    def _invitation(self) -> Accessor | None:
        try:
            return screens.invitation(self.unit, self.event)
        except Denied:
            return None


@contextmanager
def opened(app: App, request: Request, address: str) -> Iterator[Screen]:
    """The screen of the event at an address.  Raises SignIn, Gone, NotFound, Denied."""
    try:
        with app.reading(SYSTEM) as unit:
            yield _of_guest(app, unit, request, address)
            return
    except _Elsewhere:
        pass
    with app.reading(forms.sender(request, app)) as unit:
        yield _of_host(app, unit, address)


class _Elsewhere(Exception):
    """No guest of this event asks."""


def _of_guest(app: App, unit: Unit, request: Request, address: str) -> Screen:
    try:
        visit = visits.resume(app, unit, shown_token(request), address).visit
    except SignIn:
        raise _Elsewhere from None
    sight.require(visit, Permission.view)
    return Screen(app, unit, visit.event, sight.shown(unit, visit), visit)


def _of_host(app: App, unit: Unit, address: str) -> Screen:
    user, _, word = address.partition("/")
    event = addresses.find(unit, user, word)
    if event is None:
        raise NotFound
    found = queries.get(unit, event.id)
    return Screen(app, unit, found, screens.of_host(unit, found))
