"""The walk through the index that every search is: a plan of what to ask, and the files one after the other."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select

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

    def is_spent(self) -> bool:
        """Whether it is over: asked once for each file."""
        self._left -= 1
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
    seen = access.files_seen(unit, library_id)
    asked = _resolved(unit, library_id, All(query.criteria))
    hint, left = hints.of(asked), hints.residual(asked)
    return Plan(
        library_id=library_id,
        everywhere=mark("l", library_id),
        match=hint.match or Every(()),
        between=fulltext.slots(hint.begin, hint.end),
        fits=seen if left is None else and_(seen, left.test()),
        whole=and_(seen, asked.test()),
        query=asked,
    )


def _resolved(unit: Unit, library_id: int, node: Node) -> Node:
    """The query with folders by their ids: only those that the actor sees count, also in the middle of a path."""
    if isinstance(node, Not):
        return Not(_resolved(unit, library_id, node.part))
    if not isinstance(node, Criterion):
        return replace(node, parts=tuple(_resolved(unit, library_id, each) for each in node.parts))
    seen = select(Folder.id).where(access.folders_seen(unit, library_id))
    if node.name == "parentFolderName" and access.role_on(unit, library_id) is None:
        return All((node, _within(unit.db.scalars(seen).all())))
    if node.name != "folder":
        return node
    is_not = node.operator is Operator.neq
    found = unit.db.scalars(below(node.values[0], lambda each: each.id.in_(seen))).all()
    return _within(found, Operator.not_one_of if is_not else Operator.one_of)


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
