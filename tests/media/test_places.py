"""Places by their names: well-known points, borders, islands, the date line, the poles, and the sea."""

import unicodedata
from pathlib import Path

import pytest
from tests.corpus import facts_told

from albumen.media import places
from albumen.media.places import Place, columns, place_of

KNOWN = {
    "the Eiffel tower": (48.8584, 2.2945, "FR", "Île-de-France", "Paris"),
    "Versailles is a town beside Paris": (48.8049, 2.1204, "FR", "Île-de-France", "Versailles"),
    "Times Square": (40.758, -73.9855, "US", "New York", "New York City"),
    "Hoboken looks over at New York": (40.744, -74.0324, "US", "New Jersey", "Hoboken"),
    "Big Ben": (51.5007, -0.1246, "GB", "England", "London"),
    "Reykjavík, not Kópavogur": (64.1417, -21.9266, "IS", "Capital Region", "Reykjavík"),
    "Shibuya": (35.6595, 139.7005, "JP", "Tokyo", "Tokyo"),
    "the Oktoberfest": (48.1315, 11.5497, "DE", "Bavaria", "Munich"),
    "Dachau is a town beside Munich": (48.26, 11.434, "DE", "Bavaria", "Dachau"),
    "the Taj Mahal": (27.1751, 78.0421, "IN", "Uttar Pradesh", "Agra"),
    "Sydney's opera": (-33.8568, 151.2153, "AU", "New South Wales", "Sydney"),
    "Table Bay": (-33.9249, 18.4241, "ZA", "Western Cape", "Cape Town"),
    "Uluru": (-25.3444, 131.0369, "AU", "Northern Territory", "Yulara"),
    "Ushuaia": (-54.8019, -68.303, "AR", "Tierra del Fuego", "Ushuaia"),
    "Hanoi, in the zone of Bangkok": (21.0285, 105.8542, "VN", "Hanoi", "Hanoi"),
    "St Peter's": (41.9022, 12.4539, "VA", None, "Vatican City"),
    "across the street from the Vatican": (41.9075, 12.4625, "IT", "Lazio", "Rome"),
    "Strasbourg": (48.5819, 7.7509, "FR", "Grand Est", "Strasbourg"),
    "over the Rhine": (48.573, 7.815, "DE", "Baden-Wurttemberg", "Kehl"),
    "Niagara on the left": (43.0896, -79.0849, "CA", "Ontario", "Niagara Falls"),
    "Niagara on the right": (43.0828, -79.0742, "US", "New York", "Niagara Falls"),
    "Gibraltar": (36.1408, -5.3536, "GI", None, "Gibraltar"),
    "the Zugspitze, a step from Austria": (47.421, 10.9853, "DE", "Bavaria", "Garmisch-Partenkirchen"),
    "Easter Island": (-27.1212, -109.3664, "CL", "Valparaíso", "Hanga Roa"),
    "Santorini": (36.4615, 25.376, "GR", "South Aegean", "Oía"),
    "Longyearbyen": (78.2232, 15.6267, "SJ", "Svalbard", "Longyearbyen"),
    "Taveuni, west of the date line": (-16.83, 179.99, "FJ", "Northern", None),
    "Taveuni, east of the date line": (-16.83, -179.97, "FJ", "Northern", None),
    "Uelen, where Asia ends": (66.0, -170.0, "RU", "Chukotka", "Uelen"),
    "the Sahara": (23.0, 5.0, "DZ", "Tamanrasset", None),
    "Old Faithful, where three states meet": (44.4605, -110.8281, "US", None, None),
    "Wrangel Island, where nobody lives": (71.2, -179.8, "RU", None, None),
    "the South Pole": (-90.0, 0.0, "AQ", None, None),
    "McMurdo": (-77.85, 166.67, "AQ", None, None),
}


@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
def test_well_known_points(known: tuple[float, float, str, str | None, str | None]) -> None:
    latitude, longitude, *names = known
    found = place_of(latitude, longitude)
    assert found is not None
    assert [found.country_code, found.region, found.city] == names


@pytest.mark.parametrize("point", [(30.0, -40.0), (90.0, 0.0), (0.0, 180.0), (0.0, -180.0), (-60.0, -120.0)])
def test_the_sea_has_no_name(point: tuple[float, float]) -> None:
    assert place_of(*point) is None
    assert columns(*point) == dict.fromkeys(("city", "region", "country", "country_code"))


def test_the_village_one_stands_in_beats_the_city_far_off() -> None:
    """Eching has 13,000 people, and Munich a million and a half 19 km away."""
    assert place_of(48.30, 11.62) == Place("DE", "Germany", "Bavaria", "Eching")


def test_columns_of_a_file() -> None:
    lisbon = {"city": "Lisbon", "region": "Lisbon", "country": "Portugal", "country_code": "PT"}
    assert columns(38.7139, -9.1394) == lisbon
    assert columns(None, None) == dict.fromkeys(lisbon)
    assert columns(38.7139, None) == dict.fromkeys(lisbon)


def test_no_point_of_the_globe_fails() -> None:
    found = [place_of(latitude, longitude) for latitude in range(-90, 91, 9) for longitude in range(-180, 181, 12)]
    assert {type(each) for each in found} == {Place, type(None)}


def test_names_are_composed() -> None:
    gazetteer = places._gazetteer()
    names = gazetteer.names.decode()
    assert unicodedata.is_normalized("NFC", names)
    assert [gazetteer.name(0), gazetteer.name(len(gazetteer.name_ends) - 1)] != ["", ""]
    assert "geonames" in places.ATTRIBUTION.lower()


CORPUS_PLACES = {
    "heic/Issue 263 dotnet.heic": ("PT", "Ajuda"),
    "jpg/Panasonic DMC-LX3 (Lumix).jpg": ("IT", "Rome"),
    "jpg/Samsung SM-G935L (Galaxy S7 Edge).jpg": ("FR", "Puteaux"),
    "jpg/Samsung SM-N900A (Galaxy Note 3).jpg": ("US", "Paradise"),
    "jpg/Sony DSC-HX5V (2).jpg": ("DE", "Langenberg"),
    "tif/Issue 555 (1).tif": ("MU", "Petite Case Noyale"),
    "webp/HTC Desire.webp": ("IT", "Milan"),
}


def test_real_photos_with_a_position(corpus: Path) -> None:
    told = {name: want["place"] for name, want in facts_told(corpus).items() if "place" in want}
    found = {name: place_of(*point) for name, point in told.items()}
    assert {name: each and (each.country_code, each.city) for name, each in found.items()} == CORPUS_PLACES
