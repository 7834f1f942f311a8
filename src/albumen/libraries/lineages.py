"""Lineages: where a folder lies in its tree, as the ids of all above it and its own, each followed by a slash."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_

from albumen.kernel import ids
from albumen.libraries.models import Folder


def made(parent: Folder | None, folder_id: int) -> str:
    """The lineage of a folder below this parent (None: of a root)."""
    return f"{parent.lineage if parent else '/'}{ids.encode(folder_id)}/"


def below(column: SQLColumnExpression[str] | SQLColumnExpression[str | None], lineage: str) -> ColumnElement[bool]:
    """Which rows lie in this folder or below it: its lineage is a prefix of theirs, and so a range of the index."""
    return and_(column >= lineage, column < f"{lineage[:-1]}0")  # 0 is the letter after the slash


def below_any(column: SQLColumnExpression[str], lineages: Iterable[str]) -> ColumnElement[bool]:
    """Which rows lie in one of these folders or below it; none where there are none."""
    return or_(false(), *(below(column, each) for each in lineages))
