"""What follows from the rows of files: the search index, and the feed that devices read."""

from collections.abc import Iterator

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from albumen.changes.feed import Thing
from albumen.changes.models import Change, ChangeHead
from albumen.db import fulltext_checking
from albumen.kernel import ids
from albumen.libraries.models import File, Library
from albumen.operations.checking.defects import Defect, Fault

_REWRITE = "`albumen check --fix` writes the index anew."


def look(db: Session) -> Iterator[Defect]:
    """Files that searches would not find, or find where they are not; changes that devices would not hear of."""
    for file_id in fulltext_checking.stale(db):
        name = db.scalar(select(File.name).where(File.id == file_id)) or ""
        words = f"The search index does not hold what the file {name} says."
        yield Defect(Fault.stale_index, "search entry", ids.encode(file_id), words, _REWRITE, True, (name,))
    for file_id in fulltext_checking.beyond(db):
        words = "The search index has an entry of a file that is not there."
        yield Defect(Fault.stale_index, "search entry", ids.encode(file_id), words, _REWRITE, mends=True)
    yield from _gaps(db)
    yield from _untold(db)


def _gaps(db: Session) -> Iterator[Defect]:
    """Feeds whose numbers do not run from what is forgotten to the head."""
    counted = func.count(Change.number), func.min(Change.number), func.max(Change.number)
    heads = select(ChangeHead.library_id, ChangeHead.number, ChangeHead.forgotten, *counted)
    heads = heads.outerjoin(Change, Change.library_id == ChangeHead.library_id)
    for library_id, head, forgotten, count, first, last in db.execute(heads.group_by(*ChangeHead.__table__.c)):
        is_whole = count == head - forgotten and (not count or (first, last) == (forgotten + 1, head))
        if not is_whole:
            words = f"The feed of a library has {count} changes from {first} to {last}; its head is {head}."
            fix = "`albumen check --fix` has the devices of this library start over."
            yield Defect(Fault.feed, "feed", ids.encode(library_id), words, fix, mends=True)


def _untold(db: Session) -> Iterator[Defect]:
    """Files about which the last word of the feed is not true; where all is kept, also those it says nothing of.

    The moving part of a photo is told of with its photo.
    """
    newest = (
        select(Change.library_id, Change.thing_id, func.max(Change.number).label("number"))
        .where(Change.thing == Thing.file)
        .group_by(Change.library_id, Change.thing_id)
        .subquery()
    )
    last = aliased(Change)
    told = and_(newest.c.library_id == File.library_id, newest.c.thing_id == File.id)
    rows = (
        select(File.id, File.name)
        .join(Library, and_(Library.id == File.library_id, Library.deleted_at.is_(None)))
        .join(ChangeHead, ChangeHead.library_id == File.library_id, isouter=True)
        .outerjoin(newest, told)
        .outerjoin(last, and_(last.library_id == newest.c.library_id, last.number == newest.c.number))
        .where(File.part_of.is_(None))
    )
    is_gone = case((File.deleted_at.is_not(None), True), else_=False)
    unsaid = and_(last.number.is_(None), func.coalesce(ChangeHead.forgotten, 0) == 0, File.deleted_at.is_(None))
    for row in db.execute(rows.where(or_(last.is_tombstone != is_gone, unsaid))):
        yield _defect(row.id, row.name)


def _defect(file_id: int, name: str) -> Defect:
    words = f"The feed says something else of the file {name or ids.encode(file_id)} than is so."
    shown_as = (name,) if name else ()
    return Defect(Fault.feed, "file", ids.encode(file_id), words, "`albumen check --fix` tells it.", True, shown_as)
