"""Bring a database to the newest schema, from empty or from any release before."""

from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from albumen.db import postgresql_schema
from albumen.db.engine import Database

HEAD: Final = "0016"
"""The newest revision; a test sees that no migration is newer."""

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, in one transaction; concurrent starts wait for each other."""
    with database.session(writes=False) as session:
        if current(session) == HEAD:
            return
    with database.session(writes=True) as session:
        if not database.is_sqlite:
            postgresql_schema.prepare(session)
        if current(session) != HEAD:
            _run(session)
            session.commit()


def current(session: Session) -> str | None:
    """The revision that a database is at; None where it is empty."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _run(session: Session) -> None:
    # Imported here, because it takes a third of a second, and only a new release needs it.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = session.connection()
    command.upgrade(config, "head")
    if session.connection().dialect.name == "postgresql":
        postgresql_schema.settle(session)
