"""The routes of albums, of what is in them, and of the roles on them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from albumen.albums import albums, queries, views
from albumen.albums.views import AlbumChangeForm, AlbumFilesForm, AlbumFilesView, AlbumForm, AlbumView
from albumen.http.deps import NextLink, Paging, Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import members
from albumen.libraries.member_views import MemberForm, MemberView, RoleForm, of_member, of_members
from albumen.libraries.models import Album
from albumen.unit import Unit

routes = Routes(tags=["Albums"])

_ALBUMS = "/libraries/{library_id}/albums"
_ALBUM = "/libraries/{library_id}/albums/{album_id}"


@dataclass(frozen=True)
class InAlbum:
    """An album, as its path names it."""

    library_id: str
    album_id: str

    def get(self, unit: Unit) -> Album:
        """The album.  Raises NotFound, Denied."""
        return queries.get(unit, public_id(self.library_id), public_id(self.album_id))


OfAlbum = Annotated[InAlbum, Depends()]


@routes.get(_ALBUMS, summary="The albums of a library")
def list_albums(unit: Reading, library_id: str, page: Paging, link: NextLink) -> list[AlbumView]:
    """Those the caller may see, by name; more pages by `Link: <…>; rel="next"`."""
    found = queries.seen(unit, public_id(library_id), limit=page.limit, cursor=page.cursor)
    link(found.next)
    return views.of_albums(unit, found.items)


@routes.post(_ALBUMS, summary="Make an album")
def create_album(unit: Writing, library_id: str, form: AlbumForm) -> AlbumView:
    """By hand, with `fileIds` or none yet; or by `query`, which keeps it current.  The caller owns it."""
    return views.of_album(unit, albums.create(unit, public_id(library_id), form.new()))


@routes.get(_ALBUM, summary="An album")
def get_album(unit: Reading, where: OfAlbum) -> AlbumView:
    """One album."""
    return views.of_album(unit, where.get(unit))


@routes.patch(_ALBUM, summary="Change an album")
def change_album(unit: Writing, where: OfAlbum, form: AlbumChangeForm) -> AlbumView:
    """Its name, description, cover, query, or the order of its files."""
    return views.of_album(unit, albums.change(unit, where.get(unit), form.told()))


@routes.delete(_ALBUM, summary="Delete an album", status_code=204)
def delete_album(unit: Writing, where: OfAlbum) -> None:
    """Its files stay where they are."""
    albums.delete_album(unit, where.get(unit))


@routes.get(_ALBUM + "/files", summary="The files in an album")
def list_album_files(unit: Reading, where: OfAlbum, page: Paging) -> AlbumFilesView:
    """In the order they were put; of an album by query in the query's order, or by the time taken."""
    return views.of_page(unit, queries.files(unit, where.get(unit), limit=page.limit, cursor=page.cursor))


@routes.post(_ALBUM + "/files", summary="Put files into an album")
def add_album_files(unit: Writing, where: OfAlbum, form: AlbumFilesForm) -> AlbumView:
    """At its end; those that are in it stay where they are."""
    album = where.get(unit)
    albums.add(unit, album, form.chosen())
    return views.of_album(unit, album)


@routes.delete(_ALBUM + "/files", summary="Take files out of an album", status_code=204)
def remove_album_files(unit: Writing, where: OfAlbum, form: AlbumFilesForm) -> None:
    """They stay in the library."""
    albums.remove(unit, where.get(unit), form.chosen())


@routes.get(_ALBUM + "/users", summary="The roles on an album", tags=["Roles"])
def list_album_members(unit: Reading, where: OfAlbum, page: Paging, link: NextLink) -> list[MemberView]:
    """Those given on the album itself, by user id; for its contributors and owners."""
    found = members.of(unit, where.get(unit), limit=page.limit, cursor=page.cursor)
    link(found.next)
    return of_members(found.items)


@routes.post(_ALBUM + "/users", summary="Give a role on an album", tags=["Roles"])
def add_album_member(unit: Writing, where: OfAlbum, form: MemberForm) -> MemberView:
    """Readers see what the album shows, contributors put in what they may see.  Only owners do."""
    return of_member(*members.add(unit, where.get(unit), form.user_id, form.role))


@routes.patch(_ALBUM + "/users/{user_id:path}", summary="Change a role on an album", tags=["Roles"])
def change_album_member(unit: Writing, where: OfAlbum, user_id: str, form: RoleForm) -> MemberView:
    """Roles given on the library stay as they are."""
    return of_member(*members.change(unit, where.get(unit), user_id, form.role))


@routes.delete(
    _ALBUM + "/users/{user_id:path}", summary="Take a role on an album away", status_code=204, tags=["Roles"]
)
def remove_album_member(unit: Writing, where: OfAlbum, user_id: str) -> None:
    """Roles given on the library stay."""
    members.remove(unit, where.get(unit), user_id)
