"""The query language as data: criteria that files must all meet, and an order.

`{version: "1.0", criteria: [{attribute, operator, value}], orderBy: [{attribute, direction}]}`, parsed strictly into
values that never change, and compiled to a predicate over `File` that can stand in any WHERE.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, false, true

from albumen.kernel.errors import Invalid
from albumen.libraries.attributes import ATTRIBUTES, SEVERAL, Attribute, Operator, of_property

VERSION = "1.0"
MOST_CRITERIA = 100
MOST_VALUES = 1000
MOST_ORDERS = 3
LONGEST_NAME = 100
_PROPERTY = "property."
_DIRECTIONS = {"asc": False, "desc": True}

Place = str
"""Where in the query something stands, such as `criteria.0.value`."""


@dataclass(frozen=True)
class Criterion:
    """An attribute, an operator and its values, of which all but `oneOf` and `notOneOf` have one."""

    attribute: Attribute
    operator: Operator
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Order:
    """What to sort by; files that lack it come last in either direction."""

    by: ColumnElement[Any]
    is_descending: bool = False


@dataclass(frozen=True)
class Criteria:
    """A query."""

    criteria: tuple[Criterion, ...] = ()
    order_by: tuple[Order, ...] = ()

    def predicate(self) -> ColumnElement[bool]:
        """Which rows of File meet all criteria."""
        return and_(true(), *(each.attribute.test(each.operator, each.values) for each in self.criteria))


def parse(told: object, *, at: str = "query") -> Criteria:
    """The query that was told.  Raises Invalid, naming each wrong place below `at`."""
    try:
        return _query(told, at)
    except _Wrong as wrong:
        raise Invalid("The query is not right.", errors=wrong.places) from None


def found_by(query: object) -> ColumnElement[bool]:
    """Which files a kept query finds; none where it is no longer understood."""
    try:
        return parse(query).predicate()
    except Invalid:
        return false()


class _Wrong(Exception):
    """What is wrong in a query, and where."""

    def __init__(self, *places: tuple[Place, str]) -> None:
        super().__init__()
        self.places = places


def _query(told: object, at: Place) -> Criteria:
    fields = _fields(told, at, needed={"version", "criteria"}, optional={"orderBy"})
    if fields["version"] != VERSION:
        raise _Wrong((f"{at}.version", f"must be {VERSION}"))
    criteria = _each(_list(fields["criteria"], f"{at}.criteria", MOST_CRITERIA), _criterion)
    orders = _each(_list(fields.get("orderBy", []), f"{at}.orderBy", MOST_ORDERS), _order)
    if sum(len(each.values) for each in criteria) > MOST_VALUES:
        raise _Wrong((f"{at}.criteria", f"must have at most {MOST_VALUES} values together"))
    return Criteria(criteria, orders)


def _each[Part](listed: Sequence[tuple[Place, object]], read: Callable[[object, Place], Part]) -> tuple[Part, ...]:
    """All parts of a list; what is wrong with any of them is told at once."""
    parts: list[Part] = []
    wrong: list[tuple[Place, str]] = []
    for at, told in listed:
        try:
            parts.append(read(told, at))
        except _Wrong as fault:
            wrong += fault.places
    if wrong:
        raise _Wrong(*wrong)
    return tuple(parts)


def _criterion(told: object, at: Place) -> Criterion:
    fields = _fields(told, at, needed={"attribute", "operator", "value"})
    attribute = _attribute(fields["attribute"], f"{at}.attribute")
    allowed = sorted(attribute.operators)
    if fields["operator"] not in allowed:
        raise _Wrong((f"{at}.operator", f"must be one of {', '.join(allowed)}"))
    operator = Operator(fields["operator"])
    place = f"{at}.value"
    several = _list(fields["value"], place, MOST_VALUES, least=1) if operator in SEVERAL else [(place, fields["value"])]
    return Criterion(attribute, operator, _each(several, partial(_value, attribute, operator)))


def _value(attribute: Attribute, operator: Operator, told: object, at: Place) -> Any:
    try:
        return attribute.value(operator, told)
    except ValueError as fault:
        raise _Wrong((at, str(fault))) from None


def _order(told: object, at: Place) -> Order:
    fields = _fields(told, at, needed={"attribute"}, optional={"direction"})
    attribute = _attribute(fields["attribute"], f"{at}.attribute")
    if attribute.sort is None:
        raise _Wrong((f"{at}.attribute", "has no order"))
    direction = fields.get("direction", "asc")
    if not isinstance(direction, str) or direction not in _DIRECTIONS:
        raise _Wrong((f"{at}.direction", "must be asc or desc"))
    return Order(attribute.sort, _DIRECTIONS[direction])


def _attribute(name: object, at: Place) -> Attribute:
    if isinstance(name, str) and name in ATTRIBUTES:
        return ATTRIBUTES[name]
    if isinstance(name, str) and name.startswith(_PROPERTY):
        own = name.removeprefix(_PROPERTY)
        if 0 < len(own) <= LONGEST_NAME and own.isprintable():
            return of_property(own)
    raise _Wrong((at, f"must be one of {', '.join(ATTRIBUTES)}, property.NAME"))


def _fields(told: object, at: Place, *, needed: Set[str], optional: Set[str] = frozenset()) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise _Wrong((at, "must be an object"))
    wrong = [(f"{at}.{name}", "is missing") for name in sorted(needed - told.keys())]
    wrong += [(f"{at}.{name}", "is not known") for name in sorted(told.keys() - needed - optional)]
    if wrong:
        raise _Wrong(*wrong)
    return told


def _list(told: object, at: Place, most: int, *, least: int = 0) -> list[tuple[Place, object]]:
    if not isinstance(told, list) or not least <= len(told) <= most:
        raise _Wrong((at, f"must be a list of {least} to {most}"))
    return [(f"{at}.{number}", each) for number, each in enumerate(told)]
