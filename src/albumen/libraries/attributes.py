"""What a query may ask of files: each attribute with its operators, the values it takes, and its SQL over `File`.

Every test is self-contained (what lies in other tables is read by correlated subqueries), so that it can stand in
any WHERE.  Texts are compared without case.
"""

import operator as compare
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, false, func, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from albumen.db import functions
from albumen.libraries import values
from albumen.libraries.models import File, Folder, Original
from albumen.libraries.values import Near

_SORTED_CHARACTERS = 100
_KM_PER_DEGREE = 111.0

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


_NEGATIVE = frozenset({Operator.neq, Operator.not_one_of})
SEVERAL = frozenset({Operator.one_of, Operator.not_one_of})
_ONE = frozenset({Operator.eq, Operator.neq})
_EQUAL = _ONE | SEVERAL
_RANGED = _EQUAL | {Operator.lt, Operator.lte, Operator.gt, Operator.gte}
_TEXTUAL = _EQUAL | {Operator.contains}
_COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
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
    read_for: Mapping[Operator, Callable[[object], Any]] = field(default_factory=dict)

    def value(self, operator: Operator, told: object) -> Any:
        """The value that was told.  Raises ValueError, saying what it must be."""
        return self.read_for.get(operator, self.read)(told)

    def test(self, operator: Operator, wanted: Sequence[Any]) -> Test:
        """Whether a file meets it; what lacks a value is unequal to all."""
        if operator in _NEGATIVE:
            return not_(func.coalesce(self.among(wanted), false()))
        return self.among(wanted) if operator in _EQUAL else self.against(operator, wanted[0])


def _compared(read: Callable[[object], Any], value: Expression, operators: frozenset[Operator] = _RANGED) -> Attribute:
    """Something with one value that SQL compares as it is."""

    def against(operator: Operator, other: Any) -> Test:
        return _COMPARE[operator](value, other)  # type: ignore[no-any-return]  # the operator's own result

    return Attribute(operators, read, value.in_, against, value)


def _true_or_not(value: Expression) -> Attribute:
    return Attribute(_ONE, values.flag, value.in_, sort=case((value, 1), else_=0))


def _worded(*readings: Expression) -> Attribute:
    """A text that may be read in several ways, the fullest first; each is folded already."""

    def among(wanted: Sequence[str]) -> Test:
        return or_(*(each.in_(wanted) for each in readings))

    def against(_: Operator, part: str) -> Test:
        return readings[0].contains(part, autoescape=True)

    return Attribute(
        _TEXTUAL, values.text, among, against, func.substr(readings[0], 1, _SORTED_CHARACTERS, type_=String())
    )


def _free(column: InstrumentedAttribute[str | None]) -> Attribute:
    """A text column that is kept as it was written."""
    return _worded(functions.folded(_plain_column(column)))


def _taken() -> Attribute:
    def column(moment: datetime) -> tuple[Any, datetime]:
        return (File.taken_local, moment.replace(tzinfo=UTC)) if moment.tzinfo is None else (File.taken_at, moment)

    def among(moments: Sequence[datetime]) -> Test:
        return or_(*(each == moment for each, moment in map(column, moments)))

    def against(operator: Operator, other: datetime) -> Test:
        value, moment = column(other)
        return _COMPARE[operator](value, moment)  # type: ignore[no-any-return]  # the operator's own result

    return Attribute(_RANGED, values.wall_or_moment, among, against, _plain_column(File.taken_at))


def _tags() -> Attribute:
    """A test holds where one of the tags meets it."""
    each = functions.elements(_plain_column(File.tags))
    tag = functions.folded(each.c.value)

    def some(test: Test) -> Test:
        return select(literal(1)).select_from(each).where(test).exists()

    return Attribute(
        _TEXTUAL,
        values.text,
        lambda wanted: some(tag.in_(wanted)),
        lambda _, part: some(tag.contains(part, autoescape=True)),
    )


def of_property(name: str) -> Attribute:
    """What a user keeps under this name: a text, a number or a truth, equal only to its like."""
    each = functions.entries(_plain_column(File.properties))

    def some(test: Test) -> Test:
        return select(literal(1)).select_from(each).where(each.c.key == name, test).exists()

    def is_one(value: Any) -> Test:
        if isinstance(value, bool):
            return each.c.type == str(value).lower()
        if isinstance(value, str):
            return and_(each.c.type == "text", functions.folded(each.c.value) == value)
        return and_(each.c.type.in_(("integer", "real")), each.c.value == literal(value))

    def against(operator: Operator, value: Any) -> Test:
        if operator is Operator.contains:
            held = functions.folded(each.c.value).contains(str(value), autoescape=True)
            return some(and_(each.c.type == "text", held))
        return some(and_(each.c.type.in_(("integer", "real")), _COMPARE[operator](each.c.value, literal(value))))

    readers = {**dict.fromkeys(_COMPARE, values.amount), Operator.contains: values.text}
    return Attribute(
        _RANGED | _TEXTUAL, values.plain, lambda wanted: some(or_(*map(is_one, wanted))), against, read_for=readers
    )


def _around() -> Attribute:
    def among(spots: Sequence[Near]) -> Test:
        return or_(*map(within, spots))

    def within(spot: Near) -> Test:
        span = spot.km / _KM_PER_DEGREE
        band = File.latitude.between(spot.latitude - span, spot.latitude + span)
        way = functions.kilometres(
            _plain_column(File.latitude), _plain_column(File.longitude), spot.latitude, spot.longitude
        )
        return and_(band, way <= spot.km)

    return Attribute(_ONE, values.near, among)


def _plain_column(column: InstrumentedAttribute[Any]) -> Expression:
    return column.expression


def _stored(name: str) -> Expression:
    """What is kept with the content."""
    content = aliased(Original)
    wanted = select(getattr(content, name)).where(content.signature == File.signature)
    return wanted.correlate(File).scalar_subquery()


def _folder_name() -> Expression:
    above = aliased(Folder)
    return select(above.folded).where(above.id == File.folder_id).correlate(File).scalar_subquery()


def _camera() -> Attribute:
    """The make and the model, or the model alone, which often begins with the make."""
    both = func.trim(func.coalesce(File.camera_make, "") + " " + func.coalesce(File.camera_model, ""))
    return _worded(functions.folded(func.nullif(both, "")), functions.folded(_plain_column(File.camera_model)))


ATTRIBUTES: Mapping[str, Attribute] = {
    "parentFolderId": _compared(values.public_id, _plain_column(File.folder_id), _EQUAL),
    "parentFolderName": _worded(_folder_name()),
    "filename": _worded(_plain_column(File.folded)),
    "rating": _compared(values.whole, _plain_column(File.rating)),
    "isVideo": _true_or_not(_stored("is_video")),
    "importedOn": _compared(values.moment, _plain_column(File.imported_at)),
    "takenOn": _taken(),
    "modifiedOn": _compared(values.moment, _plain_column(File.modified_at)),
    "tags": _tags(),
    "camera": _camera(),
    "lens": _free(File.lens),
    "fileSize": _compared(values.whole, _plain_column(File.size_bytes)),
    "width": _compared(values.whole, _stored("width")),
    "height": _compared(values.whole, _stored("height")),
    "near": _around(),
    "hasGps": _true_or_not(case((File.latitude.is_not(None), True), else_=False)),
    "favorite": _true_or_not(_plain_column(File.favorite)),
    "mimeType": _worded(functions.folded(_stored("mime"))),
    "title": _free(File.title),
    "comments": _free(File.comments),
}
