"""How the photos of an event look to a guest: without place and device unless the host gives these away.

Lists are written as they go out, past the models that describe them: a thousand guests read them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import func, select

from albumen.app import App
from albumen.events import grid, shown
from albumen.events.called import names_of
from albumen.events.grid import Giver, Wanted
from albumen.events.guest_models import Remark
from albumen.events.models import EventSet
from albumen.events.queries import Part
from albumen.events.remarks import Written
from albumen.events.visits import Visit
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.clock import iso
from albumen.libraries.models import File
from albumen.libraries.views import PlaceView, local_time
from albumen.unit import Unit

_PLACE = ("latitude", "longitude", "altitude")


class ThumbnailsView(View):
    """Signed links to the small forms that are made."""

    sm: str | None = None
    md: str | None = None
    lg: str | None = None


class GuestFileView(View):
    """A photo or video as a guest sees it.

    `contents` shows it at its best, `original` and `web` save it, where the code allows that; `setId` is the part of
    the event it lies in; `mine` and `guestName` say who gave it, of those with the same code.  The host decides
    whether the last group is told.
    """

    file_id: str
    name: str
    mime_type: str
    is_video: bool
    width: int
    height: int
    duration_seconds: float | None = None
    taken_on_local: str | None = None
    is_processing: bool
    favorite: bool
    set_id: str | None = None
    mine: bool | None = None
    guest_name: str | None = None
    comment_count: int | None = None
    thumbhash: str | None = None
    file_size: int
    thumbnails: ThumbnailsView
    contents: str | None = None
    motion: str | None = None
    original: str | None = None
    web: str | None = None

    taken_on: Time | None = None
    title: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    place: PlaceView | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None


class GuestFilesView(View):
    """A page of the photos that a guest sees."""

    files: list[GuestFileView]
    next: str | None


class GuestSetView(View):
    """A part of the event, and how many photos the guest sees in it."""

    set_id: str
    name: str
    file_count: int


class GuestSetsView(View):
    """The parts in which a guest sees something."""

    sets: list[GuestSetView]


class RemarkForm(Form):
    """What a guest writes."""

    text: str


class RemarkView(View):
    """What somebody wrote about a photo."""

    comment_id: str
    file_id: str
    text: str
    guest_name: str | None
    mine: bool | None = None
    created_on: Time


class RemarksView(View):
    """Comments."""

    comments: list[RemarkView]
    next: str | None = None


def of_page(unit: Unit, app: App, visit: Visit, wanted: Wanted, part: Part) -> bytes:
    """A page of what a guest sees as JSON, in a handful of queries however long it is.  Raises Denied, Invalid."""
    alike = _alike(unit, app, visit, wanted, part)
    told: dict[str, Any] = {"files": _own(unit, visit, alike.files)}
    return msgspec.json.encode(told if alike.next is None else {**told, "next": alike.next})


def of_files(unit: Unit, app: App, visit: Visit, files: Sequence[File]) -> list[dict[str, Any]]:
    """Photos that the guest sees, which the caller got by `sight.shown`."""
    return _own(unit, visit, _shared(unit, app, visit, files))


@dataclass(frozen=True)
class _Shared:
    """A photo as all guests of a code are told of it, and what each is told of who gave it."""

    file_id: int
    told: dict[str, Any]
    giver: Giver | None


@dataclass(frozen=True)
class _Alike:
    """A page of them."""

    files: Sequence[_Shared]
    next: str | None


def _alike(unit: Unit, app: App, visit: Visit, wanted: Wanted, part: Part) -> _Alike:
    """A page as all guests of a code are told of it; put together once while nothing of the library changes."""

    def find() -> _Alike:
        page = grid.page(unit, visit, wanted, part)
        return _Alike(_shared(unit, app, visit, page.items), page.next)

    if wanted.is_own:
        return find()
    key = ("page", *shown.code(unit, visit), grid.standing(unit, visit), wanted, part)
    alike: _Alike = app.pages.once(key, find)
    return alike


def _shared(unit: Unit, app: App, visit: Visit, files: Sequence[File]) -> list[_Shared]:
    told = shown.of_files(unit, app, visit, files)
    marked = grid.marks(unit, visit, files)
    called = names_of(unit, {file.id: file.name for file in files})
    found = []
    for file in files:
        chosen = marked.sets.get(file.id)
        view = (
            _file(file)
            | {"name": called[file.id]}
            | told[file.id]
            | {"setId": ids.encode(chosen) if chosen is not None else None}
        )
        if not visit.event.strip_location:
            view |= _given_away(file)
        view = {name: value for name, value in view.items() if value is not None}
        found.append(_Shared(file.id, view, marked.givers.get(file.id)))
    return found


def _own(unit: Unit, visit: Visit, alike: Sequence[_Shared]) -> list[dict[str, Any]]:
    """The same with what only this guest is told."""
    chosen = [each.file_id for each in alike]
    hearts, said = grid.hearts(unit, visit, chosen), _remark_counts(unit, visit, chosen)
    views = []
    for each in alike:
        view = {**each.told, "favorite": each.file_id in hearts, **said.get(each.file_id, {})}
        if each.giver is not None:
            view["mine"] = each.giver.guest_id == visit.guest.id
            if each.giver.name is not None:
                view["guestName"] = each.giver.name
        views.append(view)
    return views


def _file(file: File) -> dict[str, Any]:
    return {
        "fileId": ids.encode(file.id),
        "takenOnLocal": local_time(file),
        "fileSize": file.size_bytes,
    }


def _given_away(file: File) -> dict[str, Any]:
    """What only a host tells who wants to: where, with what and under which title it was taken."""
    told: dict[str, Any] = {"takenOn": iso(file.taken_at) if file.taken_at else None, "title": file.title}
    told |= {name: getattr(file, name) for name in _PLACE}
    told |= {"cameraMake": file.camera_make, "cameraModel": file.camera_model, "lens": file.lens}
    names = {"city": file.city, "region": file.region, "country": file.country, "countryCode": file.country_code}
    kept = {name: value for name, value in names.items() if value is not None}
    return told | ({"place": kept} if file.country_code is not None else {})


def _remark_counts(unit: Unit, visit: Visit, file_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    if not visit.event.has_comments:
        return {}
    counted = select(Remark.file_id, func.count().label("said")).where(
        Remark.accessor_id == visit.accessor.id, Remark.file_id.in_(file_ids)
    )
    rows = unit.db.execute(counted.group_by(Remark.file_id))
    return {row.file_id: {"commentCount": row.said} for row in rows}


def of_sets(found: Sequence[tuple[EventSet, int]]) -> GuestSetsView:
    """The parts of an event as a guest sees them."""
    return GuestSetsView(
        sets=[GuestSetView(set_id=ids.encode(each.id), name=each.name, file_count=count) for each, count in found]
    )


def of_remarks(written: Sequence[Written], *, guest_id: int = 0, more: str | None = None) -> RemarksView:
    """Comments, as a guest or (0) the host reads them."""
    listed = [
        RemarkView(
            comment_id=ids.encode(remark.id),
            file_id=ids.encode(remark.file_id),
            text=remark.text,
            guest_name=guest.name,
            mine=True if guest.id == guest_id else None,
            created_on=remark.created_at,
        )
        for remark, guest in written
    ]
    return RemarksView(comments=listed, next=more)
