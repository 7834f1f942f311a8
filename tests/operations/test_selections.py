"""What is done to many files at once, by ids and by places in a timeline, and undone again."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.installation import Caller, Installation, Shelf
from tests.rows import fill

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import AlbumItem, File

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


EVERYTHING: list[tuple[str, dict[str, Any]]] = [
    ("tag", {"add": ["Wedding/Anna", "beach"], "remove": ["old"]}),
    ("edit", {"shiftSeconds": -40 * 86_400, "favorite": True, "rating": 4}),
    ("edit", {"timeZone": "Pacific/Auckland"}),
    ("move", {}),
    ("trash", {}),
    ("add-to-album", {}),
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
    before, items = rows(installation), installation.rows(AlbumItem)
    begun = begin(shelf, verb, **form, timeline=version_of(shelf), ranges=[[10, 15], [20, count + 15]])
    if count > 500:
        begun = finished(installation, shelf, begun)
    assert (begun["status"], begun["done"], begun["skipped"], begun["total"]) == ("done", count, 0, count)
    assert rows(installation) != before or installation.rows(AlbumItem) == items + count
    installation.check_counts()
    assert undone(installation, shelf, begun)["restored"] == count
    assert rows(installation) == before
    assert installation.rows(AlbumItem) == items
    installation.check_counts()
