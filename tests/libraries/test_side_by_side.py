"""Many who change the same at once, with workers in between: nothing is lost, counted twice or left out of the feed."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen import worker
from albumen.changes.models import Change, ChangeHead
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import purge
from albumen.libraries.models import File, Folder

WELCOME = {200, 201, 204, 404, 409, 503}
"""What somebody may be told whom others were quicker than."""


def all_at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def check_feed(installation: Installation) -> None:
    """Numbers without a gap, up to the head."""
    with installation.app.reading(SYSTEM) as unit:
        for head in unit.db.scalars(select(ChangeHead)).all():
            numbers = unit.db.scalars(select(Change.number).where(Change.library_id == head.library_id)).all()
            assert sorted(numbers) == list(range(head.forgotten + 1, head.number + 1))


def check_names(installation: Installation) -> None:
    with installation.app.reading(SYSTEM) as unit:
        alive = unit.db.execute(select(File.folder_id, File.folded).where(File.deleted_at.is_(None))).all()
    assert len(alive) == len({tuple(row) for row in alive})


class Restless:
    """Somebody who adds the same photos again and again, corrects, trashes, restores and purges."""

    def __init__(self, shelf: Shelf, photos: list[bytes], seed: int) -> None:
        self.shelf, self.photos, self.dice = shelf, photos, random.Random(seed)
        self.told: set[int] = set()

    def __call__(self) -> int:
        for _ in range(8):
            self.told.add(self.dice.choice((self.add, self.add, self.correct, self.trash, self.back, self.purge))())
        return 0

    def add(self) -> int:
        return self.shelf.send(self.dice.choice(self.photos), names=("photo.jpg",)).status_code

    def some(self) -> str:
        listed = self.shelf.by.get(f"{self.shelf.folder}/files").json()
        return str(self.dice.choice(listed)["fileId"]) if listed else "0"

    def correct(self) -> int:
        form = {"rating": self.dice.randrange(5), "takenOn": f"20{self.dice.randrange(10, 25)}-05-01T10:00:00"}
        path = f"{self.shelf.library}/files/{self.some()}"
        return self.shelf.by.call("PATCH", path, json=form).status_code

    def trash(self) -> int:
        return self.shelf.by.delete(f"{self.shelf.library}/files/{self.some()}").status_code

    def back(self) -> int:
        listed = self.shelf.by.get(f"{self.shelf.library}/trash").json().get("files", [])
        form = {"fileIds": [each["fileId"] for each in listed[:1]]}
        return self.shelf.by.post(f"{self.shelf.library}/trash/restore", json=form).status_code if listed else 200

    def purge(self) -> int:
        return self.shelf.by.post(f"{self.shelf.library}/trash/empty").status_code


def test_the_same_photos_in_two_libraries(installation: Installation, alice: Caller) -> None:
    photos = [make.photo(size=(80, 60)) for _ in range(3)]
    shelves = [alice.library(), installation.caller("bob").library()]
    people = [Restless(shelf, photos, seed) for seed, shelf in enumerate(shelves * 2)]
    crew = worker.crew(installation.app)
    crew.start()
    try:
        all_at_once(*people)
    finally:
        crew.stop()
    assert set.union(*(each.told for each in people)) <= WELCOME
    installation.work_off()
    installation.check_counts()
    check_feed(installation)
    check_names(installation)


def test_a_user_sends_many_at_once_from_the_first_moment_on(installation: Installation) -> None:
    """One library is made for them, and none of them is turned away because two held what the other wanted."""
    nora = installation.caller("nora")
    calls = [lambda: nora.catalogue(make.photo()).status_code for _ in range(6)]
    assert all_at_once(*calls) == [201] * 6
    [library] = nora.get("/libraries").json()
    root, *_ = nora.get(f"/libraries/{library['libraryId']}/folders?parent=").json()
    shelf = Shelf(nora, library["libraryId"], root["folderId"])
    calls += [lambda: shelf.send(make.photo()).status_code + 1 for _ in range(6)]
    for _ in range(3):
        assert all_at_once(*calls) == [201] * 12
    installation.work_off()
    check_feed(installation)


def test_folders_are_renamed_and_moved_while_photos_come_in(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    folders = [shelf.below(f"F{number}") for number in range(3)]
    photos = [make.photo(size=(60, 40)) for _ in range(10)]

    def move(number: int) -> int:
        each, dice = folders[number], random.Random(number)
        for turn in range(5):
            form = {"name": f"F{number} {turn}", "parentId": dice.choice([shelf, *folders]).folder_id}
            told = alice.call("PATCH", each.folder, json=form).status_code
            assert told in (200, 400, 409, 422, 503), told
        return 0

    sent = all_at_once(
        *(lambda photo=photo, at=at: folders[at % 3].send(photo).status_code for at, photo in enumerate(photos)),
        *(lambda number=number: move(number) for number in range(3)),
    )
    assert sent[: len(photos)].count(200) == installation.rows(File)
    assert set(sent[: len(photos)]) <= {200, 503}
    installation.check_counts()
    check_feed(installation)
    with installation.app.reading(SYSTEM) as unit:
        lineages = {folder.id: folder for folder in unit.db.scalars(select(Folder))}
        for folder in lineages.values():
            above = lineages[folder.parent_id].lineage if folder.parent_id else "/"
            assert folder.lineage.startswith(above)
            assert folder.lineage.count("/") == above.count("/") + 1


def test_what_a_unit_has_read_it_can_purge(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    added = shelf.add(make.photo())["fileId"]
    assert alice.delete(f"{shelf.library}/files/{added}").status_code == 204
    file_id = ids.decode(added)
    with installation.app.writing(SYSTEM) as unit:
        file = unit.db.get_one(File, file_id)
        assert file.signature
        assert purge.some(unit, File.id == file_id).originals == 1
    installation.check_counts()
