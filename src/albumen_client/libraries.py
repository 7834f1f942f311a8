"""Calls about libraries: themselves, what they hold, who has a role, and what changes in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from albumen_client.errors import Gone
from albumen_client.models import Assignment, Change, Changes, Explanation, Library, Statistics, User
from albumen_client.transport import Call, Transport

V1 = "/v1"


class Room:
    """Calls that share a transport."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport


def of_library(library_id: str) -> str:
    """The path of a library."""
    return f"{V1}/libraries/{library_id}"


class Libraries(Room):
    """Libraries, as the caller may see them."""

    def me(self) -> User:
        """Who is calling."""
        return self.transport.fetch(User, Call("GET", f"{V1}/users/me"))

    def libraries(self) -> list[Library]:
        """All of them, by name."""
        return list(self.transport.pages(Library, Call("GET", f"{V1}/libraries")))

    def library(self, library_id: str) -> Library:
        """One library."""
        return self.transport.fetch(Library, Call("GET", of_library(library_id)))

    def create_library(self, name: str, time_zone: str = "UTC", **more: Any) -> Library:
        """Make a library; `more` in the API's names, such as `quotaBytes`."""
        form = {"name": name, "timeZone": time_zone, **more}
        return self.transport.fetch(Library, Call("POST", f"{V1}/libraries", json=form, once=True))

    def change_library(self, library_id: str, **changed: Any) -> Library:
        """Change what is given, in the API's names."""
        return self.transport.fetch(Library, Call("PATCH", of_library(library_id), json=changed))

    def delete_library(self, library_id: str) -> None:
        """Delete it, with all that is in it."""
        self.transport.make(Call("DELETE", of_library(library_id)))

    def statistics(self, library_id: str) -> Statistics:
        """Counts and bytes."""
        return self.transport.fetch(Statistics, Call("GET", f"{of_library(library_id)}/statistics"))

    def changes(self, library_id: str, since: str | None = None, *, wait: int = 0, limit: int = 1000) -> Changes:
        """What changed since; without, nothing but the cursor of now.  Waits so many seconds where there is nothing.

        Raises Gone where the feed does not go back that far: list everything anew, and follow from a new cursor.
        """
        params = {"since": since, "wait": wait or None, "limit": limit}
        return self.transport.fetch(
            Changes, Call("GET", f"{of_library(library_id)}/changes", params, seconds=wait + 60)
        )

    def follow(self, library_id: str, since: str, *, wait: int = 30) -> Iterator[tuple[Sequence[Change], str]]:
        """Pages of changes as they happen, each with the cursor to keep, until the caller stops.  Raises Gone."""
        while True:
            page = self.changes(library_id, since, wait=wait)
            since = page.cursor
            yield page.changes, since

    def is_too_late(self, library_id: str, since: str) -> bool:
        """Whether the feed does not go back that far."""
        try:
            self.changes(library_id, since, limit=1)
        except Gone:
            return True
        return False


class Members(Room):
    """Roles; `place` is empty for the whole library, else `/folders/{id}` or `/albums/{id}`."""

    def members(self, library_id: str, place: str = "") -> list[Assignment]:
        """Who was given a role there."""
        return list(self.transport.pages(Assignment, Call("GET", _members(library_id, place))))

    def add_member(self, library_id: str, user_id: str, role: str, *, place: str = "") -> Assignment:
        """Give a user a role."""
        form = {"userId": user_id, "role": role}
        return self.transport.fetch(Assignment, Call("POST", _members(library_id, place), json=form, once=True))

    def change_member(self, library_id: str, user_id: str, role: str, *, place: str = "") -> Assignment:
        """Give a user another role."""
        path = f"{_members(library_id, place)}/{user_id}"
        return self.transport.fetch(Assignment, Call("PATCH", path, json={"role": role}))

    def remove_member(self, library_id: str, user_id: str, *, place: str = "") -> None:
        """Take a role away."""
        self.transport.make(Call("DELETE", f"{_members(library_id, place)}/{user_id}"))

    def explain(self, library_id: str, user_id: str, **thing: str) -> Explanation:
        """Through which roles a user sees a library, or the thing named by `folderId`, `fileId` or `albumId`."""
        path = f"{of_library(library_id)}/access/explain"
        return self.transport.fetch(Explanation, Call("GET", path, {"userId": user_id, **thing}))


def _members(library_id: str, place: str) -> str:
    return f"{of_library(library_id)}{place}/users"
