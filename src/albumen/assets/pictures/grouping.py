"""Making people of the faces in a library, whenever there are new ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, and_, delete, func, or_, select, update

from albumen.app import App
from albumen.assets.pictures import telling
from albumen.assets.pictures.models import Face, Person
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.unit import Unit

_VALUES = 128


@dataclass(frozen=True)
class Turn:
    """A face that is to change its person; negative numbers stand for people that are new."""

    face_id: int
    before: int | None
    after: int


def run(app: App, task: Task) -> None:
    """Group what is not grouped yet, in one library.  Nobody who writes waits while faces are compared."""
    library_id = int(task.subject)
    with app.reading(SYSTEM) as unit:
        turns = compare(unit, library_id)
    if turns:
        with app.writing(SYSTEM) as unit:
            settle(unit, library_id, turns)


def compare(unit: Unit, library_id: int) -> list[Turn]:
    """Find the person of every face that has none: somebody known, or somebody new where it is like nobody.

    Faces of people who were named or hidden, and those that a user put where they are, stay there.
    """
    rows = _faces(unit, library_id)
    if not any(row.person_id is None for row in rows):
        return []
    people = _grouped(rows)
    turns = (Turn(row.id, row.person_id, after) for row, after in zip(rows, people, strict=True))
    return [turn for turn in turns if turn.before != turn.after]


def settle(unit: Unit, library_id: int, turns: Sequence[Turn]) -> None:
    """Give faces their people, but for what changed since they were compared."""
    known = set(unit.db.scalars(select(Person.id).where(Person.library_id == library_id)))
    made: dict[int, int] = {}
    for turn in turns:
        if turn.after < 0 and turn.after not in made:
            made[turn.after] = create(unit, library_id).id
        person_id = made.get(turn.after, turn.after)
        if turn.after in made or person_id in known:
            same = Face.person_id.is_not_distinct_from(turn.before)
            free = (Face.id == turn.face_id, same, Face.is_settled.is_(False), Face.is_ignored.is_(False))
            unit.db.execute(update(Face).where(*free).values(person_id=person_id))
    forget_nobodies(unit, library_id)
    if known or made:
        telling.tell(unit, [library_id])


_Known = Row[int, int | None, bytes | None, bool]


def _faces(unit: Unit, library_id: int) -> Sequence[_Known]:
    is_fixed = or_(Face.is_settled, and_(Person.id.is_not(None), or_(Person.name.is_not(None), Person.is_hidden)))
    wanted = select(Face.id, Face.person_id, Face.vector, func.coalesce(is_fixed, False).label("is_fixed"))
    wanted = wanted.outerjoin(Person, Person.id == Face.person_id)
    wanted = wanted.where(Face.library_id == library_id, Face.is_ignored.is_(False), Face.vector.is_not(None))
    return unit.db.execute(wanted.order_by(Face.id)).all()


def _grouped(rows: Sequence[_Known]) -> list[int]:
    """The person of each face; below zero are new ones."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    from albumen.assets.pictures import whispers  # noqa: PLC0415 - the same

    vectors = np.frombuffer(b"".join(row.vector or b"" for row in rows), "<f4").reshape(-1, _VALUES)
    people = np.array([row.person_id or 0 for row in rows], np.int64)
    is_free = np.array([not row.is_fixed for row in rows], np.bool_)
    return list(whispers.grouped(whispers.Crowd(vectors.astype(np.float32), people, is_free)).tolist())


def create(unit: Unit, library_id: int) -> Person:
    """Somebody without a name."""
    person = Person(id=ids.new_id(), library_id=library_id, words="", is_hidden=False, created_at=unit.now)
    unit.db.add(person)
    unit.db.flush()
    return person


def forget_nobodies(unit: Unit, library_id: int | None = None) -> None:
    """Delete people who have no face any more."""
    has_face = select(Face.id).where(Face.person_id == Person.id).exists()
    here = Person.library_id == library_id if library_id is not None else Person.id.is_not(None)
    unit.db.execute(delete(Person).where(here, ~has_face).execution_options(synchronize_session="fetch"))
