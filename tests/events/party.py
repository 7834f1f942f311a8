"""An event for a test: its photos, its codes and its guests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from httpx2 import Response
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.events import cards
from albumen.kernel import ids


@dataclass(frozen=True)
class Party:
    """An event, and those who have to do with it."""

    installation: Installation
    host: Caller
    shelf: Shelf
    event_id: str
    file_ids: tuple[str, ...]

    @classmethod
    def of(cls, installation: Installation, host: Caller, photos: int = 4, **form: Any) -> "Party":
        """A new event with so many photos, in a library of its own."""
        shelf = host.library(name="Parties")
        names = [f"IMG_{number}.jpg" for number in range(1, photos + 1)]
        sent = shelf.send(*(make.photo() for _ in names), names=tuple(names)).json() if names else []
        file_ids = [file["fileId"] for file in sent]
        album = host.post(f"{shelf.library}/albums", json={"name": "Anna & Ben", "fileIds": file_ids})
        assert album.status_code == 200, album.text
        told = {"eventName": "Anna & Ben", "albumId": album.json()["albumId"], **form}
        made = host.post("/events", json=told)
        assert made.status_code == 200, made.text
        return cls(installation, host, shelf, made.json()["eventId"], tuple(file_ids))

    @property
    def path(self) -> str:
        """The event's path."""
        return f"/events/{self.event_id}"

    def event(self) -> dict[str, Any]:
        """The event as its host sees it now."""
        return dict(self.host.get(self.path).json())

    def change(self, **told: Any) -> dict[str, Any]:
        """Change the event."""
        answer = self.host.call("PATCH", self.path, json=told)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def code(self, *permissions: str, images: Sequence[str] | None = None, **form: Any) -> dict[str, Any]:
        """A new code, for all photos or for some; by default it allows to view."""
        told = {"permissions": permissions or ("view",), **form}
        if images is not None:
            told["images"] = list(images)
        made = self.host.post(f"{self.path}/accessors", json=told)
        assert made.status_code == 200, made.text
        return dict(made.json())

    def recode(self, code: dict[str, Any], **told: Any) -> dict[str, Any]:
        """Change a code."""
        answer = self.host.call("PATCH", f"{self.path}/accessors/{code['accessorId']}", json=told)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def look(self) -> None:
        """Look for cards in what was put in, so that guests see the rest."""
        cards.run(self.installation.app, ids.decode(self.event_id))

    def enter(self, code: dict[str, Any], **form: Any) -> Caller:
        """Somebody who came by this code."""
        answer = knock(self.installation, code["accessCode"], **form)
        assert answer.status_code == 200, answer.text
        return guest(self.installation, answer.json()["token"])


def guest(installation: Installation, token: str) -> Caller:
    """Whoever calls with a guest's token."""
    return Caller(installation.client, {"Authorization": f"Bearer {token}"})


def knock(installation: Installation, shown: str, **form: Any) -> Response:
    """Show a code or a token; keeps no cookie."""
    nobody = Caller(installation.client, {})
    answer = nobody.post("/access", json={"accessCode": shown, **form})
    installation.client.cookies.clear()
    return answer
