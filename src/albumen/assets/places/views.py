"""How places and the map look over the API."""

from dataclasses import asdict

from albumen.assets.places.places import Cluster, Country
from albumen.http.views import View
from albumen.kernel import ids


class CityView(View):
    """Photos of a city; without a name, those of its region that lie in none."""

    city: str | None
    count: int


class RegionView(View):
    """Photos of a region, by city."""

    region: str | None
    count: int
    cities: list[CityView]


class CountryView(View):
    """Photos of a country, by region.  Names of places: © GeoNames (geonames.org), CC BY 4.0."""

    country: str
    country_code: str
    count: int
    regions: list[RegionView]


class ClusterView(View):
    """Photos that a map shows at one point; `fileId` is the newest of them."""

    latitude: float
    longitude: float
    count: int
    file_id: str


def of_country(found: Country) -> CountryView:
    """A country with its regions and cities."""
    return CountryView.model_validate(asdict(found))


def of_cluster(found: Cluster) -> ClusterView:
    """A point of the map."""
    place = {"latitude": round(found.latitude, 6), "longitude": round(found.longitude, 6)}
    return ClusterView(**place, count=found.count, file_id=ids.encode(found.file_id))
