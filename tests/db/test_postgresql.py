"""What is PostgreSQL's own: its functions answer as Python does, and its refusals become words."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import DBAPIError
from tests import databases
from tests.installation import wait_until

from albumen.accounts.models import User
from albumen.db import functions, locks, postgresql_schema
from albumen.db.engine import Database
from albumen.kernel.clock import system_clock
from albumen.kernel.errors import Invalid, NotFound, Unavailable
from albumen.kernel.text import fold


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    databases.check_server()
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture
def database(server: str) -> Iterator[Database]:
    made = Database(server, busy_seconds=1)
    yield made
    made.close()


def add_user(database: Database, name: str) -> int:
    with database.session(writes=True) as db:
        user = User(name_key=name, name=name, created_at=system_clock())
        db.add(user)
        db.commit()
        return user.id


def test_it_folds_as_python_does(database: Database) -> None:
    older = (*range(1, 0xD800), *range(0xE000, 0x1E000))  # beyond, a server of last year knows fewer signs
    signs = [chr(code) for code in older]
    told = ["".join(signs[at : at + 1000]) for at in range(0, len(signs), 1000)]
    told += ["Straße", "ΑΣ", "İstanbul", "Ångström", "plain ASCII", ""]
    with database.session(writes=False) as db:
        for each in told:
            assert db.scalar(select(functions.folded(literal(each)))) == fold(each)
        assert db.scalar(select(functions.folded(literal(None)))) is None


def test_it_measures_as_python_does(database: Database) -> None:
    far = ((38.72, -9.14, 47.37, 8.54), (0.0, 179.9, 0.0, -179.9), (90.0, 0.0, -90.0, 0.0))
    with database.session(writes=False) as db:
        for each in (*far, (50.0, 8.0, 50.0, 8.00001)):
            found = db.scalar(select(functions.kilometres(*map(literal, each))))
            assert found == pytest.approx(functions.way(*each), abs=1e-6)


def test_a_row_that_others_hold_is_waited_for_and_then_given_up(database: Database) -> None:
    user_id = add_user(database, "held")
    with database.session(writes=True) as first:
        locks.hold(first, User.id, [user_id])
        with pytest.raises(Unavailable), database.session(writes=True) as second:
            locks.hold(second, User.id, [user_id])


def test_what_was_read_before_waiting_is_read_anew(database: Database) -> None:
    user_id = add_user(database, "reread")
    with database.session(writes=True) as db:
        user = db.get_one(User, user_id)
        with database.session(writes=True) as other:
            other.get_one(User, user_id).name = "changed"
            other.commit()
        assert user.name == "reread"
        locks.hold(db, User.id, [user_id])
        assert user.name == "changed"


def test_what_is_gone_when_its_turn_comes_is_not_found(database: Database) -> None:
    user_id, other_id = add_user(database, "gone"), add_user(database, "there")
    with pytest.raises(NotFound), database.session(writes=True) as db:
        user = db.get_one(User, user_id)
        with database.session(writes=True) as other:
            other.delete(other.get_one(User, user_id))
            other.commit()
        locks.hold(db, User.id, [other_id])
        assert user is None, "it is gone"


def test_two_that_wait_for_each_other_are_told_to_come_again(database: Database) -> None:
    ids = [add_user(database, "one"), add_user(database, "two")]
    outcomes: list[type] = []
    both = threading.Barrier(2)

    def hold(order: list[int]) -> None:
        try:
            with database.session(writes=True) as db:
                locks.hold(db, User.id, order[:1])
                both.wait(30)
                locks.hold(db, User.id, order[1:])
                outcomes.append(int)
        except Unavailable:
            outcomes.append(Unavailable)

    threads = [threading.Thread(target=hold, args=(order,)) for order in (ids, ids[::-1])]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Unavailable in outcomes


def test_a_name_that_somebody_else_took_first_is_to_be_tried_again(database: Database) -> None:
    add_user(database, "taken")
    with pytest.raises(Unavailable):
        add_user(database, "taken")


def test_a_zero_character_is_refused(database: Database) -> None:
    with pytest.raises(Invalid):
        add_user(database, "zero\0")


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), database.session(writes=False) as db:
        db.execute(text("DELETE FROM users"))


def test_readers_see_a_snapshot(database: Database) -> None:
    with database.session(writes=False) as reader:
        before = reader.scalar(select(func.count()).select_from(User))
        add_user(database, "later")
        assert reader.scalar(select(func.count()).select_from(User)) == before


def test_a_server_that_is_away_is_unavailable() -> None:
    database = Database("postgresql://albumen@/nothing?host=/nonexistent", busy_seconds=1)
    with pytest.raises(Unavailable), database.session(writes=False) as db:
        db.execute(text("SELECT 1"))
    database.close()


def test_who_starts_second_waits_however_long_the_first_migrates(database: Database) -> None:
    def prepare() -> object:
        with database.session(writes=True) as db:
            postgresql_schema.prepare(db)
            return db.scalar(text("SHOW lock_timeout"))

    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as threads:
        with database.session(writes=True) as first:
            postgresql_schema.prepare(first)
            second = threads.submit(prepare)
            wait_until(lambda: first.scalar(waiting))
            first.execute(text("SELECT pg_sleep(1.2)"))
        assert second.result(60) == "1s", "all else is waited for as long as ever"
