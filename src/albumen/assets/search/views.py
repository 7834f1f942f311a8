"""How searches are asked for over the API, and how what they find looks."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from albumen.assets.search import filters, language
from albumen.assets.search.facets import Facets
from albumen.assets.search.orders import Asked, Sort
from albumen.assets.search.search import Found
from albumen.assets.search.suggestions import Suggestion
from albumen.http.views import View
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import DEFAULT_LIMIT, MAX_LIMIT
from albumen.libraries import access, criteria, views
from albumen.libraries.criteria import Criteria, Order
from albumen.libraries.models import Library
from albumen.libraries.views import FileView
from albumen.unit import Unit

_SORTED = {
    "takenOn": Sort.taken,
    "importedOn": Sort.imported,
    "filename": Sort.name,
    "fileSize": Sort.size,
    "rating": Sort.rating,
}


class Direction(StrEnum):
    """Which end comes first."""

    asc = "asc"
    desc = "desc"


class SearchPage(BaseModel):
    """What to search for, and which page of it."""

    q: str = Field("", max_length=language.LONGEST, description="See the page about search.")
    order_by: Sort = Field(Sort.taken, alias="orderBy")
    direction: Direction | None = Field(None, description="By default names from A, all else from the greatest.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most.")
    cursor: str | None = Field(None, max_length=2000, description="`next` of the page before.")

    def asked(self) -> Asked:
        """The page and its order."""
        descends = None if self.direction is None else self.direction is Direction.desc
        return Asked(self.limit, self.cursor, self.order_by, descends)


class SearchView(View):
    """A page of what was found.  It may be short, or empty, and yet have a `next`: then there was more to look at."""

    files: list[FileView]
    next: str | None
    total: int | None


class FacetView(View):
    """A value, and how many of the found files have it."""

    value: str
    count: int


class FacetsView(View):
    """What the found files have in common, counted in the newest `counted` ones (all of them where `isComplete`)."""

    counted: int
    is_complete: bool
    year: list[FacetView]
    camera: list[FacetView]
    lens: list[FacetView]
    country: list[FacetView]
    city: list[FacetView]
    tag: list[FacetView]
    type: list[FacetView]
    kind: list[FacetView]


class SuggestionView(View):
    """How a search may go on: `q` is all of it.  Without `field` the value is the name of a field."""

    field: str | None
    value: str
    q: str
    count: int | None


def read(unit: Unit, library_id: int, text: str) -> Criteria:
    """The query that a text stands for, by the days of the library's zone.  Raises NotFound, Denied, Invalid."""
    access.check_seen(unit, library_id)
    zone = unit.db.get_one(Library, library_id).time_zone
    return language.read(text, unit.now.astimezone(ZoneInfo(zone)))


def told(page: SearchPage, query: dict[str, Any]) -> tuple[Criteria, Asked]:
    """The query and the page that were told as data.  Raises Invalid, naming the fields as they were sent."""
    try:
        found = criteria.parse(filters.plain(query), at="")
    except Invalid as wrong:
        places = [(place.removeprefix("."), message) for place, message in wrong.errors]
        raise Invalid(wrong.detail, errors=places) from None
    return found, _ordered(page.asked(), found.order_by)


def _ordered(asked: Asked, orders: tuple[Order, ...]) -> Asked:
    if not orders:
        return asked
    sort = _SORTED.get(orders[0].name)
    if sort is None or len(orders) > 1:
        return Asked(asked.limit, asked.cursor, keys=orders)
    return Asked(asked.limit, asked.cursor, sort, orders[0].is_descending)


def of_found(unit: Unit, found: Found) -> SearchView:
    """A page of files as the actor sees them."""
    return SearchView(files=views.of_files(unit, found.files), next=found.next, total=found.total)


def of_facets(facets: Facets) -> FacetsView:
    """What the found files have in common."""
    values = {
        name: [FacetView(value=value, count=count) for value, count in found] for name, found in facets.values.items()
    }
    return FacetsView(counted=facets.counted, is_complete=facets.is_complete, **values)


def of_suggestions(found: Sequence[Suggestion]) -> list[SuggestionView]:
    """How a search may go on."""
    return [SuggestionView(field=each.field, value=each.value, q=each.q, count=each.count) for each in found]
