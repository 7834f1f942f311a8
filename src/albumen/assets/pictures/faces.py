"""The faces of a content in a library: found, found again, taken out."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Table, delete, select

from albumen.assets.pictures.models import Face, FacesSought
from albumen.db.statements import insert_for, table_of
from albumen.jobs.queue import Terms
from albumen.jobs.registry import Priority
from albumen.kernel.ids import new_id
from albumen.libraries.models import File, Version
from albumen.media.seeing import facts
from albumen.media.seeing.facts import FACES, NETWORKS
from albumen.unit import Unit

GROUP = "group-faces"
LATER = Terms(priority=Priority.later)
_SAME = 0.3
"""How much of two boxes must be common to both (their intersection over their union) for one face."""


def keep(unit: Unit, signature: str, library_ids: Iterable[int], found: Sequence[facts.Face]) -> None:
    """Keep the faces of a content for those libraries that still hold it.

    Where an earlier network found a face, it keeps its person; where a face was taken out, it stays out.
    """
    for library_id in library_ids:
        holds = select(File.id).where(File.library_id == library_id, File.signature == signature)
        if unit.db.scalar(holds.limit(1)) is None:
            continue
        _merge(unit, library_id, signature, found)
        _note(unit, library_id, signature)
        unit.jobs.add(GROUP, str(library_id), terms=LATER)
    unit.db.flush()


def _note(unit: Unit, library_id: int, signature: str) -> None:
    row = {"library_id": library_id, "signature": signature, "by": NETWORKS[FACES], "sought_at": unit.now}
    insert = insert_for(unit.db)(table_of(FacesSought)).values(row)
    keys = ["library_id", "signature"]
    unit.db.execute(insert.on_conflict_do_update(index_elements=keys, set_={"by": row["by"], "sought_at": unit.now}))


def _merge(unit: Unit, library_id: int, signature: str, found: Sequence[facts.Face]) -> None:
    here = select(Face).where(Face.library_id == library_id, Face.signature == signature)
    known = list(unit.db.scalars(here.order_by(Face.id)))
    for each in found:
        same = next((face for face in known if _overlap(face, each) > _SAME), None)
        if same is None:
            unit.db.add(_new(library_id, signature, each))
        else:
            known.remove(same)
            if not same.is_ignored:
                same.vector, same.score = each.vector, each.score
    for gone in known:
        if not (gone.is_ignored or gone.is_settled):
            unit.db.delete(gone)


def _new(library_id: int, signature: str, found: facts.Face) -> Face:
    return Face(
        id=new_id(),
        library_id=library_id,
        signature=signature,
        x=found.left,
        y=found.top,
        width=found.width,
        height=found.height,
        score=found.score,
        vector=found.vector,
        is_settled=False,
        is_ignored=False,
    )


def _overlap(one: Face, other: facts.Face) -> float:
    """How much two boxes have in common: their intersection over their union."""
    wide = min(one.x + one.width, other.left + other.width) - max(one.x, other.left)
    high = min(one.y + one.height, other.top + other.height) - max(one.y, other.top)
    common = max(0.0, wide) * max(0.0, high)
    union = one.width * one.height + other.width * other.height - common
    return common / union if union > 0 else 0.0


def _is_held(table: Table) -> ColumnElement[bool]:
    """Whether a file of the library has the content in one of its versions."""
    held = select(Version.file_id).join(File, File.id == Version.file_id)
    return held.where(File.library_id == table.c.library_id, Version.signature == table.c.signature).exists()


def forget_strays(unit: Unit) -> None:
    """Delete the faces, with their vectors, of contents that their library no longer holds in any version."""
    for table in (table_of(Face), table_of(FacesSought)):
        unit.db.execute(delete(table).where(~_is_held(table)).execution_options(synchronize_session=False))
