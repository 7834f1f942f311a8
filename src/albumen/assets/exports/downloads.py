"""Downloads: a selection, frozen when access was checked, that a signed link gives as one ZIP for a day.

Who asked for it is looked at anew at each fetch: the account, and whether it still sees every file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import batched
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from albumen.accounts.models import User
from albumen.app import App
from albumen.assets.models import Download
from albumen.blobs.links import Signer
from albumen.http.manifest import Manifest, Member, distinct
from albumen.http.zips import PREFIX, Bundle
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Gone, NotFound
from albumen.libraries import access, library
from albumen.libraries.access import Reach
from albumen.libraries.models import File, Original
from albumen.unit import Unit

MOST_FILES = 10_000
LIFETIME = timedelta(hours=24)
_BATCH = 500
_MOST_ASKS = 20


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A download as it is kept: the files that were asked for, the moving parts beside them, and the members."""

    file_ids: list[int]
    part_ids: list[int]
    members: list[Member]


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
        kept = _frozen(unit, library_id, list(dict.fromkeys(file_ids)))
    with app.writing(actor) as unit:
        download = _keep(unit, library_id, f"{name}.zip", kept)
        _forget_older(unit)
    return Offer(download, len(kept.members), Manifest(kept.members).size_bytes)


def _frozen(unit: Unit, library_id: int, file_ids: list[int]) -> Kept:
    """What a ZIP of these files holds, moving parts behind their photos.  Raises NotFound where one is not seen."""
    seen = access.files_seen(unit, library_id)
    found = {file_id: member for _, file_id, member in _found(unit, File.id, file_ids, seen)}
    if len(found) < len(file_ids):
        raise NotFound("A file of this selection is not in the library.")
    films: dict[int, list[Member]] = {}
    part_ids: list[int] = []
    for photo_id, film_id, film in _found(unit, File.part_of, file_ids, File.deleted_at.is_(None)):
        films.setdefault(photo_id, []).append(film)
        part_ids.append(film_id)
    chosen = [member for file_id in file_ids for member in (found[file_id], *films.get(file_id, ()))]
    names = distinct(member.name for member in chosen)
    members = [msgspec.structs.replace(member, name=name) for member, name in zip(chosen, names, strict=True)]
    return Kept(file_ids, part_ids, members)


def _found(
    unit: Unit, named: InstrumentedAttribute[Any], file_ids: Sequence[int], which: ColumnElement[bool]
) -> Iterator[tuple[int, int, Member]]:
    """The files with one of these ids in a column, that id, and their own."""
    columns = (File.name, Original.key, Original.size_bytes, Original.crc32, File.taken_at, File.imported_at)
    here = select(named, File.id, *columns).join(Original, Original.signature == File.signature).where(which)
    for batch in batched(file_ids, _BATCH):
        rows = unit.db.execute(here.where(named.in_(batch)).order_by(File.id))
        for given, file_id, name, key, size_bytes, crc32, taken_at, imported_at in rows:
            yield given, file_id, Member(name, key, size_bytes, crc32, taken_at or imported_at)


def _keep(unit: Unit, library_id: int, filename: str, kept: Kept) -> Download:
    download = Download(
        id=ids.new_id(),
        library_id=library_id,
        user_id=unit.actor.user_id,
        filename=filename,
        created_at=unit.now,
        expires_at=unit.now + LIFETIME,
        manifest=msgspec.msgpack.encode(kept),
    )
    unit.db.add(download)
    unit.db.flush()
    return download


def _forget_older(unit: Unit) -> None:
    """Keep a bounded number for each user, so that nobody fills the database by asking."""
    mine = Download.user_id == unit.actor.user_id
    newest = select(Download.id).where(mine).order_by(Download.created_at.desc(), Download.id.desc()).limit(_MOST_ASKS)
    unit.db.execute(delete(Download).where(mine, Download.id.not_in(unit.db.scalars(newest).all())))


def link(signer: Signer, download: Download) -> str:
    """The address at which anyone who has it can fetch the download until it expires."""
    return signer.sign_path(f"{PREFIX}{ids.encode(download.id)}", download.expires_at)


def bundle(app: App, word: str) -> Bundle:
    """What a link stands for, once its signature was checked.

    Raises NotFound where the library or the account of whoever asked is closed to it, and Gone where that user sees a
    file of it no longer: it is in the trash, was purged, or lies where the user has no role now.
    """
    download_id = ids.decode(word)
    with app.reading(SYSTEM) as unit:
        download, asker, given = _held(unit, download_id)
        kept = _content(download)
        _check_all(asker, download.library_id, kept)
    return Bundle(Manifest(kept.members), download.filename, partial(_check, app, download_id, given))


def _content(download: Download) -> Kept:
    try:
        return msgspec.msgpack.decode(download.manifest, type=Kept)
    except msgspec.ValidationError:
        raise Gone("Ask for the download again.") from None  # it was kept before files were named in it


def _check(app: App, download_id: int, given: Reach) -> None:
    """Whether a download that is being sent is still granted; its files, once roles have changed.

    Raises NotFound, Gone.
    """
    with app.reading(SYSTEM) as unit:
        download, asker, now = _held(unit, download_id)
        if now != given:
            _check_all(asker, download.library_id, _content(download))


def _held(unit: Unit, download_id: int) -> tuple[Download, Unit, Reach]:
    """A download, a unit of whoever asked for it, and what that user was given in the library.  Raises NotFound."""
    download = unit.db.get(Download, download_id)
    if download is None or not _is_open(unit, download.user_id):
        raise NotFound("There is no such download.")
    asker = replace(unit, actor=SYSTEM if download.user_id is None else Actor(download.user_id))
    given = access.reach(asker, download.library_id)
    if not given:
        raise NotFound("There is no such download.")
    return download, asker, given


def _is_open(unit: Unit, user_id: int | None) -> bool:
    user = None if user_id is None else unit.db.get(User, user_id)
    return user_id is None or (user is not None and user.disabled_at is None)


def _check_all(asker: Unit, library_id: int, kept: Kept) -> None:
    """Raises Gone where a file, or the moving part of one, is seen no longer."""
    seen, films = access.files_seen(asker, library_id), set[int]()
    for batch in batched(kept.file_ids, _BATCH):
        there = asker.db.scalar(select(func.count()).select_from(File).where(File.id.in_(batch), seen))
        if there != len(batch):
            raise Gone("The selection has changed since; ask for the download again.")
        films.update(asker.db.scalars(select(File.id).where(File.part_of.in_(batch), File.deleted_at.is_(None))))
    if not films.issuperset(kept.part_ids):
        raise Gone("The selection has changed since; ask for the download again.")


def expire(unit: Unit) -> None:
    """Forget the downloads whose time is over."""
    unit.db.execute(delete(Download).where(Download.expires_at <= unit.now))
