"""A device that knows a library by its change feed alone, and must come to hold what the ordinary routes list."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from tests.installation import Caller, Installation

from albumen.accounts.models import User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Assignment, Library

Things = dict[str, dict[str, dict[str, Any]]]
KINDS = {"library": "libraryId", "folder": "folderId", "file": "fileId", "album": "albumId"}
UNTOLD = {
    "library": {"usedBytes"},  # counted on without a change of its own
    "folder": {"path", "fileCount", "fileSize", "fileSizeSm", "fileSizeMd", "fileSizeLg", "fileSizeCnv"},
}
"""What follows from other things that changed; a device counts for itself."""
ALBUM = {"libraryId", "albumId", "name", "description", "query", "createdOn", "modifiedOn"}


class Replica:
    """One library, as one caller's device holds it."""

    def __init__(self, by: Caller, library_id: str, cursor: str = "0") -> None:
        self._by, self._path, self._cursor = by, f"/libraries/{library_id}", cursor
        self.has: Things = {kind: {} for kind in KINDS}

    def catch_up(self, limit: int = 7) -> None:
        """Read on to the end of the feed; start over where it does not go back that far."""
        is_more = True
        while is_more:
            answer = self._by.get(f"{self._path}/changes", params={"since": self._cursor, "limit": limit})
            if answer.status_code == 410:
                return self.start_over()
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for change in page["changes"]:
                self._apply(change)
            if any(change["thing"] == "album" for change in page["changes"]):
                self._look_at_albums()
            self._cursor, is_more = page["cursor"], page.get("more", False)
        return None

    def start_over(self) -> None:
        """Take a cursor of now, then list everything."""
        answer = self._by.get(f"{self._path}/changes")
        assert answer.status_code == 200, answer.text
        self._cursor, self.has = answer.json()["cursor"], listed(self._by, self._path)
        self.catch_up()

    def _apply(self, change: dict[str, Any]) -> None:
        kind = change["thing"]
        if change["isGone"]:
            self.has[kind].pop(change["id"], None)
        else:
            self.has[kind][change["id"]] = told(kind, change[kind])

    def _look_at_albums(self) -> None:
        """List the files of albums anew, and forget those that neither an album nor a folder shows any more."""
        shown = {file["fileId"]: file for album_id in self.has["album"] for file in self._in_album(album_id)}
        kept = {key: file for key, file in self.has["file"].items() if file["folderId"] in self.has["folder"]}
        self.has["file"] = {**kept, **shown}

    def _in_album(self, album_id: str) -> Iterator[dict[str, Any]]:
        return _paged(self._by, f"{self._path}/albums/{album_id}/files")

    def check(self) -> None:
        """Compare with everything that the ordinary routes list."""
        there = listed(self._by, self._path)
        for kind in KINDS:
            assert self.has[kind].keys() == there[kind].keys(), kind
            for thing_id, wanted in there[kind].items():
                assert self.has[kind][thing_id] == wanted, kind
        for photo in self.has["file"].values():
            for part in photo.get("parts", ()):
                self._check_part(part, photo["fileId"])

    def _check_part(self, part: dict[str, Any], photo_id: str) -> None:
        """Compare what a photo tells of its moving part with that film."""
        film = self._by.get(f"{self._path}/files/{part['fileId']}").json()
        assert film["partOf"] == photo_id
        assert part == {name: film[name] for name in part}


def told(kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    """What a device keeps of a thing."""
    kept = {name: value for name, value in thing.items() if name not in UNTOLD.get(kind, ())}
    return {name: value for name, value in kept.items() if name in ALBUM} if kind == "album" else kept


def listed(by: Caller, path: str) -> Things:
    """Everything that the ordinary routes list in a library."""
    has: Things = {kind: {} for kind in KINDS}
    found = [("library", by.get(path).json()), *_folders(by, path, ""), *_albums(by, path)]
    for kind, thing in found:
        has[kind][thing[KINDS[kind]]] = told(kind, thing)
    lists = [f"{path}/folders/{folder_id}/files" for folder_id in has["folder"]]
    for each in (*lists, *(f"{path}/albums/{album_id}/files" for album_id in has["album"])):
        has["file"].update({file["fileId"]: told("file", file) for file in _paged(by, each)})
    return has


def _folders(by: Caller, path: str, parent: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for folder in _paged(by, f"{path}/folders?parent={parent}"):
        yield "folder", folder
        yield from _folders(by, path, folder["folderId"])


def _albums(by: Caller, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The albums, where the server knows of such."""
    if by.get(f"{path}/albums").status_code != 404:
        yield from (("album", album) for album in _paged(by, f"{path}/albums"))


def _paged(by: Caller, path: str) -> Iterator[dict[str, Any]]:
    next_path: str | None = path
    while next_path:
        answer = by.get(next_path)
        assert answer.status_code == 200, f"{next_path}: {answer.text}"
        page = answer.json()
        if isinstance(page, list):
            yield from page
            next_path = answer.links["next"]["url"].removeprefix("/v1") if "next" in answer.links else None
        else:
            yield from page["files"]
            next_path = f"{path}?cursor={page['next']}" if "next" in page else None


def check_replica(by: Caller, library_id: str) -> None:
    """Whoever follows the feed from its beginning ends with what is there."""
    replica = Replica(by, library_id)
    replica.catch_up()
    replica.check()


def check_replicas(installation: Installation) -> None:
    """The same for every user that applications speak of, and each library where the user has a role."""
    with installation.app.reading(SYSTEM) as unit:
        given = select(User.name, Assignment.library_id).join(User, User.id == Assignment.user_id)
        there = given.join(Library, Library.id == Assignment.library_id).where(Library.deleted_at.is_(None))
        roles = unit.db.execute(there.where(User.disabled_at.is_(None)).distinct()).all()
    for name, library_id in roles:
        check_replica(installation.caller(name), ids.encode(library_id))
