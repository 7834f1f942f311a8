"""Pages of files in any order: keyset pages whose cursor holds the keys of the last file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, and_, false, or_, select

from albumen.db.base import Moment
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.libraries.criteria import Order
from albumen.libraries.models import File
from albumen.libraries.queries import EPOCH
from albumen.unit import Unit

_MILLISECOND = timedelta(milliseconds=1)
Key = str | int | None


def page(
    unit: Unit, which: ColumnElement[bool], orders: Sequence[Order], *, limit: int, cursor: str | None
) -> Page[File]:
    """The files that `which` holds, by some orders and at last by id.  Raises Invalid for a foreign cursor."""
    keys = (*orders, Order(File.id.expression))
    wanted = select(File, *(each.by for each in keys)).where(which)
    if cursor:
        wanted = wanted.where(_behind(keys, _read(keys, cursor)))
    for each in keys:
        wanted = wanted.order_by(each.by.is_(None), each.by.desc() if each.is_descending else each.by)
    rows = unit.db.execute(wanted.limit(limit + 1)).all()
    more = to_cursor(*map(_key, rows[limit - 1][1:])) if len(rows) > limit else None
    return Page([row[0] for row in rows[:limit]], more)


def beside(
    unit: Unit, which: ColumnElement[bool], orders: Sequence[Order], file_id: int
) -> tuple[File | None, File | None]:
    """The files before and after one of those that `which` holds; None at the ends, and where it is none of them."""
    keys = (*orders, Order(File.id.expression))
    here = unit.db.execute(select(*(each.by for each in keys)).where(which, File.id == file_id)).one_or_none()
    if here is None:
        return None, None
    before = select(File).where(which, _before(keys, here))
    after = select(File).where(which, _behind(keys, here))
    for each in keys:
        before = before.order_by(each.by.is_not(None), each.by if each.is_descending else each.by.desc())
        after = after.order_by(each.by.is_(None), each.by.desc() if each.is_descending else each.by)
    return unit.db.scalar(before.limit(1)), unit.db.scalar(after.limit(1))


def _before(keys: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    """What comes before these values: smaller in one key, and equal in all before it."""
    ways: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        smaller = key.by.is_not(None) if value is None else key.by > value if key.is_descending else key.by < value
        ways.append(and_(*equal, smaller))
        equal.append(key.by.is_(None) if value is None else key.by == value)
    return or_(*ways)


def _behind(keys: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    """What comes after these values: greater in one key, and equal in all before it."""
    ways: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        ways.append(and_(*equal, _after(key, value)))
        equal.append(key.by.is_(None) if value is None else key.by == value)
    return or_(*ways)


def _after(key: Order, value: Any) -> ColumnElement[bool]:
    if value is None:
        return false()
    return or_(key.by < value if key.is_descending else key.by > value, key.by.is_(None))


def _key(value: Any) -> Key:
    if isinstance(value, datetime):
        return (value - EPOCH) // _MILLISECOND
    return value  # type: ignore[no-any-return]  # a text, a whole number or nothing


def _read(keys: Sequence[Order], cursor: str) -> list[Any]:
    found = from_cursor(cursor)
    if len(found) != len(keys):
        raise Invalid("The cursor is not one that this list gave.")
    return [_value(key, value) for key, value in zip(keys, found, strict=True)]


def _value(key: Order, value: Key) -> Any:
    expected = str if isinstance(key.by.type, String) else int
    if value is None:
        return None
    if not isinstance(value, expected) or (isinstance(value, int) and not _fits(key, value)):
        raise Invalid("The cursor is not one that this list gave.")
    return _moment(int(value)) if isinstance(key.by.type, Moment) else value


def _fits(key: Order, value: int) -> bool:
    """Whether a column of this kind could hold the number: PostgreSQL compares with no other."""
    bits = 31 if isinstance(key.by.type, Integer) and not isinstance(key.by.type, BigInteger) else 63
    return -(1 << bits) <= value < 1 << bits


def _moment(millis: int) -> datetime:
    try:
        return EPOCH + millis * _MILLISECOND
    except OverflowError:
        raise Invalid("The cursor is not one that this list gave.") from None
