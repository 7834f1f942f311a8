"""What was seen in a photo, in the index that searches walk: a mark for each word that was read or names an object.

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


_TRIGGERS = {
    "search_entry_added": "AFTER INSERT ON search_entries BEGIN PUT END",
    "search_entry_removed": "AFTER DELETE ON search_entries BEGIN TAKE END",
    "search_file_added": "AFTER INSERT ON files BEGIN ADD END",
    "search_file_changed": """AFTER UPDATE OF COLUMNS ON files WHEN CHANGED
        BEGIN DELETE FROM search_entries WHERE file_id = OLD.id; ADD END""",
}
_NEW_TRIGGERS = {
    "search_entry_seen": """AFTER UPDATE OF seen ON search_entries WHEN OLD.seen IS NOT NEW.seen
        BEGIN TAKE PUT END""",
    "search_seen_added": """AFTER INSERT ON seen WHEN NEW.marks <> ''
        BEGIN UPDATE search_entries SET seen = NEW.marks
        WHERE file_id IN (SELECT id FROM files WHERE signature = NEW.signature); END""",
    "search_seen_changed": """AFTER UPDATE OF marks ON seen WHEN OLD.marks IS NOT NEW.marks
        BEGIN UPDATE search_entries SET seen = nullif(NEW.marks, '')
        WHERE file_id IN (SELECT id FROM files WHERE signature = NEW.signature); END""",
    "search_seen_removed": """AFTER DELETE ON seen WHEN OLD.marks <> ''
        BEGIN UPDATE search_entries SET seen = NULL
        WHERE file_id IN (SELECT id FROM files WHERE signature = OLD.signature); END""",
}
_OF_SEEN = ", (SELECT nullif(s.marks, '') FROM seen s WHERE s.signature = ROW.signature)\n"
ENTRY = schema.ENTRY.replace("lens, marks)", "lens, marks, seen)") + _OF_SEEN
_WORDS = schema.WORDS + " || coalesce(' ' || ROW.seen, '')"
_SHOWN = " FROM originals o WHERE o.signature = NEW.signature;"
_PARTS = {
    "PUT": "INSERT INTO search_words (rowid, TOLD) VALUES (NEWWORDS);",
    "TAKE": "INSERT INTO search_words (search_words, rowid, TOLD) VALUES ('delete', OLDWORDS);",
    "ADD": schema.filled(ENTRY, SLOT=schema.slot("NEW"), ROW="NEW") + _SHOWN,
    "TOLD": schema.TOLD,
    "NEWWORDS": schema.filled(_WORDS, ROW="NEW"),
    "OLDWORDS": schema.filled(_WORDS, ROW="OLD"),
    "COLUMNS": ", ".join(schema.SEEN_COLUMNS),
    "CHANGED": " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in schema.SEEN_COLUMNS),
}

SQLITE: Final = (
    "ALTER TABLE search_entries ADD COLUMN seen TEXT",
    *(f"DROP TRIGGER {name}" for name in _TRIGGERS),
    *(
        schema.filled(f"CREATE TRIGGER {name} {body}", **_PARTS)
        for name, body in {**_TRIGGERS, **_NEW_TRIGGERS}.items()
    ),
)

_NOTE = """CREATE FUNCTION search_seen_EVENT() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO search_stale SELECT f.id FROM files f JOIN told ON told.signature = f.signature; RETURN NULL; END $$"""
_NOTED = """CREATE TRIGGER search_seen_EVENT AFTER EVENT ON seen REFERENCING WHICH TABLE AS told
    FOR EACH STATEMENT EXECUTE FUNCTION search_seen_EVENT()"""

POSTGRESQL: Final = tuple(
    each.replace("EVENT", event).replace("WHICH", which)
    for event, which in (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD"))
    for each in (_NOTE, _NOTED)
)
