"""Renditions: stored once beside their original, counted where it is filed, made again when removed."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from albumen.app import App
from albumen.blobs.port import Corrupt, Spool
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.statements import insert_for, table_of
from albumen.kernel.errors import Conflict
from albumen.libraries import access, contents, tally
from albumen.libraries.models import File, Folder, Rendition, Role
from albumen.media.guard import Made
from albumen.unit import Unit

ORIGINALS = "original/"
EXTENSIONS = {"image/jpeg": ".jpg", "image/webp": ".webp", "video/mp4": ".mp4"}
"""The usual ending of each media type that a rendition can have."""


@dataclass(frozen=True)
class Kept:
    """A rendition whose bytes are durable."""

    made: Made
    key: str
    crc32: int


def key_beside(original_key: str, variant: str, extension: str, mark: str = "") -> str:
    """The key of a rendition, by the layout that named its original: `md/ab/abc….webp`, `u1/l1/IMG_1.jpg.md.webp`."""
    if original_key.startswith(ORIGINALS):
        return f"{variant}/{original_key.removeprefix(ORIGINALS)}{mark}{extension}"
    return f"{original_key}{mark}.{variant}{extension}"


def store(app: App, original_key: str, made: Made, spool: Spool) -> Kept:
    """Keep the bytes a decoder wrote into the spool.  Raises OverQuota, Unavailable."""
    spool.adopt()
    extension = EXTENSIONS[made.mime]
    key = key_beside(original_key, made.variant, extension)
    try:
        app.blobs.put(key, spool)
    except (Conflict, Corrupt):  # what an earlier recipe made lies there until the sweep
        key = key_beside(original_key, made.variant, extension, f".{secrets.token_hex(4)}")
        app.blobs.put(key, spool)
    return Kept(made, key, spool.crc32)


def record(unit: Unit, signature: str, kept: Sequence[Kept]) -> None:
    """Write the rows of renditions, but for those where another worker was first."""
    insert = insert_for(unit.db)(table_of(Rendition)).on_conflict_do_nothing().returning(table_of(Rendition).c.variant)
    sizes = {}
    for each in kept:
        if unit.db.execute(insert, _row(unit, signature, each)).first() is not None:
            sizes[each.made.variant] = each.made.bytes
    tally.add_renditions(unit, signature, sizes)


def _row(unit: Unit, signature: str, kept: Kept) -> dict[str, object]:
    return {
        "signature": signature,
        "variant": kept.made.variant,
        "key": kept.key,
        "mime": kept.made.mime,
        "width": kept.made.width,
        "height": kept.made.height,
        "size_bytes": kept.made.bytes,
        "crc32": kept.crc32,
        "made_at": unit.now,
    }


def withdraw(unit: Unit, file: File, variants: Iterable[str]) -> None:
    """Forget renditions of what a file shows; they stay where it is shown, too, by a file the actor may not change."""
    holders = unit.db.scalars(select(File).where(File.signature == file.signature)).all()
    roles = access.roles_on_files(unit, holders).values()
    if all(access.is_enough(role, Role.contributor) for role in roles):
        remove(unit, file.signature, variants)


def remove(unit: Unit, signature: str, variants: Iterable[str]) -> None:
    """Forget renditions; they count as missing again, devices hear of it, and the sweep takes their bytes."""
    contents.hold(unit, signature)
    gone = delete(Rendition).where(Rendition.signature == signature, Rendition.variant.in_(list(variants)))
    rows = unit.db.execute(gone.returning(Rendition.variant, Rendition.size_bytes)).all()
    tally.add_renditions(unit, signature, {row.variant: -row.size_bytes for row in rows})
    if rows:
        announce(unit, signature)


def announce(unit: Unit, signature: str) -> None:
    """Put every file that shows this content into its library's feed."""
    holders = (
        select(File.library_id, Folder.lineage, File.id)
        .join(Folder, Folder.id == File.folder_id)
        .where(File.signature == signature, File.deleted_at.is_(None))
    )
    by_folder: dict[tuple[int, str], list[int]] = {}
    for row in unit.db.execute(holders):
        by_folder.setdefault((row.library_id, row.lineage), []).append(row.id)
    for (library_id, lineage), file_ids in by_folder.items():
        feed.record(unit, library_id, Happening(Thing.file, lineage=lineage), file_ids)
