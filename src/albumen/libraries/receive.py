"""From a request's body to filed photos: stream into spools, look, store, then write the rows."""

from collections.abc import AsyncIterable
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec
from anyio import to_thread

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.http.bodies import Limits
from albumen.http.multipart import Part, PartHead, receive_parts
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Invalid
from albumen.libraries import catalog, files, folders, members, uploads, views
from albumen.libraries.models import Role
from albumen.libraries.uploads import Arrival, Label
from albumen.libraries.views import FileView
from albumen.media.facts import Overlay
from albumen.media.sidecars import metadata_overlay


@dataclass(frozen=True)
class Body:
    """A multipart body that is coming in."""

    stream: AsyncIterable[bytes]
    content_type: str
    size_bytes: int = 0


@dataclass(frozen=True)
class Target:
    """The folder that files are meant for."""

    library_id: int
    folder_id: int


def check_folder(app: App, actor: Actor, target: Target) -> None:
    """Refuse early, before the body is read.  Raises NotFound, Denied."""
    with app.reading(actor) as unit:
        folders.get(unit, target.library_id, target.folder_id)
        members.require(unit, target.library_id, Role.contributor)


async def into_folder(app: App, actor: Actor, target: Target, body: Body) -> list[FileView]:
    """File every part named `files`; all of them or none.  Raises what `take_in` and `files.add` raise."""
    await to_thread.run_sync(check_folder, app, actor, target)
    parts = await _parts(app, body, "files", most=1000)
    return await to_thread.run_sync(_file_all, app, actor, target, parts)


async def into_catalog(app: App, actor: Actor, body: Body) -> FileView:
    """Catalogue the part named `file`; its view says when it was there already."""
    parts = await _parts(app, body, "file", most=1)
    return await to_thread.run_sync(_catalogue, app, actor, parts)


async def _parts(app: App, body: Body, name: str, *, most: int) -> list[Part]:
    await to_thread.run_sync(uploads.check_room, app, body.size_bytes)

    def open_part(head: PartHead) -> Spool | None:
        return app.blobs.spool() if head.name == name and head.filename is not None else None

    limits = Limits(part_bytes=app.settings.upload.max_bytes)
    parts = await receive_parts(body.stream, body.content_type, open_part, limits)
    sent = sum(part.sink is not None for part in parts)
    if 0 < sent <= most:
        return parts
    _discard(parts)
    wanted = "one part" if most == 1 else f"1 to {most} parts"
    raise Invalid(f"The form needs {wanted} named `{name}` with a file name.", errors=[(name, "missing or too many")])


def _discard(parts: list[Part]) -> None:
    for part in parts:
        if part.sink is not None:
            part.sink.discard()


def _file_all(app: App, actor: Actor, target: Target, parts: list[Part]) -> list[FileView]:
    arrivals = _arrivals(app, actor, parts, ids.encode(target.library_id))
    with app.writing(actor) as unit:
        folder = folders.get(unit, target.library_id, target.folder_id)
        return views.of_files(unit, [files.add(unit, folder, arrival) for arrival in arrivals])


def _catalogue(app: App, actor: Actor, parts: list[Part]) -> FileView:
    [arrival] = _arrivals(app, actor, parts, "catalog")
    with app.writing(actor) as unit:
        file, is_new = catalog.file_away(unit, arrival, time_zone=app.settings.libraries.time_zone)
        return views.of_file(unit, file, duplicate=None if is_new else True)


def _arrivals(app: App, actor: Actor, parts: list[Part], container_id: str) -> list[Arrival]:
    overlay = _overlay(parts)
    with ExitStack() as stack:
        stack.callback(_discard, parts)
        return [
            uploads.take_in(app, actor, part.sink, Label(part.head.filename or "", overlay, container_id))
            for part in parts
            if isinstance(part.sink, Spool)
        ]


def _overlay(parts: list[Part]) -> Overlay | None:
    """What the part `metadata` says.  Raises Invalid."""
    told = next((part.content for part in parts if part.head.name == "metadata" and part.sink is None), None)
    if told is None:
        return None
    try:
        tags = msgspec.json.decode(told, type=dict[str, object])
    except (msgspec.DecodeError, ValueError):
        raise Invalid("The part `metadata` is not a JSON object.", errors=[("metadata", "not JSON")]) from None
    return metadata_overlay(tags)
