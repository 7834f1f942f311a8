"""The routes of search."""

from typing import Annotated, Any

from fastapi import Query

from albumen.assets.search import facets, search, suggestions, views
from albumen.assets.search.language import LONGEST
from albumen.assets.search.views import FacetsView, SearchPage, SearchView, SuggestionView
from albumen.http.deps import Reading, public_id
from albumen.http.views import Routes

routes = Routes(tags=["Search"])

Searched = Annotated[SearchPage, Query()]
Text = Annotated[str, Query(max_length=LONGEST, description="See the page about search.")]


@routes.get("/libraries/{library_id}/search", summary="Search a library")
def search_by_text(unit: Reading, library_id: str, asked: Searched) -> SearchView:
    """Words, fields and brackets, as in `beach camera:canon -tag:blurry (rating:>=4 OR is:favorite)`."""
    query = views.read(unit, public_id(library_id), asked.q)
    return views.of_found(unit, search.find(unit, public_id(library_id), query, asked.asked()))


@routes.post("/libraries/{library_id}/search", summary="Search a library by criteria")
def search_by_criteria(unit: Reading, library_id: str, query: dict[str, Any], asked: Searched) -> SearchView:
    """`{version: "1.0", criteria: [{attribute, operator, value}], orderBy: [{attribute, direction}]}`."""
    told, page = views.told(asked, query)
    return views.of_found(unit, search.find(unit, public_id(library_id), told, page))


@routes.get("/libraries/{library_id}/search/facets", summary="What the found files have in common")
def get_facets(unit: Reading, library_id: str, q: Text = "") -> FacetsView:
    """How many there are by year, camera, lens, place, tag and type: the fifty most frequent of each."""
    query = views.read(unit, public_id(library_id), q)
    return views.of_facets(facets.facets(unit, public_id(library_id), query))


@routes.get("/libraries/{library_id}/search/suggest", summary="How a search may go on")
def get_suggestions(
    unit: Reading, library_id: str, q: Text = "", limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> list[SuggestionView]:
    """Completions of the last word, or of the value of its field."""
    return views.of_suggestions(suggestions.suggest(unit, public_id(library_id), q, limit))
