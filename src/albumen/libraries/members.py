"""Roles that users are given on libraries, folders and albums."""

from albumen.libraries import access
from albumen.libraries.models import Album, Assignment, Folder, Library, Place, Role
from albumen.unit import Unit

PLACES = {Library: Place.library, Folder: Place.folder, Album: Place.album}


def assign(unit: Unit, to: Library | Folder | Album, user_id: int, role: Role) -> Assignment:
    """Give a user a role, without asking who does so: for whoever has just made the thing, or was asked."""
    assignment = Assignment(
        place_id=to.id,
        user_id=user_id,
        library_id=to.id if isinstance(to, Library) else to.library_id,
        place=PLACES[type(to)],
        role=role,
        created_at=unit.now,
    )
    unit.db.add(assignment)
    unit.db.flush()
    access.forget(unit)
    return assignment
