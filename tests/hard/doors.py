"""The ways by which a file comes in, each with what it is told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from httpx2 import Response
from tests.events.party import Party
from tests.flows.tus import Upload
from tests.installation import Caller, Installation, Shelf

REFUSED = frozenset({400, 409, 413, 415})
KEPT = frozenset({200, 201, 204})


@dataclass(frozen=True)
class Doors:
    """All of an installation's."""

    installation: Installation

    @cached_property
    def host(self) -> Caller:
        """Whose library it is."""
        return self.installation.caller("host")

    @cached_property
    def shelf(self) -> Shelf:
        """Where files go."""
        return self.host.library(name="Hard")

    @cached_property
    def guest(self) -> Caller:
        """A guest who may add photos."""
        party = Party.of(self.installation, self.host, photos=0, guestUpload="moderated")
        return party.enter(party.code("view", "upload"))

    @property
    def all(self) -> dict[str, Callable[[str, bytes], Response]]:
        """Each by its name."""
        return {"upload": self.upload, "catalogue": self.catalogue, "guest": self.give, "tus": self.resume}

    def upload(self, name: str, content: bytes) -> Response:
        """Into a folder, by a form."""
        return self.shelf.send(content, names=(name,))

    def catalogue(self, name: str, content: bytes) -> Response:
        """Through the cataloguing door."""
        return self.host.catalogue(content, name)

    def give(self, name: str, content: bytes) -> Response:
        """As a guest of an event."""
        return self.guest.post("/access/files", files=[("files", (name, content))])

    def resume(self, name: str, content: bytes) -> Response:
        """In two pieces."""
        known = name.encode(errors="replace").decode()
        upload = Upload(self.host, content, told={"filename": known, "folderId": self.shelf.folder_id})
        made = upload.create()
        if made.status_code != 201:
            return made
        half = len(content) // 2
        first = upload.send(0, half)
        return upload.send(half) if first.status_code in KEPT else first
