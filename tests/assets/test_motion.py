"""Live and motion photos: a picture and a film become one photo, whichever comes first."""

import io
import zipfile
from pathlib import Path

import av
import pytest
from PIL import Image
from tests import make
from tests.assets import live_photos
from tests.assets.live_photos import live_photo, motion_photo
from tests.installation import Caller, Installation, Shelf


@pytest.fixture(scope="module")
def live_film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The film of a live photo, as iPhones write it."""
    return live_photos.live_film(tmp_path_factory.mktemp("live"))


def listed(shelf: Shelf) -> list[str]:
    answer = shelf.by.get(f"{shelf.folder}/files").json()
    return [file["name"] for file in (answer["items"] if isinstance(answer, dict) else answer)]


def folder_of(shelf: Shelf) -> dict[str, int]:
    return dict(shelf.by.get(shelf.folder).json())


@pytest.mark.parametrize("order", ["photo first", "film first"])
def test_a_live_photo_is_one_photo(installation: Installation, alice: Caller, live_film: bytes, order: str) -> None:
    shelf = alice.library()
    halves = [(live_photo(), "IMG_1.JPG"), (live_film, "IMG_1.MOV")]
    ids = {name: shelf.add(body, name)["fileId"] for body, name in (halves if order == "photo first" else halves[::-1])}
    installation.work_off()
    photo, film = shelf.file(ids["IMG_1.JPG"]), shelf.file(ids["IMG_1.MOV"])
    assert (photo["motion"], film["partOf"]) == (True, ids["IMG_1.JPG"])
    assert "partOf" not in photo
    told = {"fileId": film["fileId"], "name": "IMG_1.MOV", "fileSize": len(live_film)}
    assert photo["parts"] == [{**told, "signature": film["signature"], "mimeType": "video/quicktime"}]
    assert "parts" not in film
    assert listed(shelf) == ["IMG_1.JPG"]
    folder = folder_of(shelf)
    assert (folder["fileCount"], folder["fileSize"]) == (1, len(live_photo()) + len(live_film))
    installation.check_counts()


def test_its_moving_part_plays_and_the_film_stays_byte_for_byte(
    installation: Installation, alice: Caller, live_film: bytes
) -> None:
    shelf = alice.library()
    photo_id = shelf.add(live_photo(), "IMG_1.JPG")["fileId"]
    film_id = shelf.add(live_film, "IMG_1.MOV")["fileId"]
    path = f"{shelf.library}/files/{photo_id}"
    assert alice.get(f"{path}/motion").status_code == 404
    installation.work_off()
    played = alice.get(f"{path}/motion")
    assert (played.status_code, played.headers["content-type"]) == (200, "video/mp4")
    assert codec_of(played.content) == "h264"
    part = alice.get(f"{path}/motion", headers={"Range": "bytes=0-3", "If-Range": played.headers["etag"]})
    assert (part.status_code, part.content) == (206, played.content[:4])
    original = alice.get(f"{shelf.library}/files/{film_id}/contents?attachment=true")
    assert original.content == live_film
    assert installation.caller("bob").get(f"{path}/motion").status_code == 404


def codec_of(body: bytes) -> str:
    with av.open(io.BytesIO(body)) as film:
        return film.streams.video[0].codec_context.name


UNLIKE = {"another identifier": live_photo("another"), "none": make.photo()}


@pytest.mark.parametrize("why", UNLIKE)
def test_what_does_not_belong_together_stays_apart(
    installation: Installation, alice: Caller, live_film: bytes, why: str
) -> None:
    shelf = alice.library()
    shelf.add(UNLIKE[why], "IMG_1.JPG")
    film = shelf.add(live_film, "IMG_1.MOV")
    assert "partOf" not in film
    assert folder_of(shelf)["fileCount"] == 2
    installation.check_counts()


def test_only_who_may_read_the_moving_part_is_told_of_it(
    installation: Installation, alice: Caller, live_film: bytes
) -> None:
    shelf = alice.library()
    made = alice.post(f"{shelf.library}/folders", json={"name": "Films", "parentId": ""}).json()
    photo_id = shelf.add(live_photo(), "IMG_1.JPG")["fileId"]
    film = Shelf(alice, shelf.library_id, made["folderId"]).add(live_film, "IMG_1.MOV")
    assert film["partOf"] == photo_id
    album = alice.post(f"{shelf.library}/albums", json={"name": "Best", "fileIds": [photo_id]}).json()
    places = {"bob": shelf.folder, "carol": f"{shelf.library}/albums/{album['albumId']}"}
    for name, place in places.items():
        assert alice.post(f"{place}/users", json={"userId": name, "role": "reader"}).status_code == 200
    path = f"{shelf.library}/files/{photo_id}"
    told = {name: installation.caller(name).get(path).json() for name in ("alice", *places)}
    assert {name: [each["fileId"] for each in told[name].get("parts", ())] for name in told} == {
        "alice": [film["fileId"]],
        "bob": [],
        "carol": [film["fileId"]],
    }
    assert all(each["motion"] for each in told.values())
    contents = f"{shelf.library}/files/{film['fileId']}/contents?attachment=true"
    assert [installation.caller(name).get(contents).status_code for name in told] == [200, 404, 200]


def test_a_long_film_stands_for_itself(alice: Caller, tmp_path: Path) -> None:
    shelf = alice.library()
    shelf.add(live_photo(), "IMG_1.JPG")
    assert "partOf" not in shelf.add(live_photos.live_film(tmp_path, loops=11), "IMG_1.MOV")


def test_each_photo_has_its_own_film(installation: Installation, alice: Caller, live_film: bytes) -> None:
    shelf = alice.library()
    photos = [shelf.add(live_photo(), f"{number}.JPG")["fileId"] for number in (1, 2)]
    parts = [shelf.add(live_film, f"{number}.MOV").get("partOf") for number in (1, 2, 3)]
    assert parts == [*photos, None]
    installation.check_counts()


def test_halves_in_two_libraries_stay_apart(installation: Installation, alice: Caller, live_film: bytes) -> None:
    one, two = alice.library(), alice.library(name="Other")
    one.add(live_photo(), "IMG_1.JPG")
    assert "partOf" not in two.add(live_film, "IMG_1.MOV")


def test_the_film_behind_a_motion_photo_is_taken_out(installation: Installation, alice: Caller) -> None:
    body, film = motion_photo()
    shelf = alice.library()
    file = shelf.add(body, "PXL_1.MP.jpg")
    installation.work_off()
    after = shelf.file(file["fileId"])
    assert (after["motion"], after["isProcessing"], after.get("failure")) == (True, False, None)
    path = f"{shelf.library}/files/{file['fileId']}"
    played = alice.get(f"{path}/motion")
    assert (played.status_code, codec_of(played.content)) == (200, "h264")
    assert alice.get(f"{path}/contents?attachment=true").content == body
    assert Image.open(io.BytesIO(alice.get(f"{path}/contents").content)).size == (40, 30)
    assert len(film) < len(body)
    installation.check_counts()
    assert installation.spools() == 0


def test_a_photo_that_points_to_no_film_is_still_a_photo(installation: Installation, alice: Caller) -> None:
    body, film = motion_photo()
    shelf = alice.library()
    file = shelf.add(body[: -len(film)] + bytes(len(film)), "PXL_1.MP.jpg")
    installation.work_off()
    after = shelf.file(file["fileId"])
    assert (after.get("motion"), after["isProcessing"], after.get("failure")) == (None, False, None)
    assert alice.get(f"{shelf.library}/files/{file['fileId']}/motion").status_code == 404


def test_a_download_holds_both_halves(alice: Caller, live_film: bytes) -> None:
    shelf = alice.library()
    photo_id = shelf.add(live_photo(), "IMG_1.JPG")["fileId"]
    shelf.add(live_film, "IMG_1.MOV")
    asked = alice.post(f"{shelf.library}/selection/download", json={"fileIds": [photo_id]}).json()
    with zipfile.ZipFile(io.BytesIO(alice.client.get(asked["url"]).content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {"IMG_1.JPG": live_photo(), "IMG_1.MOV": live_film}
