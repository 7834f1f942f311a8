"""Search: one field, what was understood of it as chips, what the found photos have in common, and the photos."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from albumen.assets.search import facets, suggestions, views
from albumen.http.deps import Reading
from albumen.kernel.errors import Invalid
from albumen.unit import Unit
from albumen.web import current, render, walls

routes = APIRouter(prefix="/search", include_in_schema=False)
_CHIP = re.compile(r'-?\w+:"[^"]*"|"[^"]*"|\S+')
_AT = re.compile(r"^character (\d+)")
_PART = 12
"""How many values of each kind are offered."""


@dataclass(frozen=True)
class Chip:
    """A part of the search, and the search without it."""

    text: str
    without: str


@dataclass(frozen=True)
class Offer:
    """A value that narrows the search, on how many of the found photos it is, and the search with it."""

    value: str
    count: int
    url: str


@routes.get("")
def search(unit: Reading, request: Request, q: str = "") -> Response:
    """What a search finds, by date."""
    shown = current.find(unit, request)
    text = q.strip()
    values: dict[str, Any] = {"q": text, "chips": chips(text), "wall": None, "groups": {}, "wrong": "", "at": 0}
    if shown is not None and text:
        try:
            values |= {"groups": offers(unit, shown.id, text), "wall": walls.wall(unit, shown.id, f"search:{text}")}
        except Invalid as problem:
            values |= {"wrong": problem.detail, "at": place(problem)}
    return render.page(request, "library/search.html", section="search", **values)


@routes.get("/suggest")
def suggest(unit: Reading, request: Request, q: str = "", limit: int = 8) -> Response:
    """How what is typed may go on."""
    shown = current.find(unit, request)
    found = suggestions.suggest(unit, shown.id, q, min(20, max(1, limit))) if shown else []
    told = views.of_suggestions(found)
    return JSONResponse([each.model_dump(mode="json", by_alias=True) for each in told])


def chips(text: str) -> list[Chip]:
    """The parts of a search; brackets stay one."""
    if "(" in text:
        return [Chip(text, "")]
    parts = _CHIP.findall(text)
    return [Chip(part, " ".join(parts[:at] + parts[at + 1 :])) for at, part in enumerate(parts)]


def offers(unit: Unit, library_id: int, text: str) -> dict[str, list[Offer]]:
    """By kind, what would narrow a search.  Raises Invalid."""
    found = facets.facets(unit, library_id, views.read(unit, library_id, text))
    groups = {}
    for name in ("year", "country", "city", "camera", "tag", "type"):
        told = [each for each in found.values.get(name, []) if each[1]][:_PART]
        listed = [Offer(str(value), count, _narrowed(text, name, str(value))) for value, count in told]
        if len(listed) > 1:
            groups[name] = listed
    return groups


def _narrowed(text: str, name: str, value: str) -> str:
    field = {"year": "date", "country": "place", "city": "place"}.get(name, name)
    told = value if re.fullmatch(r"[\w.-]+", value) else f'"{value}"'
    return f"/search?{urlencode({'q': f'{text} {field}:{told}'})}"


def place(problem: Invalid) -> int:
    """Which character of the search is wrong, counted from 1; 0 where that is not told."""
    told = next((message for _, message in problem.errors), "")
    found = _AT.search(told)
    return int(found[1]) if found else 0
