"""Upgrading from the command line: a copy first, then the migrations."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command as alembic
from alembic.config import Config
from tests.cli.conftest import Command

from albumen.db import migrate
from albumen.db.engine import Database
from albumen.operations.upgrading import FOLDER

OLD = "0008"


def old_installation(folder: Path) -> Path:
    """A database as an earlier release left it, with a user."""
    folder.mkdir()
    file = folder / "albumen.db"
    with closing(Database(f"sqlite:///{file}")) as database, database.session(writes=True) as session:
        config = Config()
        config.set_main_option("script_location", str(migrate.MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = session.connection()
        alembic.upgrade(config, OLD)
        session.commit()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        columns = "id, name_key, name, is_keeper, used_bytes, created_at"
        connection.execute(f"INSERT INTO users ({columns}) VALUES (1, 'ann', 'Ann', 1, 0, 0)")
    return file


def at(file: Path) -> tuple[str, str]:
    """The revision of a database, and its user."""
    with closing(sqlite3.connect(file)) as database:
        [(revision, name)] = database.execute("SELECT version_num, name FROM alembic_version, users")
    return revision, name


def test_the_rows_are_copied_aside_first(command: Command, tmp_path: Path) -> None:
    file = old_installation(tmp_path / "data")
    told = command("upgrade")
    assert (told.code, told.err) == (0, "")
    assert at(file) == (migrate.HEAD, "Ann")
    [copy] = (tmp_path / "data" / FOLDER).iterdir()
    assert copy.name in told.out
    assert at(copy) == (OLD, "Ann")
    assert "already" in command("upgrade").out
    assert len(list((tmp_path / "data" / FOLDER).iterdir())) == 1


def test_it_waits_for_no_server_and_takes_no_newer_database(command: Command, tmp_path: Path) -> None:
    file = old_installation(tmp_path / "data")
    with (tmp_path / "data" / "serve.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert command("upgrade").code == 4
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    told = command("upgrade")
    assert (told.code, "newer release" in told.err) == (4, True)
    assert at(file) == ("9999", "Ann")
