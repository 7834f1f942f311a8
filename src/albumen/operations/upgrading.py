"""Upgrading: the rows are copied aside before they are brought to a newer release, so that there is a way back.

Bytes need no copy: no migration touches them.
"""

import os
import shutil
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from albumen.blobs import disk
from albumen.db import migrate
from albumen.db.engine import Database, sqlite_module
from albumen.kernel.errors import Conflict, Unavailable
from albumen.operations.backups import snapshots
from albumen.settings import Settings

FOLDER = "before-upgrades"


@dataclass(frozen=True)
class Upgraded:
    """From which revision to which, and where the rows are as they were; no copy where there was nothing to do."""

    before: str | None
    after: str
    copy: Path | None = None


def upgrade(settings: Settings, now: datetime) -> Upgraded:
    """Copy the rows aside, then bring the database to this release, in one transaction.

    Raises Conflict where the database is of a newer release, and Unavailable where no copy can be made.
    """
    with closing(Database(settings.database_url)) as database:
        with database.session(writes=False) as session:
            before = migrate.current(session)
        if before is not None and before > migrate.HEAD:
            raise Conflict("This database is of a newer release. Install that one, or restore a backup.")
        if before in (None, migrate.HEAD):
            migrate.upgrade(database)
            return Upgraded(before, migrate.HEAD)
        copy = _copied(settings, database, f"{now:%Y%m%d-%H%M%S}-{before}")
        migrate.upgrade(database)
    return Upgraded(before, migrate.HEAD, copy)


def _copied(settings: Settings, database: Database, name: str) -> Path:
    folder = settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / (f"{name}.db" if database.is_sqlite else f"{name}.dump")
    half = copy.with_name(f".{copy.name}")
    half.unlink(missing_ok=True)
    if database.is_sqlite:
        with closing(database.engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(half),))
        _check(half)
    else:
        _dump(settings.database.url, half)
    half.chmod(0o600)
    with half.open("rb") as written:
        disk.sync(written.fileno())
    half.rename(copy)
    disk.sync_folder(folder)
    return copy


def _check(file: Path) -> None:
    wrong = snapshots.check(file)
    if wrong is not None:
        raise Unavailable(f"The copy of the rows is not whole, so nothing was upgraded: {wrong}.")
    with closing(sqlite_module().connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _dump(url: str, file: Path) -> None:
    """Have PostgreSQL's own program write all rows; the password goes by the environment, unseen by others."""
    program = shutil.which("pg_dump")
    if program is None:
        raise Unavailable("The rows are copied by pg_dump, which is not installed here. Nothing was upgraded.")
    where = make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql")
    bare = where._replace(password=None).render_as_string()
    command = [program, "--format=custom", f"--file={file}", f"--dbname={bare}"]
    secret = {"PGPASSWORD": str(where.password)} if where.password else {}
    done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"pg_dump failed, so nothing was upgraded: {done.stderr.strip()[-300:]}")
