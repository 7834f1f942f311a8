"""What the files that a search finds have in common: how many there are by year, camera, lens, place, tag and type."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, String, cast, type_coerce

from albumen.assets.search.walk import Budget, plan, walk
from albumen.db import fulltext
from albumen.libraries.criteria import Criteria
from albumen.libraries.models import File
from albumen.libraries.queries import moment
from albumen.unit import Unit

_MOST = 50
_DAY = 86_400_000
_COLUMNS = (
    type_coerce(File.sorted_at, BigInteger) / _DAY,
    *(File.camera_make, File.camera_model, File.lens, File.country, File.city),
    cast(File.tags, String),
    fulltext.entries.c.marks,
)
"""As the database holds them: what many files share is taken apart once, not for each."""
NAMES = ("year", "camera", "lens", "country", "city", "tag", "type", "kind")


@dataclass(frozen=True)
class Facets:
    """The most frequent values by facet, counted in the newest `counted` files; all of them where `is_complete`."""

    counted: int
    is_complete: bool
    values: Mapping[str, list[tuple[str, int]]]


def facets(unit: Unit, library_id: int, query: Criteria) -> Facets:
    """What the found files that the actor may see have in common.  Raises NotFound, Denied."""
    planned = plan(unit, library_id, query)
    raw: list[Counter[Any]] = [Counter() for _ in range(7)]
    budget, counted, is_complete = Budget(), 0, True
    for step in walk(unit, planned, planned.between, more=_COLUMNS):
        if budget.is_spent():
            is_complete = False
            break
        if step.fits:
            counted += 1
            day, make, model, lens, country, city, tags, marks = step.more
            shared = (int(day), (make, model), lens, country, city, tags, fulltext.kind_of(marks))
            for counter, value in zip(raw, shared, strict=True):
                counter[value] += 1
    return Facets(counted, is_complete, _summed(raw))


def _summed(raw: Iterable[Counter[Any]]) -> dict[str, list[tuple[str, int]]]:
    days, cameras, lenses, countries, cities, tags, kinds = raw
    told: dict[str, Iterable[tuple[str | None, int]]] = {
        "year": ((str(moment(day * _DAY).year), count) for day, count in days.items()),
        "camera": ((camera(*each), count) for each, count in cameras.items()),
        "lens": lenses.items(),
        "country": countries.items(),
        "city": cities.items(),
        "tag": _tags(tags),
        "type": (("video" if is_video else "photo", count) for (_, is_video), count in kinds.items()),
        "kind": ((kind, count) for (kind, _), count in kinds.items()),
    }
    return {name: _most(name, values) for name, values in told.items()}


def _tags(lists: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for tags, count in lists.items():
        yield from ((tag, count) for tag in dict.fromkeys(json.loads(tags)))


def camera(make: str | None, model: str | None) -> str:
    """A camera's name; the make only where the model does not begin with it."""
    if make and model and model.casefold().startswith(make.casefold()):
        return model
    return " ".join(filter(None, (make, model)))


def _most(name: str, told: Iterable[tuple[str | None, int]]) -> list[tuple[str, int]]:
    """Years by time, all else by how many there are."""
    found: Counter[str] = Counter()
    for value, count in told:
        if value:
            found[value] += count
    if name == "year":
        return sorted(found.items(), reverse=True)[:_MOST]
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:_MOST]
