"""What SQL itself does not offer alike everywhere: folded texts, distances on the globe, JSON taken apart.

The one place that knows how: SQLite is handed Python's own functions when a connection opens, PostgreSQL has its own
(`functions_schema`), which answer alike.
"""

from math import asin, cos, hypot, radians, sin
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, String, column, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.selectable import TableValuedAlias

from albumen.kernel.text import fold

EARTH_KM = 6371.0088
"""The earth's mean radius."""


def install(connection: Any) -> None:
    """Teach a new SQLite connection the functions used here."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("kilometres", 4, way, deterministic=True)


def folded(text: ColumnElement[Any]) -> ColumnElement[str]:
    """A text as it is compared; NULL where it is none."""
    return func.folded(text, type_=String())


def kilometres(*degrees: ColumnElement[Any] | float) -> ColumnElement[float]:
    """The distance between two places: latitude and longitude of one, then of the other; NULL where one is unknown."""
    return func.kilometres(*degrees, type_=Float())


class PlaceIn(GenericFunction[int]):
    """Where a text stands in another, from 1; 0 where it does not."""

    type = BigInteger()
    inherit_cache = True


class Elements(GenericFunction[Any]):
    """The rows of a JSON array."""

    inherit_cache = True


class Entries(GenericFunction[Any]):
    """The rows of a JSON object."""

    inherit_cache = True


def place_in(text: ColumnElement[str], wanted: str) -> ColumnElement[int]:
    """Where a text first holds another, from 1; 0 where it does not."""
    return PlaceIn(text, wanted)


def elements(array: ColumnElement[Any]) -> TableValuedAlias:
    """The elements of a JSON array, as rows with a `value`."""
    return Elements(array).table_valued(column("value", String()), name="element")


def entries(mapping: ColumnElement[Any]) -> TableValuedAlias:
    """The entries of a JSON object, as rows with `key`, `value` and `type`: `text`, `integer`, `real`, `true`, …"""
    return Entries(mapping).table_valued("key", column("value", String()), "type", name="entry")


class AsNumber(GenericFunction[Any]):
    """The number that a JSON value is."""

    inherit_cache = True


def number(entry: TableValuedAlias) -> ColumnElement[Any]:
    """The number that an entry holds; for those whose type is `integer` or `real`."""
    return AsNumber(entry.c.value, entry.c.type)


def count(array: ColumnElement[Any]) -> ColumnElement[int]:
    """How many elements a JSON array has."""
    return func.json_array_length(array, type_=BigInteger())


def _compiled(function: type[GenericFunction[Any]], sqlite: str, postgresql: str) -> None:
    """Has a function written as each database knows it; `{}` stands for its arguments."""

    def written(pattern: str) -> Any:
        return lambda element, compiler, **options: pattern.format(compiler.process(element.clauses, **options))

    compiles(function, "sqlite")(written(sqlite))
    compiles(function, "postgresql")(written(postgresql))


_compiled(PlaceIn, "instr({})", "strpos({})")
_compiled(Elements, "json_each({})", "json_array_elements_text({})")
_compiled(Entries, "json_each({})", "json_entries({})")
_compiled(AsNumber, "iif(1, {})", "json_number({})")


def _folded(text: object) -> str | None:
    return fold(text) if isinstance(text, str) else None


def way(*degrees: float | None) -> float | None:
    """The kilometres between two places, as `kilometres` has them.  Haversine: exact enough for short ways, too."""
    if None in degrees:
        return None
    a_lat, a_lon, b_lat, b_lon = (radians(each or 0.0) for each in degrees)
    across = sin((b_lon - a_lon) / 2) * (cos(a_lat) * cos(b_lat)) ** 0.5
    return 2 * EARTH_KM * asin(min(1.0, hypot(sin((b_lat - a_lat) / 2), across)))
