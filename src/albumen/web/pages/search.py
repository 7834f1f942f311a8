"""Search: one field, what was understood of it as chips, what the found photos have in common, and the photos."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from albumen.app import App
from albumen.assets.search import facets, search, suggestions, views
from albumen.assets.search.facets import Facets
from albumen.assets.search.orders import Asked, Sort
from albumen.http.deps import Reading, TheApp
from albumen.kernel.errors import Invalid
from albumen.unit import Unit
from albumen.web import current, grid, render, walls
from albumen.web.router import Pages
from albumen.web.texts import gettext as _
from albumen.web.words import N_

routes = Pages("/search")
_CHIP = re.compile(r'-?\w+:"[^"]*"|"[^"]*"|\S+')
_AT = re.compile(r"^character (\d+): (.+)", re.DOTALL)
MISTAKES = (
    *(N_("there is nothing before this OR"), N_("there is nothing after this OR"), N_("this quote is not closed")),
    *(N_("this bracket was not opened"), N_("this bracket is not closed"), N_("there is nothing after this minus")),
    N_("there is nothing between the brackets"),
)
"""What is wrong with most searches, in the words of the language of searches."""
_OFFERED = ("year", "country", "city", "camera", "lens", "tag", "type", "kind")
_FIELDS: Mapping[str, str] = {"year": "taken", "country": "place", "city": "place", "kind": "type"}
PAGE = 120
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


@dataclass(frozen=True)
class Shown:
    """A search, and in which order its photos are listed; by date, they are a wall."""

    q: str
    sort: Sort | None
    cursor: str | None = None

    def url(self, text: str) -> str:
        """Another search in the same order."""
        sort = {"sort": self.sort.value} if self.sort and self.sort is not Sort.taken else {}
        return f"/search?{urlencode({'q': text, **sort})}"


@routes.get("")
def find(app: TheApp, unit: Reading, request: Request, q: str = "", sort: Sort | None = None) -> Response:
    """What a search finds: by date on a wall, in other orders, and without JavaScript, as pages."""
    wanted = Shown(q.strip(), sort, request.query_params.get("cursor") or None)
    return render.page(request, "library/search.html", section="search", **_values(app, unit, request, wanted))


def _values(app: App, unit: Unit, request: Request, wanted: Shown) -> dict[str, Any]:
    """All that the page of a search shows; a mistake in it is pointed at."""
    shown = current.find(unit, request)
    values: dict[str, Any] = {"q": wanted.q, "sort": wanted.sort, "sorts": tuple(Sort), "chips": [], "groups": {}}
    values |= {"wall": None, "tiles": None, "wrong": "", "at": 0}
    if shown is None or not wanted.q:
        return values
    try:
        return values | _found(app, unit, shown.id, wanted)
    except Invalid as problem:
        at, wrong = mistake(problem)
        return values | {"wrong": wrong, "at": at}


def _found(app: App, unit: Unit, library_id: int, wanted: Shown) -> dict[str, Any]:
    """Facets, and a wall or a page of tiles.  Raises Invalid."""
    query = views.read(unit, library_id, wanted.q)
    told = facets.facets(unit, library_id, query)
    found: dict[str, Any] = {"chips": chips(wanted), "groups": offers(told, wanted), "counted": told}
    if wanted.sort is None:
        pages = f"/search?{urlencode({'q': wanted.q, 'sort': Sort.taken.value})}"
        return found | {"wall": walls.wall(unit, library_id, f"search:{wanted.q}", pages=pages)}
    page = search.find(unit, library_id, query, Asked(PAGE, wanted.cursor, wanted.sort))
    more = f"{wanted.url(wanted.q)}&{urlencode({'sort': wanted.sort.value, 'cursor': page.next})}" if page.next else ""
    may_keep = "album" in walls.wall(unit, library_id).actions
    return found | {"tiles": list(grid.tiles(app, unit, page.files)), "more": more, "may_keep": may_keep}


@routes.get("/suggest")
def suggest(unit: Reading, request: Request, q: str = "", limit: int = 8) -> Response:
    """How what is typed may go on."""
    shown = current.find(unit, request)
    found = suggestions.suggest(unit, shown.id, q, min(20, max(1, limit))) if shown else []
    told = views.of_suggestions(found)
    return JSONResponse([each.model_dump(mode="json", by_alias=True) for each in told])


def chips(wanted: Shown) -> list[Chip]:
    """The parts of a search; with brackets or OR it stays one."""
    text = wanted.q
    if "(" in text or _is_either(text):
        return [Chip(text, "/search")]
    parts = _CHIP.findall(text)
    return [Chip(part, wanted.url(" ".join(parts[:at] + parts[at + 1 :]))) for at, part in enumerate(parts)]


def _is_either(text: str) -> bool:
    return "OR" in _CHIP.findall(text)


def offers(found: Facets, wanted: Shown) -> dict[str, list[Offer]]:
    """By kind, what would narrow a search."""
    groups = {}
    for name in _OFFERED:
        told = [each for each in found.values.get(name, []) if each[1]][:_PART]
        listed = [Offer(value, count, wanted.url(narrowed(wanted.q, name, value))) for value, count in told]
        if len(listed) > 1:
            groups[name] = listed
    return groups


def narrowed(text: str, name: str, value: str) -> str:
    """A search for those of its photos alone that have a value."""
    plain = value.replace('"', " ")
    told = plain if re.fullmatch(r"[\w.-]+", plain) else f'"{plain}"'
    before = f"({text})" if _is_either(text) else text
    return f"{before} {_FIELDS.get(name, name)}:{told}"


def mistake(problem: Invalid) -> tuple[int, str]:
    """Which character of a search is wrong, counted from 1 (0 where that is not told), and what is."""
    found = _AT.search(next((message for _field, message in problem.errors), ""))
    if found is None:
        return 0, problem.detail
    return int(found[1]), _("Mistake at character %(at)s: %(what)s.") % {"at": found[1], "what": _(found[2])}
