"""What was seen in one photo: its text and objects, its faces, and what a contributor says of one of these."""

from collections.abc import Sequence

from sqlalchemy import select

from albumen.assets.pictures import grouping, people, telling
from albumen.assets.pictures.models import Face, Person, Seen
from albumen.kernel.errors import NotFound
from albumen.libraries import access
from albumen.libraries.models import File, Role
from albumen.unit import Unit


def seen(unit: Unit, file: File) -> Seen | None:
    """What was seen in a file; None where nothing has looked yet.  Raises NotFound, Denied."""
    access.require_file(unit, file, Role.reader)
    return unit.db.get(Seen, file.signature)


def faces(unit: Unit, file: File) -> Sequence[tuple[Face, Person | None]]:
    """The faces in a file from its left, with whose they are.  Raises NotFound, Denied."""
    access.require_file(unit, file, Role.reader)
    wanted = select(Face, Person).outerjoin(Person, Person.id == Face.person_id)
    here = (Face.library_id == file.library_id, Face.signature == file.signature, Face.is_ignored.is_(False))
    return [(face, person) for face, person in unit.db.execute(wanted.where(*here).order_by(Face.x, Face.id))]


def face(unit: Unit, file: File, face_id: int) -> Face:
    """A face in a file that the actor may change.  Contributors of the library do.  Raises NotFound, Denied."""
    access.require_file(unit, file, Role.reader)
    access.require(unit, file.library_id, Role.contributor)
    found = unit.db.get(Face, face_id)
    if found is None or found.is_ignored or (found.library_id, found.signature) != (file.library_id, file.signature):
        raise NotFound("There is no such face.")
    return found


def assign(unit: Unit, face: Face, person_id: int | None) -> None:
    """Say whose face it is; None: of somebody who is not known yet.  It stays there.  Raises NotFound, Denied."""
    if person_id is None:
        person = grouping.create(unit, face.library_id)
    else:
        person = people.changeable(unit, face.library_id, person_id)
    face.person_id, face.is_settled = person.id, True
    unit.db.flush()
    grouping.forget_nobodies(unit, face.library_id)
    telling.tell(unit, [face.library_id])


def ignore(unit: Unit, face: Face) -> None:
    """Say that it is no face, or not to be known: its vector goes, and looking again passes over it."""
    face.person_id = face.vector = None
    face.is_ignored = face.is_settled = True
    unit.db.flush()
    grouping.forget_nobodies(unit, face.library_id)
    telling.tell(unit, [face.library_id])
