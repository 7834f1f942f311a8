"""What somebody who types a search may mean: how its last word can go on, from what the actor may see."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from albumen.assets.pictures import people
from albumen.assets.search import fields
from albumen.assets.search.facets import camera
from albumen.assets.search.walk import Budget, plan, walk
from albumen.kernel import words as wording
from albumen.libraries import access, criteria
from albumen.libraries.criteria import Criteria
from albumen.libraries.models import File, Folder
from albumen.unit import Unit

_LAST = re.compile(r'(?:^|(?<=[\s(]))(?P<minus>-?)(?:(?P<field>[a-zA-Z]+):)?(?P<value>"[^"]*|[^\s()":]*)$')
_LOOKED_AT = 1000
_SECONDS = 0.15
_FOLDERS = _PEOPLE = 2000
_LONGEST = 200
_MOST_WORDS = 16

_COLUMNS = (
    *(File.tags, File.camera_make, File.camera_model, File.lens),
    *(File.city, File.region, File.country, File.title, File.name),
)
_READ: dict[str, Callable[[tuple[Any, ...]], Iterable[str | None]]] = {
    "tag": lambda row: row[0],
    "camera": lambda row: [camera(row[1], row[2])],
    "lens": lambda row: [row[3]],
    "place": lambda row: row[4:7],
    "title": lambda row: [row[7]],
    "name": lambda row: [row[8]],
}
_ATTRIBUTES = {"tag": "tags", "name": "filename"}
_FIXED = {"is": fields.STATES, "has": fields.HELD, "type": fields.TYPES}


@dataclass(frozen=True)
class Suggestion:
    """A value of a field (None: the name of a field itself), and the search with the last word completed by it."""

    field: str | None
    value: str
    q: str
    count: int | None = None


@dataclass(frozen=True)
class _Typed:
    """What is being typed: all before it, the field, the value so far."""

    before: str
    field: str | None
    value: str

    @property
    def words(self) -> str:
        return wording.words(self.value)

    def completed(self, field: str, value: str, count: int | None = None) -> Suggestion:
        is_plain = re.fullmatch(r"[^\s()\":*?]+", value)
        told = value if is_plain else '"' + value.replace('"', " ") + '"'
        return Suggestion(field, value, f"{self.before}{field}:{told} ", count)


def suggest(unit: Unit, library_id: int, text: str, limit: int) -> list[Suggestion]:
    """How the last word of a search may go on, the likeliest first.  Raises NotFound, Denied."""
    access.check_seen(unit, library_id)
    found = _LAST.search(text[:2000])
    if found is None:
        return []
    field, value = found["field"], found["value"].lstrip('"')
    typed = _Typed(text[: found.start()] + found["minus"], field.lower() if field else None, value)
    if len(typed.value) > _LONGEST or len(typed.words.split()) > _MOST_WORDS:
        return []
    return list(_found(unit, library_id, typed))[:limit]


def _found(unit: Unit, library_id: int, typed: _Typed) -> Iterator[Suggestion]:
    if typed.field in _FIXED:
        yield from _fixed(typed, typed.field or "")
        return
    if typed.field is None and typed.value:
        yield from _fields(typed)
    if typed.field in (None, "folder") and (typed.words or typed.field):
        yield from _folders(unit, library_id, typed)
    if typed.field in (None, "person") and (typed.words or typed.field):
        yield from _people(unit, library_id, typed)
    if typed.field in _READ or (typed.field is None and typed.words):
        yield from _values(unit, library_id, typed)


def _fixed(typed: _Typed, field: str) -> Iterator[Suggestion]:
    for value in _FIXED[field]:
        if value.startswith(typed.value.lower()):
            yield typed.completed(field, value)


def _fields(typed: _Typed) -> Iterator[Suggestion]:
    for name in fields.FIELDS:
        if name.startswith(typed.value.lower()):
            yield Suggestion(None, name, f"{typed.before}{name}:")


def _folders(unit: Unit, library_id: int, typed: _Typed) -> Iterator[Suggestion]:
    seen = select(Folder.name).where(access.folders_seen(unit, library_id))
    names = unit.db.scalars(seen.group_by(Folder.name).order_by(func.min(Folder.folded)).limit(_FOLDERS))
    yield from (typed.completed("folder", name) for name in names if _goes_on(typed, name))


def _people(unit: Unit, library_id: int, typed: _Typed) -> Iterator[Suggestion]:
    names = people.names(unit, library_id, most=_PEOPLE)
    yield from (typed.completed("person", name) for name in names if _goes_on(typed, name))


def _goes_on(typed: _Typed, value: str) -> bool:
    """Whether a value has what was typed at the beginning of one of its words."""
    return f" {typed.words}" in f" {wording.words(value)}" if typed.words else bool(value)


def _values(unit: Unit, library_id: int, typed: _Typed) -> Iterator[Suggestion]:
    """From the newest files that have such a word."""
    read = {typed.field: _READ[typed.field]} if typed.field else _READ
    counts: Counter[tuple[str, str]] = Counter()
    planned = plan(unit, library_id, _query(typed))
    budget = Budget(_SECONDS)
    for number, step in enumerate(walk(unit, planned, planned.between, more=_COLUMNS)):
        if number >= _LOOKED_AT or budget.is_spent():
            break
        if step.fits:
            for field, values in read.items():
                counts.update((field, value) for value in values(step.more) if value and _goes_on(typed, value))
    for (field, value), count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield typed.completed(field, value, count)


def _query(typed: _Typed) -> Criteria:
    """Files that have a word that begins so, where the index can tell."""
    last = typed.words.rpartition(" ")[2]
    if not last or (len(last) < 2 and last.isascii()):
        return Criteria()
    attribute = _ATTRIBUTES.get(typed.field, typed.field) if typed.field else "text"
    told = {"attribute": attribute, "operator": "words", "value": f"{typed.words}*"}
    return criteria.parse({"version": criteria.VERSION, "criteria": [told]})
