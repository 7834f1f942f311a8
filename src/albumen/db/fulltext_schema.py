"""How SQLite keeps the search index in step with the files, whoever writes them: tables and triggers, made once.

The triggers of `files` write entries, those of entries write the words.  What was put into the index of words must be
taken out by the very same values, so these are kept in the entry, or made from it by functions that never change.
"""

from typing import Final

SEEN_COLUMNS = (
    *("library_id", "folder_id", "name", "signature", "sorted_at", "taken_at", "rating", "title", "comments", "tags"),
    *("camera_make", "camera_model", "lens", "latitude", "longitude", "city", "region", "country", "country_code"),
    "favorite",
)
_FIRST_MILLISECOND: Final = "8520336000000"  # from 1700 to 1970, as `fulltext.slots` counts
_TIES: Final = "524288"
SECOND: Final = 524288 * 1000
"""How many slots there are for the files of one second."""

_MILLISECOND = "(min(max(ROW.sorted_at + FIRST, 0), 17592186044415) * TIES)"
_LAST = "(SELECT max(slot) FROM search_entries WHERE slot BETWEEN BEGUN AND BEGUN + TIES - 1)"
_LAST_OF_SECOND = "(SELECT max(slot) FROM search_entries WHERE slot BETWEEN BEGUN AND BEGUN + TIES * 1000 - 1)"
_FREE = "coalesce(CASE WHEN LAST = BEGUN + TIES - 1 THEN LASTOFSECOND ELSE LAST END + 1, BEGUN)"
ENTRY = """
    INSERT INTO search_entries (slot, file_id, bare, name, title, comments, tags, place, camera, lens, marks)
    SELECT SLOT, ROW.id, search_bare(ROW.name), search_name(ROW.name), search_text(ROW.title),
        search_text(ROW.comments), search_tags(ROW.tags),
        search_text(coalesce(ROW.city, '') || ' ' || coalesce(ROW.region, '') || ' ' || coalesce(ROW.country, '')
            || ' ' || coalesce(ROW.country_code, '')),
        search_text(coalesce(ROW.camera_make, '') || ' ' || coalesce(ROW.camera_model, '')), search_text(ROW.lens),
        search_marks(ROW.library_id, ROW.folder_id, o.kind, o.is_video, ROW.favorite, ROW.rating,
            ROW.latitude, ROW.longitude, ROW.tags,
            'title', ROW.title <> '', 'comments', ROW.comments <> '', 'lens', ROW.lens IS NOT NULL,
            'place', coalesce(ROW.city, ROW.region, ROW.country) IS NOT NULL,
            'camera', coalesce(ROW.camera_make, ROW.camera_model) IS NOT NULL, 'date', ROW.taken_at IS NOT NULL)
"""
TOLD = "name, title, comments, tags, place, camera, lens, marks"
WORDS = (
    "ROW.slot, ROW.name, ROW.title, ROW.comments, ROW.tags, ROW.place, ROW.camera, ROW.lens, "
    "ROW.marks || ' ' || search_grams(ROW.bare)"
)


def filled(statement: str, **parts: str) -> str:
    """A statement with its parts, which stand in it by their names in capitals."""
    for name, part in {**parts, "FIRST": _FIRST_MILLISECOND, "TIES": _TIES}.items():
        statement = statement.replace(name, part)
    return statement


def slot(row: str) -> str:
    """The slot after the last one of the file's millisecond; where that is full, of its second."""
    return filled(_FREE, LASTOFSECOND=_LAST_OF_SECOND, LAST=_LAST, BEGUN=_MILLISECOND, ROW=row)


def first_slot(row: str) -> str:
    """The first slot of the file's millisecond."""
    return filled(_MILLISECOND, ROW=row)


_ADD = filled(ENTRY, SLOT=slot("NEW"), ROW="NEW") + "FROM originals o WHERE o.signature = NEW.signature;"
_REMOVE = "DELETE FROM search_entries WHERE file_id = OLD.id;"
NUMBERED = filled(_MILLISECOND, ROW="f") + " + row_number() OVER (PARTITION BY f.sorted_at ORDER BY f.id) - 1"
_FILLED = filled(ENTRY, SLOT=NUMBERED, ROW="f") + "FROM files f JOIN originals o ON o.signature = f.signature"

STATEMENTS: Final = (
    """CREATE TABLE search_entries (slot INTEGER PRIMARY KEY, file_id INTEGER NOT NULL UNIQUE, bare TEXT NOT NULL,
        name TEXT, title TEXT, comments TEXT, tags TEXT, place TEXT, camera TEXT, lens TEXT, marks TEXT NOT NULL)""",
    filled(
        """CREATE VIRTUAL TABLE search_words USING fts5(TOLD, content='', columnsize=0, detail=column,
        tokenize='ascii', prefix='2 3')""",
        TOLD=TOLD,
    ),
    _FILLED + " ORDER BY 1",
    filled(
        "INSERT INTO search_words (rowid, TOLD) SELECT WORDS FROM search_entries e ORDER BY e.slot",
        TOLD=TOLD,
        WORDS=filled(WORDS, ROW="e"),
    ),
    filled(
        """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entries BEGIN
        INSERT INTO search_words (rowid, TOLD) VALUES (WORDS); END""",
        TOLD=TOLD,
        WORDS=filled(WORDS, ROW="NEW"),
    ),
    filled(
        """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entries BEGIN
        INSERT INTO search_words (search_words, rowid, TOLD) VALUES ('delete', WORDS); END""",
        TOLD=TOLD,
        WORDS=filled(WORDS, ROW="OLD"),
    ),
    filled("CREATE TRIGGER search_file_added AFTER INSERT ON files BEGIN ADD END", ADD=_ADD),
    filled(
        """CREATE TRIGGER search_file_changed AFTER UPDATE OF COLUMNS ON files WHEN CHANGED BEGIN REMOVE ADD END""",
        COLUMNS=", ".join(SEEN_COLUMNS),
        CHANGED=" OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in SEEN_COLUMNS),
        REMOVE=_REMOVE,
        ADD=_ADD,
    ),
    filled("CREATE TRIGGER search_file_removed AFTER DELETE ON files BEGIN REMOVE END", REMOVE=_REMOVE),
)
