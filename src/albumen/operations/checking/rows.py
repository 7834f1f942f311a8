"""Rows against rows: what refers to what is there, versions and folders fit together, contents are held by somebody."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, or_, select, text
from sqlalchemy.orm import Session, aliased

from albumen.assets.stripped.models import Stripped
from albumen.jobs.models import Job, State
from albumen.kernel import ids
from albumen.kernel.pieces import Pieces, size_of
from albumen.libraries.models import Album, AlbumItem, File, Folder, Original, Version
from albumen.libraries.uploads import DEVELOP
from albumen.media.facts import Facts
from albumen.operations.checking.defects import Defect, Fault

_FIX: Final = "`albumen check --fix` sets it right."
_BY_HAND: Final = "Restore the database from a backup, or have somebody look who knows it."
_KEPT: Final = "It is kept, in case it is some file's own: have somebody look who knows it."


def look(db: Session) -> Iterator[Defect]:
    """Everything that is wrong with rows of files, versions, folders, albums and contents."""
    yield from _sound(db)
    yield from _contents(db)
    yield from _facts(db)
    yield from _versions(db)
    yield from _folders(db)
    yield from _albums(db)
    yield from _parts(db)
    yield from _stripped(db)


def _sound(db: Session) -> Iterator[Defect]:
    """What SQLite says of its own file, and of references; PostgreSQL holds its own to them."""
    if db.get_bind().dialect.name != "sqlite":
        return
    for (words,) in db.execute(text("PRAGMA quick_check(100)")):
        if words != "ok":
            yield Defect(Fault.database, "database", "sqlite", f"SQLite says: {words}.", _BY_HAND)
    for table, row, parent, _ in db.execute(text("PRAGMA foreign_key_check")):
        words = f"Row {row} of {table} refers to something in {parent} that is not there."
        yield Defect(Fault.dangling, table, str(row), words, _BY_HAND)


def _contents(db: Session) -> Iterator[Defect]:
    """Contents that nobody holds, and those that were never looked at."""
    held = select(Version.signature).where(Version.signature == Original.signature).exists()
    for signature in db.scalars(select(Original.signature).where(~held)):
        words = f"No version of any file holds the original {signature}."
        yield Defect(Fault.orphan, "original", signature, words, _KEPT)
    shown = select(File.id).where(File.signature == Original.signature).exists()
    waits = select(Job.id).where(
        Job.kind == DEVELOP, Job.subject == Original.signature, Job.state.in_((State.ready, State.running))
    )
    raw = (Original.developed_at.is_(None), Original.failure.is_(None), shown, ~waits.exists())
    for signature in db.scalars(select(Original.signature).where(*raw)):
        words = f"The original {signature} has no forms, and no job is going to make them."
        yield Defect(Fault.undeveloped, "original", signature, words, "`albumen check --fix` asks for them.", True)


def _facts(db: Session) -> Iterator[Defect]:
    """Originals whose row does not say what was read from their bytes."""
    columns = (Original.signature, Original.kind, Original.mime, Original.is_video, Original.facts)
    for row in db.execute(select(*columns).execution_options(yield_per=1000)):
        try:
            read = msgspec.json.decode(row.facts, type=Facts)
        except (msgspec.DecodeError, ValueError):
            words = f"What was read from the original {row.signature} is not legible."
            yield Defect(Fault.wrong_row, "facts", row.signature, words, "`albumen check --fix` reads it again.", True)
            continue
        if (read.kind, read.mime, read.is_video) != (row.kind, row.mime, row.is_video):
            words = f"The row of the original {row.signature} says {row.kind} ({row.mime}), its bytes say {read.kind}."
            yield Defect(Fault.wrong_row, "kind", row.signature, words, _FIX, mends=True)


def _versions(db: Session) -> Iterator[Defect]:
    current = and_(Version.file_id == File.id, Version.number == File.version)
    wrong = or_(Version.file_id.is_(None), Version.signature != File.signature, Version.size_bytes != File.size_bytes)
    told = select(File.id, File.name, File.version, File.signature, Version.signature.label("other"))
    for row in db.execute(told.outerjoin(Version, current).where(wrong)):
        if row.other in (None, row.signature):
            words = f"The file {row.name} has no row of its version {row.version} that agrees with it."
            yield _of_file(Fault.wrong_row, "version", row, words)
        else:
            words = f"The file {row.name} and its version {row.version} name two contents."
            yield _of_file(Fault.wrong_row, "content", row, words)
    later = select(Version.file_id).where(Version.file_id == File.id, Version.number > File.version).exists()
    for file in db.execute(select(File.id, File.name).where(later)):
        yield _of_file(Fault.wrong_row, "later version", file, f"The file {file.name} has versions newer than its own.")
    sized = select(File.id, File.name).join(Original, Original.signature == File.signature)
    for file in db.execute(sized.where(File.size_bytes != Original.size_bytes)):
        yield _of_file(Fault.wrong_row, "size", file, f"The file {file.name} says another size than its content has.")
    older = select(File.id, File.name, Version.number).join(Version, Version.file_id == File.id)
    older = older.join(Original, Original.signature == Version.signature).where(Version.number != File.version)
    for other in db.execute(older.where(Version.size_bytes != Original.size_bytes)):
        words = f"Version {other.number} of the file {other.name} says another size than its content has."
        yield _of_file(Fault.wrong_row, "size", other, words)


def _of_file(fault: Fault, thing: str, row: Any, words: str) -> Defect:
    mends = thing in ("size", "version")
    return Defect(fault, thing, ids.encode(row.id), words, _FIX if mends else _BY_HAND, mends, (row.name,))


def _folders(db: Session) -> Iterator[Defect]:
    lineages: dict[int, tuple[int, str, bool]] = {}
    wanted = select(Folder.id, Folder.parent_id, Folder.library_id, Folder.lineage, Folder.name, Folder.deleted_at)
    for row in (rows := db.execute(wanted).all()):
        lineages[row.id] = row.library_id, row.lineage, row.deleted_at is None
    for row in rows:
        above = lineages.get(row.parent_id or 0, (row.library_id, "/", True))
        if row.library_id != above[0] or row.lineage != f"{above[1]}{ids.encode(row.id)}/":
            words = f"The folder {row.name} does not lie where its parent says."
            yield Defect(Fault.wrong_row, "folder", ids.encode(row.id), words, _BY_HAND, shown_as=(row.name,))
        elif row.deleted_at is None and not above[2]:
            words = f"The folder {row.name} is there, and the one above it was deleted."
            yield Defect(Fault.wrong_row, "folder", ids.encode(row.id), words, _BY_HAND, shown_as=(row.name,))
    lies = select(File.id, File.name).outerjoin(Folder, Folder.id == File.folder_id)
    wrong = or_(Folder.library_id != File.library_id, and_(File.deleted_at.is_(None), Folder.deleted_at.is_not(None)))
    for file in db.execute(lies.where(wrong)):
        words = f"The file {file.name} lies in a folder that was deleted, or is of another library."
        yield _of_file(Fault.wrong_row, "place", file, words)


def _albums(db: Session) -> Iterator[Defect]:
    items = select(AlbumItem.album_id, AlbumItem.file_id, Album.name)
    items = items.join(Album, Album.id == AlbumItem.album_id).join(File, File.id == AlbumItem.file_id)
    for row in db.execute(items.where(or_(File.library_id != Album.library_id, Album.query.is_not(None)))):
        words = f"The album {row.name} holds a file of another library, or one beside its query."
        subject = f"{ids.encode(row.album_id)}:{ids.encode(row.file_id)}"
        yield Defect(Fault.wrong_row, "album item", subject, words, "`albumen check --fix` takes it out.", mends=True)
    cover = aliased(File)
    covered = select(Album.id, Album.name).outerjoin(cover, cover.id == Album.cover_file_id)
    is_wrong: ColumnElement[bool] = or_(cover.id.is_(None), cover.library_id != Album.library_id)
    for album in db.execute(covered.where(Album.cover_file_id.is_not(None), is_wrong)):
        words = f"The cover of the album {album.name} is no file of its library."
        fix = "`albumen check --fix` lets the album choose one."
        yield Defect(Fault.dangling, "cover", ids.encode(album.id), words, fix, mends=True)


def _parts(db: Session) -> Iterator[Defect]:
    """Moving parts of photos that are no photos of the same library."""
    photo = aliased(File)
    parts = select(File.id, File.name).outerjoin(photo, photo.id == File.part_of)
    wrong = or_(photo.id.is_(None), photo.library_id != File.library_id, photo.part_of.is_not(None))
    for row in db.execute(parts.where(File.part_of.is_not(None), wrong)):
        words = f"The film {row.name} is part of a photo that is not there."
        yield _of_file(Fault.dangling, "part", row, words)


def _stripped(db: Session) -> Iterator[Defect]:
    """Forms without place and device that are no pieces of their original."""
    wanted = select(Stripped.signature, Stripped.pieces, Stripped.size_bytes, Original.size_bytes.label("whole"))
    joined = wanted.join(Original, Original.signature == Stripped.signature).where(Stripped.pieces.is_not(None))
    for row in db.execute(joined.execution_options(yield_per=1000)):
        try:
            pieces = msgspec.msgpack.decode(row.pieces or b"", type=Pieces)
            ends = max((piece[1] for piece in pieces if isinstance(piece, tuple)), default=0)
            is_right = size_of(pieces) == row.size_bytes and ends <= row.whole
        except (msgspec.DecodeError, ValueError):
            is_right = False
        if not is_right:
            words = f"The form without place and device of {row.signature} is not made of its pieces."
            fix = "`albumen check --fix` forgets it; it is found out again when it is needed."
            yield Defect(Fault.wrong_row, "stripped", row.signature, words, fix, mends=True)
