"""The map: where photos were taken as points with pictures, as a list of places, and the photos of one part of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from albumen.app import App
from albumen.assets import delivery
from albumen.assets.places import places
from albumen.assets.places.places import Box, Cluster
from albumen.assets.search import search
from albumen.assets.search.orders import Asked
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.libraries import access, criteria
from albumen.libraries.models import File
from albumen.unit import Unit
from albumen.web import grid

_MOST_PICTURES = 300
_LEAST = 0.05
"""Half the side in degrees of the part of a map that is shown for a single place."""

type Names = tuple[str | None, ...]


@dataclass(frozen=True)
class Place:
    """A country, region or city: its name (empty for what has none), how many photos, where, and what is in it."""

    name: str
    count: int
    url: str
    within: Sequence["Place"] = ()


def points(app: App, unit: Unit, library_id: int, wanted: Box, zoom: int) -> list[dict[str, Any]]:
    """What a map shows of a part of the globe: each point with the picture, place and name of its newest photo."""
    found = places.clusters(unit, library_id, wanted, zoom)
    chosen = [each.file_id for each in found[:_MOST_PICTURES]]
    files = {file.id: file for file in unit.db.scalars(select(File).where(File.id.in_(chosen)))}
    made = delivery.made(unit, list(files.values()), "sm")

    def told(cluster: Cluster) -> dict[str, Any]:
        file = files.get(cluster.file_id)
        row = made.get(file.signature) if file else None
        return {
            "id": ids.encode(cluster.file_id),
            "at": [round(cluster.latitude, 6), round(cluster.longitude, 6)],
            "count": cluster.count,
            "place": (file.city or file.region or file.country or "") if file else "",
            "src": grid.link(app, unit, row) if row else "",
        }

    return [told(each) for each in found]


def count(unit: Unit, library_id: int, wanted: Box) -> int:
    """How many photos were taken in a part of the globe.  Raises NotFound, Denied."""
    return sum(each.count for each in places.clusters(unit, library_id, wanted, 0))


def photos(unit: Unit, library_id: int, wanted: Box, *, limit: int, cursor: str | None) -> Page[File]:
    """The photos of a part of the globe, the newest first.  Raises NotFound, Denied, Invalid."""
    sides = {"south": wanted.south, "west": wanted.west, "north": wanted.north, "east": wanted.east}
    told = {"attribute": "within", "operator": "eq", "value": sides}
    query = criteria.parse({"version": criteria.VERSION, "criteria": [told]})
    found = search.find(unit, library_id, query, Asked(limit, cursor))
    return Page(found.files, found.next)


def spread(unit: Unit, library_id: int) -> Box | None:
    """The part of the globe that has all photos; None where no photo has a place.  Raises NotFound, Denied."""
    boxes = [box for names, box in _extents(unit, library_id).items() if not names]
    return boxes[0] if boxes else None


def tree(unit: Unit, library_id: int) -> list[Place]:
    """Countries, regions and cities, each with the most photos first.  Raises NotFound, Denied."""
    boxes = _extents(unit, library_id)
    return [
        Place(
            country.country,
            country.count,
            address(boxes[country.country_code,]),
            [_region(boxes, country.country_code, region) for region in country.regions],
        )
        for country in places.countries(unit, library_id)
    ]


def _region(boxes: Mapping[Names, Box], code: str, region: places.Region) -> Place:
    here = code, region.region
    cities = [Place(each.city or "", each.count, address(boxes[*here, each.city])) for each in region.cities]
    return Place(region.region or "", region.count, address(boxes[here]), cities)


def address(box: Box) -> str:
    """The map of a part of the globe."""
    return f"/map?bbox={told(box)}"


def around(north: float, east: float) -> str:
    """The map round a single place."""
    return address(_roomy(Box(east, north, east, north)))


def told(box: Box) -> str:
    """A part of the globe as addresses have it."""
    return ",".join(f"{side:.4f}".rstrip("0").rstrip(".") for side in (box.west, box.south, box.east, box.north))


def _extents(unit: Unit, library_id: int) -> dict[Names, Box]:
    """The part of the globe that holds the photos of each country, region and city, and of all."""
    names = File.country_code, File.region, File.city
    north, east = File.latitude, File.longitude
    sides = func.min(east), func.min(north), func.max(east), func.max(north)
    placed = select(*names, *sides).where(access.files_seen(unit, library_id), north.is_not(None), east.is_not(None))
    found: dict[Names, Box] = {}
    for code, region, city, *box in unit.db.execute(placed.group_by(*names)):
        here = Box(*(side or 0.0 for side in box))
        for level in _levels(code, region, city):
            found[level] = _both(found.get(level), here)
    return {level: _roomy(box) for level, box in found.items()}


def _levels(code: str | None, region: str | None, city: str | None) -> Iterator[Names]:
    """All, the country, the region and the city; at sea there is no country."""
    yield ()
    if code is not None:
        yield from ((code,), (code, region), (code, region, city))


def _both(one: Box | None, other: Box) -> Box:
    if one is None:
        return other
    west, south = min(one.west, other.west), min(one.south, other.south)
    return Box(west, south, max(one.east, other.east), max(one.north, other.north))


def _roomy(box: Box) -> Box:
    """The box with some room round it."""
    wide, high = (max(_LEAST, side / 10) for side in (box.east - box.west, box.north - box.south))
    south, north = max(-85.0, box.south - high), min(85.0, box.north + high)
    return Box(max(-180.0, box.west - wide), min(south, box.south), min(180.0, box.east + wide), max(north, box.north))
