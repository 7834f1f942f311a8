"""The routes of roles on libraries and folders, and why someone may do what."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from albumen.http.deps import NextLink, OfFolder, Paging, Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.kernel.errors import Invalid, NotFound
from albumen.libraries import access, explain, files, folders, library, members
from albumen.libraries.member_views import (
    AccessView,
    MemberForm,
    MemberView,
    RoleForm,
    of_explanation,
    of_member,
    of_members,
)
from albumen.libraries.models import Album, Folder, Role
from albumen.unit import Unit

routes = Routes(tags=["Roles"])

_OF_LIBRARY = "/libraries/{library_id}/users"
_OF_FOLDER = "/libraries/{library_id}/folders/{folder_id}/users"


def _folder(unit: Unit, where: OfFolder) -> Folder:
    return folders.get(unit, public_id(where.library_id), public_id(where.folder_id))


@routes.get(_OF_LIBRARY, summary="The roles on a library")
def list_members(unit: Reading, library_id: str, page: Paging, link: NextLink) -> list[MemberView]:
    """Those given on the library itself, by user id; for its contributors and owners."""
    found = members.of(unit, library.get(unit, public_id(library_id)), limit=page.limit, cursor=page.cursor)
    link(found.next)
    return of_members(found.items)


@routes.post(_OF_LIBRARY, summary="Give a role on a library")
def add_member(unit: Writing, library_id: str, form: MemberForm) -> MemberView:
    """Only owners do.  Applications may name a user that was not seen before."""
    return of_member(*members.add(unit, library.get(unit, public_id(library_id)), form.user_id, form.role))


@routes.patch(_OF_LIBRARY + "/{user_id:path}", summary="Change a role on a library")
def change_member(unit: Writing, library_id: str, user_id: str, form: RoleForm) -> MemberView:
    """A library keeps at least one owner."""
    return of_member(*members.change(unit, library.get(unit, public_id(library_id)), user_id, form.role))


@routes.delete(_OF_LIBRARY + "/{user_id:path}", summary="Take a role on a library away", status_code=204)
def remove_member(unit: Writing, library_id: str, user_id: str) -> None:
    """Roles that others gave on its folders and albums stay.  A library keeps at least one owner."""
    members.remove(unit, library.get(unit, public_id(library_id)), user_id)


@routes.get(_OF_FOLDER, summary="The roles on a folder")
def list_folder_members(unit: Reading, where: OfFolder, page: Paging, link: NextLink) -> list[MemberView]:
    """Those given on the folder itself, by user id; for its contributors and owners."""
    found = members.of(unit, _folder(unit, where), limit=page.limit, cursor=page.cursor)
    link(found.next)
    return of_members(found.items)


@routes.post(_OF_FOLDER, summary="Give a role on a folder")
def add_folder_member(unit: Writing, where: OfFolder, form: MemberForm) -> MemberView:
    """It holds for all that lies in the folder.  Only owners do."""
    return of_member(*members.add(unit, _folder(unit, where), form.user_id, form.role))


@routes.patch(_OF_FOLDER + "/{user_id:path}", summary="Change a role on a folder")
def change_folder_member(unit: Writing, where: OfFolder, user_id: str, form: RoleForm) -> MemberView:
    """Roles given further up stay as they are."""
    return of_member(*members.change(unit, _folder(unit, where), user_id, form.role))


@routes.delete(_OF_FOLDER + "/{user_id:path}", summary="Take a role on a folder away", status_code=204)
def remove_folder_member(unit: Writing, where: OfFolder, user_id: str) -> None:
    """Roles given further up stay."""
    members.remove(unit, _folder(unit, where), user_id)


@dataclass(frozen=True)
class Asked:
    """Whose access to what: to the library, unless one of its things is named."""

    user: Annotated[str, Query(alias="userId", max_length=255)]
    folder: Annotated[str, Query(alias="folderId")] = ""
    file: Annotated[str, Query(alias="fileId")] = ""
    album: Annotated[str, Query(alias="albumId")] = ""

    def thing(self, unit: Unit, library_id: int) -> explain.Explained:
        """What is asked about.  Raises NotFound, Denied, and Invalid where several things are."""
        if sum(map(bool, (self.folder, self.file, self.album))) > 1:
            raise Invalid("Name one of folderId, fileId and albumId.", errors=[("folderId", "not alone")])
        if self.folder:
            return folders.get(unit, library_id, public_id(self.folder))
        if self.file:
            return files.get(unit, public_id(self.file), library_id=library_id)
        return _album(unit, library_id, public_id(self.album)) if self.album else library.get(unit, library_id)


def _album(unit: Unit, library_id: int, album_id: int) -> Album:
    album = unit.db.get(Album, album_id)
    if album is None or album.library_id != library_id:
        raise NotFound("There is no such album.")
    access.require_album(unit, album, Role.reader)
    return album


@routes.get("/libraries/{library_id}/access/explain", summary="Why a user may do what")
def explain_access(unit: Reading, library_id: str, asked: Annotated[Asked, Depends()]) -> AccessView:
    """For owners of the library, and for anyone about oneself."""
    thing = asked.thing(unit, public_id(library_id))
    user = explain.asked_about(unit, public_id(library_id), asked.user)
    return of_explanation(user, explain.explain(unit, thing, user))
