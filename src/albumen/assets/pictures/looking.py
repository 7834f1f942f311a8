"""Having networks look at photos: what lacks it, and keeping what they saw.

Text and objects belong to a content, wherever it is filed.  Faces belong to a content in one library: what is done to
the people of one says nothing to another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from albumen.app import App
from albumen.assets.pictures import faces, telling
from albumen.assets.pictures.models import FacesSought, Seen
from albumen.db import fulltext_seen
from albumen.db.statements import insert_for, table_of
from albumen.kernel import words as wording
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original, Rendition
from albumen.media.seeing import facts
from albumen.media.seeing.facts import FACES, NETWORKS, OBJECTS, TEXT
from albumen.unit import Unit

SIZE = "lg"
_APART = " . "
_seen = table_of(Seen)


@dataclass(frozen=True)
class Plan:
    """What is to be looked for in a content, which rendition of it, and for which libraries its faces."""

    signature: str
    key: str
    wanted: tuple[str, ...]
    library_ids: tuple[int, ...]


def see(app: App, signature: str) -> None:
    """Look for what the settings ask for and this content lacks; harmless to repeat.

    Raises what the decoders raise, and NotFound where the bytes are gone.
    """
    with app.reading(SYSTEM) as unit:
        planned = plan(unit, signature, app.settings.seeing.wanted)
    if planned is None:
        return
    with app.blobs.local(planned.key) as file:
        found = app.eyes.look(file, planned.wanted)
    with app.writing(SYSTEM) as unit:
        keep(unit, planned, found)


def plan(unit: Unit, signature: str, asked: Collection[str]) -> Plan | None:
    """What of that is still to be done for a content; None where that is nothing."""
    shown = select(Rendition.key).join(Original, Original.signature == Rendition.signature)
    shown = shown.where(Rendition.signature == signature, Rendition.variant == SIZE, Original.is_video.is_(False))
    key = unit.db.scalar(shown)
    if key is None:
        return None
    row = unit.db.get(Seen, signature)
    kept = {TEXT: row.text_by, OBJECTS: row.objects_by} if row else {}
    wanted = [each for each in (TEXT, OBJECTS) if each in asked and kept.get(each) != NETWORKS[each]]
    here = select(File.library_id).where(File.signature == signature, _wants_faces())
    library_ids = sorted(set(unit.db.scalars(here))) if FACES in asked else []
    wanted += [FACES] if library_ids else []
    return Plan(signature, key, tuple(wanted), tuple(library_ids)) if wanted else None


def _wants_faces() -> ColumnElement[bool]:
    """Files not in the trash for whose library no faces were sought in their content."""
    sought = select(FacesSought.by).where(
        FacesSought.library_id == File.library_id,
        FacesSought.signature == File.signature,
        FacesSought.by == NETWORKS[FACES],
    )
    return and_(File.deleted_at.is_(None), File.part_of.is_(None), ~sought.exists())


def lacking(asked: Collection[str], *, after: str) -> Select[str]:
    """The contents of photos that are shown somewhere and lack some of that; not those in which it failed.

    By signature, those that come after this one.
    """
    tests = [_not_seen(Seen.text_by, TEXT)] if TEXT in asked else []
    tests += [_not_seen(Seen.objects_by, OBJECTS)] if OBJECTS in asked else []
    tests += [_wants_faces()] if FACES in asked else []
    made = select(Rendition.key).where(Rendition.signature == Original.signature, Rendition.variant == SIZE)
    wanted = select(Original.signature).join(File, File.signature == Original.signature)
    wanted = wanted.outerjoin(Seen, Seen.signature == Original.signature)
    wanted = wanted.where(File.deleted_at.is_(None), Original.is_video.is_(False), made.exists(), or_(*tests))
    wanted = wanted.where(func.coalesce(Seen.failed_by, "") != _networks(asked), Original.signature > after)
    return wanted.distinct().order_by(Original.signature)


def _not_seen(by: InstrumentedAttribute[str | None], kind: str) -> ColumnElement[bool]:
    return func.coalesce(by, "") != NETWORKS[kind]


def _networks(asked: Collection[str]) -> str:
    return " ".join(NETWORKS[each] for each in sorted(asked))


def keep(unit: Unit, planned: Plan, found: facts.Seen) -> None:
    """Keep what was seen, if the content is still there."""
    if unit.db.get(Original, planned.signature) is None:
        return
    row = unit.db.get(Seen, planned.signature)
    told: dict[str, object] = {"failed_by": None, "failure": None, "seen_at": unit.now}
    text, objects = (row.text, row.objects) if row else ("", {})
    if found.text is not None:
        told["text_by"], text = NETWORKS[TEXT], found.text
    if found.objects is not None:
        told["objects_by"], objects = NETWORKS[OBJECTS], found.objects
    _put(unit, planned.signature, told | _worded(text, objects))
    if found.faces is not None:
        faces.keep(unit, planned.signature, planned.library_ids, found.faces)
    telling.tell(
        unit, unit.db.scalars(select(File.library_id).where(File.signature == planned.signature).distinct()).all()
    )


def _worded(text: str, objects: Mapping[str, object]) -> dict[str, object]:
    """What was seen, as it is kept and as searches find it."""
    each = [wording.words(name) for name in objects]
    writing = wording.words(text)
    marks = fulltext_seen.marks(writing, " ".join(each))
    return {"text": text, "objects": dict(objects), "writing": writing, "things": _APART.join(each), "marks": marks}


def _put(unit: Unit, signature: str, told: dict[str, object]) -> None:
    whole = {"text": "", "objects": {}, "writing": "", "things": "", "marks": "", "signature": signature, **told}
    insert = insert_for(unit.db)(_seen).values(whole)
    unit.db.execute(insert.on_conflict_do_update(index_elements=["signature"], set_=told))
    unit.db.expire_all()


def give_up(unit: Unit, signature: str, asked: Collection[str], reason: str) -> None:
    """Note that looking failed; the photo stays as it is, and is looked at again when there are better networks."""
    if unit.db.get(Original, signature) is not None:
        _put(unit, signature, {"failed_by": _networks(asked), "failure": reason, "seen_at": unit.now})
