"""The index of words: how it is asked, in which order it answers, and that it is walked and never sorted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from albumen.db import fulltext, migrate
from albumen.db.engine import Database
from albumen.db.fulltext import Every, Match, Some, Token, Without, mark, slots, walk

EVERYWHERE = mark("l", 1)
ALL = slots(None, None)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Ten entries: odd ones say "odd", all say their number."""
    made = Database(f"sqlite:///{tmp_path / 'some.db'}")
    migrate.upgrade(made)
    added = text(
        "INSERT INTO search_entries (slot, file_id, bare, name, tags, marks) VALUES (:n, :n, '', :name, :tag, :m)"
    )
    with made.session(writes=True) as db:
        for n in range(10):
            tag = "odd" if n % 2 else None
            db.execute(added, {"n": n, "name": f"number {n} eleven", "tag": tag, "m": EVERYWHERE.text})
        db.commit()
    yield made
    made.close()


MATCHES: list[tuple[Match, list[int]]] = [
    (Every(()), list(range(10))),
    (Some(()), []),
    (Token("odd"), [1, 3, 5, 7, 9]),
    (Without(Token("odd")), [0, 2, 4, 6, 8]),
    (Token("odd", within="name"), []),
    (Token("3"), [3]),
    (Token("numb", is_prefix=True), list(range(10))),
    (Token("numb"), []),
    (Every((Token("odd"), Without(Token("3")), Without(Token("5")))), [1, 7, 9]),
    (Some((Token("2"), Every((Token("odd"), Token("9"))))), [2, 9]),
    (Without(Some((Token("odd"), Token("2")))), [0, 4, 6, 8]),
    (Some((Token("2"), Without(Token("number")))), [2]),
]


@pytest.mark.parametrize(("match", "expected"), MATCHES)
def test_a_match_finds_entries_by_slot(database: Database, match: Match, expected: list[int]) -> None:
    with database.session(writes=False) as db:
        assert [row.file_id for row in db.execute(walk(match, EVERYWHERE, ALL, newest_first=False))] == expected
        back = walk(match, EVERYWHERE, (3, 7), newest_first=True)
        assert [row.file_id for row in db.execute(back)] == [n for n in reversed(expected) if 3 <= n <= 7]


def test_what_is_removed_is_not_found(database: Database) -> None:
    with database.session(writes=True) as db:
        db.execute(text("DELETE FROM search_entries WHERE slot < 8"))
        assert [row.file_id for row in db.execute(walk(Token("odd"), EVERYWHERE, ALL, newest_first=True))] == [9]


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_index_is_walked_and_not_sorted(database: Database, newest_first: bool) -> None:
    wanted = walk(Token("odd"), EVERYWHERE, (3, 7), newest_first=newest_first)
    told = str(wanted.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with database.session(writes=False) as db:
        steps = [row.detail for row in db.execute(text("EXPLAIN QUERY PLAN " + told.replace(":", "\\:")))]
    assert len(steps) == 2
    assert "VIRTUAL TABLE" in steps[0]
    assert "PRIMARY KEY" in steps[1]


def test_slots_grow_with_time() -> None:
    moments = [datetime(1, 1, 1, tzinfo=UTC), datetime(1650, 1, 1, tzinfo=UTC), datetime(1969, 7, 20, tzinfo=UTC)]
    moments += [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(milliseconds=n) for n in (0, 1, 1000)]
    moments.append(datetime(9999, 12, 31, tzinfo=UTC))
    begins = [slots(moment, None)[0] for moment in moments]
    assert begins == sorted(begins)
    assert len(set(begins)) == len(begins) - 1
    for moment in moments:
        low, high = slots(moment, moment)
        assert 0 <= low < high < 1 << 63


def test_short_texts_have_no_trigrams() -> None:
    assert fulltext.trigrams("ab") is None
    assert fulltext.trigrams("ÄBC") == Every((mark("g", "abc"),))
