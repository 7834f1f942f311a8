"""Roles that come and go with the groups that a user has at the provider of sign-ins."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM
from albumen.libraries import access, members
from albumen.libraries.models import Assignment, Library, Role
from albumen.settings.signing import GroupRole
from albumen.unit import Unit


def follow(unit: Unit, user: User, groups: frozenset[str], given: Iterable[GroupRole]) -> None:
    """Give a user the roles of these groups, and take those that came from a group which is left.

    Roles that a person gave stay as they are, and so do owners.
    """
    house = replace(unit, actor=SYSTEM)
    wanted: dict[int, Role | None] = {}
    for each in given:
        role = Role(each.role) if each.group in groups else None
        before = wanted.get(each.library_id)
        wanted[each.library_id] = before if before and (role is None or access.is_enough(before, role)) else role
    for library_id, role in wanted.items():
        library = unit.db.scalar(select(Library).where(Library.id == library_id, Library.deleted_at.is_(None)))
        if library is not None:
            _settle(house, library, user, role)


def _settle(unit: Unit, library: Library, user: User, role: Role | None) -> None:
    there = unit.db.get(Assignment, (library.id, user.id))
    if there is None and role is not None:
        members.add(unit, library, user.name_key, role)
    elif there is None or there.given_by is not None or there.role in (Role.owner, role):
        return
    elif role is None:
        members.remove(unit, library, user.name_key)
    else:
        members.change(unit, library, user.name_key, role)
