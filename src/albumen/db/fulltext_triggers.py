"""How PostgreSQL keeps the search index in step with the files, whoever writes them.

Its triggers cannot take texts apart as Python does.  They note whose entry is stale, and the transaction that changed
the files writes these entries before it commits (`fulltext_entries`).
"""

from typing import Final

from albumen.db.fulltext_schema import SEEN_COLUMNS

_CHANGED = " OR ".join(
    f"f.{each}{cast} IS DISTINCT FROM g.{each}{cast}"
    for each, cast in ((each, "::text" if each == "tags" else "") for each in SEEN_COLUMNS)
)

STATEMENTS: Final = (
    """CREATE TABLE search_entries (slot bigint PRIMARY KEY, file_id bigint NOT NULL UNIQUE, bare text NOT NULL,
        name text, title text, comments text, tags text, place text, camera text, lens text, marks text NOT NULL,
        words tsvector NOT NULL)""",
    "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)",
    "CREATE TABLE search_stale (file_id bigint NOT NULL)",
    """CREATE FUNCTION search_file_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO search_stale SELECT id FROM fresh; RETURN NULL; END $$""",
    f"""CREATE FUNCTION search_file_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO search_stale SELECT f.id FROM fresh f JOIN gone g ON g.id = f.id WHERE {_CHANGED};
        RETURN NULL; END $$""",  # noqa: S608 - our own columns
    """CREATE FUNCTION search_file_removed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM search_entries USING gone WHERE file_id = gone.id; RETURN NULL; END $$""",
    """CREATE TRIGGER search_file_added AFTER INSERT ON files REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION search_file_added()""",
    """CREATE TRIGGER search_file_changed AFTER UPDATE ON files REFERENCING NEW TABLE AS fresh OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION search_file_changed()""",
    """CREATE TRIGGER search_file_removed AFTER DELETE ON files REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION search_file_removed()""",
    "INSERT INTO search_stale SELECT id FROM files",
)
"""Run once.  What `search_stale` holds then is written before the migration commits."""
