"""The index that searches walk: the one place that knows how the database in use finds words.

Each file has an entry, whose `slot` grows with the time the file is sorted by, so that an index of words that lists
its entries by slot lists them in the order in which they are shown, and a search stops where its page is full.

On SQLite the words stand in an FTS5 table that triggers keep in step (see `fulltext_schema`), on PostgreSQL in a
`tsvector` of the entry itself (see `fulltext_entries`).

Beside the words of its texts an entry has marks: reserved words for what is exactly so, such as its library, its
folder, each whole tag, its rating, the cell of the globe it lies in, and the trigrams of its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, column, literal, or_, select, table
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from albumen.db import fulltext_texts as texts
from albumen.db import functions
from albumen.db.fulltext_texts import COLUMNS
from albumen.kernel import words as wording

__all__ = ["COLUMNS", "Every", "Match", "Some", "Token", "Without"]

entries = table(
    "search_entries",
    *(column(each, BigInteger) for each in ("slot", "file_id")),
    *(column(each, String) for each in ("marks", *COLUMNS)),
    column("words"),
)
_index = table("search_words", column("rowid"), column("search_words"))

_FIRST = datetime(1700, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TIES = 1 << 19
_LAST_MILLISECOND = (1 << 44) - 1
MOST_CELLS = 100


@dataclass(frozen=True)
class Token:
    """A word of an entry, or how one begins; anywhere, or in one of its texts."""

    text: str
    is_prefix: bool = False
    within: str | None = None


@dataclass(frozen=True)
class Every:
    """All of some matches."""

    parts: tuple["Match", ...]


@dataclass(frozen=True)
class Some:
    """At least one of some matches."""

    parts: tuple["Match", ...]


@dataclass(frozen=True)
class Without:
    """What a match does not hold."""

    part: "Match"


Match = Token | Every | Some | Without


def mark(kind: str, value: str | int = "") -> Token:
    """The mark of something that is exactly so."""
    return Token(wording.reserved(kind, str(value)))


def kind_of(marks: str) -> tuple[str, bool]:
    """The kind of a file, and whether it is a film, as its marks say."""
    kind = marks.partition(wording.reserved("k"))[2].partition(" ")[0]
    return kind, wording.reserved("v") in marks


def trigrams(text: str) -> Every | None:
    """What a name has that holds this text; None where the text is too short to say."""
    found = wording.trigrams(wording.bare(text))
    return Every(tuple(Token(wording.reserved("g", each)) for each in found)) if found else None


def slots(begin: datetime | None, end: datetime | None) -> tuple[int, int]:
    """The first and the last slot of the files sorted from `begin` to `end`, both included."""
    low = 0 if begin is None else _slot(begin)
    high = (_LAST_MILLISECOND + 1) * _TIES if end is None else _slot(end) + _TIES
    return low, high - 1


def _slot(moment: datetime) -> int:
    return min(max((moment - _FIRST) // _MILLISECOND, 0), _LAST_MILLISECOND) * _TIES


def walk(db: Session, match: Match, everywhere: Token, between: tuple[int, int], *, newest_first: bool) -> Select[Any]:
    """The slots and files that a match finds, in order; `everywhere` is a mark that all the caller means have."""
    wanted = Every((everywhere, match))
    if db.get_bind().dialect.name == "postgresql":
        slot = entries.c.slot
        told = _Tsquery(everywhere).told(wanted)
        found = select(slot, entries.c.file_id).where(entries.c.words.op("@@")(cast(literal(told), _TSQUERY)))
    else:
        slot = _index.c.rowid
        told = _Fts5(everywhere).told(wanted)
        found = select(entries.c.slot, entries.c.file_id).join_from(_index, entries, entries.c.slot == slot)
        found = found.where(_index.c.search_words.op("MATCH")(literal(told)))
    return found.where(slot.between(*between)).order_by(slot.desc() if newest_first else slot)


class _TSQUERY(UserDefinedType[str]):
    """What `tsvector` is asked; the dialect's own type would take a third of a second to load."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"


@dataclass(frozen=True)
class _Fts5:
    """How FTS5 writes a match."""

    everywhere: Token
    both, either, but = " AND ", " OR ", " NOT "

    def told(self, match: Match) -> str:
        if isinstance(match, Token):
            return self.word(match)
        everywhere = self.word(self.everywhere)
        if isinstance(match, Without):
            return f"({everywhere}{self.but}{self.told(match.part)})"
        if isinstance(match, Some) and not match.parts:
            return f"({everywhere}{self.but}{everywhere})"
        if isinstance(match, Some):
            return "(" + self.either.join(map(self.told, match.parts)) + ")"
        wanted = [self.told(each) for each in match.parts if not isinstance(each, Without)] or [everywhere]
        unwanted = [self.told(each.part) for each in match.parts if isinstance(each, Without)]
        found = "(" + self.both.join(wanted) + ")"
        return f"({found}{self.but}({self.either.join(unwanted)}))" if unwanted else found

    def word(self, token: Token) -> str:
        within = f"{token.within} : " if token.within else ""
        return f'({within}"{token.text}"{" *" if token.is_prefix else ""})'


class _Tsquery(_Fts5):
    """How PostgreSQL writes one; in which text a word stands is part of the word."""

    both, either, but = " & ", " | ", " & !"

    def word(self, token: Token) -> str:
        told = texts.lexeme(token.text, token.within).replace("\\", "\\\\").replace("'", "''")
        return f"'{told}'{':*' if token.is_prefix else ''}"


def said(text: str, within: Sequence[str], *, is_prefix: bool, file_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the words stand side by side in one of the texts of a file, read from its entry and not from the index.

    The last word may be the beginning of one.
    """
    wanted = f" {text}" if is_prefix else f" {text} "
    entry = entries.alias("said")
    held = (functions.place_in(" " + entry.c[each] + " ", wanted) > 0 for each in within)
    return select(literal(1)).select_from(entry).where(entry.c.file_id == file_id, or_(*held)).exists()


def install(connection: Any) -> None:
    """Teach a new SQLite connection what the triggers ask for."""
    for name, count, function in (
        ("search_text", 1, texts.text_words),
        ("search_tags", 1, texts.tag_words),
        ("search_bare", 1, wording.bare),
        ("search_name", 1, wording.name_words),
        ("search_grams", 1, texts.grams),
        ("search_marks", -1, texts.marks),
    ):
        connection.create_function(name, count, function, deterministic=True)
