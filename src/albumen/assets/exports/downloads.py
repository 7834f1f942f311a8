"""Downloads: a selection, frozen when access was checked, that a signed link gives as one ZIP for a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import batched
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from albumen.app import App
from albumen.assets.models import Download
from albumen.blobs.links import Signer
from albumen.http.manifest import Manifest, Member, distinct
from albumen.http.zips import PREFIX, Bundle
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import NotFound
from albumen.libraries import access, library
from albumen.libraries.models import File, Original
from albumen.unit import Unit

MOST_FILES = 10_000
LIFETIME = timedelta(hours=24)
_BATCH = 500


@dataclass(frozen=True)
class Offer:
    """A download that was granted, and how large it will be."""

    download: Download
    file_count: int
    size_bytes: int


def grant(app: App, actor: Actor, library_id: int, file_ids: Sequence[int]) -> Offer:
    """Freeze the originals of some files of a library, in this order, as one ZIP.  Raises NotFound, Denied.

    Reading comes first, in a unit of its own, so that a large selection does not hold up those who write.
    """
    with app.reading(actor) as unit:
        name = library.get(unit, library_id).name
        manifest = Manifest(_frozen(unit, library_id, list(dict.fromkeys(file_ids))))
    with app.writing(actor) as unit:
        download = _keep(unit, library_id, f"{name}.zip", manifest)
    return Offer(download, len(manifest.members), manifest.size_bytes)


def _frozen(unit: Unit, library_id: int, file_ids: Sequence[int]) -> list[Member]:
    """What a ZIP of these files holds, moving parts behind their photos.  Raises NotFound where one is not seen."""
    seen = access.files_seen(unit, library_id)
    found = dict(_found(unit, File.id, file_ids, seen))
    if len(found) < len(file_ids):
        raise NotFound("A file of this selection is not in the library.")
    films: dict[int, list[Member]] = {}
    for photo_id, film in _found(unit, File.part_of, file_ids, File.deleted_at.is_(None)):
        films.setdefault(photo_id, []).append(film)
    chosen = [member for file_id in file_ids for member in (found[file_id], *films.get(file_id, ()))]
    names = distinct(member.name for member in chosen)
    return [msgspec.structs.replace(member, name=name) for member, name in zip(chosen, names, strict=True)]


def _found(
    unit: Unit, named: InstrumentedAttribute[Any], file_ids: Sequence[int], which: ColumnElement[bool]
) -> Iterator[tuple[int, Member]]:
    """The files with one of these ids in a column, and that id."""
    columns = (File.name, Original.key, Original.size_bytes, Original.crc32, File.taken_at, File.imported_at)
    here = select(named, *columns).join(Original, Original.signature == File.signature).where(which)
    for batch in batched(file_ids, _BATCH):
        rows = unit.db.execute(here.where(named.in_(batch)).order_by(File.id))
        for file_id, name, key, size_bytes, crc32, taken_at, imported_at in rows:
            yield file_id, Member(name, key, size_bytes, crc32, taken_at or imported_at)


def _keep(unit: Unit, library_id: int, filename: str, manifest: Manifest) -> Download:
    download = Download(
        id=ids.new_id(),
        library_id=library_id,
        user_id=unit.actor.user_id,
        filename=filename,
        created_at=unit.now,
        expires_at=unit.now + LIFETIME,
        manifest=msgspec.msgpack.encode(manifest.members),
    )
    unit.db.add(download)
    unit.db.flush()
    return download


def link(signer: Signer, download: Download) -> str:
    """The address at which anyone who has it can fetch the download until it expires."""
    return signer.sign_path(f"{PREFIX}{ids.encode(download.id)}", download.expires_at)


def bundle(app: App, word: str) -> Bundle:
    """What a link stands for, once its signature was checked.

    Raises NotFound where the library is gone, or whoever asked for the download may no longer see it.
    """
    with app.reading(SYSTEM) as unit:
        download = unit.db.get(Download, ids.decode(word))
        if download is None or not _still_sees(unit, download):
            raise NotFound("There is no such download.")
    return Bundle(Manifest(msgspec.msgpack.decode(download.manifest, type=list[Member])), download.filename)


def _still_sees(unit: Unit, download: Download) -> bool:
    asker = replace(unit, actor=SYSTEM if download.user_id is None else Actor(download.user_id))
    return bool(access.reach(asker, download.library_id))


def expire(unit: Unit) -> None:
    """Forget the downloads whose time is over."""
    unit.db.execute(delete(Download).where(Download.expires_at <= unit.now))
