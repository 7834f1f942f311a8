"""What the place of a photo is called: country, region and city, from a gazetteer that is shipped.

The time zone at the point says in which country it lies (zones end where countries do), or that it is at sea, where
nothing has a name.  Of that country's places within `CITY_KM` the one with the least
`(km + 0.3) / population ** 0.25` is the city: a village wins where one stands in it, a metropolis in between.  What is
a quarter or suburb of a city was left out when the gazetteer was made.  docs/decisions/0027-places.md has the reasons.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import ceil, cos, floor, radians
from typing import Any, Final

ATTRIBUTION: Final = "Names of places: © GeoNames (geonames.org), CC BY 4.0."
CITY_KM: Final = 25.0
REGION_KM: Final = 100.0
NEAR_KM: Final = 0.3
STEPS_A_DOUBLING: Final = 4
KM_A_DEGREE: Final = 111.2
ROWS, CELLS = 180, 360


@dataclass(frozen=True)
class Place:
    """Where a point lies; without a city in the wilderness, and without a region where that is not sure."""

    country_code: str
    country: str
    region: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class _Gazetteer:
    """The places, sorted by cells of a degree; `starts` says where each cell begins."""

    latitude: Any
    longitude: Any
    pull: Any
    region: Any
    country: Any
    starts: Any
    name_ends: Any
    names: bytes
    regions: list[tuple[str, str]]
    countries: dict[str, str]
    zones: dict[str, list[str]]
    numbers: dict[str, int]

    def name(self, at: int) -> str:
        begin = int(self.name_ends[at - 1]) if at else 0
        return self.names[begin : int(self.name_ends[at])].decode()


def place_of(latitude: float, longitude: float) -> Place | None:
    """What the point is called; None at sea, and where nothing is known.  A tenth of a millisecond, but the first."""
    import tzfpy  # noqa: PLC0415  (its map takes memory that most processes never need)

    zone = tzfpy.get_tz(longitude, latitude)
    if zone.startswith("Etc/"):
        return None
    gazetteer = _gazetteer()
    codes = gazetteer.zones.get(zone, [])
    return _in_town(gazetteer, (latitude, longitude), codes) or _in_the_wild(gazetteer, (latitude, longitude), codes)


def columns(latitude: float | None, longitude: float | None) -> dict[str, str | None]:
    """The same as the columns of a file, all of them None where nothing is known."""
    found = None if latitude is None or longitude is None else place_of(latitude, longitude)
    return {name: getattr(found, name, None) for name in ("city", "region", "country", "country_code")}


def _in_town(gazetteer: _Gazetteer, point: tuple[float, float], codes: list[str]) -> Place | None:
    """The town near by that pulls most."""
    near, km = _near(gazetteer, point, CITY_KM, codes)
    if not len(near):
        return None
    town = int(near[((km + NEAR_KM) / gazetteer.pull[near]).argmin()])
    code, region = gazetteer.regions[gazetteer.region[town]]
    return Place(code, gazetteer.countries[code], region or None, gazetteer.name(town))


def _in_the_wild(gazetteer: _Gazetteer, point: tuple[float, float], codes: list[str]) -> Place | None:
    """The region if all towns far around lie in the same one, and the country."""
    far, km = _near(gazetteer, point, REGION_KM, codes)
    around = {gazetteer.regions[each] for each in gazetteer.region[far]}
    if not around:
        return Place(codes[0], gazetteer.countries[codes[0]]) if len(codes) == 1 else None
    code, region = next(iter(around)) if len(around) == 1 else (_nearest(gazetteer, far, km), "")
    return Place(code, gazetteer.countries[code], region or None)


def _nearest(gazetteer: _Gazetteer, far: Any, km: Any) -> str:
    nearest = int(far[km.argmin()])
    return gazetteer.regions[int(gazetteer.region[nearest])][0]


def _near(gazetteer: _Gazetteer, point: tuple[float, float], reach: float, codes: list[str]) -> tuple[Any, Any]:
    """The places of these countries (of all where none is told) up to `reach` km away, and how far they are."""
    import numpy as np  # noqa: PLC0415  (a quarter of a second that most processes never need)

    latitude, longitude = point
    at = np.concatenate([np.arange(*each) for each in _spans(gazetteer, point, reach / KM_A_DEGREE)])
    north = gazetteer.latitude[at] - latitude
    east = (gazetteer.longitude[at] - longitude + 180) % 360 - 180
    km = KM_A_DEGREE * np.hypot(north, east * np.cos(np.radians(latitude + north / 2)))
    within = km <= reach
    at, km = at[within], km[within]
    if not codes:
        return at, km
    theirs = np.isin(gazetteer.country[at], [gazetteer.numbers[code] for code in codes])
    return at[theirs], km[theirs]


def _spans(gazetteer: _Gazetteer, point: tuple[float, float], reach: float) -> list[tuple[int, int]]:
    """From where to where places lie in the cells round a point; a row that goes past the date line gives two."""
    latitude, longitude = point
    north = min(89.0, abs(latitude) + reach)
    wide = min(180.0, reach / cos(radians(north)))
    first, last = floor(longitude + 180 - wide), ceil(longitude + 180 + wide)
    whole = last - first >= CELLS
    parts = [(0, CELLS)] if whole else [(max(first, 0), min(last, CELLS))]
    if not whole and first < 0:
        parts.append((first + CELLS, CELLS))
    if not whole and last > CELLS:
        parts.append((0, last - CELLS))
    rows = range(max(0, floor(latitude + 90 - reach)), min(ROWS, ceil(latitude + 90 + reach)))
    starts = gazetteer.starts
    return [(int(starts[row * CELLS + a]), int(starts[row * CELLS + b])) for row in rows for a, b in parts]


@cache
def _gazetteer() -> _Gazetteer:
    """Read at first need."""
    import numpy as np  # noqa: PLC0415  (a quarter of a second that most processes never need)

    with resources.files("albumen.media").joinpath("geonames/places.npz").open("rb") as file:
        kept = np.load(file)
        tables = json.loads(kept["tables"].tobytes())
        latitude, longitude = (np.float32(kept[name] / 1e4) for name in ("latitude", "longitude"))
        regions = [(code, name) for code, name in tables["regions"]]
        numbers = {code: number for number, code in enumerate(tables["countries"])}
        rows = np.minimum((latitude + 90).astype(int), ROWS - 1)
        cells = rows * CELLS + np.minimum((longitude + 180).astype(int), CELLS - 1)
        return _Gazetteer(
            latitude=latitude,
            longitude=longitude,
            pull=np.exp2(kept["weight"] / (4 * STEPS_A_DOUBLING)).astype(np.float32),
            region=kept["region"],
            country=np.array([numbers[code] for code, _ in regions], np.int16)[kept["region"]],
            starts=np.searchsorted(cells, np.arange(ROWS * CELLS + 1)),
            name_ends=np.cumsum(kept["name_bytes"], dtype=np.int64),
            names=kept["names"].tobytes(),
            regions=regions,
            countries=tables["countries"],
            zones=tables["zones"],
            numbers=numbers,
        )
