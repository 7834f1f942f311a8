"""The engine: durable, patient, and readable while somebody writes."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from albumen.db.engine import Database, is_affected, sqlite_module
from albumen.kernel.errors import Unavailable


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'some.db'}", busy_seconds=1)
    with made.session(writes=True) as db:
        db.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"))
        db.commit()
    yield made
    made.close()


def count(database: Database) -> int:
    with database.session(writes=False) as db:
        return int(db.scalar(text("SELECT count(*) FROM notes")) or 0)


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_which_versions_have_the_fault(version: tuple[int, ...], affected: bool) -> None:
    assert is_affected(version) is affected


def test_the_warning_follows_the_version(database: Database) -> None:
    affected = is_affected(sqlite_module().sqlite_version_info)
    assert (database.warning is not None) is affected


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("temp_store", 2)]
)
@pytest.mark.parametrize("writes", [True, False])
def test_what_a_connection_is_set_to(database: Database, pragma: str, value: object, writes: bool) -> None:
    with database.session(writes=writes) as db:
        assert db.scalar(text(f"PRAGMA {pragma}")) == value


def test_what_is_not_committed_is_not_kept(database: Database) -> None:
    with database.session(writes=True) as db:
        db.execute(text("INSERT INTO notes (body) VALUES ('lost')"))
    assert count(database) == 0


def test_readers_see_a_snapshot_and_wait_for_nobody(database: Database) -> None:
    with database.session(writes=False) as reader:
        assert reader.scalar(text("SELECT count(*) FROM notes")) == 0
        with database.session(writes=True) as writer:
            writer.execute(text("INSERT INTO notes (body) VALUES ('new')"))
            assert count(database) == 0
            writer.commit()
        assert reader.scalar(text("SELECT count(*) FROM notes")) == 0
    assert count(database) == 1


def test_writers_of_one_process_take_turns(database: Database) -> None:
    def write() -> None:
        for _ in range(20):
            with database.session(writes=True) as db:
                db.execute(text("INSERT INTO notes (body) VALUES ((SELECT count(*) FROM notes))"))
                db.commit()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(writes=False) as db:
        seen = [int(each) for each in db.scalars(text("SELECT body FROM notes ORDER BY id"))]
    assert seen == list(range(120))


OTHER = """
import sys
from sqlalchemy import text
from albumen.db.engine import Database
database = Database(sys.argv[1])
for _ in range(40):
    with database.session(writes=True) as db:
        db.execute(text("INSERT INTO notes (body) VALUES ((SELECT count(*) FROM notes))"))
        db.commit()
"""


def test_two_processes_write_at_once(database: Database) -> None:
    url = database.engine.url.render_as_string()
    running = [subprocess.Popen([sys.executable, "-c", OTHER, url]) for _ in range(2)]
    assert [each.wait(60) for each in running] == [0, 0]
    with database.session(writes=False) as db:
        seen = [int(each) for each in db.scalars(text("SELECT body FROM notes ORDER BY id"))]
    assert seen == list(range(80))


def test_a_writer_that_waits_too_long_is_told_so(database: Database) -> None:
    other = Database(database.engine.url.render_as_string(), busy_seconds=1)
    with database.session(writes=True) as db:
        db.execute(text("INSERT INTO notes (body) VALUES ('mine')"))
        with pytest.raises(Unavailable), other.session(writes=True) as late:
            late.execute(text("INSERT INTO notes (body) VALUES ('theirs')"))
    other.close()


def test_a_writer_of_the_same_process_does_not_wait_for_ever_either(database: Database) -> None:
    with database.session(writes=True), pytest.raises(Unavailable), database.session(writes=True):
        pass
    with database.session(writes=True) as db:  # the turn was given back
        db.execute(text("INSERT INTO notes (body) VALUES ('mine')"))
        db.commit()
    assert count(database) == 1


def test_a_connection_that_can_only_read_is_not_used_again(database: Database) -> None:
    """As one that was opened just when the disk let nobody write."""
    with database.session(writes=False) as db:
        db.execute(text("PRAGMA query_only=ON"))
    with pytest.raises(Unavailable), database.session(writes=True) as db:
        db.execute(text("INSERT INTO notes (body) VALUES ('lost')"))
    with database.session(writes=True) as db:
        db.execute(text("INSERT INTO notes (body) VALUES ('kept')"))
        db.commit()
    assert count(database) == 1


def test_a_mistake_in_a_statement_is_not_called_a_busy_database(database: Database) -> None:
    with pytest.raises(OperationalError), database.session(writes=False) as db:
        db.execute(text("SELECT * FROM nowhere"))
