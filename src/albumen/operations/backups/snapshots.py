"""All rows of one moment as one SQLite file, whichever database is in use, while others go on writing."""

from contextlib import closing
from pathlib import Path

from albumen.app import App
from albumen.db import copying
from albumen.db.engine import Database, sqlite_module


def take(app: App, file: Path) -> None:
    """Write the rows as they stand now into a new file, without exports, whose bytes nobody keeps.

    SQLite copies its own pages; PostgreSQL's rows are copied from one snapshot, and each compared.
    """
    if app.database.is_sqlite:
        with closing(app.database.engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
    else:
        copy = Database(f"sqlite:///{file}")
        with closing(copy):
            copying.copy(app.database, copy)
    with closing(sqlite_module().connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("DELETE FROM exports")


def check(file: Path) -> str | None:
    """What is wrong with such a file, in SQLite's words; None where it is whole."""
    with closing(sqlite_module().connect(f"file:{file}?mode=ro", uri=True)) as connection:
        found = [words for (words,) in connection.execute("PRAGMA integrity_check(10)") if words != "ok"]
        found += [f"dangling reference in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
    return "; ".join(found) or None
