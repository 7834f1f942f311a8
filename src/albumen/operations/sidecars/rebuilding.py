"""Rebuilding the database from the store alone: users, libraries, folders, files with versions, albums, roles.

Events, sessions, keys and passwords are not in sidecars.  What the store has without a sidecar is filed by its date.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched

from sqlalchemy import func, select

from albumen.accounts.models import User
from albumen.app import App
from albumen.blobs.port import Corrupt
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.base import Base
from albumen.db.statements import insert_for, table_of
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Conflict, NotFound, Problem, Unavailable
from albumen.libraries import catalog, uploads
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Folder, Library, Original, Version
from albumen.libraries.uploads import CONVERT, DEVELOP, LATER, Label
from albumen.operations import holdings
from albumen.operations.checking import counts
from albumen.operations.models import Sidecar
from albumen.operations.sidecars import packing
from albumen.operations.sidecars.packing import Document
from albumen.operations.sidecars.writing import FOLDER
from albumen.unit import Unit

_KEY = re.compile(r"((?:file|library)-[0-9a-z]+)\.(\d{12})-([0-9a-f]{8})\.json$")
_TABLES: tuple[type[Base], ...] = (User, Library, Folder, Original, File, Version, Assignment, Album, AlbumItem)
_LATE = ("album_items",)
_BATCH = 200
_ORIGINALS = "original/"


@dataclass
class Rebuilt:
    """What came back: files, those found without a sidecar, and what could not be read, or could not be filed."""

    files: int = 0
    strays: int = 0
    illegible: list[str] = field(default_factory=list)
    unfiled: list[str] = field(default_factory=list)


def rebuild(app: App) -> Rebuilt:
    """Write the rows that the store's sidecars tell, and file what has none.  Raises Conflict where there are rows."""
    with app.reading(SYSTEM) as unit:
        if unit.db.scalar(select(func.count()).select_from(Library)) or unit.db.scalar(select(User.id).limit(1)):
            raise Conflict("The database is not empty. Rebuild into a new data directory.")
    rebuilt, newest = Rebuilt(), _newest(app)
    libraries = [key for subject, key in newest.items() if subject.startswith("library")]
    files = [key for subject, key in newest.items() if subject.startswith("file")]
    _write(app, rebuilt, libraries, without=_LATE)
    _write(app, rebuilt, files)
    _write(app, rebuilt, libraries)
    _keep_sidecars(app, newest)
    _settle(app, rebuilt)
    _file_strays(app, rebuilt)
    return rebuilt


def _newest(app: App) -> dict[str, str]:
    """The newest sidecar of each file and library, by its number in the feed."""
    found: dict[str, tuple[str, str]] = {}
    for stored in app.blobs.list(FOLDER):
        named = _KEY.search(stored.key)
        if named is not None and (named[1] not in found or found[named[1]][0] < named[2]):
            found[named[1]] = named[2], stored.key
    return {subject: key for subject, (_, key) in found.items()}


def _write(app: App, rebuilt: Rebuilt, keys: list[str], without: tuple[str, ...] = ()) -> None:
    for batch in batched(keys, _BATCH):
        with app.writing(SYSTEM) as unit:
            for document in _documents(app, rebuilt, batch):
                _insert(unit, document, without)


def _documents(app: App, rebuilt: Rebuilt, keys: tuple[str, ...]) -> Iterator[Document]:
    for key in keys:
        found = _read(app, key)
        if found is not None:
            yield found
        elif key not in rebuilt.illegible:
            rebuilt.illegible.append(key)


def _read(app: App, key: str) -> Document | None:
    """What a sidecar says; None where it cannot be read, or is not what was written."""
    try:
        content = b"".join(app.blobs.read(key))
    except (NotFound, Corrupt):
        return None
    except Unavailable:
        app.blobs.stat(key)  # which raises it too, where it is the whole store that does not answer
        return None
    named = _KEY.search(key)
    is_same = named is not None and zlib.crc32(content) == int(named[3], 16)
    return packing.decoded(content) if is_same else None


def _insert(unit: Unit, document: Document, without: tuple[str, ...]) -> None:
    """Write the rows of a document, but for those that are there, or that refer to what is not."""
    for model in _TABLES:
        table = table_of(model)
        for told in document.rows.get(table.name, ()):
            row = packing.row_of(table, told)
            if table.name in without or (model is AlbumItem and unit.db.get(File, row["file_id"]) is None):
                continue
            unit.db.execute(insert_for(unit.db)(table).values(row).on_conflict_do_nothing())


def _keep_sidecars(app: App, newest: dict[str, str]) -> None:
    """Note the sidecars themselves, so that the sweep leaves them alone."""
    sizes = {stored.key: stored.size_bytes for stored in app.blobs.list(FOLDER)}
    with app.writing(SYSTEM) as unit:
        for subject, key in newest.items():
            crc32 = int(_KEY.search(key)[3], 16)  # type: ignore[index]  # it was found by this
            unit.db.add(Sidecar(subject=subject, key=key, size_bytes=sizes[key], crc32=crc32))


def _settle(app: App, rebuilt: Rebuilt) -> None:
    """Count anew, tell the feeds, and have the renditions made."""
    with app.writing(SYSTEM) as unit:
        counts.mend(unit.db)
        for library_id in unit.db.scalars(select(Library.id)).all():
            _tell(unit, library_id)
        for row in unit.db.execute(select(Original.signature, Original.is_video)):
            unit.jobs.add(DEVELOP, row.signature)
            if row.is_video:
                unit.jobs.add(CONVERT, row.signature, terms=LATER)
        rebuilt.files = unit.db.scalar(select(func.count()).select_from(File)) or 0


def _tell(unit: Unit, library_id: int) -> None:
    feed.record(unit, library_id, Happening(Thing.library), [library_id])
    folders = select(Folder.id, Folder.lineage).where(Folder.library_id == library_id, Folder.deleted_at.is_(None))
    for row in unit.db.execute(folders.order_by(Folder.lineage)).all():
        feed.record(unit, library_id, Happening(Thing.folder, lineage=row.lineage), [row.id])
    files = select(File.id, Folder.lineage).join(Folder, Folder.id == File.folder_id)
    for row in unit.db.execute(files.where(File.library_id == library_id, File.deleted_at.is_(None))).all():
        feed.record(unit, library_id, Happening(Thing.file, lineage=row.lineage), [row.id])
    albums = unit.db.scalars(select(Album.id).where(Album.library_id == library_id)).all()
    feed.record(unit, library_id, Happening(Thing.album), albums)


def _file_strays(app: App, rebuilt: Rebuilt) -> None:
    """File the originals that no sidecar speaks of into the library of a keeper, by their dates."""
    actor: Actor | None = None
    for batch in batched(app.blobs.list(_ORIGINALS), _BATCH):
        with app.reading(SYSTEM) as unit:
            known = holdings.known(unit.db, [each.key for each in batch])
        for stored in batch:
            if stored.key not in known:
                actor = actor or _keeper(app)
                if _file(app, actor, stored.key):
                    rebuilt.strays += 1
                else:
                    rebuilt.unfiled.append(stored.key)


def _keeper(app: App) -> Actor:
    """A user who gets what nobody is known to own; one is made where there is none."""
    with app.writing(SYSTEM) as unit:
        first = unit.db.scalars(select(User).order_by(User.is_keeper.desc(), User.created_at).limit(1)).first()
        if first is None:
            made = ids.new_id()
            first = User(id=made, name_key=ids.encode(made), name="Keeper", is_keeper=True, created_at=unit.now)
            unit.db.add(first)
        return Actor(user_id=first.id)


def _file(app: App, actor: Actor, key: str) -> bool:
    try:
        with app.blobs.spool() as spool:
            for block in app.blobs.read(key):
                spool.write(block)
            arrival = uploads.take_in(app, actor, spool, Label(key.rpartition("/")[2].rstrip("=")))
        with app.writing(actor) as unit:
            catalog.file_away(unit, arrival, time_zone=app.settings.libraries.time_zone)
    except Problem:
        return False
    return True
