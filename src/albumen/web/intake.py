"""A plain form with files: each is taken in by itself, so that one that cannot be read does not lose the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.events import entries, queries
from albumen.http import lanes
from albumen.http.auth import check_origin
from albumen.http.bodies import Limits, length_of
from albumen.http.multipart import Part, PartHead, receive_parts
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Problem
from albumen.libraries import catalog, headroom, uploads
from albumen.libraries.uploads import Label
from albumen.web.forms import FIELD, check_token, sender

FILES, SET = "files", "set"
_MOST = 1000


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its page, or why there is none."""

    name: str
    id: str = ""
    is_new: bool = False
    failure: str = ""


@dataclass(frozen=True)
class Place:
    """The event that photos go into, and its set, if one was chosen."""

    event_id: int
    set_word: str = ""


async def receive(app: App, request: Request, event_id: int | None = None) -> Sequence[Outcome]:
    """Take in every file of the form, for an event or by date.  Raises SignIn, Denied, Invalid, OverQuota."""
    check_origin(request)
    actor = await run_in_threadpool(sender, request, app)
    await run_in_threadpool(uploads.check_room, app, _length(request))

    def open_part(head: PartHead) -> Spool | None:
        return headroom.spool(app) if head.name == FILES and head.filename else None

    limits = Limits(part_bytes=app.settings.upload.max_bytes, parts=_MOST)
    parts = await receive_parts(request.stream(), request.headers.get("content-type", ""), open_part, limits)
    return await lanes.FILING.run(_settle, app, actor, request, parts, event_id)


def _length(request: Request) -> int:
    return length_of(request.headers.get("content-length", "")) or 0


def _settle(app: App, actor: Actor, request: Request, parts: Sequence[Part], event_id: int | None) -> Sequence[Outcome]:
    """File them one after the other; a form without its token loses all."""
    try:
        check_token(request, _field(parts, FIELD))
        place = None if event_id is None else Place(event_id, _field(parts, SET))
        spools = [(part.head.filename or "", part.sink) for part in parts if isinstance(part.sink, Spool)]
        return [_file(app, actor, name, spool, place) for name, spool in spools]
    finally:
        for part in parts:
            if part.sink is not None:
                part.sink.discard()


def _field(parts: Sequence[Part], name: str) -> str:
    """What stands in a field of the form; empty where it is missing."""
    return next((part.content.decode() for part in parts if part.head.name == name and part.sink is None), "")


def _file(app: App, actor: Actor, name: str, spool: Spool, place: Place | None) -> Outcome:
    container = "catalog" if place is None else ids.encode(place.event_id)
    try:
        arrival = uploads.take_in(app, actor, spool, Label(name, container_id=container))
        with app.writing(actor) as unit:
            if place is not None:
                set_id = ids.decode(place.set_word) if place.set_word else None
                file, is_new = entries.file(unit, queries.get(unit, place.event_id), arrival, set_id)
            else:
                file, is_new = catalog.file_away(unit, arrival, time_zone=app.settings.libraries.time_zone)
            return Outcome(name, ids.encode(file.id), is_new)
    except Problem as problem:
        return Outcome(name, failure=problem.detail)
