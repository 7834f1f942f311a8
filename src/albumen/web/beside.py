"""What the page of a photo tells beside its facts: the albums it is in, and what became of it over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from albumen.accounts.models import User
from albumen.kernel import ids
from albumen.libraries import access, criteria, versions
from albumen.libraries.models import Album, AlbumItem, File
from albumen.unit import Unit
from albumen.web.texts import gettext as _
from albumen.web.words import N_

_MOST = 100
_FIELDS = {
    "title": N_("title"),
    "comments": N_("description"),
    "taken_at": N_("date"),
    "rating": N_("rating"),
    "camera_make": N_("camera"),
    "camera_model": N_("camera"),
    "latitude": N_("place"),
    "tags": N_("tags"),
}


@dataclass(frozen=True)
class InAlbum:
    """An album that shows a photo."""

    id: str
    name: str


@dataclass(frozen=True)
class Happened:
    """One line of a photo's history."""

    at: datetime
    what: str


def albums(unit: Unit, file: File) -> list[InAlbum]:
    """The albums that show a photo, of those that the visitor sees, by name."""
    seen = access.albums_seen(unit, file.library_id)
    put_in = select(AlbumItem.album_id).where(AlbumItem.file_id == file.id)
    found = list(unit.db.scalars(select(Album).where(seen, Album.id.in_(put_in)).limit(_MOST)))
    found += _by_query(
        unit, file, unit.db.scalars(select(Album).where(seen, Album.query.is_not(None)).limit(_MOST)).all()
    )
    return [InAlbum(ids.encode(each.id), each.name) for each in sorted(found, key=lambda each: each.name.casefold())]


def _by_query(unit: Unit, file: File, some: Sequence[Album]) -> list[Album]:
    """Those of some albums whose query finds a photo; asked at once."""
    if not some:
        return []
    tests = (criteria.found_by(album.query).label(f"album_{number}") for number, album in enumerate(some))
    answers = unit.db.execute(select(*tests).select_from(File).where(File.id == file.id)).one()
    return [album for album, is_found in zip(some, answers, strict=True) if is_found]


def history(unit: Unit, file: File) -> list[Happened]:
    """What became of a photo since it was added, the last first: its versions, and what was corrected by hand."""
    found = [Happened(each.added_at, _version(unit, each)) for each in _versions(unit, file)]
    corrected = list(dict.fromkeys(_(told) for column, told in _FIELDS.items() if column in file.corrected))
    last = max((each.at for each in found), default=None)
    if file.modified_at is not None and (last is None or file.modified_at > last):
        told = _("changed; by hand: %(fields)s") % {"fields": ", ".join(corrected)} if corrected else _("changed")
        found.append(Happened(file.modified_at, told))
    return sorted(found, key=lambda each: each.at, reverse=True) if len(found) > 1 else []


def _versions(unit: Unit, file: File) -> list[versions.Listed]:
    return list(versions.of_file(unit, file, limit=20, cursor=None).items)


def _version(unit: Unit, each: versions.Listed) -> str:
    who = unit.db.scalar(select(User.name).where(User.name_key == each.added_by)) if each.added_by else None
    what = _("added") if each.number == 1 else _("version %(number)s") % {"number": each.number}
    return _("%(what)s by %(person)s") % {"what": what, "person": who} if who else what
