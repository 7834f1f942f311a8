"""Files: what their JSON says, names that clash, lists, the trash."""

import re

import pytest
from tests import make
from tests.installation import Caller, Installation

from albumen.libraries.models import File, Original

ALWAYS = {
    "libraryId", "folderId", "fileId", "name", "mimeType", "isVideo", "width", "height", "importedOn", "fileSize",
    "signature", "version", "isProcessing", "favorite", "archived", "tags", "properties", "userRole",
}  # fmt: skip
ONCE_KNOWN = {
    "takenOn", "takenOnLocal", "takenOnSource", "cameraMake", "cameraModel", "place", "latitude", "longitude",
}  # fmt: skip
DEVELOPED = {"fileSizeSm", "fileSizeMd", "fileSizeLg", "thumbhash"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_the_json_of_a_file(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    plain = shelf.add(make.photo(), "plain.jpg")
    full = shelf.add(make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D"), gps=(48.85, 2.35)))
    assert set(plain) == ALWAYS
    assert set(full) == ALWAYS | ONCE_KNOWN
    assert full["isProcessing"] is True
    installation.work_off()
    after = shelf.file(full["fileId"])
    assert set(after) == ALWAYS | ONCE_KNOWN | DEVELOPED
    assert after["isProcessing"] is False
    assert (after["width"], after["height"], after["mimeType"]) == (64, 48, "image/jpeg")
    assert MOMENT.fullmatch(after["takenOn"])
    assert MOMENT.fullmatch(after["importedOn"])
    assert (after["takenOn"], after["takenOnLocal"]) == ("2021-07-01T10:00:00.000Z", "2021-07-01T12:00:00.000")
    assert (after["latitude"], after["longitude"]) == (pytest.approx(48.85), pytest.approx(2.35))


@pytest.mark.parametrize(
    ("photo", "expected"),
    [
        ({"offset": "-08:00", "gps": (48.85, 2.35)}, "2021-07-01T20:00:00.000Z"),
        ({"gps": (35.68, 139.76)}, "2021-07-01T03:00:00.000Z"),
        ({}, "2021-07-01T16:00:00.000Z"),
    ],
)
def test_own_offset_then_the_places_zone_then_the_librarys(alice: Caller, photo: dict[str, str], expected: str) -> None:
    shelf = alice.library(timeZone="America/New_York")
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00", **photo))  # type: ignore[arg-type]  # by keyword
    assert (file["takenOn"], file["takenOnLocal"]) == (expected, "2021-07-01T12:00:00.000")


def test_what_the_client_says_wins(alice: Caller) -> None:
    shelf = alice.library()
    said = '{"Make": "Nikon", "DateTimeOriginal": "2001:02:03 04:05:06", "GPSLatitude": -33.86, "GPSLongitude": 151.2}'
    photo = make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D"), gps=(48.85, 2.35))
    file = shelf.add(photo, metadata=said)
    assert (file["cameraMake"], file["cameraModel"]) == ("Nikon", "EOS 5D")
    assert file["takenOnLocal"] == "2001-02-03T04:05:06.000"
    assert file["latitude"] == pytest.approx(-33.86)
    again = shelf.add(photo, "again.jpg")
    assert (again["cameraMake"], again["takenOnLocal"]) == ("Canon", "2021-07-01T12:00:00.000")


@pytest.mark.parametrize("said", ["{", "[]", '"x"', "\x00", '{"a":' + "[" * 9000])
def test_metadata_that_is_no_object(installation: Installation, alice: Caller, said: str) -> None:
    answer = alice.library().send(make.photo(), metadata=said)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (400, "metadata")
    assert (installation.blobs(), installation.spools()) == ([], 0)


def test_a_taken_name_gets_a_number(alice: Caller) -> None:
    shelf = alice.library()
    photos = [make.photo() for _ in range(4)]
    added = shelf.send(*photos, names=("a.jpg", "A.JPG", "a (2).jpg", "a.jpg")).json()
    assert [file["name"] for file in added] == ["a.jpg", "A (2).JPG", "a (2) (2).jpg", "a (3).jpg"]


def test_300_clashes_of_a_very_long_name(installation: Installation, alice: Caller) -> None:
    shelf, name = alice.library(), "é" * 130 + ".jpg"
    photo = make.photo()
    for _ in range(3):
        assert shelf.send(*[photo] * 100, names=(name,) * 100).status_code == 200
    files = alice.get(f"{shelf.folder}/files?limit=1000").json()
    assert len({file["name"] for file in files}) == len(files) == 300
    assert any(file["name"].endswith(" (300).jpg") for file in files)
    assert all(len(file["name"].encode()) <= 255 for file in files)
    installation.check_counts()


def test_the_same_bytes_are_stored_once(installation: Installation, alice: Caller) -> None:
    photo, shelf = make.photo(), alice.library()
    first, second = shelf.add(photo), installation.caller("bob").library().add(photo)
    assert first["signature"] == second["signature"]
    assert (len(installation.blobs()), installation.rows(Original), installation.rows(File)) == (1, 1, 2)
    installation.work_off()
    assert len(installation.blobs()) == 4
    third = shelf.add(photo)
    assert third["isProcessing"] is False
    assert third["fileSizeSm"] > 0
    installation.check_counts()


def test_all_files_of_a_request_or_none(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    answer = shelf.send(make.photo(), make.photo(), b"no photo at all", make.photo())
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")
    assert (installation.blobs(), installation.rows(File), installation.spools()) == ([], 0, 0)
    answer = shelf.send(*[make.photo() for _ in range(5)])
    assert [file["name"] for file in answer.json()] == [f"IMG_{n}.jpg" for n in range(1, 6)]
    installation.check_counts()


def test_a_full_quota_says_so_and_stores_nothing(installation: Installation, alice: Caller) -> None:
    photo = make.photo()
    shelf = alice.library(quotaBytes=len(photo) + 10)
    shelf.add(photo)
    answer = shelf.send(make.photo())
    assert answer.status_code == 507
    assert f"{len(photo)} bytes used, 10 free" in answer.json()["detail"]
    assert (len(installation.blobs()), installation.rows(File), installation.spools()) == (1, 1, 0)
    installation.check_counts()


def test_a_long_list_is_paged_by_links(alice: Caller) -> None:
    shelf = alice.library()
    shelf.send(*[make.photo() for _ in range(7)], names=tuple(f"{letter}.jpg" for letter in "gfedcba"))
    path, seen = f"{shelf.folder}/files?limit=3", []
    while path:
        answer = alice.get(path)
        seen.append([file["name"][0] for file in answer.json()])
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        path = link[1].removeprefix("/v1") if link else ""
    assert seen == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "cursor=!!", "cursor=W10", "cursor=" + "x" * 501]
)
def test_what_is_no_page(alice: Caller, query: str) -> None:
    answer = alice.get(f"{alice.library().folder}/files?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_deleted_file_is_gone_from_lists_and_counts(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    kept, gone = shelf.send(make.photo(taken="2021-07-01 12:00:00"), make.photo(taken="2021-07-02 12:00:00")).json()
    installation.work_off()
    path = f"{shelf.library}/files/{gone['fileId']}"
    assert alice.delete(path).status_code == 204
    for each in (
        path,
        f"{path}/contents",
        f"{path}/thumbnails/sm",
        f"{path}/metadata",
        f"/images/{gone['fileId']}/original",
    ):
        assert alice.get(each).status_code == 404
    assert alice.delete(path).status_code == 404
    assert [file["fileId"] for file in alice.get(f"{shelf.folder}/files").json()] == [kept["fileId"]]
    assert alice.get("/images").json()["ids"] == [kept["fileId"]]
    folder = alice.get(shelf.folder).json()
    assert (folder["fileCount"], folder["fileSize"], folder["fileSizeSm"]) == (
        1,
        kept["fileSize"],
        shelf.file(kept["fileId"])["fileSizeSm"],
    )
    installation.check_counts()
    assert shelf.add(make.photo(), gone["name"])["name"] == gone["name"]


def test_a_file_deleted_before_it_was_developed_stays_out_of_the_counts(
    installation: Installation, alice: Caller
) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo())
    alice.delete(f"{shelf.library}/files/{file['fileId']}")
    installation.work_off()
    installation.check_counts()
    assert alice.get(shelf.folder).json()["fileSizeSm"] == 0


def test_strangers_cannot_tell_a_file_from_nothing(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo())["fileId"]
    installation.work_off()
    mallory = installation.caller("mallory")
    own = mallory.library()
    for path in ("", "/contents", "/thumbnails/sm", "/metadata", "/contents?attachment=true"):
        for library in (shelf.library, own.library):
            theirs, nothing = mallory.get(f"{library}/files/{file_id}{path}"), mallory.get(f"{library}/files/zzz{path}")
            assert (theirs.status_code, theirs.json()) == (404, nothing.json())
    for path in ("original", "full-size", "thumbnail", "metadata", "similar"):
        theirs, nothing = mallory.get(f"/images/{file_id}/{path}"), mallory.get(f"/images/zzz/{path}")
        assert (theirs.status_code, theirs.json()) == (404, nothing.json())
    assert mallory.delete(f"{shelf.library}/files/{file_id}").status_code == 404
    assert mallory.delete(f"/images/{file_id}/original").status_code == 404
    assert mallory.post("/operations/thumbnails/generate", json={"id": file_id}).status_code == 404
    sent = mallory.post(f"{shelf.folder}/files", files={"files": ("a.jpg", make.photo())})
    assert sent.status_code == 404
    assert shelf.file(file_id)["fileId"] == file_id
