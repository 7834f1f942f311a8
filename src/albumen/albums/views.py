"""How albums look over the API."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import select

from albumen.accounts.models import User
from albumen.albums import queries
from albumen.albums.albums import NewAlbum
from albumen.albums.queries import Card
from albumen.http.views import Form, View
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.libraries import access, views
from albumen.libraries.feed_views import AlbumThere
from albumen.libraries.models import Album, File
from albumen.libraries.views import FileView
from albumen.unit import Unit

MOST_FILES = 10_000
MOST_ARRANGED = 50_000


class AlbumForm(Form):
    """An album to make: by hand, with files or none yet, or by a query."""

    name: str = Field(min_length=1, max_length=255)
    description: str | None = Field(None, max_length=5000)
    query: dict[str, Any] | None = None
    file_ids: list[str] | None = Field(None, max_length=MOST_FILES)

    def new(self) -> NewAlbum:
        """What the album starts with.  Raises NotFound where an id can be none."""
        chosen = [ids.decode(each) for each in self.file_ids or ()]
        return NewAlbum(self.name, self.description, self.query, chosen)


class AlbumChangeForm(Form):
    """What to change; `fileIds` is the new order of all its files, `coverFileId` null means the first one."""

    name: str | None = Field(None, max_length=255)
    description: str | None = Field(None, max_length=5000)
    cover_file_id: str | None = None
    query: dict[str, Any] | None = None
    file_ids: list[str] | None = Field(None, max_length=MOST_ARRANGED)

    def told(self) -> dict[str, Any]:
        """What was told, by field.  Raises NotFound where an id can be none."""
        told = self.model_dump(exclude_unset=True)
        if self.cover_file_id is not None:
            told["cover_file_id"] = ids.decode(self.cover_file_id)
        if self.file_ids is not None:
            told["file_ids"] = [ids.decode(each) for each in self.file_ids]
        return told


class AlbumFilesForm(Form):
    """Files of the album's library."""

    file_ids: list[str] = Field(min_length=1, max_length=MOST_FILES)

    def chosen(self) -> list[int]:
        """Their ids.  Raises NotFound where one can be none."""
        return [ids.decode(each) for each in self.file_ids]


class AlbumView(AlbumThere):
    """An album; its cover is the one that was chosen, or else the first file that the actor sees."""

    file_count: int
    created_by: str | None
    user_role: str | None


class AlbumFilesView(View):
    """A page of the files in an album."""

    files: list[FileView]
    next: str | None


def of_albums(unit: Unit, albums: Sequence[Album]) -> list[AlbumView]:
    """Albums as the actor sees them."""
    cards = queries.cards(unit, albums)
    makers = select(User.id, User.name_key).where(User.id.in_({album.created_by for album in albums}))
    names = {row.id: row.name_key for row in unit.db.execute(makers)}
    return [_album(unit, album, cards[album.id], names.get(album.created_by)) for album in albums]


def of_album(unit: Unit, album: Album) -> AlbumView:
    """One album as the actor sees it."""
    return of_albums(unit, [album])[0]


def _album(unit: Unit, album: Album, card: Card, created_by: str | None) -> AlbumView:
    shown = AlbumThere.told(album) | {"cover_file_id": ids.encode(card.cover_file_id) if card.cover_file_id else None}
    role = access.role_on_album(unit, album)
    return AlbumView(**shown, file_count=card.file_count, created_by=created_by, user_role=role)


def of_page(unit: Unit, page: Page[File]) -> AlbumFilesView:
    """A page of files as the actor sees them."""
    return AlbumFilesView(files=views.of_files(unit, page.items), next=page.next)
