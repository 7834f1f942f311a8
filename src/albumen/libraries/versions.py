"""Versions: every content a file had, the newest shown; older ones are kept as long as the library says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Row, TextClause, delete, func, or_, select, tuple_
from sqlalchemy.orm import aliased, undefer

from albumen.accounts.models import User
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.statements import table_of
from albumen.kernel.errors import Denied, NotFound, Unsupported
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, contents, names, rows, tally, uploads
from albumen.libraries.models import File, Folder, Library, Original, Role, Version
from albumen.libraries.tally import Share
from albumen.libraries.uploads import Arrival
from albumen.media.facts import Facts
from albumen.media.kinds import KINDS
from albumen.unit import Unit

_version = table_of(Version)


def fits(unit: Unit, file: File, *, is_video: bool) -> bool:
    """Whether such a content can become a version: a photo stays a photo, a video a video."""
    return unit.db.get_one(Original, file.signature).is_video == is_video


def check_fits(unit: Unit, file: File, facts: Facts) -> None:
    """Raises Unsupported where these bytes cannot become a version of the file."""
    if not fits(unit, file, is_video=facts.is_video):
        raise Unsupported("A photo cannot become a video, nor a video a photo.", code="other-family")


def add(unit: Unit, file: File, arrival: Arrival) -> File:
    """Make arrived bytes the newest version of a file; those it shows already change nothing.

    The file keeps its id and what the user corrected; what the new content says replaces the rest.
    Raises NotFound, Denied, Unsupported, OverQuota.
    """
    access.require_file(unit, file, Role.contributor)
    check_fits(unit, file, arrival.read)
    if arrival.signature == file.signature:
        return file
    tally.reserve(unit, file.library_id, arrival.size_bytes)
    unit.db.refresh(file)
    superseded, before = file.signature, tally.weight(unit, file)
    tally.place(unit, file, before, sign=-1)
    uploads.ensure_original(unit, arrival)
    _become(unit, file, arrival)
    after = tally.weight(unit, file)
    tally.place(unit, file, after)
    tally.settle(unit, [Share(file.library_id, file.added_by, after.made - before.made)])
    contents.release(unit, [superseded])
    thin(unit, unit.db.get_one(Library, file.library_id), File.id == file.id)
    lineage = unit.db.get_one(Folder, file.folder_id).lineage
    feed.record(unit, file.library_id, Happening(Thing.file, lineage=lineage), [file.part_of or file.id])
    return file


def _become(unit: Unit, file: File, arrival: Arrival) -> None:
    """Write the new content into the file's row, and down as its newest version."""
    library = unit.db.get_one(Library, file.library_id)
    name = _name(unit, file, arrival.read.kind)
    file.name, file.folded = name, names.fold(name)
    file.signature, file.size_bytes = arrival.signature, arrival.size_bytes
    file.shape = uploads.shape(unit, arrival)
    file.version, file.modified_at = file.version + 1, unit.now
    for column, value in rows.uncorrected(rows.told(arrival.facts, library.time_zone), file.corrected).items():
        setattr(file, column, value)
    unit.db.flush()
    rows.note_version(unit, file)


def _name(unit: Unit, file: File, kind: str) -> str:
    """The file's name; where the kind is another one now, with an extension of that kind."""
    stem, ending = names.split(file.name)
    extensions = KINDS[kind].extensions
    if unit.db.get_one(Original, file.signature).kind == kind or ending.lower().lstrip(".") in extensions:
        return file.name
    return rows.free_name(unit, file.folder_id, names.fit(stem, f".{extensions[0]}"))


def restore(unit: Unit, file: File, number: int) -> File:
    """Make an older content current again, as a new version.  Raises NotFound, Denied, OverQuota."""
    access.require_file(unit, file, Role.contributor)
    content = stored(unit, file, number)
    facts = msgspec.json.decode(content.facts, type=Facts)
    arrival = Arrival(
        name=file.name,
        signature=content.signature,
        size_bytes=content.size_bytes,
        crc32=content.crc32,
        key=content.key,
        read=facts,
        facts=facts,
    )
    return add(unit, file, arrival)


def stored(unit: Unit, file: File, number: int) -> Original:
    """The content of one version, its facts included; an album shows the current one only.  Raises NotFound, Denied."""
    access.require_file(unit, file, Role.reader)
    if number != file.version and not _has_place(unit, file):
        raise Denied("This takes a role on the folder or the library, not only on an album.")
    version = unit.db.get(Version, (file.id, number))
    if version is None:
        raise NotFound("There is no such version.")
    return unit.db.get_one(Original, version.signature, options=[undefer(Original.facts)], populate_existing=True)


def _has_place(unit: Unit, file: File) -> bool:
    """Whether the actor sees the file where it lies, and not only because it is in an album."""
    given = access.reach(unit, file.library_id)
    return given.role is not None or given.sees(unit.db.get_one(Folder, file.folder_id).lineage)


def filename(file: File, number: int, kind: str) -> str:
    """What a version is called when it is downloaded: older ones carry their number."""
    if number == file.version:
        return file.name
    stem, ending = names.split(file.name)
    extensions = KINDS[kind].extensions
    fitting = ending if ending.lower().lstrip(".") in extensions else f".{extensions[0]}"
    return names.fit(stem, f" (version {number}){fitting}")


@dataclass(frozen=True)
class Listed:
    """A version as a list shows it."""

    number: int
    signature: str
    size_bytes: int
    added_at: datetime
    added_by: str | None
    mime: str


def of_file(unit: Unit, file: File, *, limit: int, cursor: str | None) -> Page[Listed]:
    """The versions of a file, the newest first; to whom an album shows it, the current one.

    Raises NotFound, Denied, Invalid.
    """
    access.require_file(unit, file, Role.reader)
    columns = (Version.number, Version.signature, Version.size_bytes, Version.added_at, User.name_key, Original.mime)
    wanted = (
        select(*columns)
        .join(Original, Original.signature == Version.signature)
        .outerjoin(User, User.id == Version.added_by)
        .where(Version.file_id == file.id)
        .order_by(Version.number.desc())
    )
    if not _has_place(unit, file):
        wanted = wanted.where(Version.number == file.version)
    if cursor:
        wanted = wanted.where(Version.number < numbers_in(cursor, 1)[0])
    found = [Listed(*row) for row in unit.db.execute(wanted.limit(limit + 1))]
    return Page(found[:limit], to_cursor(found[limit - 1].number) if len(found) > limit else None)


def thin(unit: Unit, library: Library, which: ColumnElement[bool] | TextClause, most: int = 500) -> int:
    """Drop older versions that the library's policy no longer keeps, and give their bytes back; returns how many.

    The current version is always kept.  No check of access: the policy is the owner's.
    """
    unkept = _unkept(unit, library)
    if not unkept:
        return 0
    wanted = (
        select(Version.file_id, Version.number, Version.signature, Version.size_bytes, Version.added_by)
        .join(File, File.id == Version.file_id)
        .where(File.library_id == library.id, which, Version.number < File.version, or_(*unkept))
        .limit(most)
    )
    return _drop(unit, library.id, unit.db.execute(wanted).all())


def _unkept(unit: Unit, library: Library) -> list[ColumnElement[bool]]:
    """What makes a version one too many, or too old: its age counts from when another replaced it."""
    later = aliased(Version)
    behind = (later.file_id == Version.file_id, later.number > Version.number)
    found: list[ColumnElement[bool]] = []
    if library.keep_versions is not None:
        newer = select(func.count()).where(*behind).correlate(Version).scalar_subquery()
        found.append(newer >= library.keep_versions)
    if library.keep_version_days is not None:
        replaced_at = select(func.min(later.added_at)).where(*behind).correlate(Version).scalar_subquery()
        found.append(replaced_at < unit.now - timedelta(days=library.keep_version_days))
    return found


def _drop(unit: Unit, library_id: int, victims: Sequence[Row[int, int, str, int, int | None]]) -> int:
    if victims:
        keys = [(row.file_id, row.number) for row in victims]
        unit.db.execute(delete(_version).where(tuple_(_version.c.file_id, _version.c.number).in_(keys)))
        tally.settle(unit, (Share(library_id, row.added_by, -row.size_bytes) for row in victims))
        contents.release(unit, (row.signature for row in victims))
    return len(victims)
