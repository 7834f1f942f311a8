"""Where the photos of a library were taken: by country, region and city, and on a map."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, and_, case, cast, func, or_, select
from sqlalchemy.types import BigInteger

from albumen.kernel.errors import Invalid
from albumen.libraries import access
from albumen.libraries.models import File
from albumen.unit import Unit

MOST_CLUSTERS = 1000
_CELLS_A_TILE = 4
"""A cluster stands for a quarter of a map tile's side: 64 pixels."""


@dataclass(frozen=True)
class City:
    """Photos of a city; without a name, those of its region that lie in none."""

    city: str | None
    count: int


@dataclass(frozen=True)
class Region:
    """Photos of a region, most of them first by city."""

    region: str | None
    count: int
    cities: list[City]


@dataclass(frozen=True)
class Country:
    """Photos of a country, by region."""

    country: str
    country_code: str
    count: int
    regions: list[Region]


def countries(unit: Unit, library_id: int) -> list[Country]:
    """The places of all files the actor may see, at each level those with the most first.  Raises NotFound, Denied."""
    names = (File.country_code, File.country, File.region, File.city)
    counted = select(*names, func.count().label("files")).where(
        access.files_seen(unit, library_id), File.country_code.is_not(None)
    )
    rows = unit.db.execute(counted.group_by(*names).order_by(*names))
    found = []
    for (code, name), here in groupby(rows, lambda row: row[:2]):
        regions = [_region(region, theirs) for region, theirs in groupby(here, lambda row: row[2])]
        regions.sort(key=lambda each: -each.count)
        found.append(Country(name or "", code or "", sum(each.count for each in regions), regions))
    return sorted(found, key=lambda each: -each.count)


type _Counted = tuple[str | None, str | None, str | None, str | None, int]


def _region(name: str | None, rows: Iterable[_Counted]) -> Region:
    cities = sorted((City(city, count) for *_, city, count in rows), key=lambda each: -each.count)
    return Region(name, sum(each.count for each in cities), cities)


@dataclass(frozen=True)
class Box:
    """A part of the globe, in degrees; where it crosses the date line, `west` is greater than `east`."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """From west to east."""
        return (self.east - self.west) % 360 or (360.0 if self.east != self.west else 0.0)


def box(text: str) -> Box:
    """`west,south,east,north` as a box; a map that shows the globe more than once means all of it.  Raises Invalid."""
    try:
        west, south, east, north = (float(each) for each in text.split(","))
    except ValueError:
        raise _bad_box() from None
    if not all(map(math.isfinite, (west, south, east, north))) or not -90 <= south <= north <= 90:
        raise _bad_box()
    if east - west >= 360:
        return Box(-180, south, 180, north)
    return Box(_wrapped(west), south, _wrapped(east), north)


def _bad_box() -> Invalid:
    wanted = "west,south,east,north in degrees"
    return Invalid(f"bbox is {wanted}.", errors=[("bbox", f"not {wanted}")])


def _wrapped(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


@dataclass(frozen=True)
class Cluster:
    """Photos that a map shows at one point: the middle of where they were taken, and the newest of them."""

    latitude: float
    longitude: float
    count: int
    file_id: int


def clusters(unit: Unit, library_id: int, wanted: Box, zoom: int) -> list[Cluster]:
    """The photos in a box of the map, those near to each other as one, at most `MOST_CLUSTERS`.

    Raises NotFound, Denied.
    """
    step, eastward = _step(wanted, zoom), _eastward(wanted)
    here = and_(access.files_seen(unit, library_id), _within(wanted))
    cell = [cast(func.floor(each / step + 0.5), BigInteger) for each in (File.latitude, eastward)]
    told = {
        "row": cell[0],
        "column": cell[1],
        "files": func.count(),
        "latitude": func.avg(File.latitude),
        "longitude": func.avg(eastward),
        "newest": func.max(File.sorted_at),
    }
    cells = select(*(each.label(name) for name, each in told.items())).where(here).group_by(*cell).subquery("cells")
    in_cell = and_(cells.c.newest == File.sorted_at, cells.c.row == cell[0], cells.c.column == cell[1])
    shown = select(func.max(File.id).label("file_id"), cells).join(cells, in_cell).where(here).group_by(*cells.c)
    found = unit.db.execute(shown)
    placed = (Cluster(each.latitude, _wrapped(each.longitude), each.files, each.file_id) for each in found)
    return sorted(placed, key=lambda each: (-each.count, each.file_id))


def _eastward(wanted: Box) -> ColumnElement[float | None]:
    """The longitude, counted on past the date line where the box crosses it: there is the middle of a cell."""
    if wanted.west <= wanted.east:
        return File.longitude.expression
    return File.longitude + case((File.longitude < wanted.west, 360.0), else_=0.0)


def _within(wanted: Box) -> ColumnElement[bool]:
    after, before = File.longitude >= wanted.west, File.longitude <= wanted.east
    across = or_(after, before) if wanted.west > wanted.east else and_(after, before)
    return and_(File.latitude.between(wanted.south, wanted.north), across)


def _step(wanted: Box, zoom: int) -> float:
    """The side of a cell in degrees: a quarter of a map tile, 64 pixels, and more where the box has too many."""
    steps: Iterator[float] = (360 / 2.0 ** (level + 2) for level in range(zoom, -8, -1))
    return next(step for step in steps if _cells(wanted, step) <= MOST_CLUSTERS)


def _cells(wanted: Box, step: float) -> float:
    return (math.floor(wanted.width / step) + 2) * (math.floor((wanted.north - wanted.south) / step) + 2)
