"""Searches in an order of several keys, or of a key that no index has: the database sorts all that is found."""

from dataclasses import replace

from sqlalchemy import case, select

from albumen.assets.search import orders
from albumen.assets.search.orders import Asked
from albumen.assets.search.walk import Plan
from albumen.kernel.pages import Page
from albumen.libraries import access, ordering
from albumen.libraries.attribute import plain_column
from albumen.libraries.criteria import Order
from albumen.libraries.models import File, Folder
from albumen.unit import Unit


def page(unit: Unit, planned: Plan, asked: Asked) -> tuple[Page[File], int | None]:
    """A page of files, and the total where it is known.  Raises Invalid."""
    few = orders.gathered(unit, [planned], plain_column(File.id))
    which = planned.whole if few is None else File.id.in_([file_id for _, file_id in few])
    keys = [_key(unit, planned.library_id, each) for each in asked.keys]
    shown = ordering.page(unit, which, keys, limit=asked.limit, cursor=asked.cursor)
    return shown, None if few is None or asked.cursor else len(few)


def _key(unit: Unit, library_id: int, order: Order) -> Order:
    """What to sort by, as this actor may know it: the names of other folders would stand in the cursor."""
    if order.name == "takenOn":
        return replace(order, by=plain_column(File.sorted_at))
    if order.name == "parentFolderName" and access.role_on(unit, library_id) is None:
        seen = select(Folder.id).where(access.folders_seen(unit, library_id))
        return replace(order, by=case((File.folder_id.in_(seen), order.by)))
    return order
