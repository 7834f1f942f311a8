"""Who may do what with a library: one policy for every surface."""

from sqlalchemy import Select, select

from albumen.kernel.actor import Scope
from albumen.kernel.errors import Denied, NotFound
from albumen.libraries.models import Library, Member, Role
from albumen.unit import Unit

_STRENGTH = {Role.reader: 1, Role.contributor: 2, Role.owner: 3}


def visible(unit: Unit, needed: Scope = Scope.read) -> Select[int]:
    """The ids of the libraries the actor may see.  Raises Denied for a key without the scope that is needed."""
    check_scope(unit, needed)
    if unit.actor.is_system:
        return select(Library.id)
    return select(Member.library_id).where(Member.user_id == unit.actor.user_id)


def role_on(unit: Unit, library_id: int) -> Role | None:
    """The actor's role on a library; None where it may not know of it."""
    if unit.actor.is_system:
        return Role.owner
    member = unit.db.get(Member, (library_id, unit.actor.user_id))
    return None if member is None else Role(member.role)


def require(unit: Unit, library_id: int, least: Role) -> Role:
    """The actor's role.  Raises NotFound where it may not know of the library, Denied where the role is too weak."""
    role = role_on(unit, library_id)
    if role is None:
        raise NotFound("There is no such library.")
    check_scope(unit, Scope.read if least == Role.reader else Scope.write)
    if _STRENGTH[role] < _STRENGTH[least]:
        raise Denied(f"This takes the role {least}.")
    return role


def check_scope(unit: Unit, needed: Scope) -> None:
    """Raises Denied where the credential was not made for this."""
    if needed not in unit.actor.scopes:
        raise Denied(f"This key lacks the scope {needed}.")


def set_role(unit: Unit, library_id: int, user_id: int, role: Role) -> None:
    """Give a user a role."""
    unit.db.add(Member(library_id=library_id, user_id=user_id, role=role))
