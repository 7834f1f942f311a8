"""The walk through the index that every search is: a plan of what to ask, and the files one after the other."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select

from albumen.db import fulltext
from albumen.db.fulltext import Every, Match, Token, mark
from albumen.libraries import access, hints
from albumen.libraries.attributes import ATTRIBUTES, Operator, below
from albumen.libraries.criteria import All, Criteria, Criterion, Node, Not
from albumen.libraries.models import File, Folder
from albumen.unit import Unit

SECONDS = 0.4
_AT_LEAST = 1000
_AT_ONCE = 250


class Budget:
    """The time that a search may take.  The first thousand files are looked at on a machine that stands still, too."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._end = time.monotonic() + seconds
        self._left = _AT_LEAST

    def is_spent(self, looked_at: int = 1) -> bool:
        """Whether it is over: asked once for each file, or for several together."""
        self._left -= looked_at
        return self._left < 0 and time.monotonic() > self._end


class Step(NamedTuple):
    """A file on the way, and whether it is one that is looked for; `more` holds what else was asked for."""

    slot: int
    file_id: int
    fits: bool
    more: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What to walk: a match among all that have the mark `everywhere`; `fits` is then asked of each file.

    `whole` is all that a file must meet, for those who come another way than through the index.
    """

    library_id: int
    everywhere: Token
    match: Match
    between: tuple[int, int]
    fits: ColumnElement[bool]
    whole: ColumnElement[bool]
    query: Node


def plan(unit: Unit, library_id: int, query: Criteria) -> Plan:
    """How to search a library.  Raises NotFound, Denied."""
    [planned] = plans(unit, [library_id], query, access.files_seen(unit, library_id))
    return planned


def plans(unit: Unit, library_ids: Sequence[int], query: Criteria, seen: ColumnElement[bool]) -> list[Plan]:
    """How to search each of some libraries, in all of which the query means the same, for files that are `seen`."""
    asked = _resolved(unit, library_ids, All(query.criteria))
    hint, left = hints.of(asked), hints.residual(asked)
    match, between = hint.match or Every(()), fulltext.slots(hint.begin, hint.end)
    fits = seen if left is None else and_(seen, left.test())
    whole = and_(seen, asked.test())
    return [Plan(each, mark("l", each), match, between, fits, whole, asked) for each in library_ids]


def _resolved(unit: Unit, library_ids: Sequence[int], node: Node) -> Node:
    """The query with folders by their ids: only those that the actor sees count, also in the middle of a path."""
    if isinstance(node, Not):
        return Not(_resolved(unit, library_ids, node.part))
    if not isinstance(node, Criterion):
        return replace(node, parts=tuple(_resolved(unit, library_ids, each) for each in node.parts))
    if node.name == "parentFolderName" and any(access.role_on(unit, each) is None for each in library_ids):
        return All((node, _within([found for each in library_ids for found in unit.db.scalars(_seen(unit, each))])))
    if node.name != "folder":
        return node
    operator = Operator.not_one_of if node.operator is Operator.neq else Operator.one_of
    return _within([found for each in library_ids for found in _below(unit, each, node.values[0])], operator)


def _seen(unit: Unit, library_id: int) -> Select[int]:
    return select(Folder.id).where(access.folders_seen(unit, library_id))


def _below(unit: Unit, library_id: int, path: Sequence[str]) -> Sequence[int]:
    seen = _seen(unit, library_id)
    return unit.db.scalars(below(path, lambda each: each.id.in_(seen))).all()


def _within(folder_ids: Sequence[int], operator: Operator = Operator.one_of) -> Criterion:
    return Criterion(ATTRIBUTES["parentFolderId"], operator, tuple(folder_ids), "parentFolderId")


def walk(
    unit: Unit, planned: Plan, between: tuple[int, int], *, newest_first: bool = True, more: tuple[Any, ...] = ()
) -> Iterator[Step]:
    """The files that the index finds, in order, read only as far as the caller goes."""
    slots = fulltext.walk(unit.db, planned.match, planned.everywhere, between, newest_first=newest_first)
    wanted = slots.join(File, File.id == fulltext.entries.c.file_id).add_columns(planned.fits, *more)
    with closing(unit.db.execute(wanted, execution_options={"yield_per": _AT_ONCE})) as rows:
        for slot, file_id, fits, *rest in rows:
            yield Step(slot, file_id, bool(fits), tuple(rest))
