"""A library as five callers see it, made anew for each call, so that none finds what another has changed."""

import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from httpx2 import Response
from tests import make
from tests.flows import vault_routes
from tests.installation import Caller, Installation

from albumen.assets.pictures import grouping, people
from albumen.assets.pictures.models import Face
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import direct, files, folders, library, members, moves
from albumen.libraries.direct_models import DirectUpload
from albumen.libraries.library import NewLibrary
from albumen.libraries.models import Album, AlbumItem, File, Library, Role
from albumen.libraries.senders import Announced
from albumen.media.seeing.facts import VECTOR_BYTES

CALLERS = ("owner", "contributor", "reader", "folder", "stranger")
GUESTS = ("guest", "other guest")
"""Whoever came by a code of the event, or by one of another event."""
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


@dataclass
class World:
    """A library with a folder that is shared by itself; its attributes are what paths and bodies are filled with.

    `file_id` lies in the shared folder, `hidden_id` beside it, where only those look who see the whole library.
    """

    installation: Installation
    sample: int
    user_id = "member"
    number = "1"
    form = "original"
    export = "txt"
    size = "sm"
    side = "360"
    group = "thumbnails"
    bucket = "2021-07"
    signature = "a" * 43 + "="
    name = "pass.age"
    version = "of-no-timeline"
    library_id: str = ""
    folder_id: str = ""
    file_id: str = ""
    hidden_id: str = ""

    def __post_init__(self) -> None:
        people = {name: self.installation.user(name).id for name in (*CALLERS, "member")}
        with self.installation.app.writing(self.installation.actor("owner")) as unit:
            made = library.create(unit, NewLibrary("Shared"))
            root = folders.find(unit, made.id, None, library.FIRST_ROOT)
            inner = folders.create(unit, made.id, root, "Inner")
            for user in ("contributor", "reader", "member"):
                role = Role.reader if user == "member" else Role(user)
                members.assign(unit, made, people[user], role)
            for user in ("folder", "member"):
                members.assign(unit, inner, people[user], Role.reader)
            sample = unit.db.get_one(File, self.sample)
            shown, hidden = moves.copy(unit, sample, inner), moves.copy(unit, sample, root or inner)
        self.library_id, self.folder_id = ids.encode(made.id), ids.encode(inner.id)
        self.file_id, self.hidden_id = ids.encode(shown.id), ids.encode(hidden.id)

    @property
    def image_id(self) -> str:
        """What the image server calls the file."""
        return self.file_id

    @cached_property
    def trashed_id(self) -> str:
        """Another file of the shared folder, in the trash."""
        with self.installation.app.writing(self.installation.actor("owner")) as unit:
            inner = folders.get(unit, ids.decode(self.library_id), ids.decode(self.folder_id))
            file = moves.copy(unit, unit.db.get_one(File, self.sample), inner)
            files.delete(unit, file)
        return ids.encode(file.id)

    @cached_property
    def album_id(self) -> str:
        """An album with the hidden file, on which `member` alone has a role of its own beside its owner."""
        people = {"owner": Role.owner, "member": Role.reader}
        given = {self.installation.user(name).id: role for name, role in people.items()}
        with self.installation.app.writing(self.installation.actor("owner")) as unit:
            made = unit.db.get_one(Library, ids.decode(self.library_id))
            album = Album(library_id=made.id, name="Best", created_at=unit.now, modified_at=unit.now)
            unit.db.add(album)
            unit.db.flush()
            item = AlbumItem(album_id=album.id, file_id=ids.decode(self.hidden_id), position=1, added_at=unit.now)
            unit.db.add(item)
            for user_id, role in given.items():
                members.assign(unit, album, user_id, role)
        return ids.encode(album.id)

    @cached_property
    def face_id(self) -> str:
        """A face in the file."""
        return self._face("Ada")[0]

    @cached_property
    def person_id(self) -> str:
        """Somebody in the file."""
        return self._face("Grace")[1]

    @cached_property
    def twin_id(self) -> str:
        """Somebody else in the file."""
        return self._face("Hedy")[1]

    def _face(self, name: str) -> tuple[str, str]:
        """A face in the file, and whose it is."""
        library_id = ids.decode(self.library_id)
        box = {"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2, "score": 1.0, "vector": bytes(VECTOR_BYTES)}
        with self.installation.app.writing(SYSTEM) as unit:
            person = grouping.create(unit, library_id)
            people.change(unit, person, {"name": name})
            signature = unit.db.get_one(File, ids.decode(self.file_id)).signature
            face = Face(library_id=library_id, signature=signature, person_id=person.id, **box)
            unit.db.add(face)
            unit.db.flush()
            return ids.encode(face.id), ids.encode(person.id)

    @cached_property
    def upload_id(self) -> str:
        """An upload that `owner` has announced."""
        answer = self.call("owner", "POST", "/uploads", headers={**TUS, "Upload-Length": "10"})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"].rpartition("/")[2])

    @cached_property
    def direct_id(self) -> str:
        """An upload of `owner` that was to go straight into a bucket, which is a folder now."""
        by = direct.sender(self.installation.app, self.installation.actor("owner"))
        with self.installation.app.writing(by.actor) as unit:
            row = by.announce(unit, Announced("a.jpg", 10, ids.decode(self.folder_id), {}))
            unit.db.add(DirectUpload(id=row.id, token="gone", part_bytes=10))
        return ids.encode(row.id)

    @cached_property
    def job_id(self) -> str:
        """An export that `owner` has asked for."""
        form = {"fileIds": [self.file_id]}
        answer = self.call("owner", "POST", "/libraries/{library_id}/exportjobs", json=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["jobId"])

    @cached_property
    def takeaway_id(self) -> str:
        """All that is kept of `owner`, not packed yet."""
        self.call("owner", "POST", "/users/me/takeaways")
        return str(self.call("owner", "GET", "/users/me/takeaways").json()["takeaways"][0]["takeawayId"])

    @cached_property
    def tag(self) -> str:
        """A tag of the file."""
        with self.installation.app.writing(self.installation.actor("owner")) as unit:
            unit.db.get_one(File, ids.decode(self.file_id)).tags = ["red"]
        return "red"

    @cached_property
    def operation_id(self) -> str:
        """An operation of `owner` that is done."""
        form = {"fileIds": [self.file_id], "rating": 3}
        answer = self.call("owner", "POST", "/libraries/{library_id}/selection/edit", json=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["operationId"])

    @cached_property
    def undo_id(self) -> str:
        """What takes back that `owner` kept one of two duplicates."""
        form = {"keep": self.file_id, "drop": [self.hidden_id]}
        answer = self.call("owner", "POST", "/libraries/{library_id}/duplicates/resolve", json=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["undoId"])

    @cached_property
    def event_id(self) -> str:
        """An event of `owner`, on the album, with both files."""
        made = self.event("Party", self.album_id)
        self.call("owner", "POST", f"/events/{made}/files", json={"fileIds": [self.file_id]})
        return made

    def event(self, name: str, album_id: str) -> str:
        """A new event of `owner`."""
        form = {"eventName": name, "albumId": album_id, "hasComments": True}
        answer = self.call("owner", "POST", "/events", json=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["eventId"])

    @cached_property
    def accessor(self) -> dict[str, Any]:
        """A code of the event that allows everything."""
        return self.code(self.event_id)

    def code(self, event_id: str) -> dict[str, Any]:
        """A new code that allows everything."""
        form = {"permissions": ["view", "download", "upload", "favorite"], "sizes": ["original", "web"]}
        answer = self.call("owner", "POST", f"/events/{event_id}/accessors", json=form)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    @cached_property
    def source_id(self) -> str:
        """An event to be merged into another."""
        form = {"name": "Other", "fileIds": [self.file_id]}
        album = self.call("owner", "POST", "/libraries/{library_id}/albums", json=form).json()
        return self.event("Other", album["albumId"])

    @cached_property
    def set_id(self) -> str:
        """A set of the event."""
        answer = self.call("owner", "POST", "/events/{event_id}/sets", json={"name": "Ceremony"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["setId"])

    @cached_property
    def comment_id(self) -> str:
        """What the guest wrote about the file."""
        answer = self.call("guest", "POST", "/access/files/{file_id}/comments", json={"text": "Lovely"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["commentId"])

    @cached_property
    def kept_id(self) -> str:
        """The event, which `owner` keeps at hand."""
        answer = self.call("owner", "POST", "/subscriptions", json={"accessCode": self.accessor["accessCode"]})
        assert answer.status_code == 200, answer.text
        return self.event_id

    @property
    def user(self) -> str:
        """The first part of the event's address."""
        return str(self.call("owner", "GET", "/events/{event_id}").json()["publicUrl"].partition("/")[0])

    @property
    def word(self) -> str:
        """The second part of it."""
        return str(self.call("owner", "GET", "/events/{event_id}").json()["publicUrl"].partition("/")[2])

    @property
    def accessor_id(self) -> str:
        """That code by its id."""
        return str(self.accessor["accessorId"])

    @property
    def webhook(self) -> dict[str, Any]:
        """What a webhook of the event is made with."""
        return {"url": "https://1.1.1.1/hook", "kinds": ["event.ended"], "eventId": self.event_id}

    @cached_property
    def webhook_id(self) -> str:
        """A webhook of `owner`."""
        answer = self.call("owner", "POST", "/webhooks", json=self.webhook)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["webhookId"])

    @cached_property
    def vault_id(self) -> str:
        """A vault of `owner`, with a blob, a key file and a link."""
        answer = self.call("owner", "POST", "/vaults", json={})
        assert answer.status_code == 201, answer.text
        made = str(answer.json()["vaultId"])
        blob = self.call("owner", "PUT", f"/vaults/{made}/blobs/{self.signature}", **vault_routes.SEALED)
        key = self.call("owner", "PUT", f"/vaults/{made}/keys/pass.age", content=b"abc", headers={"If-None-Match": "*"})
        link = self.call("owner", "PUT", f"/vaults/{made}/links/{self.link_id}", json=vault_routes.LINK)
        assert (blob.status_code, key.status_code, link.status_code) == (201, 200, 200)
        return made

    @cached_property
    def link_id(self) -> str:
        """A link to the vault, known to whoever was given it."""
        return secrets.token_hex(11)

    @cached_property
    def device_id(self) -> str:
        """A device of the vault."""
        return str(self.call("owner", "POST", "/vaults/{vault_id}/devices", json={}).json()["deviceId"])

    @cached_property
    def tokens(self) -> dict[str, str]:
        """The tokens of the guests."""
        other = self.call("owner", "POST", "/libraries/{library_id}/albums", json={"name": "Other"}).json()["albumId"]
        given = (self.accessor, self.code(self.event("Other", other)))
        return {name: self.enter(code) for name, code in zip(GUESTS, given, strict=True)}

    def enter(self, code: dict[str, Any]) -> str:
        """The token of somebody who shows a code."""
        answer = self.call("nobody", "POST", "/access", json={"accessCode": code["accessCode"]})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def filled(self, template: str) -> str:
        """A path with its names replaced by what they stand for here."""
        return re.sub(r"\{(\w+)\}", lambda found: str(getattr(self, found[1])), template)

    def call(self, name: str, method: str, path: str, **options: Any) -> Response:
        """A call by one of the callers, or `nobody` (no key), or `wrong` (a key that there is not)."""
        caller = self.installation.caller("owner", "no-such-key") if name == "wrong" else self.installation.caller(name)
        if name == "nobody":
            caller = Caller(self.installation.client, {})
        if name in GUESTS:
            caller = Caller(self.installation.client, {"Authorization": f"Bearer {self.tokens[name]}"})
        answer = caller.call(method, self.filled(path), **options)
        self.installation.client.cookies.clear()
        return answer


def photo_form(name: str) -> dict[str, Any]:
    """A multipart body with a photo."""
    return {"files": {name: ("new.jpg", make.photo())}}
