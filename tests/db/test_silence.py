"""A PostgreSQL server that is away or says nothing is noticed soon, by everybody, and so is its return."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests import databases, make
from tests.db.silence import Way, new_database, way_to
from tests.installation import Installation, wait_until

from albumen.accounts.models import User
from albumen.db.engine import Database
from albumen.db.pulse import Pulse, Silent, connecting
from albumen.kernel.errors import Unavailable
from albumen.media.guard import Guard

SOON = 15.0
"""How long a busy machine may take for what is done in two seconds; a hang would be longer."""


@pytest.fixture
def way() -> Iterator[tuple[Way, str]]:
    url = new_database()
    with way_to(url) as found:
        yield found
    databases.drop(url)


@pytest.fixture
def database(way: tuple[Way, str]) -> Iterator[Database]:
    made = Database(way[1], pool=2, busy_seconds=600, silent_seconds=600)
    yield made
    made.close()


def ask(database: Database, statement: str = "SELECT 1") -> None:
    with database.session(writes=True) as db:
        db.execute(text(statement))


@contextmanager
def impatient(database: Database) -> Iterator[None]:
    """What counts as silence on a quiet machine; as long as all goes well a busy one must not be suspected."""
    with database.session(writes=False) as db:
        pulse = db.connection().connection.dbapi_connection.pulse  # type: ignore[union-attr]  # there is one
    before, (pulse.patience, pulse.seconds) = (pulse.patience, pulse.seconds), (0.1, 0.2)
    yield
    pulse.patience, pulse.seconds = before


def refused_after(database: Database) -> float:
    begun = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        ask(database)
    assert raised.value.retry_seconds > 0
    return time.monotonic() - begun


def test_silence_ends_what_is_asked_new_and_running_and_is_over_when_it_is(
    way: tuple[Way, str], database: Database
) -> None:
    with database.session(writes=True) as db, impatient(database):
        db.execute(text("SELECT 1"))
        way[0].fall_silent()
        with pytest.raises(DBAPIError, match="does not answer"):
            db.execute(text("SELECT 2"))
        with ThreadPoolExecutor(8) as threads:
            took = [threads.submit(refused_after, database) for _ in range(8)]
            assert max(each.result(60) for each in took) < SOON
        met = way[0].met
        for _ in range(20):
            refused_after(database)
        assert way[0].met - met <= 20, "each looks once at most, and connects no more"
    way[0].recover()
    wait_until(lambda: answers(database), "the database to be heard again")


def answers(database: Database) -> bool:
    try:
        ask(database)
    except Unavailable:
        return False
    return True


def test_a_statement_may_take_its_time_while_the_server_lives(way: tuple[Way, str]) -> None:
    with connecting(Pulse(0.05, 600))(way[1]) as connection:
        connection.execute("SELECT pg_sleep(0.3)")
        assert way[0].met >= 2, "it was asked beside that whether it is there"
        connection.is_idle = True
        with pytest.raises(Silent, match="dead"):
            connection.pulse.seconds = 0.1
            wait_until(lambda: connection.execute("SELECT pg_sleep(60)"))


def test_a_server_that_is_stopped_is_away_at_once(way: tuple[Way, str]) -> None:
    closed = Database(way[1].replace(str(way[0].port), "1"), silent_seconds=600)
    assert refused_after(closed) < SOON
    closed.close()


def test_requests_are_refused_with_a_time_and_served_again(tmp_path: Path, guard: Guard) -> None:
    databases.check_server()
    with databases.running_on(databases.POSTGRESQL), way_to(databases.url_for(tmp_path / "data")) as (way, url):
        chosen = {"url": url, "silent_seconds": 600, "busy_seconds": 600}
        installation = Installation.at(tmp_path / "data", guard, database=chosen)
        alice = installation.caller("alice")
        shelf = alice.library()
        with impatient(installation.app.database):
            way.fall_silent()
            begun = time.monotonic()
            for answer in (alice.get("/libraries"), alice.get(shelf.library), installation.client.get("/readyz")):
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["retry-after"]) > 0
            assert installation.client.get("/healthz").status_code == 200
            assert time.monotonic() - begun < 3 * SOON
        way.recover()
        wait_until(lambda: installation.client.get("/readyz").status_code == 200, "the way back")
        assert alice.get(shelf.library).status_code == 200
        assert installation.rows(User) == 1
        installation.close()


@pytest.mark.torture
def test_sixty_seconds_away_are_sixty_seconds_of_quick_refusals(tmp_path: Path, guard: Guard) -> None:
    databases.check_server()
    with databases.running_on(databases.POSTGRESQL), way_to(databases.url_for(tmp_path / "data")) as (way, url):
        installation = Installation.at(tmp_path / "data", guard, database={"url": url, "silent_seconds": 1.5})
        alice = installation.caller("alice")
        wait_until(lambda: alice.get("/libraries").status_code == 200, "the first answer")
        shelf = alice.library()
        with ThreadPoolExecutor(12) as threads:
            way.fall_silent()
            ends = time.monotonic() + 60
            asked = [threads.submit(keep_asking, installation, ends) for _ in range(12)]
            slowest = [each.result(300) for each in asked]
        print(f"slowest refusal: {max(slowest):.2f} s")  # pytest -rP shows it
        assert max(slowest) < SOON
        way.recover()
        wait_until(lambda: alice.get(shelf.library).status_code == 200, "the way back", 10)
        shelf.add(make.photo())
        installation.work_off()
        installation.check_counts()
        installation.close()


def keep_asking(installation: Installation, ends: float) -> float:
    """Ask until then, be refused each time; the longest that it took."""
    caller, slowest = installation.caller("alice"), 0.0
    while (begun := time.monotonic()) < ends:
        answer = caller.get("/libraries")
        slowest = max(slowest, time.monotonic() - begun)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    return slowest
