"""What is kept of a user, written into a ZIP: originals with their sidecars, and the rows of every table as JSON.

Secrets are left out: hashes of passwords and tokens, what is sealed, and keys.  So is what lies in the libraries of
others where the user does not see it now, even what the user once gave: others may have gone on with it since.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, Table, and_, func, literal, or_, select, tuple_

from albumen.accounts.models import User
from albumen.app import App
from albumen.assets.exports import packing
from albumen.assets.exports.archives import Archive
from albumen.blobs.layout import safe_name
from albumen.blobs.port import Spool
from albumen.changes.models import AuditEntry
from albumen.db.statements import table_of
from albumen.events.guest_models import Heart, Remark
from albumen.events.models import Event
from albumen.http.manifest import Member
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.clock import iso
from albumen.kernel.errors import NotFound
from albumen.libraries import access
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Folder, Library, Original, Place, Role, Version
from albumen.media import xmp_writing
from albumen.unit import Unit

_BATCH: Final = 500
_REPORT_SECONDS: Final = 0.4
_BLOCK_BYTES: Final = 1 << 20
_SECRET: Final = ("hash", "sealed", "secret", "token", "mac", "password", "manifest", "vector")
_LEFT_OUT: Final = frozenset({"tickets", "sign_in_links", "recovery_codes", "second_factors", "event_addresses"})


@dataclass(frozen=True)
class _Whose:
    """A user, and which files and albums are packed for that user."""

    user_id: int
    files: ColumnElement[bool]
    albums: ColumnElement[bool]


def own(unit: Unit, user_id: int) -> ColumnElement[bool]:
    """The files in libraries that a user owns, and those that the user added elsewhere and sees there now."""
    seen = access.files_anywhere(replace(unit, actor=Actor(user_id)))
    photos = select(File.id).where(seen).correlate(None)
    parts = and_(File.deleted_at.is_(None), File.part_of.in_(photos))
    return or_(File.library_id.in_(_owned(user_id)), and_(File.added_by == user_id, or_(seen, parts)))


def _owned(user_id: int) -> Select[int]:
    """The libraries that a user owns, deleted ones, too."""
    owns = Assignment.user_id == user_id, Assignment.place == Place.library, Assignment.role == Role.owner
    return select(Assignment.place_id).where(*owns)


def _albums(unit: Unit, user_id: int) -> ColumnElement[bool]:
    """The albums that a user made, and owns or sees now."""
    given = access.reaches(replace(unit, actor=Actor(user_id)))
    whole = [each.library_id for each in given if each.role]
    some = [album_id for each in given for album_id in each.albums]
    here = or_(Album.library_id.in_(_owned(user_id)), Album.library_id.in_(whole), Album.id.in_(some))
    return and_(Album.created_by == user_id, here)


def pack(app: App, user_id: int, spool: Spool, task: Task) -> None:
    """Write everything into the spool, telling how far it is.  Raises Cancelled, OverQuota, Unavailable."""
    archive = Archive(spool)
    with app.reading(SYSTEM) as unit:
        whose = _Whose(user_id, own(unit, user_id), _albums(unit, user_id))
        total = unit.db.scalar(select(func.count()).select_from(File).where(whose.files)) or 0
        moment = unit.now
    missing: list[str] = []
    told_at = 0.0
    for done, (file, library, original) in enumerate(_files(app, whose.files)):
        if time.monotonic() - told_at >= _REPORT_SECONDS:
            told_at = time.monotonic()
            task.progress(done / max(1, total))
        try:
            _add(app, archive, (file, library, original))
        except NotFound:
            missing.append(ids.encode(file.id))
    for name, rows in _tables(app, whose):
        _text(archive, f"{name}.json", rows, moment)
    _text(archive, "missing.json", missing, moment)
    archive.close()


def _files(app: App, which: ColumnElement[bool]) -> Iterator[tuple[File, str, Original]]:
    """These files with their libraries' names, a batch at a time, by id."""
    last = -1
    wanted = select(File, Library.name, Original).join(Library, Library.id == File.library_id)
    wanted = wanted.join(Original, Original.signature == File.signature).where(which)
    while True:
        with app.reading(SYSTEM) as unit:
            rows = unit.db.execute(wanted.where(File.id > last).order_by(File.id).limit(_BATCH)).all()
        yield from ((row[0], row[1], row[2]) for row in rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1][0].id


def _add(app: App, archive: Archive, found: tuple[File, str, Original]) -> None:
    """Add a photo and its sidecar.  Raises NotFound, before anything is written, where its bytes are gone."""
    file, library, original = found
    if app.blobs.stat(original.key).size_bytes != original.size_bytes:
        raise NotFound
    where = "trash" if file.deleted_at else "photos"
    name = f"{where}/{safe_name(library)}/{ids.encode(file.id)} {safe_name(file.name)}"
    moment = file.taken_at or file.imported_at
    member = Member(name, original.key, original.size_bytes, original.crc32, moment)
    archive.add(member, app.blobs.read(original.key, block_bytes=_BLOCK_BYTES))
    if file.part_of is None:
        sidecar, _ = packing.text_member(f"{name}.xmp", packet := xmp_writing.packet(packing.label_of(file)), moment)
        archive.add(sidecar, [packet])


def _text(archive: Archive, name: str, told: Any, moment: datetime) -> None:
    text = msgspec.json.format(msgspec.json.encode(told), indent=1)
    archive.add(packing.text_member(name, text, moment)[0], [text])


def _tables(app: App, whose: _Whose) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What each table says of the user, in pieces that fit into memory."""
    for name, table, which in _sources(whose):
        number = 0
        rows: list[Any] = []
        while number == 0 or len(rows) == _BATCH:
            with app.reading(SYSTEM) as unit:
                rows = _page(unit, table, which, rows[-1] if rows else None)
            number += 1
            if rows:
                yield (f"data/{name}" if number == 1 else f"data/{name}-{number}"), [_told(row) for row in rows]


def _page(unit: Unit, table: Table, which: ColumnElement[bool], last: Any) -> list[Any]:
    """The next rows, by their key, behind the last one."""
    keys = list(table.primary_key.columns)
    page = select(table).where(which).order_by(*keys).limit(_BATCH)
    if last is not None:
        page = page.where(tuple_(*keys) > tuple_(*(literal(last[key.name], key.type) for key in keys)))
    return list(unit.db.execute(page).mappings())


def _sources(whose: _Whose) -> Iterator[tuple[str, Table, ColumnElement[bool]]]:
    """Tables that speak of the user, and which of their rows do."""
    user, user_id = table_of(User), whose.user_id
    mine = select(Assignment.library_id).where(Assignment.user_id == user_id)
    events = select(Event.id).where(Event.user_id == user_id)
    files = select(File.id).where(whose.files)
    yield "account", user, user.c.id == user_id
    for model, which in (
        (Library, Library.id.in_(mine)),
        (File, whose.files),
        (Version, Version.added_by == user_id),
        (Folder, Folder.id.in_(select(File.folder_id).where(whose.files))),
        (Album, whose.albums),
        (AlbumItem, AlbumItem.file_id.in_(files)),
        (Remark, Remark.event_id.in_(events)),
        (Heart, Heart.event_id.in_(events)),
        (AuditEntry, (AuditEntry.actor_id == user_id) | (AuditEntry.thing_id == user_id)),
    ):
        yield table_of(model).name, table_of(model), which
    for table in user.metadata.sorted_tables:
        column = table.columns.get("user_id")
        if column is not None and column.references(user.c.id) and table.name not in _LEFT_OUT:
            yield table.name, table, column == user_id


def _told(row: Any) -> dict[str, Any]:
    """A row without secrets; ids as addresses have them, times as RFC 3339."""
    return {name: _plain(name, value) for name, value in row.items() if not _is_secret(name, value)}


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, bytes) or name.rpartition("_")[2] in _SECRET or name in _SECRET


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    is_id = isinstance(value, int) and (name == "id" or name.endswith(("_id", "_by"))) and value
    return ids.encode(value) if is_id else value
