"""Which database a test runs on, and the PostgreSQL server for those that run on it.

The server belongs to the process of the tests: it listens on a socket in a folder of its own, and ends with the
process, however that ends.  Each database, SQLite's too, is a copy of one that was migrated once.  On PostgreSQL texts
compare by a language, and not by their bytes, as on most servers: what asks for an order must say which.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest

from albumen.db import migrate
from albumen.db.engine import Database

SQLITE, POSTGRESQL = "sqlite", "postgresql"
EVERYWHERE = os.environ.get("ALBUMEN_TEST_DATABASE", "")
"""The database that every test is to run on; empty: SQLite, and PostgreSQL too where that matters most."""

_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "deadlock_timeout": "200ms",
}
_GUARD = '"$@" & server=$!; read -r _; kill -INT $server; wait $server'
"""A shell that holds the server, and stops it when the pipe it reads from is closed."""

_current = [EVERYWHERE or SQLITE]
_made: dict[Path, str] = {}
_numbers = count()


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest where there are several; None where there is none."""
    on_path = shutil.which("initdb")
    homes = [Path(on_path).resolve().parent] if on_path else []
    homes += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name), reverse=True)
    return next((each for each in homes if (each / "initdb").exists() and int(_version(each)) >= 15), None)


def _version(home: Path) -> str:
    told = subprocess.run([home / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[2].partition(".")[0]


def check_server() -> None:
    """Skip where no PostgreSQL is installed; fail under CI=true."""
    if programs() is None:
        fails = "true" in (os.environ.get("CI"), os.environ.get("ALBUMEN_CI"))
        (pytest.fail if fails else pytest.skip)("PostgreSQL 15 or newer is not installed: make services")


@cache
def server() -> str:
    """The URL of the server without a database; it is started at first need."""
    home = programs()
    assert home is not None
    folder = Path(tempfile.mkdtemp(prefix="albumen-pg-", dir="/tmp"))
    folder.chmod(0o755)
    user = _unprivileged(folder)
    collation = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
    made: list[str | Path] = [
        home / "initdb",
        "-D",
        folder / "data",
        "-U",
        "albumen",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run([*made, *collation], cwd=folder, user=user, check=True, capture_output=True)
    options = [each for name, value in _OPTIONS.items() for each in ("-c", f"{name}={value}")]
    started: list[str | Path] = [
        "/bin/sh",
        "-c",
        _GUARD,
        "guard",
        home / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        *options,
    ]
    with (folder / "log").open("wb") as log:
        guard = subprocess.Popen(started, cwd=folder, user=user, stdin=subprocess.PIPE, stdout=log, stderr=log)
    atexit.register(_stop, guard, folder)
    subprocess.run([home / "pg_isready", "-q", "-h", folder, "-t", "60"], check=False)
    _wait(folder)
    _run(folder, "CREATE DATABASE template_albumen")
    url = f"postgresql://albumen@/%s?host={folder}"
    database = Database(url % "template_albumen")
    migrate.upgrade(database)
    database.close()
    return url


def _unprivileged(folder: Path) -> str | None:
    """Another user, where this one is root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "postgres")
    return "postgres"


def _wait(folder: Path) -> None:
    for attempt in range(1000):
        try:
            return _run(folder, "SELECT 1")
        except psycopg.OperationalError:
            if attempt == 999:
                raise
            subprocess.run(["sleep", "0.03"], check=True)
    return None


def _run(folder: Path, statement: str) -> None:
    with psycopg.connect(host=str(folder), user="albumen", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def _stop(guard: "subprocess.Popen[bytes]", folder: Path) -> None:
    assert guard.stdin is not None
    guard.stdin.close()
    guard.wait()
    shutil.rmtree(folder, ignore_errors=True)


def fresh(*, migrated: bool = True) -> str:
    """The URL of a new database."""
    url, name = server(), f"test_{next(_numbers)}"
    _admin(f"CREATE DATABASE {name} TEMPLATE {'template_albumen' if migrated else 'template0'} STRATEGY FILE_COPY")
    return url % name


def drop(url: str) -> None:
    """Remove a database, whoever still uses it."""
    name = url.rpartition("?")[0].rpartition("/")[2]
    _admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _admin(statement: str) -> None:
    _run(Path(server().rpartition("=")[2]), statement)


@cache
def _sqlite_template() -> bytes:
    """A SQLite file that was migrated once."""
    with tempfile.TemporaryDirectory(prefix="albumen-sqlite-") as folder:
        file = Path(folder) / "albumen.db"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(database)
        database.close()
        assert [each.name for each in Path(folder).iterdir()] == [file.name]
        return file.read_bytes()


def begin(folder: Path) -> None:
    """Put the database of an installation into its folder, where that is SQLite."""
    if _current[-1] == SQLITE and not (file := folder / "albumen.db").exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_sqlite_template())


def url_for(folder: Path) -> str:
    """The database of the installation in a folder, the same each time; empty where that is SQLite."""
    if _current[-1] == SQLITE:
        return ""
    if folder not in _made:
        check_server()
        _made[folder] = fresh()
    return _made[folder]


def stored(folder: Path) -> bytes:
    """All that the database of the installation in a folder holds, as far as it can be searched for a text."""
    if folder not in _made:
        return b"".join(each.read_bytes() for each in sorted(folder.glob("albumen.db*")))
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    with psycopg.connect(_made[folder]) as connection:
        names = [name for (name,) in connection.execute(tables)]
        rows = (row for name in names for (row,) in connection.execute(f'SELECT t::text FROM "{name}" t'.encode()))
        return "\n".join(rows).encode()


def current() -> str:
    """What new installations run on."""
    return _current[-1]


@contextmanager
def running_on(kind: str) -> Iterator[None]:
    """New installations run on this database meanwhile; those made are removed."""
    before = set(_made)
    _current.append(kind)
    try:
        yield
    finally:
        _current.pop()
        for folder in set(_made) - before:
            drop(_made.pop(folder))
