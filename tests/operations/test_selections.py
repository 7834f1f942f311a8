"""What is done to many files at once, by ids and by places in a timeline, and undone again."""

from typing import Any

import pytest
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf
from tests.rows import fill

from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import pairs
from albumen.libraries.models import AlbumItem, File
from albumen.operations import bulk
from albumen.operations.models import Batch, Operation

MANY = 1200


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def words(file_ids: list[int]) -> list[str]:
    return [ids.encode(each) for each in file_ids]


def version_of(shelf: Shelf, of: str = "") -> str:
    path = f"{shelf.library}/timeline/index"
    return str(shelf.by.get(path, params={"of": of} if of else {}).headers["etag"].strip('"'))


def begin(shelf: Shelf, verb: str, by: Caller | None = None, **form: Any) -> dict[str, Any]:
    answer = (by or shelf.by).post(f"{shelf.library}/selection/{verb}", json=form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def operation(shelf: Shelf, begun: dict[str, Any], verb: str = "") -> Any:
    path = f"{shelf.library}/operations/{begun['operationId']}"
    return shelf.by.post(f"{path}/{verb}") if verb else shelf.by.get(path)


def undone(installation: Installation, shelf: Shelf, begun: dict[str, Any]) -> dict[str, Any]:
    answer = operation(shelf, begun, "undo")
    assert answer.status_code == 200, answer.text
    installation.work_off()
    found = dict(operation(shelf, begun).json())
    assert found["status"] == "undone"
    return found


def finished(installation: Installation, shelf: Shelf, begun: dict[str, Any]) -> dict[str, Any]:
    assert (begun["status"], begun["done"]) == ("pending", 0)
    installation.work_off()
    found = dict(operation(shelf, begun).json())
    assert found["status"] == "done", found
    return found


def rows(installation: Installation) -> dict[int, dict[str, Any]]:
    """Every column of every file."""
    names = [column.name for column in File.__table__.columns]
    with installation.app.reading(SYSTEM) as unit:
        return {file.id: {name: getattr(file, name) for name in names} for file in unit.db.scalars(select(File))}


def folder(shelf: Shelf, name: str) -> Shelf:
    answer = shelf.by.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": name})
    return Shelf(shelf.by, shelf.library_id, answer.json()["folderId"])


def order(installation: Installation) -> list[int]:
    """What lies in albums, in order."""
    with installation.app.reading(SYSTEM) as unit:
        return list(unit.db.scalars(select(AlbumItem.file_id).order_by(AlbumItem.position)))


EVERYTHING: list[tuple[str, dict[str, Any]]] = [
    ("tag", {"add": ["Wedding/Anna", "beach"], "remove": ["old"]}),
    ("edit", {"shiftSeconds": -40 * 86_400, "favorite": True, "rating": 4}),
    ("edit", {"timeZone": "Pacific/Auckland"}),
    ("move", {}),
    ("trash", {}),
    ("add-to-album", {}),
    ("remove-from-album", {}),
]


@pytest.mark.parametrize(("verb", "form"), EVERYTHING, ids=[f"{verb}-{'-'.join(form)}" for verb, form in EVERYTHING])
@pytest.mark.parametrize("count", [40, MANY])
def test_what_is_done_can_be_undone_to_the_last_field(
    installation: Installation, shelf: Shelf, verb: str, form: dict[str, Any], count: int
) -> None:
    filed = fill(installation, shelf.folder_id, count + 20)
    assert begin(shelf, "tag", fileIds=words(filed[:30]), add=["old", "kept"])["done"] == 30
    if verb == "move":
        form = {"folderId": folder(shelf, "Elsewhere").folder_id}
    if verb == "add-to-album":
        made = shelf.by.post(f"{shelf.library}/albums", json={"name": "A", "fileIds": words(filed[:5])})
        form = {"albumId": made.json()["albumId"]}
    if verb == "remove-from-album":
        made = shelf.by.post(f"{shelf.library}/albums", json={"name": "A", "fileIds": words([*filed[5:], *filed[:5]])})
        form = {"albumId": made.json()["albumId"]}
    before, items, places = rows(installation), installation.rows(AlbumItem), order(installation)
    begun = begin(shelf, verb, **form, timeline=version_of(shelf), ranges=[[10, 15], [20, count + 15]])
    if count > 500:
        begun = finished(installation, shelf, begun)
    assert (begun["status"], begun["done"], begun["skipped"], begun["total"]) == ("done", count, 0, count)
    assert rows(installation) != before or abs(installation.rows(AlbumItem) - items) == count
    installation.check_counts()
    assert undone(installation, shelf, begun)["restored"] == count
    assert rows(installation) == before
    assert (installation.rows(AlbumItem), order(installation)) == (items, places)
    installation.check_counts()


def test_places_hold_while_photos_come_in(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 1100)
    version = version_of(shelf)
    shelf.add(make.photo(taken="2010-01-20 10:10:00"), "new.jpg")
    begun = begin(shelf, "tag", add=["a"], timeline=version, ranges=[[0, 2], [600, 602], [1099, 1100]])
    assert (begun["status"], begun["done"]) == ("done", 5)
    tagged = {file_id for file_id, row in rows(installation).items() if row["tags"]}
    assert tagged == {filed[1099], filed[1098], filed[499], filed[498], filed[0]}


def test_places_in_what_has_changed_are_gone(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 600)
    version = version_of(shelf)
    assert begin(shelf, "trash", fileIds=words(filed[-1:]))["done"] == 1
    form = {"timeline": version, "ranges": [[0, 1]]}
    assert shelf.by.post(f"{shelf.library}/selection/trash", json=form).status_code == 410


def test_places_in_an_album(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 20)
    made = shelf.by.post(f"{shelf.library}/albums", json={"name": "A", "fileIds": words(filed[5:8])})
    of = f"album:{made.json()['albumId']}"
    assert begin(shelf, "edit", rating=5, timeline=version_of(shelf, of), of=of, ranges=[[0, 2]])["done"] == 2
    assert {file_id for file_id, row in rows(installation).items() if row["rating"]} == {filed[7], filed[6]}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"fileIds": []},
        {"timeline": "1-x"},
        {"ranges": [[0, 1]]},
        {"fileIds": ["a"], "timeline": "1-x", "ranges": [[0, 1]]},
        {"timeline": "VERSION", "ranges": [[1, 1]]},
        {"timeline": "VERSION", "ranges": [[0, 21]]},
        {"timeline": "VERSION", "ranges": [[5, 9], [2, 3]]},
        {"timeline": "VERSION", "ranges": [[0, 3], [2, 4]]},
        {"timeline": "VERSION", "ranges": [[-1, 3]]},
    ],
)
def test_what_is_no_selection(installation: Installation, shelf: Shelf, form: dict[str, Any]) -> None:
    fill(installation, shelf.folder_id, 20)
    told = {**form, **({"timeline": version_of(shelf)} if form.get("timeline") == "VERSION" else {})}
    answer = shelf.by.post(f"{shelf.library}/selection/trash", json=told)
    assert answer.status_code == 400, answer.text
    assert installation.rows(Operation) == 0


@pytest.mark.parametrize(
    ("verb", "form", "status"),
    [
        ("tag", {}, 400),
        ("tag", {"add": ["x" * 101]}, 400),
        ("edit", {}, 400),
        ("edit", {"shiftSeconds": 0}, 400),
        ("edit", {"shiftSeconds": 10**12}, 400),
        ("edit", {"timeZone": "Mars/Olympus"}, 400),
        ("edit", {"timeZone": "../etc/passwd"}, 400),
        ("edit", {"rating": 6}, 400),
        ("move", {"folderId": "zzz"}, 404),
        ("add-to-album", {"albumId": "zzz"}, 404),
        ("explode", {}, 404),
    ],
)
def test_what_cannot_be_done(shelf: Shelf, verb: str, form: dict[str, Any], status: int) -> None:
    file_id = shelf.add(make.photo())["fileId"]
    answer = shelf.by.post(f"{shelf.library}/selection/{verb}", json={"fileIds": [file_id], **form})
    assert answer.status_code == status, answer.text


def test_files_that_are_gone_are_skipped_and_counted(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 10)
    begin(shelf, "trash", fileIds=words(filed[:3]))
    chosen = [*words(filed), words(filed)[0], "zzz"]
    begun = begin(shelf, "tag", add=["a"], fileIds=chosen)
    assert (begun["total"], begun["done"], begun["skipped"]) == (11, 7, 4)


def test_only_what_one_may_change_is_changed(installation: Installation, shelf: Shelf) -> None:
    outside = fill(installation, shelf.folder_id, 3)
    inside = folder(shelf, "Shared")
    file_id = inside.add(make.photo())["fileId"]
    bob = installation.caller("bob")
    installation.user("bob")
    shelf.by.post(f"{inside.folder}/users", json={"userId": "bob", "role": "contributor"})
    begun = begin(shelf, "trash", bob, fileIds=[*words(outside), file_id])
    assert (begun["done"], begun["skipped"]) == (1, 3)
    assert operation(shelf, begun).status_code == 404
    installation.check_counts()


def test_what_somebody_changed_since_is_not_undone(installation: Installation, shelf: Shelf) -> None:
    first, second = (shelf.add(make.photo(), f"IMG_{n}.jpg")["fileId"] for n in (1, 2))
    begun = begin(shelf, "edit", fileIds=[first, second], rating=2)
    assert shelf.by.call("PATCH", f"{shelf.library}/files/{first}", json={"rating": 5, "title": "Mine"}).is_success
    assert undone(installation, shelf, begun)["restored"] == 1
    assert shelf.file(first)["rating"] == 5
    assert "rating" not in shelf.file(second)
    assert operation(shelf, begun, "undo").status_code == 409


def test_undoing_ends_after_a_day(installation: Installation, shelf: Shelf) -> None:
    file_id = shelf.add(make.photo())["fileId"]
    begun = begin(shelf, "edit", fileIds=[file_id], favorite=True)
    assert "undoUntil" in begun
    installation.clock.advance(hours=25)
    assert operation(shelf, begun, "undo").status_code == 410
    installation.clock.advance(days=7)
    bulk.forget(installation.app, Task(0, "forget-operations", "", {}, 1))
    assert operation(shelf, begun).status_code == 404
    assert installation.rows(Batch) == 0


def test_a_cancelled_operation_keeps_what_is_done_until_undone(installation: Installation, shelf: Shelf) -> None:
    fill(installation, shelf.folder_id, MANY)
    before = rows(installation)
    begun = begin(shelf, "edit", rating=1, timeline=version_of(shelf), ranges=[[0, MANY]])
    assert operation(shelf, begun, "undo").status_code == 409
    with installation.app.writing(installation.actor("alice")) as unit:
        found = bulk.get(unit, ids.decode(shelf.library_id), ids.decode(begun["operationId"]))
        assert bulk.step(unit, found)
    assert operation(shelf, begun, "cancel").json()["status"] == "cancelled"
    installation.work_off()
    found_after = operation(shelf, begun).json()
    assert (found_after["status"], found_after["done"]) == ("cancelled", bulk.BATCH)
    assert sum(row["rating"] == 1 for row in rows(installation).values()) == bulk.BATCH
    assert operation(shelf, begun, "cancel").status_code == 409
    assert undone(installation, shelf, begun)["restored"] == bulk.BATCH
    assert rows(installation) == before


def test_an_album_that_goes_meanwhile_fails_the_operation(installation: Installation, shelf: Shelf) -> None:
    fill(installation, shelf.folder_id, MANY)
    album = shelf.by.post(f"{shelf.library}/albums", json={"name": "A"}).json()["albumId"]
    begun = begin(shelf, "add-to-album", albumId=album, timeline=version_of(shelf), ranges=[[0, MANY]])
    assert shelf.by.delete(f"{shelf.library}/albums/{album}").is_success
    installation.work_off()
    found = operation(shelf, begun).json()
    assert (found["status"], found["error"]) == ("failed", "There is no such album.")


def test_a_taken_name_is_numbered_and_comes_back(installation: Installation, shelf: Shelf) -> None:
    other = folder(shelf, "Other")
    file_id = shelf.add(make.photo(), "same.jpg")["fileId"]
    other.add(make.photo(), "same.jpg")
    installation.work_off()
    file = shelf.file(file_id)
    begun = begin(shelf, "move", folderId=other.folder_id, fileIds=[file["fileId"]])
    assert shelf.file(file["fileId"])["name"] == "same (2).jpg"
    undone(installation, shelf, begun)
    assert shelf.file(file["fileId"]) == file
    installation.check_counts()


def test_a_selection_is_downloaded_by_its_places(installation: Installation, shelf: Shelf) -> None:
    for number in range(3):
        shelf.add(make.photo(taken=f"2020-01-0{number + 1} 00:00:00"), f"IMG_{number}.jpg")
    form = {"timeline": version_of(shelf), "ranges": [[0, 2]]}
    answer = shelf.by.post(f"{shelf.library}/selection/download", json=form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["fileCount"] == 2


@pytest.mark.parametrize("verb", ["move", "trash"])
def test_the_moving_part_goes_along_and_comes_back(installation: Installation, shelf: Shelf, verb: str) -> None:
    photo, film = (
        shelf.add(make.photo(), "IMG_1.jpg")["fileId"],
        shelf.add(make.film(kind="mov"), "IMG_1.mov")["fileId"],
    )
    with installation.app.writing(SYSTEM) as unit:
        halves = [unit.db.get_one(File, ids.decode(each)) for each in (photo, film)]
        for half in halves:
            half.content_identifier = "one"
        pairs.join(unit, halves[1])
    assert shelf.file(film)["partOf"] == photo
    installation.work_off()
    form: dict[str, Any] = {"folderId": folder(shelf, "Other").folder_id} if verb == "move" else {}
    before = rows(installation)
    begun = begin(shelf, verb, **form, fileIds=[photo, film])
    assert (begun["done"], begun["skipped"]) == (1, 1)
    assert len({(row["folder_id"], row["deleted_at"]) for row in rows(installation).values()}) == 1
    installation.check_counts()
    undone(installation, shelf, begun)
    assert rows(installation) == before
    installation.check_counts()


def test_a_moving_part_whose_folder_is_gone_goes_back_with_its_photo(installation: Installation, shelf: Shelf) -> None:
    apart, other = folder(shelf, "Apart"), folder(shelf, "Other")
    photo = shelf.add(make.photo(), "IMG_1.jpg")["fileId"]
    film = apart.add(make.film(kind="mov"), "IMG_1.mov")["fileId"]
    with installation.app.writing(SYSTEM) as unit:
        halves = [unit.db.get_one(File, ids.decode(each)) for each in (photo, film)]
        for half in halves:
            half.content_identifier = "one"
        pairs.join(unit, halves[1])
    begun = begin(shelf, "move", folderId=other.folder_id, fileIds=[photo])
    assert shelf.by.delete(apart.folder).status_code == 204
    assert undone(installation, shelf, begun)["restored"] == 1
    assert {shelf.file(each)["folderId"] for each in (photo, film)} == {shelf.folder_id}
    installation.check_counts()
