"""How changes look over the API, with each thing as it is now."""

from collections.abc import Mapping
from typing import Any

from albumen.changes.models import Change
from albumen.http.views import Time, View
from albumen.kernel import ids
from albumen.libraries import feed_pages, views
from albumen.libraries.feed_pages import FeedPage
from albumen.libraries.models import Album
from albumen.libraries.views import FileView, FolderView, LibraryView
from albumen.unit import Unit


class AlbumThere(View):
    """An album, as it stands in the feed."""

    library_id: str
    album_id: str
    name: str
    description: str | None
    query: dict[str, Any] | None
    cover_file_id: str | None
    created_on: Time
    modified_on: Time

    @staticmethod
    def told(album: Album) -> dict[str, Any]:
        """What an album says of itself, by field."""
        return {
            "library_id": ids.encode(album.library_id),
            "album_id": ids.encode(album.id),
            "name": album.name,
            "description": album.description,
            "query": album.query,
            "cover_file_id": ids.encode(album.cover_file_id) if album.cover_file_id else None,
            "created_on": album.created_at,
            "modified_on": album.modified_at,
        }


class ChangeView(View):
    """One change.  What is still there, and may be seen, comes with it as it is now; `isGone` says that it is not."""

    number: int
    thing: str
    id: str
    is_gone: bool
    changed_on: Time
    library: LibraryView | None = None
    folder: FolderView | None = None
    file: FileView | None = None
    album: AlbumThere | None = None


class ChangesView(View):
    """Changes in order; `cursor` goes on from here, and `more` says that there is more already."""

    changes: list[ChangeView]
    cursor: str
    more: bool | None = None


def of_start(number: int) -> ChangesView:
    """Nothing yet, and where to begin."""
    return ChangesView(changes=[], cursor=str(number))


def of_page(unit: Unit, library_id: int, page: FeedPage) -> ChangesView:
    """A page as the actor sees it."""
    there = _shown(unit, library_id, page)
    return ChangesView(
        changes=[_change(change, there[change.thing].get(change.thing_id)) for change in page.changes],
        cursor=str(page.cursor),
        more=page.is_more or None,
    )


def _shown(unit: Unit, library_id: int, page: FeedPage) -> Mapping[str, Mapping[int, View]]:
    found = feed_pages.things(unit, library_id, page.changes)
    folders = views.of_folders(unit, list(found.folders.values()))
    files = views.of_files(unit, list(found.files.values())) if found.files else []
    return {
        "library": {each.id: views.of_library(unit, each) for each in found.libraries.values()},
        "folder": dict(zip(found.folders, folders, strict=True)),
        "file": dict(zip(found.files, files, strict=True)),
        "album": {each.id: _album(each) for each in found.albums.values()},
    }


def _change(change: Change, there: View | None) -> ChangeView:
    view = ChangeView(
        number=change.number,
        thing=change.thing,
        id=ids.encode(change.thing_id),
        is_gone=there is None,
        changed_on=change.changed_at,
    )
    return view if there is None else view.model_copy(update={change.thing: there})


def _album(album: Album) -> AlbumThere:
    return AlbumThere(**AlbumThere.told(album))
