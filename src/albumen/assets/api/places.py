"""The routes of places and the map."""

from typing import Annotated

from fastapi import Query

from albumen.assets.places import places, views
from albumen.assets.places.views import ClusterView, CountryView
from albumen.http.deps import Reading, public_id
from albumen.http.views import Routes

routes = Routes(tags=["Places"])

Bounds = Annotated[
    str,
    Query(
        alias="bbox",
        max_length=200,
        description="`west,south,east,north` in degrees; west is greater than east across the date line.",
    ),
]
Zoom = Annotated[int, Query(ge=0, le=22, description="The zoom of a web map: its tiles are 360°/2^zoom wide.")]


@routes.get("/libraries/{library_id}/places", summary="Countries, regions and cities")
def list_places(unit: Reading, library_id: str) -> list[CountryView]:
    """With how many photos were taken there; at each level those with the most first."""
    return [views.of_country(each) for each in places.countries(unit, public_id(library_id))]


@routes.get("/libraries/{library_id}/map", summary="The photos on a map")
def get_map(unit: Reading, library_id: str, bounds: Bounds, zoom: Zoom) -> list[ClusterView]:
    """Those near to each other as one point; 1,000 points at most."""
    found = places.clusters(unit, public_id(library_id), places.box(bounds), zoom)
    return [views.of_cluster(each) for each in found]
