"""What the files that a search finds have in common: how many there are by year, camera, lens, place, tag and type."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from albumen.assets.search_walk import Budget, Step, plan, walk
from albumen.db import fulltext
from albumen.libraries.criteria import Criteria
from albumen.libraries.models import File
from albumen.unit import Unit

_MOST = 50
_COLUMNS = (
    File.sorted_at,
    File.camera_make,
    File.camera_model,
    File.lens,
    File.country,
    File.city,
    File.tags,
    fulltext.entries.c.marks,
)
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
    counts: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    budget, counted, is_complete = Budget(), 0, True
    for step in walk(unit, planned, planned.between, more=_COLUMNS):
        if budget.is_spent():
            is_complete = False
            break
        if step.fits:
            counted += 1
            for name, value in _told(step):
                counts[name][value] += 1
    return Facets(counted, is_complete, {name: _most(name, found) for name, found in counts.items()})


def _told(step: Step) -> Iterator[tuple[str, str]]:
    sorted_at, make, model, lens, country, city, tags, marks = step.more
    kind, is_video = fulltext.kind_of(marks)
    plain = {"year": str(sorted_at.year), "camera": camera(make, model), "lens": lens, "country": country, "city": city}
    yield from ((name, value) for name, value in plain.items() if value)
    yield from (("tag", tag) for tag in dict.fromkeys(tags))
    yield from (("type", "video" if is_video else "photo"), ("kind", kind))


def camera(make: str | None, model: str | None) -> str:
    """A camera's name; the make only where the model does not begin with it."""
    if make and model and model.casefold().startswith(make.casefold()):
        return model
    return " ".join(filter(None, (make, model)))


def _most(name: str, found: Counter[str]) -> list[tuple[str, int]]:
    """Years by time, all else by how many there are."""
    if name == "year":
        return sorted(found.items(), reverse=True)[:_MOST]
    return _by_count(found.items())[:_MOST]


def _by_count(found: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(found, key=lambda each: (-each[1], each[0]))
