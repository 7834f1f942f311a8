"""PostgreSQL: the engine, its errors in Albumen's words, and what each transaction does before it commits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from albumen.db import fulltext_entries
from albumen.kernel.errors import Invalid, NotFound, OverQuota, Unavailable

_MORE = 32
"""How many connections may be opened beside those kept, while many call at once."""
_GONE = " ".join(
    f"-c {each}"
    for each in (
        "tcp_keepalives_idle=30",
        "tcp_keepalives_interval=10",
        "tcp_keepalives_count=3",
        "tcp_user_timeout=60s",
    )
)
"""How the server finds out within a minute that a node is gone, and frees the rows that it held."""
_PLANNED = "-c jit=off -c cursor_tuple_fraction=0.25"
"""Searches stop at a full page.  By PostgreSQL's own guess, a tenth, one for rare words walks through all entries."""
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""How we find out that the other end of a connection is gone, though the server is there."""
_DISK_FULL = "53100"
_TOO_LATE = ("23503", "23505")
"""What it refers to is gone, or somebody else took the name first: a second try sees it, and says so in words."""
_BUSY = ("40", "53", "55", "57", "08")
"""Classes of states: rolled back in favour of others, too little of something, locked, stopped, not connected."""


@dataclass(frozen=True)
class Patience:
    """How long a statement waits for others, and how long the server may be silent before it counts as away."""

    busy_seconds: int = 20
    silent_seconds: float = 15.0


class Writing(Session):
    """A session that brings the search index up to date before it commits."""


@event.listens_for(Writing, "before_commit")
def _finish(session: Session) -> None:
    session.flush()
    fulltext_entries.refresh(session)


def engine(url: str, pool: int, patience: Patience, from_json: Any) -> Engine:
    """An engine whose transactions see what is committed before each statement; readers ask for a snapshot."""
    busy_seconds = patience.busy_seconds
    options = f"-c lock_timeout={busy_seconds}s -c timezone=UTC {_PLANNED} {_GONE}"
    made = create_engine(
        make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg"),
        pool_size=pool,
        max_overflow=_MORE,
        pool_timeout=busy_seconds,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        json_deserializer=from_json,
        connect_args={"options": options, "connect_timeout": busy_seconds, "client_encoding": "utf8", **_ALIVE},
    )
    _watch(made, patience.silent_seconds)
    return made


def _watch(engine: Engine, silent_seconds: float) -> None:
    """Have its connections given up when the server is gone."""
    from albumen.db import pulse  # noqa: PLC0415 - the driver is an extra

    connect = pulse.connecting(pulse.Pulse(silent_seconds / 3, silent_seconds * 2 / 3))

    @event.listens_for(engine, "do_connect")
    def _connect(_: Any, __: Any, words: Any, named: Any) -> Any:
        return connect(*words, **named)

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, _: Any, __: Any) -> None:
        connection.is_idle = False

    @event.listens_for(engine, "checkin")
    def _given_back(connection: Any, _: Any) -> None:
        if connection is not None:
            connection.is_idle = True


def snapshots(engine: Engine) -> Engine:
    """The same engine for readers: one snapshot from the first statement to the last, and nothing is written."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


FAULTS = (DBAPIError, PoolTimeout, ObjectDeletedError, StaleDataError)
"""What is raised where others write at the same time, or where the server is away."""


def word(error: Exception) -> Exception:
    """What an error of the database means to whoever asked; the error itself where it is ours to mend."""
    if isinstance(error, ObjectDeletedError):
        return NotFound("It was deleted in the meantime.")
    if isinstance(error, PoolTimeout | StaleDataError):
        return Unavailable("Somebody else changed the same just now.")
    if not isinstance(error, DBAPIError):
        return error
    state = getattr(error.orig, "sqlstate", None)
    if state == _DISK_FULL:
        return OverQuota("The disk of the database is full.")
    if state in _TOO_LATE or (isinstance(error, OperationalError) and (state or "08").startswith(_BUSY)):
        return Unavailable("The database is busy or away.")
    return Invalid("A text holds a zero character.") if "NUL" in str(error.orig) else error
