"""How well a file answers to the words of a search: by the text that they stand in, whole words before beginnings."""

from typing import NamedTuple

from albumen.assets.search.walk import SECONDS, Budget, Plan, walk
from albumen.db import fulltext
from albumen.libraries.attribute import Operator
from albumen.libraries.criteria import Criterion, Node, Not
from albumen.libraries.values import Phrase
from albumen.unit import Unit

_RANKED = 1000
_WEIGHTS = {"title": 8, "tags": 7, "name": 6, "place": 5, "camera": 3, "lens": 2, "comments": 2}


class Ranked(NamedTuple):
    """A file with its score."""

    score: int
    slot: int
    file_id: int


def ranked(unit: Unit, planned: Plan, *, last: int | None = None) -> tuple[list[Ranked], int | None]:
    """The newest thousand that are found, the best first; and the slot after which older ones follow, if any do.

    `last` is the slot that an earlier call gave: exactly those files are ranked again, even if that takes longer.
    """
    phrases = _phrases(planned.query)
    texts = tuple(fulltext.entries.c[each] for each in _WEIGHTS)
    found: list[Ranked] = []
    budget, slot = Budget(SECONDS if last is None else 10 * SECONDS), None
    low, high = planned.between
    for step in walk(unit, planned, (low if last is None else max(low, last), high), more=texts):
        slot = step.slot
        if step.fits:
            held = dict(zip(_WEIGHTS, (f" {each or ''} " for each in step.more), strict=True))
            score = sum(_score(phrase, name, held) for name, phrase in phrases)
            found.append(Ranked(score, step.slot, step.file_id))
        if (last is None and len(found) >= _RANKED) or budget.is_spent():
            break
    else:
        slot = None if last is None or last < low else last
    return sorted(found, reverse=True), slot


def _phrases(node: Node) -> list[tuple[str, Phrase]]:
    """The words that are asked for, with the attribute that they are to stand in."""
    if isinstance(node, Not):
        return []
    if isinstance(node, Criterion):
        return [(node.name, node.values[0])] if node.operator is Operator.words else []
    return [each for part in node.parts for each in _phrases(part)]


def _score(phrase: Phrase, name: str, held: dict[str, str]) -> int:
    """The best text counts, twice where it has the words as a whole."""
    within = held if name == "text" else ["name" if name == "filename" else name]
    return max((_WEIGHTS[each] * _hits(phrase, held[each]) for each in within if each in held), default=0)


def _hits(phrase: Phrase, text: str) -> int:
    if f" {phrase.text} " in text:
        return 2
    return int(phrase.is_prefix and f" {phrase.text}" in text)
