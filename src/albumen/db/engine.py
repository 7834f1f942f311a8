"""The database in use: PostgreSQL, or SQLite, opened so that an acknowledged row survives a power cut."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from types import ModuleType
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from albumen.db import fulltext, functions, locks, postgresql
from albumen.db.postgresql import Patience
from albumen.kernel.errors import Invalid, OverQuota, Unavailable

_FIXED = ((3, 51, 3),)
_FIXED_IN_SERIES = {(3, 50): 7, (3, 44): 6}
_BROKEN = ("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
"""After these a connection is not used again: one that could not be opened for writing stays one for reading."""


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: `pysqlite3`'s own, else Python's."""
    try:
        import pysqlite3  # noqa: PLC0415 - absent on some platforms

        return pysqlite3  # type: ignore[no-any-return]  # the package carries no types
    except ImportError:
        return sqlite3


def is_affected(version: tuple[int, ...]) -> bool:
    """Whether this SQLite can lose pages when two connections write and checkpoint at once.

    Fixed in 3.51.3, and in the series 3.50.7 and 3.44.6 (source: SQLite's release notes).
    """
    fixed = _FIXED_IN_SERIES.get((version[0], version[1]))
    return version < _FIXED[0] and (fixed is None or version[2] < fixed)


class Database:
    """An engine, and sessions on it: readers see a snapshot, writers queue fairly within this process.

    Raises Invalid where the URL is that of neither SQLite nor PostgreSQL.
    """

    def __init__(self, url: str, *, pool: int = 8, busy_seconds: int = 20, silent_seconds: float = 15.0) -> None:
        self.is_sqlite = _is_sqlite(url)
        self._turn, self._busy_seconds = threading.Lock(), busy_seconds
        self._readers: Engine
        self._writers: Engine
        if self.is_sqlite:
            self.engine = _sqlite_engine(url, pool, busy_seconds)
            self._readers, self._writers = self.engine, self.engine.execution_options(writes=True)
        else:
            self.engine = postgresql.engine(url, pool, Patience(busy_seconds, silent_seconds), _from_json)
            self._readers, self._writers = postgresql.snapshots(self.engine), self.engine

    @property
    def warning(self) -> str | None:
        """What the keeper should know about this engine, in a sentence; None when all is well."""
        version = sqlite_module().sqlite_version_info
        if self.is_sqlite and is_affected(version):
            number = ".".join(map(str, version))
            return f"SQLite {number} has a rare write-ahead-log fault: run one process only, or install pysqlite3."
        return None

    @contextmanager
    def session(self, *, writes: bool) -> Iterator[Session]:
        """A session in one transaction; the caller commits.

        Raises Unavailable when the database does not answer, OverQuota when its disk is full.
        """
        if not self.is_sqlite:
            with self._postgresql(writes=writes) as session:
                yield session
            return
        turn = self._in_turn() if writes else nullcontext()
        try:
            with turn, Session(self._writers if writes else self._readers, expire_on_commit=False) as session:
                yield session
        except OperationalError as error:
            raise _word(error.orig, error) from error

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait for the turn to write, no longer than for another process.  Raises Unavailable."""
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise Unavailable("The database is busy or away.")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _postgresql(self, *, writes: bool) -> Iterator[Session]:
        made = postgresql.Writing if writes else Session
        try:
            with made(self._writers if writes else self._readers, expire_on_commit=False) as session:
                session.info[locks.SIDE_BY_SIDE] = writes
                yield session
        except postgresql.FAULTS as error:
            word = postgresql.word(error)
            if word is error:
                raise
            raise word from error

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _is_sqlite(url: str) -> bool:
    """Which of the two databases a URL names.  The URL itself is not repeated: there may be a password in it."""
    with suppress(ArgumentError):
        if (kind := make_url(url).get_backend_name()) in ("sqlite", "postgresql", "postgres"):
            return kind == "sqlite"
    raise Invalid("A database is named as postgresql://user:password@host/name, or sqlite:////folder/file.db.")


@contextmanager
def sqlite_in_our_words() -> Iterator[None]:
    """For a file of rows that is used without a session.  Raises OverQuota, Unavailable."""
    try:
        yield
    except sqlite_module().OperationalError as error:
        raise _word(error, error) from error


def _word(said: object, error: Exception) -> Exception:
    """What the driver's words mean to whoever asked; the error itself where it is ours to mend."""
    name = getattr(said, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return OverQuota("The disk is full.")
    if name == "SQLITE_ERROR":  # the statement is wrong, which waiting does not heal
        return error
    return Unavailable("The database is busy or away.")


def _from_json(raw: str) -> Any:
    """What a column holds; most hold an empty list or object, which need no parser."""
    if raw == "[]":
        return []
    if raw == "{}":
        return {}
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:  # half a surrogate pair, or no number, which only the slower one takes
        return json.loads(raw)


def _sqlite_engine(url: str, pool: int, busy_seconds: int) -> Engine:
    module = sqlite_module()
    engine = create_engine(
        url,
        module=module,
        pool_size=pool,
        max_overflow=56,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        json_deserializer=_from_json,
    )

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-4000",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")
        functions.install(connection)
        fulltext.install(connection)

    @event.listens_for(engine, "handle_error")
    def _failed(context: ExceptionContext) -> None:
        name = getattr(context.original_exception, "sqlite_errorname", "")
        context.is_disconnect = context.is_disconnect or name.startswith(_BROKEN)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
