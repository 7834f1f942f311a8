"""A plain form with files: each is taken in by itself, so that one that cannot be read does not lose the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.events import entries, queries
from albumen.http.auth import check_origin
from albumen.http.bodies import Limits
from albumen.http.multipart import Part, PartHead, receive_parts
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Problem
from albumen.libraries import catalog, uploads
from albumen.libraries.uploads import Label
from albumen.web.forms import FIELD, check_token, sender

FILES = "files"
_MOST = 1000


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its page, or why there is none."""

    name: str
    id: str = ""
    is_new: bool = False
    failure: str = ""


async def receive(app: App, request: Request, event_id: int | None = None) -> Sequence[Outcome]:
    """Take in every file of the form, for an event or by date.  Raises SignIn, Denied, Invalid, OverQuota."""
    check_origin(request)
    actor = await run_in_threadpool(sender, request, app)
    await run_in_threadpool(uploads.check_room, app, _length(request))

    def open_part(head: PartHead) -> Spool | None:
        return app.blobs.spool() if head.name == FILES and head.filename else None

    limits = Limits(part_bytes=app.settings.upload.max_bytes, parts=_MOST)
    parts = await receive_parts(request.stream(), request.headers.get("content-type", ""), open_part, limits)
    return await run_in_threadpool(_settle, app, actor, request, parts, event_id)


def _length(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _settle(app: App, actor: Actor, request: Request, parts: Sequence[Part], event_id: int | None) -> Sequence[Outcome]:
    """File them one after the other; a form without its token loses all."""
    try:
        shown = next((part.content.decode() for part in parts if part.head.name == FIELD and part.sink is None), "")
        check_token(request, shown)
        spools = [(part.head.filename or "", part.sink) for part in parts if isinstance(part.sink, Spool)]
        return [_file(app, actor, name, spool, event_id) for name, spool in spools]
    finally:
        for part in parts:
            if part.sink is not None:
                part.sink.discard()


def _file(app: App, actor: Actor, name: str, spool: Spool, event_id: int | None) -> Outcome:
    place = "catalog" if event_id is None else ids.encode(event_id)
    try:
        arrival = uploads.take_in(app, actor, spool, Label(name, container_id=place))
        with app.writing(actor) as unit:
            if event_id is not None:
                file, is_new = entries.file(unit, queries.get(unit, event_id), arrival)
            else:
                file, is_new = catalog.file_away(unit, arrival, time_zone=app.settings.libraries.time_zone)
            return Outcome(name, ids.encode(file.id), is_new)
    except Problem as problem:
        return Outcome(name, failure=problem.detail)
