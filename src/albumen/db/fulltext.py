"""The index that searches walk: the one place that knows how the database in use finds words.

Each file has an entry, whose `slot` grows with the time the file is sorted by, so that an index of words that lists
its entries by slot lists them in the order in which they are shown, and a search stops where its page is full.  On
SQLite the words stand in an FTS5 table that triggers keep in step (see `fulltext_schema`).

Beside the words of its texts an entry has marks: reserved words for what is exactly so, such as its library, its
folder, each whole tag, its rating, the cell of the globe it lies in, and the trigrams of its name.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, literal, or_, select, table

from albumen.kernel import words as wording
from albumen.kernel.text import fold

COLUMNS = ("name", "title", "comments", "tags", "place", "camera", "lens")
"""The texts of an entry, each as words with one space between them."""

entries = table("search_entries", column("slot"), column("file_id"), column("marks"), *map(column, COLUMNS))
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


def cell(latitude: float, longitude: float) -> str:
    """The cell of the globe, one degree a side, that a place lies in."""
    return f"{floor(latitude)},{floor(longitude)}"


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


def walk(match: Match, everywhere: Token, between: tuple[int, int], *, newest_first: bool) -> Select[Any]:
    """The slots and files that a match finds, in order; `everywhere` is a mark that all the caller means have."""
    slot = _index.c.rowid
    told = _told(Every((everywhere, match)), _quoted(everywhere))
    found = select(entries.c.slot, entries.c.file_id).join_from(_index, entries, entries.c.slot == slot)
    found = found.where(_index.c.search_words.op("MATCH")(literal(told)), slot.between(*between))
    return found.order_by(slot.desc() if newest_first else slot)


def _told(match: Match, everywhere: str) -> str:
    """A match as FTS5 writes it."""
    if isinstance(match, Token):
        return _quoted(match)
    if isinstance(match, Without):
        return f"({everywhere} NOT {_told(match.part, everywhere)})"
    if isinstance(match, Some) and not match.parts:
        return f"({everywhere} NOT {everywhere})"
    if isinstance(match, Some):
        return "(" + " OR ".join(_told(each, everywhere) for each in match.parts) + ")"
    wanted = [_told(each, everywhere) for each in match.parts if not isinstance(each, Without)] or [everywhere]
    unwanted = [_told(each.part, everywhere) for each in match.parts if isinstance(each, Without)]
    found = "(" + " AND ".join(wanted) + ")"
    return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else found


def _quoted(token: Token) -> str:
    within = f"{token.within} : " if token.within else ""
    return f'({within}"{token.text}"{" *" if token.is_prefix else ""})'


def said(text: str, within: Sequence[str], *, is_prefix: bool, file_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the words stand side by side in one of the texts of a file, read from its entry and not from the index.

    The last word may be the beginning of one.
    """
    wanted = f" {text}" if is_prefix else f" {text} "
    entry = entries.alias("said")
    held = (func.instr(" " + entry.c[each] + " ", wanted) > 0 for each in within)
    return select(literal(1)).select_from(entry).where(entry.c.file_id == file_id, or_(*held)).exists()


def install(connection: Any) -> None:
    """Teach a new SQLite connection what the triggers ask for."""
    for name, count, function in (
        ("search_text", 1, _text),
        ("search_tags", 1, _tags),
        ("search_bare", 1, wording.bare),
        ("search_name", 1, wording.name_words),
        ("search_grams", 1, _grams),
        ("search_marks", -1, _marks),
    ):
        connection.create_function(name, count, function, deterministic=True)


def _text(text: object) -> str | None:
    return wording.words(text) or None if isinstance(text, str) else None


def _listed(tags: object) -> list[str]:
    try:
        found = json.loads(tags) if isinstance(tags, str) else []
    except ValueError:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _tags(tags: object) -> str | None:
    return " ".join(filter(None, (wording.words(each) for each in _listed(tags)))) or None


def _grams(bare: str) -> str:
    return " ".join(wording.reserved("g", each) for each in wording.trigrams(bare))


def _marks(*told: Any) -> str:
    """The marks of a file: its library, folder, kind, whether it is a film, a favourite; rating, place, tags, …

    The rest are names of what a file may have, each with whether it has it.
    """
    library, folder, kind, is_video, is_favorite, rating, latitude, longitude, tags, *has = told
    found = [("l", library), ("f", folder), ("k", kind), ("v" if is_video else "p", "")]
    found += [("s", "")] if is_favorite else []
    found += [("r", rating if 0 <= rating <= 5 else "x"), ("h", "rating")] if rating is not None else []
    found += [("h", "gps")] if latitude is not None else []
    found += [("c", cell(latitude, longitude))] if None not in (latitude, longitude) else []
    found += [("h", name) for name, value in zip(has[::2], has[1::2], strict=True) if value]
    marks = [wording.reserved(kind, str(value)) for kind, value in found]
    return " ".join(dict.fromkeys(marks + _tag_marks(_listed(tags))))


def _tag_marks(tags: Iterable[str]) -> list[str]:
    each = [wording.reserved("t", fold(tag)) for tag in tags]
    return [*each, wording.reserved("h", "tags")] if each else each
