"""People: who they are, as the members of a library see them, and what its contributors make of them.

Readers see people in the files that they see, with counts and covers from these alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, update

from albumen.assets.pictures import telling
from albumen.assets.pictures.models import Face, Person
from albumen.kernel import words as wording
from albumen.kernel.errors import Invalid, NotFound
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, ordering
from albumen.libraries.criteria import Order
from albumen.libraries.models import File, Role
from albumen.unit import Unit

LONGEST_NAME = 200
_SHOWN = and_(Face.library_id == File.library_id, Face.signature == File.signature, Face.is_ignored.is_(False))


@dataclass(frozen=True)
class Known:
    """Somebody, with how many files the actor sees them in, and the face and file that stand for them."""

    person: Person
    file_count: int
    cover: Face
    cover_file_id: int


def page(unit: Unit, library_id: int, *, hidden: bool, limit: int, cursor: str | None) -> Page[Known]:
    """The people in the files that the actor sees, those in most files first.  Raises NotFound, Denied, Invalid.

    Hidden ones are listed where `hidden` says so.
    """
    count = func.count(File.id.distinct())
    wanted = _counted(unit, library_id, count)
    if not hidden:
        wanted = wanted.where(Person.is_hidden.is_(False))
    if cursor:
        number, person_id = numbers_in(cursor, 2)
        wanted = wanted.having(or_(count < number, and_(count == number, Face.person_id > person_id)))
    rows = unit.db.execute(wanted.order_by(count.desc(), Face.person_id).limit(limit + 1)).all()
    more = to_cursor(rows[limit - 1].files, rows[limit - 1].person_id) if len(rows) > limit else None
    return Page(_known(unit, library_id, {row.person_id: row.files for row in rows[:limit]}), more)


def _counted(unit: Unit, library_id: int, count: ColumnElement[int]) -> Select[int | None, int]:
    seen = access.files_seen(unit, library_id)
    wanted = select(Face.person_id, count.label("files")).join(File, _SHOWN).join(Person, Person.id == Face.person_id)
    return wanted.where(seen).group_by(Face.person_id)


def _known(unit: Unit, library_id: int, counts: dict[int, int]) -> list[Known]:
    people = {each.id: each for each in unit.db.scalars(select(Person).where(Person.id.in_(counts)))}
    covers = _covers(unit, library_id, list(counts))
    return [Known(people[each], count, *covers[each]) for each, count in counts.items()]


def _covers(unit: Unit, library_id: int, people: Sequence[int]) -> dict[int, tuple[Face, int]]:
    """The chosen face of each, where the actor sees it; else the one that was found most surely."""
    is_chosen = func.coalesce(Face.id == Person.cover_face_id, False)
    order = (is_chosen.desc(), Face.score.desc(), Face.id, File.id)
    place = func.row_number().over(partition_by=Face.person_id, order_by=order).label("place")
    ranked = select(Face.id, File.id.label("file_id"), place).join(File, _SHOWN)
    ranked = ranked.join(Person, Person.id == Face.person_id)
    best = ranked.where(access.files_seen(unit, library_id), Face.person_id.in_(people)).subquery()
    rows = unit.db.execute(select(Face, best.c.file_id).join(best, best.c.id == Face.id).where(best.c.place == 1))
    return {face.person_id: (face, file_id) for face, file_id in rows if face.person_id is not None}


def get(unit: Unit, library_id: int, person_id: int) -> Known:
    """Somebody in the files that the actor sees.  Raises NotFound, Denied."""
    counted = _counted(unit, library_id, func.count(File.id.distinct())).where(Face.person_id == person_id)
    row = unit.db.execute(counted).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return _known(unit, library_id, {row.person_id: row.files})[0]


def names(unit: Unit, library_id: int, *, most: int) -> Sequence[str]:
    """The names of people in the files that the actor sees, but for hidden ones.  Raises NotFound, Denied."""
    here = select(Person.name).join(Face, Face.person_id == Person.id).join(File, _SHOWN)
    here = here.where(access.files_seen(unit, library_id), Person.name.is_not(None), Person.is_hidden.is_(False))
    return [name for name in unit.db.scalars(here.distinct().order_by(Person.name).limit(most)) if name]


def files(unit: Unit, library_id: int, person_id: int, *, limit: int, cursor: str | None) -> Page[File]:
    """The files that the actor sees somebody in, the newest first.  Raises NotFound, Denied, Invalid."""
    get(unit, library_id, person_id)
    theirs = select(Face.library_id, Face.signature).where(Face.person_id == person_id, Face.is_ignored.is_(False))
    here = and_(access.files_seen(unit, library_id), tuple_(File.library_id, File.signature).in_(theirs))
    return ordering.page(unit, here, (Order(File.sorted_at.expression, True),), limit=limit, cursor=cursor)


def changeable(unit: Unit, library_id: int, person_id: int) -> Person:
    """Somebody whom the actor may change.  Contributors of the library do.  Raises NotFound, Denied."""
    access.require(unit, library_id, Role.contributor)
    person = unit.db.get(Person, person_id)
    if person is None or person.library_id != library_id:
        raise NotFound("There is no such person.")
    return person


def change(unit: Unit, person: Person, told: dict[str, Any]) -> None:
    """Name somebody (None takes the name away), hide them, or choose the face that stands for them.

    Raises Invalid, and NotFound where the face is not theirs.
    """
    if "name" in told:
        person.name = _clean(told["name"])
        person.words = wording.words(person.name or "")
    if told.get("hidden") is not None:
        person.is_hidden = told["hidden"]
    if "cover_face_id" in told:
        face = unit.db.get(Face, told["cover_face_id"]) if told["cover_face_id"] is not None else None
        if told["cover_face_id"] is not None and (face is None or face.person_id != person.id):
            raise NotFound("This person has no such face.")
        person.cover_face_id = told["cover_face_id"]
    unit.db.flush()
    telling.tell(unit, [person.library_id])


def _clean(name: str | None) -> str | None:
    told = " ".join((name or "").split())
    if name is not None and (not wording.words(told) or len(told) > LONGEST_NAME or not told.isprintable()):
        raise Invalid("The name is not one.", errors=[("name", f"1 to {LONGEST_NAME} characters, not only signs")])
    return told or None


def merge(unit: Unit, person: Person, source: Person) -> None:
    """Make one of two people: the second goes, its faces become those of the first, for good.  Raises Invalid."""
    if person.id == source.id:
        raise Invalid("These are one person already.", errors=[("source", "the same person")])
    both = Face.person_id.in_([person.id, source.id])
    unit.db.execute(update(Face).where(both).values(person_id=person.id, is_settled=True))
    if person.name is None and source.name is not None:
        person.name, person.words = source.name, source.words
    unit.db.flush()
    unit.db.delete(source)
    unit.db.flush()
    telling.tell(unit, [person.library_id])


def forget(unit: Unit, person: Person) -> None:
    """Delete somebody, with the vectors of their faces; the faces that are known are not taken up again.

    Only their places stay, so that looking again passes over them.
    """
    gone = {"person_id": None, "vector": None, "is_ignored": True, "is_settled": True}
    unit.db.execute(update(Face).where(Face.person_id == person.id).values(gone))
    unit.db.delete(person)
    unit.db.flush()
    telling.tell(unit, [person.library_id])
