"""Which files have a group of renditions, and which lack it."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from albumen.assets.ingest import GROUPS
from albumen.kernel.errors import NotFound
from albumen.kernel.pages import Page
from albumen.libraries import access, queries
from albumen.libraries.models import File, Rendition, Role
from albumen.unit import Unit


def variants(group: str) -> Sequence[str]:
    """The variants of a group.  Raises NotFound for an unknown one."""
    if group not in GROUPS:
        raise NotFound("There are the operations thumbnails and full-size.")
    return GROUPS[group]


def files(unit: Unit, group: str, *, present: bool, least: Role = Role.reader) -> Select[int]:
    """The ids of the files the actor may see that have, or lack, the whole group.  Raises NotFound, Denied."""
    wanted = variants(group)
    made = (
        select(func.count())
        .where(Rendition.signature == File.signature, Rendition.variant.in_(wanted))
        .correlate(File)
        .scalar_subquery()
    )
    here = select(File.id).where(access.files_anywhere(unit, least=least))
    return here.where(made == len(wanted) if present else made < len(wanted))


def page(unit: Unit, group: str, *, present: bool, limit: int, cursor: str | None) -> Page[int]:
    """A page of those ids.  Raises NotFound, Denied, Invalid."""
    return queries.ids_page(unit, files(unit, group, present=present), limit=limit, cursor=cursor)
