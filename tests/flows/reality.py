"""What users and guests do with an event's library, in any order, beside a plain dictionary that says what is there.

The machine calls over HTTP as users do.  After every step what was done is compared; at the end, all that there is.
"""

import hashlib
from base64 import b64encode
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, multiple, precondition, rule
from tests import make
from tests.events.party import guest, knock
from tests.flows.reality_model import CodeFacts, FileFacts, GuestFacts, Model
from tests.installation import Installation, Shelf

from albumen.events import cards
from albumen.kernel import ids
from albumen.libraries import purge

PHOTOS = [make.photo(size=(24, 16), seed=90_000 + number) for number in range(6)]
NAMES = ("a.jpg", "b.jpg", "B.JPG", "c é.jpg")


def signature(photo: bytes) -> str:
    """What content is called."""
    return b64encode(hashlib.sha256(photo).digest()).decode().replace("/", "_")


class Service(RuleBasedStateMachine):
    """The service and its model, side by side."""

    installation: ClassVar[Installation]
    run_number: ClassVar[int] = 0

    files, folders, albums = Bundle("files"), Bundle("folders"), Bundle("albums")
    codes, guests = Bundle("codes"), Bundle("guests")
    photos, names = st.integers(0, len(PHOTOS) - 1), st.sampled_from(NAMES)

    def __init__(self) -> None:
        super().__init__()
        type(self).run_number += 1
        self.by = self.installation.caller(f"host{self.run_number}")
        self.model = Model()
        self.shelf = self.by.library(name="Parties")
        self.model.folders[self.shelf.folder_id] = None
        self.number = 0

    def ok(self, method: str, path: str, *statuses: int, **options: Any) -> Any:
        """Call as the host and see that it went as it should; the JSON, where there is some."""
        answer = self.by.call(method, path, **options)
        assert answer.status_code in (statuses or (200, 201, 204)), (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    @property
    def library(self) -> str:
        """The library's path."""
        return self.shelf.library

    def path(self, file_id: str) -> str:
        """A file's path."""
        return f"{self.library}/files/{file_id}"

    @initialize(target=folders)
    def begin(self) -> Any:
        """The library with its first folder, and an event with an album."""
        album = self.ok("POST", f"{self.library}/albums", json={"name": "Anna & Ben", "fileIds": []})["albumId"]
        told = {"eventName": "Anna & Ben", "albumId": album, "guestUpload": "yes"}
        self.event = self.ok("POST", "/events", json=told)["eventId"]
        self.album = album
        self.model.albums[album] = []
        return self.shelf.folder_id

    @rule(target=files, folder=folders, photo=photos, name=names)
    def add(self, folder: str, photo: int, name: str) -> Any:
        """Upload a photo; in a folder that is gone it is refused."""
        sent = Shelf(self.by, self.shelf.library_id, folder).send(PHOTOS[photo], names=(name,))
        if folder not in self.model.folders:
            assert sent.status_code == 404
            return multiple()
        assert sent.status_code == 200, sent.text
        [file] = sent.json()
        assert file["fileId"] not in self.model.files
        self.model.files[file["fileId"]] = FileFacts(folder, file["name"], [signature(PHOTOS[photo])])
        return file["fileId"]

    @rule(target=files, file=files, folder=folders)
    def copy(self, file: str, folder: str) -> Any:
        """Put a file into a folder, too."""
        may = file in self.model.live() and folder in self.model.folders
        path = f"{self.library}/folders/{folder}/files"
        made = self.ok("POST", path, 200 if may else 404, params={"source": file})
        if not may:
            return multiple()
        self.model.files[made["fileId"]] = FileFacts(folder, made["name"], [self.model.files[file].versions[-1]])
        return made["fileId"]

    @rule(file=files, photo=photos)
    def revise(self, file: str, photo: int) -> None:
        """Upload another content for it."""
        sent = {"file": ("edited.jpg", PHOTOS[photo])}
        is_live = file in self.model.live()
        self.ok("POST", f"{self.path(file)}/versions", 200 if is_live else 404, files=sent)
        if is_live and self.model.files[file].versions[-1] != signature(PHOTOS[photo]):
            self.model.files[file].versions.append(signature(PHOTOS[photo]))

    @rule(file=files, back=st.integers(0, 3))
    def revert(self, file: str, back: int) -> None:
        """Make an older content current again."""
        if file not in self.model.live():
            return
        versions = self.model.files[file].versions
        number = max(1, len(versions) - back)
        self.ok("POST", f"{self.path(file)}/versions/{number}/restore", 200)
        if versions[number - 1] != versions[-1]:
            versions.append(versions[number - 1])

    @rule(file=files, folder=folders)
    def move(self, file: str, folder: str) -> None:
        """Into another folder."""
        may = file in self.model.live() and folder in self.model.folders
        if not may:
            self.ok("PATCH", self.path(file), 404, json={"folderId": folder})
            return
        answer = self.by.call("PATCH", self.path(file), json={"folderId": folder})
        if answer.status_code == 409:
            here = [each for each in self.model.files.values() if each.folder == folder and not each.is_deleted]
            assert self.model.files[file].name.lower() in {each.name.lower() for each in here}
            return
        assert answer.status_code == 200, answer.text
        self.model.files[file].folder = folder
        self.model.files[file].name = answer.json()["name"]

    @rule(file=files)
    def trash(self, file: str) -> None:
        """Delete it; it can be put back."""
        self.ok("DELETE", self.path(file), 204 if file in self.model.live() else 404)
        if file in self.model.files:
            self.model.files[file].is_deleted = True

    @rule(file=files)
    def put_back(self, file: str) -> None:
        """Out of the trash."""
        there = file in self.model.files and self.model.files[file].is_deleted
        answer = self.ok("POST", f"{self.library}/trash/restore", 200 if there else 404, json={"fileIds": [file]})
        if there:
            self.learn_folders()
            told = self.ok("GET", self.path(file))
            self.model.files[file].is_deleted = False
            self.model.files[file].folder, self.model.files[file].name = told["folderId"], told["name"]
            assert answer is not None and told["folderId"] in self.model.folders

    @rule(file=files)
    def purge_one(self, file: str) -> None:
        """Out of the trash for good."""
        there = file in self.model.files and self.model.files[file].is_deleted
        self.ok("POST", f"{self.library}/trash/delete", 200 if there else 404, json={"fileIds": [file]})
        if there:
            self.model.purge({file})

    @rule()
    def empty_trash(self) -> None:
        """All of it."""
        self.ok("POST", f"{self.library}/trash/empty", 200)
        self.model.purge(self.model.files.keys() - self.model.live())

    @rule(target=folders, parent=folders)
    def make_folder(self, parent: str) -> Any:
        """Below another one."""
        self.number += 1
        told = {"parentId": parent, "name": f"Folder {self.number}"}
        if parent not in self.model.folders:
            self.ok("POST", f"{self.library}/folders", 404, json=told)
            return multiple()
        made = self.ok("POST", f"{self.library}/folders", json=told)["folderId"]
        self.model.folders[made] = parent
        return made

    @precondition(lambda self: len(self.model.folders) > 1)
    @rule(folder=folders)
    def drop_folder(self, folder: str) -> None:
        """With all in it, which goes to the trash."""
        if folder == self.shelf.folder_id:
            return
        there = folder in self.model.folders
        self.ok("DELETE", f"{self.library}/folders/{folder}", 204 if there else 404)
        gone = self.model.below(folder) if there else set()
        for file in self.model.files.values():
            file.is_deleted = file.is_deleted or file.folder in gone
        for each in gone:
            self.model.folders.pop(each, None)

    def learn_folders(self) -> None:
        """Which folders there are, where the service makes some by itself."""
        self.model.folders = {}
        waiting: list[tuple[str, str | None]] = [("", None)]
        while waiting:
            parent, owner = waiting.pop()
            for each in self.ok("GET", f"{self.library}/folders", params={"parent": parent}):
                self.model.folders[each["folderId"]] = owner
                waiting.append((each["folderId"], each["folderId"]))

    @rule(file=files)
    def hang(self, file: str) -> None:
        """Put a file into the event's album."""
        is_live = file in self.model.live()
        path = f"{self.library}/albums/{self.album}/files"
        self.ok("POST", path, 200 if is_live else 404, json={"fileIds": [file]})
        if is_live and file not in self.model.albums[self.album]:
            self.model.albums[self.album].append(file)

    @rule(file=files)
    def take_down(self, file: str) -> None:
        """Out of the album again; codes that named it show it no more."""
        path = f"{self.library}/albums/{self.album}/files"
        self.ok("DELETE", path, 200, 204, 404, json={"fileIds": [file]})
        if file in self.model.albums[self.album]:
            self.model.albums[self.album].remove(file)

    @rule(target=codes, some=st.lists(files, max_size=3), is_for_all=st.booleans(), uploads=st.booleans())
    def make_code(self, some: list[str], is_for_all: bool, uploads: bool) -> Any:
        """For all photos, or some."""
        told: dict[str, Any] = {"permissions": ["view", "download", *(["upload"] if uploads else [])]}
        inside = [
            each for each in dict.fromkeys(some) if each in self.model.shown(CodeFacts("", None, False), self.album)
        ]
        if not is_for_all:
            told["images"] = inside
        made = self.ok("POST", f"/events/{self.event}/accessors", json=told)
        images = None if is_for_all else set(inside)
        self.model.codes[made["accessorId"]] = CodeFacts(made["accessCode"], images, uploads)
        return made["accessorId"]

    @rule(code=codes, is_disabled=st.booleans())
    def disable(self, code: str, is_disabled: bool) -> None:
        """Switch a code off or on."""
        there = code in self.model.codes
        path = f"/events/{self.event}/accessors/{code}"
        self.ok("PATCH", path, 200 if there else 404, json={"disabled": is_disabled})
        if there:
            self.model.codes[code].is_disabled = is_disabled

    @rule(code=codes)
    def replace(self, code: str) -> None:
        """Give a code anew; who came by the old one is out."""
        if code not in self.model.codes:
            return
        made = self.ok("POST", f"/events/{self.event}/accessors/{code}/replace")
        self.model.codes[code].text = made["accessCode"]
        self.model.codes[code].is_disabled = bool(made.get("disabled"))

    @rule(code=consumes(codes))
    def drop_code(self, code: str) -> None:
        """Take a code away."""
        if self.model.codes.pop(code, None) is not None:
            self.ok("DELETE", f"/events/{self.event}/accessors/{code}", 204)

    @rule(target=guests, code=codes)
    def come(self, code: str) -> Any:
        """A guest enters the code."""
        known = self.model.codes.get(code)
        if known is None:
            return multiple()
        answer = knock(self.installation, known.text)
        if known.is_disabled:
            assert answer.status_code == 404
            self.installation.clock.advance(minutes=20)  # so that guessing is not what is refused
            return multiple()
        assert answer.status_code == 200, answer.text
        self.model.guests.append(GuestFacts(guest(self.installation, answer.json()["token"]), code, known.text))
        return len(self.model.guests) - 1

    def code_of(self, facts: GuestFacts) -> CodeFacts | None:
        """The code that a guest is in by, if it still holds."""
        code = self.model.codes.get(facts.code)
        return code if code is not None and code.text == facts.code_text and not code.is_disabled else None

    @rule(who=guests, photo=photos)
    def give(self, who: int, photo: int) -> None:
        """A guest gives a photo; one that the guest sees, or gave, is that one again."""
        facts = self.model.guests[who]
        code = self.code_of(facts)
        answer = facts.by.post("/access/files", files=[("files", ("gift.jpg", PHOTOS[photo]))])
        if code is None:
            assert answer.status_code == 401, answer.text
        elif not code.uploads or self.model.mode == "no":
            assert answer.status_code == 403, answer.text
        else:
            assert answer.status_code in (200, 201), answer.text
            [told] = answer.json()["uploads"]
            self.learn_gift(facts, told, signature(PHOTOS[photo]))

    def learn_gift(self, facts: GuestFacts, told: dict[str, Any], content: str) -> None:
        """Note a gift: new, or the same content that was there."""
        file_id = told["fileId"]
        if file_id in self.model.files:
            assert self.model.files[file_id].versions[-1] == content
            return
        self.learn_folders()
        file = self.ok("GET", self.path(file_id))
        self.model.files[file_id] = FileFacts(file["folderId"], file["name"], [content])
        facts.gifts[file_id] = content
        shown = self.model.albums[self.album]
        twin = any(self.model.files[each].versions[-1] == content for each in shown if each in self.model.live())
        if self.model.mode == "yes" and not twin:
            shown.append(file_id)

    @rule(mode=st.sampled_from(["yes", "no", "moderated"]))
    def set_mode(self, mode: str) -> None:
        """How gifts are taken."""
        self.ok("PATCH", f"/events/{self.event}", json={"guestUpload": mode})
        self.model.mode = mode

    @rule(who=guests)
    def withdraw(self, who: int) -> None:
        """A guest takes the oldest gift back."""
        facts = self.model.guests[who]
        gift = next(iter(facts.gifts), None)
        if gift is None:
            return
        answer = facts.by.delete(f"/access/uploads/{gift}")
        if self.code_of(facts) is None:
            assert answer.status_code == 401
            return
        del facts.gifts[gift]
        if gift not in self.model.live():
            assert answer.status_code == 404
            return
        assert answer.status_code == 204, answer.text
        seen = self.by.get(self.path(gift))
        is_gone = seen.status_code == 404
        stays = self.model.files[gift].folder != self.model.gift_folder
        assert is_gone or stays or len(self.model.files[gift].versions) > 1
        if gift in self.model.albums[self.album]:
            self.model.albums[self.album].remove(gift)
        if is_gone:
            self.model.purge({gift})

    @rule()
    def look(self) -> None:
        """What everybody sees is what should be there."""
        assert self.listed("/trash") == self.model.files.keys() - self.model.live()
        for folder in self.model.folders:
            here = {each: file.name for each, file in self.model.files.items() if file.folder == folder}
            here = {each: name for each, name in here.items() if each in self.model.live()}
            told = self.ok("GET", f"{self.library}/folders/{folder}/files")
            assert {each["fileId"]: each["name"] for each in told} == here
            for each in told:
                assert each["signature"] == self.model.files[each["fileId"]].versions[-1]
            assert len({name.lower() for name in here.values()}) == len(here)
        album = self.ok("GET", f"{self.library}/albums/{self.album}/files")
        told = [each["fileId"] for each in (album if isinstance(album, list) else album["files"])]
        assert sorted(told) == sorted(self.model.shown(CodeFacts("", None, False), self.album))
        self.look_as_guests()

    def listed(self, what: str) -> set[str]:
        """The ids of a list of the library."""
        told = self.ok("GET", f"{self.library}{what}")
        return {each["fileId"] for each in (told if isinstance(told, list) else told["files"])}

    def look_as_guests(self) -> None:
        """Each guest sees what the code shows, and nothing when it holds no more."""
        cards.run(self.installation.app, ids.decode(self.event))
        for facts in self.model.guests:
            code = self.code_of(facts)
            answer = facts.by.get("/access/files")
            if code is None:
                assert answer.status_code == 401
                continue
            assert answer.status_code == 200, answer.text
            told = [each["fileId"] for each in answer.json()["files"]]
            assert sorted(told) == sorted(self.model.shown(code, self.album))

    def teardown(self) -> None:
        """At the end all is compared, bytes, too."""
        if not hasattr(self, "event"):
            return
        self.look()
        for file_id in sorted(self.model.live())[:2]:
            told = self.by.get(f"{self.path(file_id)}/contents", params={"attachment": "true"})
            assert signature(told.content) == self.model.files[file_id].versions[-1]
            versions = self.ok("GET", f"{self.path(file_id)}/versions")
            assert {each["number"]: each.get("signature") for each in versions}.keys() == set(
                range(1, len(self.model.files[file_id].versions) + 1)
            )
        if self.run_number % 20 == 1:
            self.installation.check_counts()
        purge.trash(self.installation.app, deleted_by=purge.before(self.installation.app))
