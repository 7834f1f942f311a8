"""Which files a library holds already, and how much more fits, for those who are about to send them.

A hash opens nothing: the answer names only files that the actor may see anyway.
"""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from albumen.kernel import ids
from albumen.libraries import access, files, library, tally
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import File, Role
from albumen.unit import Unit


def library_of(unit: Unit, library_id: int | None) -> int | None:
    """The library that is meant: without one the actor's own, if there is one yet.  Raises NotFound, Denied."""
    if library_id is None:
        own = library.find_default(unit)
        library_id = own.id if own else None
    if library_id is not None:
        access.check_seen(unit, library_id)
    return library_id


def held(unit: Unit, library_id: int | None, wanted: Sequence[tuple[str, int | None]]) -> list[int | None]:
    """The file of each content, by its SHA-256 in hexadecimal digits and, where it is known, its size; None: not here.

    Raises NotFound, Denied.
    """
    if library_id is None:
        return [None] * len(wanted)
    names = [(ids.signature(bytes.fromhex(digest)), size) for digest, size in wanted]
    found = _seen(unit, library_id, {signature for signature, _ in names})
    return [_of_size(found.get(signature), size) for signature, size in names]


def room(unit: Unit, library_id: int | None) -> int | None:
    """How many bytes more the quotas let the actor send there; None where there is no quota.

    That of the library is told to those who may add to it.
    """
    may_add = library_id is not None and access.is_enough(access.role_on(unit, library_id), Role.contributor)
    return tally.left(unit, library_id if may_add else None)


def _of_size(file: tuple[int, int] | None, size_bytes: int | None) -> int | None:
    return None if file is None or size_bytes not in (None, file[1]) else file[0]


def _seen(unit: Unit, library_id: int, signatures: set[str]) -> dict[str, tuple[int, int]]:
    """The oldest file of each content that stays, and its size; the moving part of a photo is seen where it is."""
    half = aliased(File)
    seen = select(File.id).where(access.files_seen(unit, library_id)).scalar_subquery()
    is_seen = or_(half.id.in_(seen), half.part_of.in_(seen))
    same = half.library_id == library_id, half.signature.in_(signatures), half.deleted_at.is_(None)
    is_lost = select(Damage.signature).where(Damage.signature == half.signature).exists()
    here = and_(*same, is_seen, files.stays(half.id), ~is_lost)
    rows = (
        select(half.signature, half.id, half.size_bytes).where(here).order_by(half.imported_at.desc(), half.id.desc())
    )
    return {signature: (file_id, size_bytes) for signature, file_id, size_bytes in unit.db.execute(rows)}
