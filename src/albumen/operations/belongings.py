"""What is kept of a user, written into a ZIP: originals with their sidecars, and the rows of every table as JSON.

Secrets are left out: hashes of passwords and tokens, what is sealed, and keys.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Table, func, literal, or_, select, tuple_

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
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso
from albumen.kernel.errors import NotFound
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Folder, Library, Original, Place, Role, Version
from albumen.media import xmp_writing
from albumen.unit import Unit

_BATCH: Final = 500
_REPORT_SECONDS: Final = 0.4
_BLOCK_BYTES: Final = 1 << 20
_SECRET: Final = ("hash", "sealed", "secret", "token", "mac", "password", "manifest", "vector")
_LEFT_OUT: Final = frozenset({"tickets", "sign_in_links", "recovery_codes", "second_factors", "event_addresses"})


def own(user_id: int) -> ColumnElement[bool]:
    """The files that a user added, and those in libraries that the user owns."""
    owned = select(Assignment.place_id).where(
        Assignment.user_id == user_id, Assignment.place == Place.library, Assignment.role == Role.owner
    )
    return or_(File.added_by == user_id, File.library_id.in_(owned))


def pack(app: App, user_id: int, spool: Spool, task: Task) -> None:
    """Write everything into the spool, telling how far it is.  Raises Cancelled, OverQuota, Unavailable."""
    archive = Archive(spool)
    with app.reading(SYSTEM) as unit:
        total = unit.db.scalar(select(func.count()).select_from(File).where(own(user_id))) or 0
        moment = unit.now
    missing: list[str] = []
    told_at = 0.0
    for done, (file, library, original) in enumerate(_files(app, user_id)):
        if time.monotonic() - told_at >= _REPORT_SECONDS:
            told_at = time.monotonic()
            task.progress(done / max(1, total))
        try:
            _add(app, archive, (file, library, original))
        except NotFound:
            missing.append(ids.encode(file.id))
    for name, rows in _tables(app, user_id):
        _text(archive, f"{name}.json", rows, moment)
    _text(archive, "missing.json", missing, moment)
    archive.close()


def _files(app: App, user_id: int) -> Iterator[tuple[File, str, Original]]:
    """Every file of the user's with its library's name, a batch at a time, by id; those in the trash, too."""
    last = -1
    wanted = select(File, Library.name, Original).join(Library, Library.id == File.library_id)
    wanted = wanted.join(Original, Original.signature == File.signature).where(own(user_id))
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


def _tables(app: App, user_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What each table says of the user, in pieces that fit into memory."""
    for name, table, which in _sources(user_id):
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


def _sources(user_id: int) -> Iterator[tuple[str, Table, ColumnElement[bool]]]:
    """Tables that speak of the user, and which of their rows do."""
    user = table_of(User)
    mine = select(Assignment.library_id).where(Assignment.user_id == user_id)
    events = select(Event.id).where(Event.user_id == user_id)
    files = select(File.id).where(own(user_id))
    yield "account", user, user.c.id == user_id
    for model, which in (
        (Library, Library.id.in_(mine)),
        (File, own(user_id)),
        (Version, Version.added_by == user_id),
        (Folder, Folder.id.in_(select(File.folder_id).where(own(user_id)))),
        (Album, Album.created_by == user_id),
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
