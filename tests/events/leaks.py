"""One event with two codes for different photos, whoever may come to it, and every way in."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from httpx2 import Response
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.kernel import ids

ALL = ("view", "download", "upload", "favorite")


@dataclass(frozen=True)
class Side:
    """What belongs to one code: its photos, and every word that only those who have it may read."""

    code: dict[str, Any]
    file_ids: tuple[str, ...]
    words: frozenset[str]

    def traces(self, body: bytes) -> set[str]:
        """Which of the words, ids in any form included, stand in an answer."""
        raw = {each: ids.decode(each).to_bytes(8, "little") for each in self.file_ids}
        found = {word for word in self.words if word.encode() in body}
        return found | {each for each, number in raw.items() if number in body}


@dataclass
class World:
    """The event and its callers: `A` and `B` see two photos each, the others nothing any more, or never did."""

    party: Party
    sides: dict[str, Side] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    issued: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, installation: Installation) -> "World":
        """Everybody comes in; then one code ends, and another is disabled."""
        made = cls(Party.of(installation, installation.caller("alice"), hasComments=True))
        for name, chosen in (("A", made.party.file_ids[:2]), ("B", made.party.file_ids[2:])):
            made.add_side(name, chosen)
        installation.work_off()
        over = made.party.code(*ALL, images=made.party.file_ids)
        off = made.party.code(*ALL)
        for name, code in (("expired", over), ("disabled", off)):
            made.callers[name] = made.party.enter(code)
            made.issued[name] = links_of(made.callers[name])
        installation.clock.advance(hours=1)
        made.party.recode(over, expiresOn=made.party.event()["creationDate"])
        made.party.recode(off, disabled=True)
        made.callers["stranger"] = Caller(installation.client, {"Authorization": f"Bearer guest_{'x' * 43}"})
        return made

    def add_side(self, name: str, chosen: tuple[str, ...]) -> None:
        """A code, a set, a guest with favourites and a comment."""
        part = self.party.host.post(f"{self.party.path}/sets", json={"name": f"set of {name}"}).json()["setId"]
        self.party.host.post(f"{self.party.path}/sets/{part}/files", json={"fileIds": chosen})
        code = self.party.code(*ALL, images=chosen, label=f"label of {name}", sizes=["original", "web"])
        guest = self.party.enter(code, guestName=f"guest of {name}")
        for each in chosen:
            assert guest.post(f"/access/favorites/{each}").status_code == 204
        said = guest.post(f"/access/files/{chosen[0]}/comments", json={"text": f"comment of {name}"})
        assert said.status_code == 200, said.text
        files = [self.party.shelf.file(each) for each in chosen]
        told = [word for file in files for word in (file["fileId"], file["name"], file["signature"].rstrip("="))]
        words = {*told, part, f"set of {name}", f"label of {name}", f"guest of {name}", f"comment of {name}"}
        self.sides[name] = Side(code, chosen, frozenset(words))
        self.callers[name] = guest


def links_of(guest: Caller) -> list[str]:
    """Every address that a guest is given."""
    found: list[str] = []
    for file in guest.get("/access/files").json()["files"]:
        found += [file[each] for each in ("contents", "original", "web", "motion") if each in file]
        found += file["thumbnails"].values()
    return [*found, guest.post("/access/download", json={}).json()["url"]]


def _zip(world: World, guest: Caller) -> list[Response]:
    asked = guest.post("/access/download", json={})
    return [asked, world.party.installation.client.get(asked.json()["url"])] if asked.is_success else [asked]


def _grid(world: World, guest: Caller) -> list[Response]:
    told = guest.get("/access/index")
    version = told.headers.get("etag", '"none"').strip('"')
    return [told, guest.get(f"/access/chunks/{version}/0")] if told.is_success else [told]


def _links(world: World, guest: Caller) -> list[Response]:
    listed = guest.get("/access/files")
    if not listed.is_success:
        return [listed]
    return [listed, *(world.party.installation.client.get(each) for each in links_of(guest))]


SURFACES: dict[str, Callable[[World, Caller], list[Response]]] = {
    "grid": lambda world, guest: [guest.get("/access/files"), guest.get("/access/files", params={"limit": 1})],
    "counts": lambda world, guest: [guest.get("/access")],
    "parts": lambda world, guest: [guest.get("/access/sets")],
    "index and chunks": _grid,
    "thumbnails and originals": _links,
    "zip": _zip,
    "favourites": lambda world, guest: [guest.get("/access/files", params={"favorites": True})],
    "own uploads": lambda world, guest: [guest.get("/access/files", params={"mine": True})],
    "cover": lambda world, guest: [guest.get("/access/cover")],
}
"""What a guest asks for without naming a photo."""
NAMING: dict[str, Callable[[World, Caller, str], Response]] = {
    "photo": lambda world, guest, file_id: guest.get(f"/access/files/{file_id}"),
    "favourite": lambda world, guest, file_id: guest.post(f"/access/favorites/{file_id}"),
    "favourite taken back": lambda world, guest, file_id: guest.delete(f"/access/favorites/{file_id}"),
    "comments": lambda world, guest, file_id: guest.get(f"/access/files/{file_id}/comments"),
    "zip": lambda world, guest, file_id: guest.post("/access/download", json={"fileIds": [file_id]}),
}
"""What names one."""
HOSTS = {
    "event": "{event}",
    "photos": "{event}/files",
    "codes": "{event}/accessors",
    "favourites": "{event}/favorites",
    "comments": "{event}/comments",
    "activity": "{event}/activity",
    "feed": "{library}/changes",
    "search": "{library}/search?q=IMG",
    "timeline": "{library}/timeline/index",
    "file": "{library}/files/{file}",
    "thumbnail": "{library}/files/{file}/thumbnails/sm",
    "original": "{library}/files/{file}/contents",
    "similar": "/images/{file}/similar",
    "image": "/images/{file}/original",
}
"""What only those with a role may ask for."""


def names_in(body: bytes) -> list[str]:
    """The names in a ZIP."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.namelist()
