"""The tags of a library: what there is, how much it is used, and their tree, whose levels a `/` parts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, String, and_, cast, func, literal, literal_column, or_, select

from albumen.db import functions
from albumen.kernel.errors import NotFound
from albumen.kernel.text import fold
from albumen.libraries import access
from albumen.libraries.models import File, Role
from albumen.unit import Unit

_sets = cast(File.tags.expression, String)
_is_tagged = _sets != literal_column("'[]'")
"""Spelt out, as the index of tags has it, which is not used for a value that comes later."""


@dataclass(frozen=True)
class Tag:
    """A tag, on how many files it is, and on how many it or one below it is."""

    tag: str
    count: int
    total: int


def without(tags: Iterable[str], removed: Iterable[str]) -> list[str]:
    """Tags but for some, whatever their case."""
    gone = {fold(each) for each in removed}
    return [tag for tag in tags if fold(tag) not in gone]


def renamed(tags: Iterable[str], name: str, to: str | None) -> list[str]:
    """Tags with one, and all below it, under another name; or (None) without them."""
    depth, folded, found = name.count("/") + 1, fold(name), []
    for tag in tags:
        levels = tag.split("/")
        if fold("/".join(levels[:depth])) != folded:
            found.append(tag)
        elif to is not None:
            found.append("/".join([to, *levels[depth:]]))
    return found


def seen(unit: Unit, library_id: int) -> list[Tag]:
    """The tags of all files that the actor sees, by name.  Raises NotFound, Denied.

    Tags that differ by case only are one, in the spelling that is used most.
    """
    wanted = select(_sets, func.count()).where(access.files_seen(unit, library_id), _is_tagged).group_by(_sets)
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for text, count in unit.db.execute(wanted):
        tags = msgspec.json.decode(text, type=list[str])
        levels = {level for tag in tags for level in _levels(tag)}
        for level in levels:
            spellings.setdefault(fold(level), Counter())[level] += count
        counts.update(dict.fromkeys({fold(tag) for tag in tags}, count))
        totals.update(dict.fromkeys({fold(level) for level in levels}, count))
    ordered = sorted(totals, key=lambda folded: folded.split("/"))
    return [Tag(spellings[each].most_common(1)[0][0], counts[each], totals[each]) for each in ordered]


def _levels(tag: str) -> list[str]:
    """A tag and all above it."""
    parts = tag.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def holders(unit: Unit, library_id: int, tag: str) -> list[int]:
    """The files with a tag, or one below it, that the actor may change.  Raises Denied, and NotFound for none."""
    may = access.files_anywhere(unit, least=Role.contributor)
    found = unit.db.scalars(
        select(File.id).where(File.library_id == library_id, may, _has(tag)).order_by(File.id)
    ).all()
    if not found:
        raise NotFound("There is no such tag on files that you may change.")
    return list(found)


def _has(tag: str) -> ColumnElement[bool]:
    each = functions.elements(File.tags.expression)
    value: ColumnElement[Any] = functions.folded(each.c.value)
    held = or_(value == fold(tag), value.startswith(f"{fold(tag)}/", autoescape=True))
    return and_(_is_tagged, select(literal(1)).select_from(each).where(held).exists())
