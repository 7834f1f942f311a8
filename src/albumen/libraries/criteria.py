"""The query language as data: criteria that files must all meet, and an order.

`{version: "1.0", criteria: [{attribute, operator, value}], orderBy: [{attribute, direction}]}`, parsed strictly into
values that never change, and compiled to a predicate over `File` that can stand in any WHERE.  In the place of a
criterion may stand `{all: […]}`, `{any: […]}` or `{not: …}`.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from albumen.kernel.errors import Invalid
from albumen.libraries.attributes import ATTRIBUTES, SEVERAL, Attribute, Operator, of_property

VERSION = "1.0"
MOST_CRITERIA = 100
DEEPEST = 20
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
    name: str = ""

    def test(self) -> ColumnElement[bool]:
        """Which rows of File meet it."""
        return self.attribute.test(self.operator, self.values)


@dataclass(frozen=True)
class All:
    """What meets all of some criteria; with none, everything does."""

    parts: tuple["Node", ...]

    def test(self) -> ColumnElement[bool]:
        """Which rows of File meet it."""
        return and_(true(), *(each.test() for each in self.parts))


@dataclass(frozen=True)
class Either:
    """What meets one of some criteria at least."""

    parts: tuple["Node", ...]

    def test(self) -> ColumnElement[bool]:
        """Which rows of File meet it."""
        return or_(false(), *(each.test() for each in self.parts))


@dataclass(frozen=True)
class Not:
    """What does not meet a criterion, also because it lacks a value."""

    part: "Node"

    def test(self) -> ColumnElement[bool]:
        """Which rows of File meet it."""
        return not_(func.coalesce(self.part.test(), false()))


Node = Criterion | All | Either | Not
_BRACKETS: Mapping[str, Callable[[tuple[Node, ...]], Node]] = {"all": All, "any": Either, "not": All}


@dataclass(frozen=True)
class Order:
    """What to sort by; files that lack it come last in either direction."""

    by: ColumnElement[Any]
    is_descending: bool = False
    name: str = ""


@dataclass(frozen=True)
class Criteria:
    """A query."""

    criteria: tuple[Node, ...] = ()
    order_by: tuple[Order, ...] = ()

    def predicate(self) -> ColumnElement[bool]:
        """Which rows of File meet all criteria."""
        return All(self.criteria).test()


def leaves(*nodes: Node) -> list[Criterion]:
    """All criteria in a query, however deep."""
    found: list[Criterion] = []
    for node in nodes:
        if isinstance(node, Criterion):
            found.append(node)
        else:
            found += leaves(node.part) if isinstance(node, Not) else leaves(*node.parts)
    return found


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
    criteria = _each(_list(fields["criteria"], f"{at}.criteria", MOST_CRITERIA), partial(_node, DEEPEST))
    orders = _each(_list(fields.get("orderBy", []), f"{at}.orderBy", MOST_ORDERS), _order)
    single = leaves(*criteria)
    if len(single) > MOST_CRITERIA:
        raise _Wrong((f"{at}.criteria", f"must be at most {MOST_CRITERIA} together"))
    if sum(len(each.values) for each in single) > MOST_VALUES:
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


def _node(deep: int, told: object, at: Place) -> Node:
    """A criterion, or criteria in brackets."""
    brackets = told.keys() & _BRACKETS.keys() if isinstance(told, dict) else set()
    if not brackets:
        return _criterion(told, at)
    word = min(brackets)
    inner = _fields(told, at, needed={word})[word]
    if not deep:
        raise _Wrong((at, f"must be at most {DEEPEST} deep"))
    if word == "not":
        return Not(_node(deep - 1, inner, f"{at}.not"))
    return _BRACKETS[word](_each(_list(inner, f"{at}.{word}", MOST_CRITERIA, least=1), partial(_node, deep - 1)))


def _criterion(told: object, at: Place) -> Criterion:
    fields = _fields(told, at, needed={"attribute", "operator", "value"})
    attribute = _attribute(fields["attribute"], f"{at}.attribute")
    allowed = sorted(attribute.operators)
    if fields["operator"] not in allowed:
        raise _Wrong((f"{at}.operator", f"must be one of {', '.join(allowed)}"))
    operator = Operator(fields["operator"])
    place = f"{at}.value"
    several = _list(fields["value"], place, MOST_VALUES, least=1) if operator in SEVERAL else [(place, fields["value"])]
    return Criterion(attribute, operator, _each(several, partial(_value, attribute, operator)), fields["attribute"])


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
    return Order(attribute.sort, _DIRECTIONS[direction], fields["attribute"])


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
