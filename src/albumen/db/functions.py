"""What SQL itself does not offer alike everywhere: folded texts, distances on the globe, JSON taken apart.

The one place that knows how: SQLite is handed Python's own functions when a connection opens.
"""

from math import asin, cos, hypot, radians, sin
from typing import Any

from sqlalchemy import ColumnElement, Float, String, column, func
from sqlalchemy.sql.selectable import TableValuedAlias

from albumen.kernel.text import fold

EARTH_KM = 6371.0088
"""The earth's mean radius."""


def install(connection: Any) -> None:
    """Teach a new SQLite connection the functions used here."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("kilometres", 4, _kilometres, deterministic=True)


def folded(text: ColumnElement[Any]) -> ColumnElement[str]:
    """A text as it is compared; NULL where it is none."""
    return func.folded(text, type_=String())


def kilometres(*degrees: ColumnElement[Any] | float) -> ColumnElement[float]:
    """The distance between two places: latitude and longitude of one, then of the other; NULL where one is unknown."""
    return func.kilometres(*degrees, type_=Float())


def elements(array: ColumnElement[Any]) -> TableValuedAlias:
    """The elements of a JSON array, as rows with a `value`."""
    return func.json_each(array).table_valued(column("value", String()), name="element")


def entries(mapping: ColumnElement[Any]) -> TableValuedAlias:
    """The entries of a JSON object, as rows with `key`, `value` and `type`: `text`, `integer`, `real`, `true`, …"""
    return func.json_each(mapping).table_valued("key", "value", "type", name="entry")


def _folded(text: object) -> str | None:
    return fold(text) if isinstance(text, str) else None


def _kilometres(*degrees: float | None) -> float | None:
    """Haversine: exact enough for short ways, too."""
    if None in degrees:
        return None
    a_lat, a_lon, b_lat, b_lon = (radians(each or 0.0) for each in degrees)
    across = sin((b_lon - a_lon) / 2) * (cos(a_lat) * cos(b_lat)) ** 0.5
    return 2 * EARTH_KM * asin(min(1.0, hypot(sin((b_lat - a_lat) / 2), across)))
