"""What the search index says of a query before any file is looked at: a match that holds all that the query finds.

Where the match holds nothing else, the query need not be asked of each file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import cos, floor, radians
from typing import Any

from albumen.db import fulltext, fulltext_seen
from albumen.db.fulltext import MOST_CELLS, Every, Match, Some, Token, Without, mark
from albumen.kernel import words as wording
from albumen.libraries import seen
from albumen.libraries.attribute import NEGATIVE, Operator
from albumen.libraries.criteria import All, Criterion, Node, Not
from albumen.libraries.values import Box, Near, Phrase

_MOST_FOLDERS = 200
_ZONES = timedelta(hours=26)
"""How far the clock of a photo may be from UTC, and a bit."""
_KM_PER_DEGREE = 110.0
_STARS = range(6)


@dataclass(frozen=True)
class Hint:
    """A match (None: everything), whether it is all there is to ask, and between which times the files are sorted."""

    match: Match | None = None
    is_all: bool = False
    begin: datetime | None = None
    end: datetime | None = None


_NOTHING = Hint()


def of(node: Node) -> Hint:
    """What the index says of a query, or of a part of one."""
    if isinstance(node, Criterion):
        return _of_criterion(node)
    if isinstance(node, Not):
        part = of(node.part)
        return Hint(Without(part.match), is_all=True) if part.is_all and part.match else _NOTHING
    parts = [of(each) for each in node.parts]
    return _all(parts) if isinstance(node, All) else _either(parts)


def residual(node: Node) -> Node | None:
    """What is left to be asked of each file that the index finds; None where that is nothing."""
    if of(node).is_all:
        return None
    if not isinstance(node, All):
        return node
    left = [each for each in map(residual, node.parts) if each is not None]
    return All(tuple(left)) if left else None


def _all(parts: Sequence[Hint]) -> Hint:
    matches = tuple(each.match for each in parts if each.match is not None)
    begins = [each.begin for each in parts if each.begin is not None]
    ends = [each.end for each in parts if each.end is not None]
    is_all = all(each.is_all for each in parts)
    return Hint(
        Every(matches) if matches else None,
        is_all,
        max(begins, default=None),
        min(ends, default=None),
    )


def _either(parts: Sequence[Hint]) -> Hint:
    begins = [each.begin for each in parts if each.begin is not None]
    ends = [each.end for each in parts if each.end is not None]
    begin = min(begins) if len(begins) == len(parts) else None
    end = max(ends) if len(ends) == len(parts) else None
    matches = [each.match for each in parts if each.match is not None]
    if len(matches) < len(parts):
        return Hint(begin=begin, end=end)
    return Hint(Some(tuple(matches)), all(each.is_all for each in parts), begin, end)


def _of_criterion(asked: Criterion) -> Hint:
    if asked.operator is Operator.words:
        return _words(asked)
    if asked.operator in NEGATIVE:
        opposite = Operator.eq if asked.operator is Operator.neq else Operator.one_of
        return of(Not(replace(asked, operator=opposite)))
    known = _KNOWN.get(asked.name)
    return known(asked) if known else _NOTHING


def _words(asked: Criterion) -> Hint:
    phrase: Phrase = asked.values[0]
    if asked.name == seen.PERSON:
        return _NOTHING
    *before, last = (_word(asked.name, each) for each in _beginning(phrase))
    return Hint(Every((*before, last)), is_all=not before)


def _beginning(phrase: Phrase) -> Iterator[tuple[str, bool]]:
    """The words of a phrase, each with whether more may follow."""
    found = phrase.text.split()
    yield from ((each, phrase.is_prefix and at == len(found)) for at, each in enumerate(found, 1))


def _word(name: str, told: tuple[str, bool]) -> Match:
    """A word in the texts that an attribute is about, or in the picture itself."""
    word, is_prefix = told
    in_picture = [fulltext_seen.mark(kind, word, is_prefix=is_prefix) for kind in _SEEN.get(name, ())]
    if name in (seen.WRITING, seen.OBJECT):
        return in_picture[0]
    within = None if name == "text" else "name" if name == "filename" else name
    said = Token(word, is_prefix, within)
    return Some((said, *in_picture)) if in_picture else said


_SEEN: Mapping[str, str] = {
    seen.WRITING: fulltext_seen.WRITING,
    seen.OBJECT: fulltext_seen.THINGS,
    "text": fulltext_seen.WRITING + fulltext_seen.THINGS,
}
"""The kinds of mark, a letter each, that hold the words an attribute is about."""


def _is_equal(asked: Criterion) -> bool:
    return asked.operator in (Operator.eq, Operator.one_of)


def _marked(kind: str, *, most: int = 1000) -> Callable[[Criterion], Hint]:
    """One of some values that are marked each."""

    def known(asked: Criterion) -> Hint:
        if not _is_equal(asked) or len(asked.values) > most:
            return _NOTHING
        return Hint(Some(tuple(mark(kind, value) for value in asked.values)), is_all=True)

    return known


def _flagged(is_so: Token, is_not: Match | None = None) -> Callable[[Criterion], Hint]:
    def known(asked: Criterion) -> Hint:
        return Hint(is_so if asked.values[0] else is_not or Without(is_so), is_all=True)

    return known


def _tags(asked: Criterion) -> Hint:
    if asked.operator is not Operator.matches:
        return _marked("t")(asked)
    begin, star, _ = asked.values[0].partition("%")
    found = wording.words(begin).split() if star and "_" not in begin and "\\" not in begin else []
    return Hint(Token(found[0], is_prefix=len(found) == 1, within="tags")) if found else _NOTHING


def _rating(asked: Criterion) -> Hint:
    if _is_equal(asked):
        is_usual = all(value in _STARS for value in asked.values)
        return _marked("r")(asked) if is_usual else Hint(mark("h", "rating"))
    test, other = _COMPARED[asked.operator], asked.values[0]
    return Hint(Some((*(mark("r", value) for value in _STARS if test(value, other)), mark("r", "x"))))


_COMPARED: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.lt: lambda value, other: value < other,
    Operator.lte: lambda value, other: value <= other,
    Operator.gt: lambda value, other: value > other,
    Operator.gte: lambda value, other: value >= other,
}


def _filename(asked: Criterion) -> Hint:
    if asked.operator in _COMPARED:
        return _NOTHING
    if asked.operator is Operator.matches:
        return _all([_NOTHING, *(Hint(fulltext.trigrams(each)) for each in _literals(asked.values[0]))])
    return _either([Hint(fulltext.trigrams(value)) for value in asked.values])


def _literals(pattern: str) -> list[str]:
    """What stands between the wildcards of a pattern as LIKE has it."""
    parts, letters = [""], iter(pattern)
    for letter in letters:
        if letter in "%_":
            parts.append("")
        else:
            parts[-1] += next(letters) if letter == "\\" else letter
    return parts


def _said(asked: Criterion) -> Hint:
    """A whole text, which has its own words."""
    if not _is_equal(asked):
        return _NOTHING
    return _either([Hint(_every(wording.words(value).split(), asked.name)) for value in asked.values])


def _every(found: Sequence[str], within: str) -> Match | None:
    return Every(tuple(Token(each, within=within) for each in found)) if found else None


def _near(asked: Criterion) -> Hint:
    return Hint(Some(tuple(_cells(_box(spot)) for spot in asked.values)))


def _box(spot: Near) -> Box:
    """All around a place; the whole width near the poles."""
    high = spot.km / _KM_PER_DEGREE
    south, north = max(-90.0, spot.latitude - high), min(90.0, spot.latitude + high)
    shrunk = cos(radians(max(abs(south), abs(north))))
    wide = high / shrunk if shrunk > 0.01 else 360.0
    if wide >= 90 or abs(spot.longitude) + wide > 180:
        return Box(south, -180.0, north, 180.0)
    return Box(south, spot.longitude - wide, north, spot.longitude + wide)


def _within(asked: Criterion) -> Hint:
    return Hint(Some(tuple(map(_cells, asked.values))))


def _cells(box: Box) -> Match:
    rows = range(floor(box.south), floor(box.north) + 1)
    columns = list(range(floor(box.west), floor(box.east) + 1))
    if box.west > box.east:
        columns = [*range(floor(box.west), 181), *range(-180, floor(box.east) + 1)]
    if len(rows) * len(columns) > MOST_CELLS:
        return mark("h", "gps")
    return Some(tuple(mark("c", f"{row},{each}") for row in rows for each in columns))


def _taken(asked: Criterion) -> Hint:
    moments = [_around(moment) for moment in asked.values]
    begin, end = min(first for first, _ in moments), max(last for _, last in moments)
    if asked.operator in (Operator.lt, Operator.lte):
        return Hint(end=end)
    return Hint(begin=begin) if asked.operator in (Operator.gt, Operator.gte) else Hint(begin=begin, end=end)


def _around(moment: datetime) -> tuple[datetime, datetime]:
    """When a file may be sorted that was taken then: on its own clock, or anywhere on the globe."""
    try:
        at = moment.replace(tzinfo=UTC)
        return (at, at) if moment.tzinfo is None else (at - _ZONES, at + _ZONES)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


_KNOWN: Mapping[str, Callable[[Criterion], Hint]] = {
    "parentFolderId": _marked("f", most=_MOST_FOLDERS),
    "kind": _marked("k"),
    "has": _marked("h"),
    "tags": _tags,
    "rating": _rating,
    "isVideo": _flagged(mark("v"), mark("p")),
    "favorite": _flagged(mark("s")),
    "hasGps": _flagged(mark("h", "gps")),
    "filename": _filename,
    "title": _said,
    "comments": _said,
    "camera": _said,
    "lens": _said,
    "place": _said,
    "near": _near,
    "within": _within,
    "takenOn": _taken,
}
