"""Versions of a photo on its pages: the pictures that are compared, downloads, and a new one from a plain form."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from albumen.accounts.models import User
from albumen.app import App
from albumen.blobs.links import Grant, rounded_expiry
from albumen.blobs.port import Spool
from albumen.http import lanes
from albumen.http.auth import check_origin
from albumen.http.bodies import Limits, length_of
from albumen.http.multipart import Part, PartHead, receive_parts
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Invalid
from albumen.libraries import files, headroom, tally, uploads, versions
from albumen.libraries.models import File, Original, Rendition, Role
from albumen.libraries.uploads import Label
from albumen.libraries.versions import Listed
from albumen.media.kinds import KINDS
from albumen.unit import Unit
from albumen.web import grid
from albumen.web.forms import FIELD, check_token, sender
from albumen.web.grid import Source
from albumen.web.texts import gettext as _

_MOST_PARTS = 10


@dataclass(frozen=True)
class Shown:
    """A version in the list; `small` is a thumbnail's address, empty while there is none."""

    version: Listed
    person: str
    small: str
    is_current: bool


def shown(app: App, unit: Unit, file: File, found: Sequence[Listed]) -> list[Shown]:
    """Versions with their thumbnails and who brought them."""
    rows = _made(unit, [each.signature for each in found], "sm")
    keys = {each.added_by for each in found if each.added_by}
    names = {
        row.name_key: row.name
        for row in unit.db.execute(select(User.name_key, User.name).where(User.name_key.in_(keys)))
    }
    return [
        Shown(
            each,
            names.get(each.added_by or "", ""),
            grid.link(app, unit, rows[each.signature]) if each.signature in rows else "",
            each.number == file.version,
        )
        for each in found
    ]


def _made(unit: Unit, signatures: Sequence[str], variant: str) -> dict[str, Rendition]:
    wanted = select(Rendition).where(Rendition.signature.in_(set(signatures)), Rendition.variant == variant)
    return {row.signature: row for row in unit.db.scalars(wanted)}


def picture(app: App, unit: Unit, version: Listed) -> Source | None:
    """The largest picture of a version for a screen.

    Of an older one only the original is kept: that itself, where browsers show such a kind.
    """
    for variant in ("lg", "md", "sm"):
        row = _made(unit, [version.signature], variant).get(version.signature)
        if row is not None:
            return Source(grid.link(app, unit, row), row.width, row.height)
    content = unit.db.get_one(Original, version.signature)
    if not KINDS[content.kind].shown_by_browsers:
        return None
    return Source(_link(app, unit, content), content.width, content.height)


def _link(app: App, unit: Unit, content: Original, name: str | None = None) -> str:
    grant = Grant(
        variant="original",
        signature=content.signature,
        key=content.key,
        mime=content.mime,
        expires_at=rounded_expiry(unit.now),
        download_as=name,
    )
    return app.signer.sign(grant)


def download_link(app: App, unit: Unit, file: File, number: int) -> str:
    """A signed link that saves a version as it came.  Raises NotFound, Denied."""
    content = versions.stored(unit, file, number)
    return _link(app, unit, content, versions.filename(file, number, content.kind))


async def receive(app: App, request: Request, file_id: int) -> None:
    """Make the file of the form a new version.  Raises SignIn, Denied, NotFound, Invalid, Unsupported, OverQuota."""
    check_origin(request)
    actor = await run_in_threadpool(sender, request, app)
    await run_in_threadpool(_check, app, actor, request, file_id)

    def open_part(head: PartHead) -> Spool | None:
        return headroom.spool(app) if head.name == "file" and head.filename else None

    limits = Limits(part_bytes=app.settings.upload.max_bytes, parts=_MOST_PARTS)
    parts = await receive_parts(request.stream(), request.headers.get("content-type", ""), open_part, limits)
    await lanes.FILING.run(_settle, app, actor, request, (parts, file_id))


def _check(app: App, actor: Actor, request: Request, file_id: int) -> None:
    """Refuse early, before the body is read."""
    size_bytes = length_of(request.headers.get("content-length", "")) or 0
    uploads.check_room(app, size_bytes)
    with app.reading(actor) as unit:
        file = files.get(unit, file_id, least=Role.contributor)
        tally.check_quota(unit, file.library_id, size_bytes)


def _settle(app: App, actor: Actor, request: Request, sent: tuple[Sequence[Part], int]) -> None:
    parts, file_id = sent
    try:
        token = next((part.content.decode() for part in parts if part.head.name == FIELD and part.sink is None), "")
        check_token(request, token)
        given = [part for part in parts if isinstance(part.sink, Spool)]
        if len(given) != 1:
            raise Invalid(_("Choose a file."))
        _revise(app, actor, given[0], file_id)
    finally:
        for part in parts:
            if part.sink is not None:
                part.sink.discard()


def _revise(app: App, actor: Actor, part: Part, file_id: int) -> None:
    assert isinstance(part.sink, Spool)
    looked = uploads.look(app, part.sink, Label(part.head.filename or ""))
    with app.reading(actor) as unit:
        versions.check_fits(unit, files.get(unit, file_id, least=Role.contributor), looked.read)
    arrival = uploads.keep(app, actor, looked)
    with app.writing(actor) as unit:
        versions.add(unit, files.get(unit, file_id, least=Role.contributor), arrival)
