"""What an attribute of files is: its operators, the values it takes, and the test it makes of them."""

import operator as compare
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from albumen.libraries import values
from albumen.libraries.models import File, Original

Expression = ColumnElement[Any]
Test = ColumnElement[bool]


class Operator(StrEnum):
    """How an attribute is compared with a value, or (`oneOf`, `notOneOf`) with several."""

    eq = "eq"
    neq = "neq"
    one_of = "oneOf"
    not_one_of = "notOneOf"
    lt = "lt"
    lte = "lte"
    gt = "gt"
    gte = "gte"
    contains = "contains"
    words = "words"
    matches = "matches"


NEGATIVE = frozenset({Operator.neq, Operator.not_one_of})
SEVERAL = frozenset({Operator.one_of, Operator.not_one_of})
ONE = frozenset({Operator.eq, Operator.neq})
EQUAL = ONE | SEVERAL
RANGED = EQUAL | {Operator.lt, Operator.lte, Operator.gt, Operator.gte}
TEXTUAL = EQUAL | {Operator.contains}
WORDED = frozenset({Operator.words})
COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.lt: compare.lt,
    Operator.lte: compare.le,
    Operator.gt: compare.gt,
    Operator.gte: compare.ge,
}


@dataclass(frozen=True)
class Attribute:
    """One attribute.  `read` makes a value of what was told (`read_for` where the operator wants another sort of it).

    `among` tests for being one of some values, `against` for the other operators; `sort` is what lists are ordered by.
    """

    operators: frozenset[Operator]
    read: Callable[[object], Any]
    among: Callable[[Sequence[Any]], Test]
    against: Callable[[Operator, Any], Test] = lambda _, __: false()
    sort: Expression | None = None
    read_for: Mapping[str, Callable[[object], Any]] = field(default_factory=dict)

    def value(self, operator: Operator, told: object) -> Any:
        """The value that was told.  Raises ValueError, saying what it must be."""
        return self.read_for.get(operator, self.read)(told)

    def test(self, operator: Operator, wanted: Sequence[Any]) -> Test:
        """Whether a file meets it; what lacks a value is unequal to all."""
        if operator in NEGATIVE:
            return not_(func.coalesce(self.among(wanted), false()))
        return self.among(wanted) if operator in EQUAL else self.against(operator, wanted[0])


def compared(read: Callable[[object], Any], value: Expression, operators: frozenset[Operator] = RANGED) -> Attribute:
    """Something with one value that SQL compares as it is."""

    def against(operator: Operator, other: Any) -> Test:
        return COMPARE[operator](value, other)  # type: ignore[no-any-return]  # the operator's own result

    return Attribute(operators, read, value.in_, against, value)


def true_or_not(value: Expression) -> Attribute:
    """Something that is so or not."""
    return Attribute(ONE, values.flag, value.in_, sort=case((value, 1), else_=0))


def plain_column(column: InstrumentedAttribute[Any]) -> Expression:
    """A column of a model, as an expression like any other."""
    return column.expression


def stored(name: str) -> Expression:
    """What is kept with the content."""
    content = aliased(Original)
    wanted = select(getattr(content, name)).where(content.signature == File.signature)
    return wanted.correlate(File).scalar_subquery()
