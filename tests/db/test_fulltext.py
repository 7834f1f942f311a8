"""The index of words: how it is asked, in which order it answers, and that it is walked and never sorted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from albumen.db import fulltext, migrate
from albumen.db.engine import Database
from albumen.db.fulltext import Every, Match, Some, Token, Without, mark, slots, walk
from albumen.db.fulltext_entries import lexemes

EVERYWHERE = mark("l", 1)
ALL = slots(None, None)


@pytest.fixture
def database(migrated: Database) -> Database:
    """Ten entries: odd ones say "odd", all say their number."""
    columns, values = "slot, file_id, bare, name, tags, marks", ":n, :n, '', :name, :tag, :m"
    if not migrated.is_sqlite:
        columns, values = f"{columns}, words", f"{values}, array_to_tsvector(:words)"
    with migrated.session(writes=True) as db:
        for n in range(10):
            told = {"name": f"number {n} eleven", "tags": "odd" if n % 2 else None}
            row = {"n": n, "name": told["name"], "tag": told["tags"], "m": EVERYWHERE.text}
            words = {} if migrated.is_sqlite else {"words": lexemes(told, EVERYWHERE.text)}
            db.execute(text(f"INSERT INTO search_entries ({columns}) VALUES ({values})"), {**row, **words})
        db.commit()
    return migrated


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
        assert [row.file_id for row in db.execute(walk(db, match, EVERYWHERE, ALL, newest_first=False))] == expected
        back = walk(db, match, EVERYWHERE, (3, 7), newest_first=True)
        assert [row.file_id for row in db.execute(back)] == [n for n in reversed(expected) if 3 <= n <= 7]


def test_what_is_removed_is_not_found(database: Database) -> None:
    with database.session(writes=True) as db:
        db.execute(text("DELETE FROM search_entries WHERE slot < 8"))
        assert [row.file_id for row in db.execute(walk(db, Token("odd"), EVERYWHERE, ALL, newest_first=True))] == [9]


@pytest.mark.parametrize("newest_first", [True, False])
def test_on_sqlite_the_index_is_walked_and_not_sorted(tmp_path: Path, newest_first: bool) -> None:
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    migrate.upgrade(database)
    with database.session(writes=False) as db:
        wanted = walk(db, Token("odd"), EVERYWHERE, (3, 7), newest_first=newest_first)
        told = str(wanted.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        steps = [row.detail for row in db.execute(text("EXPLAIN QUERY PLAN " + told.replace(":", "\\:")))]
    database.close()
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
