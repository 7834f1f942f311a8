"""A library with photos, and people who see all of it, a folder of it, or nothing."""

from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response
from tests import make
from tests.installation import Caller, Installation, Shelf


@dataclass(frozen=True)
class House:
    """Alice's library of six photos, two in a folder below, and the albums that are made in it."""

    installation: Installation
    shelf: Shelf
    below: Shelf
    photos: list[str]

    @property
    def albums(self) -> str:
        """The path of the albums."""
        return f"{self.shelf.library}/albums"

    def album(self, by: Caller | None = None, **form: Any) -> dict[str, Any]:
        """A new album's JSON."""
        made = (by or self.shelf.by).post(self.albums, json={"name": "Best of", **form})
        assert made.status_code == 200, made.text
        return dict(made.json())

    def path(self, album: dict[str, Any]) -> str:
        """The path of an album."""
        return f"{self.albums}/{album['albumId']}"

    def files(self, album: dict[str, Any], by: Caller | None = None, **params: Any) -> list[str]:
        """The ids of what an album shows."""
        answer = (by or self.shelf.by).get(f"{self.path(album)}/files", params=params)
        assert answer.status_code == 200, answer.text
        return [each["fileId"] for each in answer.json()["files"]]

    def give(self, name: str, role: str, place: str) -> Caller:
        """Another user, with a role on the library, a folder or an album, by its path."""
        caller = self.installation.caller(name)
        assert caller.get("/users/me").status_code == 200
        given = self.shelf.by.post(f"{place}/users", json={"userId": name, "role": role})
        assert given.status_code == 200, given.text
        return caller

    def patch(self, album: dict[str, Any], by: Caller | None = None, **form: Any) -> Response:
        """Change an album."""
        return (by or self.shelf.by).call("PATCH", self.path(album), json=form)

    def trash(self, file_id: str) -> None:
        """Put a file into the trash."""
        assert self.shelf.by.delete(f"{self.shelf.library}/files/{file_id}").status_code == 204


@pytest.fixture
def house(installation: Installation, alice: Caller) -> House:
    """Photos taken on six days, the last two in a folder below the root."""
    shelf = alice.library()
    made = alice.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Below"}).json()
    below = Shelf(alice, shelf.library_id, made["folderId"])
    photos = []
    for n in range(6):
        photo = make.photo(taken=f"2021-07-0{n + 1} 12:00:00", camera=("Canon", "EOS R5" if n % 2 else "X1"))
        photos.append((shelf if n < 4 else below).add(photo, f"IMG_{n}.jpg")["fileId"])
    return House(installation, shelf, below, photos)
