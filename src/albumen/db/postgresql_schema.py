"""What PostgreSQL needs beside the migrations: one start at a time, UTF-8, and texts that compare by their bytes."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from albumen.kernel.errors import Unsupported

_LOCK = 0x616C62756D656E  # "albumen"
_LEAST = 150000
_TEXTS = text(
    "SELECT table_name, string_agg(format('ALTER COLUMN %I TYPE varchar COLLATE \"C\"', column_name), ', ')"
    " FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type = 'character varying'"
    " AND collation_name IS DISTINCT FROM 'C' GROUP BY table_name ORDER BY table_name"
)


def prepare(session: Session) -> None:
    """Wait until nobody else migrates.  Raises Unsupported for a server that is too old, or a database not in UTF-8."""
    session.execute(text("SET LOCAL lock_timeout = 0"))  # others may have much to migrate
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
    if int(session.scalar(text("SHOW server_version_num")) or 0) < _LEAST:
        raise Unsupported("Albumen needs PostgreSQL 15 or newer.")
    if session.scalar(text("SHOW server_encoding")) != "UTF8":
        raise Unsupported("The database must be made with ENCODING 'UTF8'.")


def settle(session: Session) -> None:
    """Have new text columns compare by their bytes, as SQLite does, whatever language the server speaks.

    Lists are paged by texts; an order that a library of the system defines could change with its next release.
    """
    for name, changes in session.execute(_TEXTS).all():
        session.execute(text(f'ALTER TABLE "{name}" {changes}'))
