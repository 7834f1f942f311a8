"""From a request's body to filed photos: stream into spools, look at all, store all, then write the rows."""

from dataclasses import dataclass

import msgspec
from anyio import to_thread

from albumen.app import App
from albumen.http import lanes
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Invalid
from albumen.libraries import access, catalog, files, folders, incoming, tally, uploads, versions, views
from albumen.libraries.incoming import Body, Incoming, Wanted
from albumen.libraries.models import Role
from albumen.libraries.uploads import Label, Looked
from albumen.libraries.views import FileView
from albumen.media.facts import Overlay
from albumen.media.sidecars import metadata_overlay

FILES = Wanted("files", most=100)
FILE = Wanted("file", most=1)


@dataclass(frozen=True)
class Target:
    """The folder that files are meant for."""

    library_id: int
    folder_id: int


@dataclass(frozen=True)
class TargetFile:
    """The file that a new version is meant for."""

    library_id: int
    file_id: int


async def into_folder(app: App, actor: Actor, target: Target, body: Body) -> list[FileView]:
    """File every file of the body; all of them or none.  Raises what `receive`, `take_in` and `files.add` raise."""
    await to_thread.run_sync(_check_folder, app, actor, target, incoming.declared_bytes(body))
    with await incoming.receive(app, body, FILES) as sent:
        return await lanes.FILING.run(_file_all, app, actor, target, sent)


async def into_file(app: App, actor: Actor, target: TargetFile, body: Body) -> FileView:
    """Make the file of the body a new version.  Raises what `receive`, `take_in` and `versions.add` raise."""
    await to_thread.run_sync(_check_file, app, actor, target, incoming.declared_bytes(body))
    with await incoming.receive(app, body, FILE) as sent:
        return await lanes.FILING.run(_revise, app, actor, target, sent)


async def into_catalog(app: App, actor: Actor, body: Body) -> FileView:
    """Catalogue the file of the body; its view says when it was there already."""
    await to_thread.run_sync(_check_catalog, app, actor)
    with await incoming.receive(app, body, FILE) as sent:
        return await lanes.FILING.run(_catalogue, app, actor, sent)


def _check_folder(app: App, actor: Actor, target: Target, declared_bytes: int) -> None:
    """Refuse early, before the body is read.  Raises NotFound, Denied, OverQuota."""
    with app.reading(actor) as unit:
        folder = folders.get(unit, target.library_id, target.folder_id)
        access.require_folder(unit, folder, Role.contributor)
        tally.check_quota(unit, target.library_id, declared_bytes)


def _check_file(app: App, actor: Actor, target: TargetFile, declared_bytes: int) -> None:
    with app.reading(actor) as unit:
        files.get(unit, target.file_id, library_id=target.library_id, least=Role.contributor)
        tally.check_quota(unit, target.library_id, declared_bytes)


def _check_catalog(app: App, actor: Actor) -> None:
    with app.reading(actor) as unit:
        access.check_scope(unit, Scope.write)


def _file_all(app: App, actor: Actor, target: Target, sent: Incoming) -> list[FileView]:
    looked = look_at_all(app, sent, ids.encode(target.library_id))
    with app.reading(actor) as unit:
        tally.check_quota(unit, target.library_id, sum(each.spool.size_bytes for each in looked))
    arrivals = [uploads.keep(app, actor, each) for each in looked]
    with app.writing(actor) as unit:
        folder = folders.get(unit, target.library_id, target.folder_id)
        return views.of_files(unit, [files.add(unit, folder, arrival) for arrival in arrivals])


def _revise(app: App, actor: Actor, target: TargetFile, sent: Incoming) -> FileView:
    [looked] = look_at_all(app, sent, ids.encode(target.library_id))
    with app.reading(actor) as unit:
        file = files.get(unit, target.file_id, library_id=target.library_id, least=Role.contributor)
        versions.check_fits(unit, file, looked.read)
        if looked.spool.signature == file.signature:
            return views.of_file(unit, file)
        tally.check_quota(unit, target.library_id, looked.spool.size_bytes)
    arrival = uploads.keep(app, actor, looked)
    with app.writing(actor) as unit:
        file = files.get(unit, target.file_id, library_id=target.library_id, least=Role.contributor)
        return views.of_file(unit, versions.add(unit, file, arrival))


def _catalogue(app: App, actor: Actor, sent: Incoming) -> FileView:
    [looked] = look_at_all(app, sent, "catalog")
    with app.reading(actor) as unit:
        catalog.check_quota(unit, looked.spool)
    arrival = uploads.keep(app, actor, looked)
    with app.writing(actor) as unit:
        file, is_new = catalog.file_away(unit, arrival, time_zone=app.settings.libraries.time_zone)
        return views.of_file(unit, file, duplicate=None if is_new else True)


def look_at_all(app: App, sent: Incoming, container_id: str) -> list[Looked]:
    """Look at every file before any is stored, so that one that is refused leaves nothing of the others."""
    overlay = _overlay(sent.metadata)
    return [uploads.look(app, file.spool, Label(file.name, overlay, container_id)) for file in sent.files]


def _overlay(told: bytes | None) -> Overlay | None:
    """What the part `metadata` says.  Raises Invalid."""
    if told is None:
        return None
    try:
        tags = msgspec.json.decode(told, type=dict[str, object])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Invalid("The part `metadata` is not a JSON object.", errors=[("metadata", "not JSON")]) from None
    return metadata_overlay(tags)
