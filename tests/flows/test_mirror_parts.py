"""The mirror and live photos: both halves come, whichever was uploaded first, and go with the photo."""

import sqlite3
from pathlib import Path

import pytest
from tests import make
from tests.assets import live_photos
from tests.flows.mirrored import folder, local, patch, remote, run
from tests.installation import Shelf

from albumen_client import Client
from albumen_client.mirror.tree import OWN

PHOTO, FILM = "All Pictures/IMG_1.JPG", "All Pictures/IMG_1.MOV"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return live_photos.live_film(tmp_path_factory.mktemp("live"))


@pytest.fixture
def halves(film: bytes) -> dict[str, bytes]:
    return {"IMG_1.JPG": live_photos.live_photo(), "IMG_1.MOV": film}


def live(shelf: Shelf, halves: dict[str, bytes]) -> tuple[str, str]:
    """A live photo; the ids of the photo and of its film."""
    ids = {name: shelf.add(body, name)["fileId"] for name, body in halves.items()}
    return ids["IMG_1.JPG"], ids["IMG_1.MOV"]


@pytest.mark.parametrize("first", ["IMG_1.JPG", "IMG_1.MOV"])
@pytest.mark.parametrize("when", ["before all", "between them", "after both"])
def test_both_halves_come(
    client: Client, shelf: Shelf, home: Path, halves: dict[str, bytes], first: str, when: str
) -> None:
    if when == "before all":
        run(client, shelf, home)
    ids = {first: shelf.add(halves[first], first)["fileId"]}
    if when == "between them":
        run(client, shelf, home)
    for name in halves.keys() - ids.keys():
        ids[name] = shelf.add(halves[name], name)["fileId"]
    outcome = run(client, shelf, home)
    assert (outcome.removed, outcome.failed) == (0, {})
    assert (
        local(home)
        == remote(shelf.by, shelf)
        == {"All Pictures": None, PHOTO: halves["IMG_1.JPG"], FILM: halves["IMG_1.MOV"]}
    )
    patch(shelf.by, f"{shelf.library}/files/{ids['IMG_1.JPG']}", title="Seen")
    outcome = run(client, shelf, home)
    assert (outcome.downloaded, outcome.moved, outcome.removed) == (0, 0, 0)


def test_the_film_goes_where_its_photo_goes(client: Client, shelf: Shelf, home: Path, halves: dict[str, bytes]) -> None:
    photo_id, film_id = live(shelf, halves)
    below = folder(shelf, "2024")
    below.add(make.film(), "IMG_1.MOV")
    run(client, shelf, home)
    patch(shelf.by, f"{shelf.library}/files/{photo_id}", folderId=below.folder_id)
    outcome = run(client, shelf, home)
    assert (outcome.downloaded, outcome.moved) == (0, 2)
    assert local(home) == remote(shelf.by, shelf)
    assert {"All Pictures/2024/IMG_1.JPG", "All Pictures/2024/IMG_1 (2).MOV"} <= local(home).keys()
    patch(shelf.by, f"{shelf.library}/files/{film_id}", name="Moving.MOV")
    assert run(client, shelf, home).moved == 1
    assert local(home) == remote(shelf.by, shelf)
    assert "All Pictures/2024/Moving.MOV" in local(home)


def test_a_film_that_lies_elsewhere_comes_beside_its_photo(
    client: Client, shelf: Shelf, home: Path, halves: dict[str, bytes]
) -> None:
    other = folder(shelf, "Films")
    shelf.add(halves["IMG_1.JPG"], "IMG_1.JPG")
    other.add(halves["IMG_1.MOV"], "IMG_1.MOV")
    shelf.add(make.film(), "IMG_1.MOV")
    run(client, shelf, home)
    there = local(home)
    assert there.keys() == {"All Pictures", "All Pictures/Films", PHOTO, FILM, "All Pictures/IMG_1 (2).MOV"}
    assert there["All Pictures/IMG_1 (2).MOV"] == halves["IMG_1.MOV"]
    shelf.by.delete(other.folder)
    assert run(client, shelf, home).removed == 1
    assert local(home).keys() == {"All Pictures", PHOTO, FILM}


@pytest.mark.parametrize("which", ["the photo", "the film"])
def test_what_is_deleted_goes_and_what_is_restored_comes(
    client: Client, shelf: Shelf, home: Path, halves: dict[str, bytes], which: str
) -> None:
    photo_id, film_id = live(shelf, halves)
    run(client, shelf, home)
    chosen, left = (photo_id, set()) if which == "the photo" else (film_id, {PHOTO})
    assert shelf.by.delete(f"{shelf.library}/files/{chosen}").status_code == 204
    run(client, shelf, home)
    assert local(home).keys() == {"All Pictures", *left}
    assert shelf.by.post(f"{shelf.library}/trash/restore", json={"fileIds": [chosen]}).status_code == 200
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)
    assert local(home).keys() == {"All Pictures", PHOTO, FILM}


def test_a_new_version_of_the_film_comes(client: Client, shelf: Shelf, home: Path, halves: dict[str, bytes]) -> None:
    _, film_id = live(shelf, halves)
    run(client, shelf, home)
    newer = make.film()
    path = f"{shelf.library}/files/{film_id}/versions"
    assert shelf.by.post(path, files={"file": ("IMG_1.MOV", newer)}).status_code == 200
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)
    assert newer in local(home).values()


def test_a_memory_of_another_version_is_made_anew(
    client: Client, shelf: Shelf, home: Path, halves: dict[str, bytes]
) -> None:
    live(shelf, halves)
    run(client, shelf, home)
    memory = sqlite3.connect(home / OWN / "state.db")
    memory.executescript("DROP TABLE files; CREATE TABLE files (id TEXT PRIMARY KEY); PRAGMA user_version = 0;")
    memory.close()
    outcome = run(client, shelf, home)
    assert (outcome.downloaded, outcome.moved, outcome.removed) == (0, 0, 0)
    assert local(home) == remote(shelf.by, shelf)
