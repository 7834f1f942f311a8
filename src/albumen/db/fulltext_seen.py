"""What was seen in a photo, in the index that searches walk: a mark for each word that is written there or names an object.

The marks are kept with the content (`seen.marks`).  On SQLite triggers bring them into the entries of all files that
show it; on PostgreSQL these entries are noted as stale, and written with all else.
"""

from collections.abc import Iterable
from typing import Final

from albumen.db import fulltext_schema as schema
from albumen.db.fulltext import Token
from albumen.kernel import words as wording

WRITING, THINGS = "w", "o"
_MOST = 2000


def mark(kind: str, word: str, *, is_prefix: bool = False) -> Token:
    """The mark of a word that was seen, or of how one begins."""
    return Token(wording.reserved(kind) + word, is_prefix)


def marks(writing: str, things: str) -> str:
    """The marks of what was seen: the words of its text, and of its objects."""
    return " ".join((*_each(WRITING, writing.split()), *_each(THINGS, things.split())))


def _each(kind: str, words: Iterable[str]) -> list[str]:
    return [mark(kind, word).text for word in list(dict.fromkeys(words))[:_MOST]]


_ENTRY = schema.ENTRY.replace("lens, marks)", "lens, marks, seen)") + (
    ", (SELECT nullif(s.marks, '') FROM seen s WHERE s.signature = ROW.signature)\n"
)
_WORDS = schema.WORDS + " || coalesce(' ' || ROW.seen, '')"
_ADD = schema.filled(_ENTRY, SLOT=schema.slot("NEW"), ROW="NEW") + "FROM originals o WHERE o.signature = NEW.signature;"
_REMOVE = "DELETE FROM search_entries WHERE file_id = OLD.id;"
_PUT = "INSERT INTO search_words (rowid, TOLD) VALUES (NEWWORDS);"
_TAKE = "INSERT INTO search_words (search_words, rowid, TOLD) VALUES ('delete', OLDWORDS);"
_SHOWN = "WHERE file_id IN (SELECT id FROM files WHERE signature = ROW.signature)"
_PARTS = {
    "TOLD": schema.TOLD,
    "NEWWORDS": schema.filled(_WORDS, ROW="NEW"),
    "OLDWORDS": schema.filled(_WORDS, ROW="OLD"),
    "COLUMNS": ", ".join(schema.SEEN_COLUMNS),
    "CHANGED": " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in schema.SEEN_COLUMNS),
}
_TRIGGERS = {
    "search_entry_added": f"AFTER INSERT ON search_entries BEGIN {_PUT} END",
    "search_entry_removed": f"AFTER DELETE ON search_entries BEGIN {_TAKE} END",
    "search_file_added": f"AFTER INSERT ON files BEGIN {_ADD} END",
    "search_file_changed": f"AFTER UPDATE OF COLUMNS ON files WHEN CHANGED BEGIN {_REMOVE} {_ADD} END",
}
_NEW_TRIGGERS = {
    "search_entry_seen": f"""AFTER UPDATE OF seen ON search_entries WHEN OLD.seen IS NOT NEW.seen
        BEGIN {_TAKE} {_PUT} END""",
    "search_seen_added": f"""AFTER INSERT ON seen WHEN NEW.marks <> ''
        BEGIN UPDATE search_entries SET seen = NEW.marks {_SHOWN.replace("ROW", "NEW")}; END""",
    "search_seen_changed": f"""AFTER UPDATE OF marks ON seen WHEN OLD.marks IS NOT NEW.marks
        BEGIN UPDATE search_entries SET seen = nullif(NEW.marks, '') {_SHOWN.replace("ROW", "NEW")}; END""",
    "search_seen_removed": f"""AFTER DELETE ON seen WHEN OLD.marks <> ''
        BEGIN UPDATE search_entries SET seen = NULL {_SHOWN.replace("ROW", "OLD")}; END""",
}

SQLITE: Final = (
    "ALTER TABLE search_entries ADD COLUMN seen TEXT",
    *(f"DROP TRIGGER {name}" for name in _TRIGGERS),
    *(
        schema.filled(f"CREATE TRIGGER {name} {body}", **_PARTS)
        for name, body in {**_TRIGGERS, **_NEW_TRIGGERS}.items()
    ),
)

POSTGRESQL: Final = tuple(
    statement
    for event, rows in (
        ("insert", "NEW TABLE AS told"),
        ("update", "NEW TABLE AS told"),
        ("delete", "OLD TABLE AS told"),
    )
    for statement in (
        f"""CREATE FUNCTION search_seen_{event}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO search_stale SELECT f.id FROM files f JOIN told ON told.signature = f.signature;
        RETURN NULL; END $$""",
        f"""CREATE TRIGGER search_seen_{event} AFTER {event.upper()} ON seen REFERENCING {rows}
        FOR EACH STATEMENT EXECUTE FUNCTION search_seen_{event}()""",
    )
)
