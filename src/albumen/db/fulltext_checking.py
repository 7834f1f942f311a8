"""Whether the search index holds what the files say, and writing it anew."""

from collections.abc import Iterator
from itertools import batched
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from albumen.db import fulltext_entries, fulltext_seen, fulltext_texts
from albumen.db import fulltext_schema as schema

_AT_ONCE = 500
_FILES = " FROM files f JOIN originals o ON o.signature = f.signature"
_COLUMNS = ("bare", *fulltext_texts.COLUMNS, "marks", "seen")
_TOLD: Final = schema.filled(fulltext_seen.ENTRY, SLOT=schema.first_slot("f"), ROW="f").partition(")")[2]
_DIFFERS = " OR ".join(f"e.{each} IS NOT w.{each}" for each in _COLUMNS)
_STALE = text(
    f"WITH w (first, file_id, bare, {schema.TOLD}, seen) AS ({_TOLD + _FILES})"  # noqa: S608 - of our own words
    f" SELECT w.file_id FROM w LEFT JOIN search_entries e ON e.file_id = w.file_id WHERE e.file_id IS NULL"
    f" OR e.slot < w.first OR e.slot >= w.first + {schema.SECOND} OR {_DIFFERS}"
)
_EXTRA = text("SELECT file_id FROM search_entries WHERE file_id NOT IN (SELECT id FROM files)")
_NUMBERED = schema.filled(fulltext_seen.ENTRY, SLOT=schema.NUMBERED, ROW="f")
_TAKER = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'search_entry_removed'"
_all_ids = text("SELECT id FROM files ORDER BY id")
_held = text("SELECT * FROM search_entries WHERE file_id = ANY(:ids)")


def stale(db: Session) -> Iterator[int]:
    """The ids of files whose entry is missing or says something else."""
    if db.get_bind().dialect.name == "sqlite":
        yield from db.scalars(_STALE)
        return
    for batch in batched(db.scalars(_all_ids).all(), _AT_ONCE):
        held = {row.file_id: row._asdict() for row in db.execute(_held, {"ids": list(batch)})}
        for file_id, told in fulltext_entries.told(db, list(batch)):
            found: dict[str, Any] = held.get(file_id, {})
            if not found or any(found[name] != value for name, value in told.items() if name in found):
                yield file_id


def beyond(db: Session) -> Iterator[int]:
    """The ids in entries that no file has."""
    yield from db.scalars(_EXTRA)


def rewrite(db: Session) -> None:
    """Write the whole index anew; the caller commits."""
    if db.get_bind().dialect.name != "sqlite":
        db.execute(text("DELETE FROM search_entries"))
        db.execute(text("INSERT INTO search_stale SELECT id FROM files"))
        return
    taker = str(db.scalar(text(_TAKER)))
    db.execute(text("DROP TRIGGER search_entry_removed"))  # it would take words out that may not be there
    db.execute(text("INSERT INTO search_words (search_words) VALUES ('delete-all')"))
    db.execute(text("DELETE FROM search_entries"))
    db.connection().exec_driver_sql(taker)
    db.connection().exec_driver_sql(_NUMBERED + _FILES)
