"""What is odd but comes in, and what comes in and is quarantined."""

import pytest
from tests import make
from tests.flows.test_bad_input import BOUNDARY, bare, digest
from tests.installation import Caller, Installation


def test_names_are_kept_as_data(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    names = (
        "../../evil.jpg",
        "a\u202egpj.exe.jpg",
        "..",
        "x" * 300 + ".jpg",
        "C:\\temp\\b.jpg",
        "%00.jpg",
        "' OR 1=1.jpg",
    )
    added = shelf.send(*[make.photo() for _ in names], names=names).json()
    assert [file["name"] for file in added] == [
        "evil.jpg",
        "agpj.exe.jpg",
        "photo.jpg",
        "x" * 251 + ".jpg",
        "b.jpg",
        "%00.jpg",
        "' OR 1=1.jpg",
    ]
    installation.work_off()
    for file in added:
        assert alice.get(f"{shelf.library}/files/{file['fileId']}/contents?attachment=true").status_code == 200
    store = installation.app.settings.store_folder
    assert not [each for each in store.rglob("*") if "evil" in each.name]
    installation.check_counts()


@pytest.mark.parametrize("header", ["Content-Digest", "Repr-Digest"])
def test_right_digests_are_taken(alice: Caller, header: str) -> None:
    photo = make.photo()
    assert bare(alice.library(), photo, **{header: digest(photo)}).status_code == 201
    shelf, other = alice.library(), make.photo()
    body = make.form(("files", "a.jpg", other))
    value = digest(body if header == "Content-Digest" else other)
    path = f"{shelf.folder}/files"
    assert alice.post(path, content=body, headers={**BOUNDARY, header: value}).status_code == 200
    each = f"\r\n{header}: {digest(other)}\r\n\r\n".encode()
    body = body.replace(b"\r\n\r\n", each, 1)
    assert alice.post(path, content=body, headers=BOUNDARY).status_code == 200
    assert bare(shelf, make.photo(), **{header: digest(photo, "sha512")}).status_code == 201


@pytest.mark.parametrize(
    "kind", ["image/jpeg", "image/heic", "application/octet-stream", "video/mp4", "IMAGE/JPEG; q=1"]
)
def test_a_photo_may_come_as_it_is(alice: Caller, kind: str) -> None:
    photo = make.photo(taken="2021-07-01 12:00:00")
    answer = alice.post("/upload/?name=IMG_7.jpg", content=photo, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["name"], answer.json()["mimeType"]) == (201, "IMG_7.jpg", "image/jpeg")
    shelf = alice.library()
    again = alice.post(f"{shelf.folder}/files", content=photo, headers={"Content-Type": kind})
    assert (again.status_code, again.json()[0]["name"]) == (200, "photo.jpg")


def test_a_body_in_pieces_without_a_length(alice: Caller) -> None:
    photo = make.photo(size=(800, 600), kind="png")
    pieces = (photo[start : start + 1000] for start in range(0, len(photo), 1000))
    answer = alice.post("/upload/", content=pieces, headers={"Content-Type": "image/png"})
    assert (answer.status_code, answer.json()["fileSize"]) == (201, len(photo))


def test_a_truncated_photo_is_kept_and_shows_what_it_has(installation: Installation, alice: Caller) -> None:
    shelf, whole = alice.library(), make.photo(size=(800, 600))
    file = shelf.add(whole[: len(whole) // 2], "cut.jpg")
    installation.work_off()
    after = shelf.file(file["fileId"])
    assert after["isProcessing"] is False
    assert after["failure"]
    assert alice.get(f"/images/{file['fileId']}/original").content == whole[: len(whole) // 2]
    installation.check_counts()


def test_a_photo_that_lies_about_its_name_is_served_as_what_it_is(alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo(kind="png"), "page.html")
    assert file["mimeType"] == "image/png"
    answer = alice.get(f"{shelf.library}/files/{file['fileId']}/contents")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("image/png", "nosniff")


@pytest.mark.parametrize(("size", "reason"), [((30_000, 30_000), "megapixels"), ((80_000, 8), "pixels wide")])
def test_a_bomb_is_kept_and_never_unfolded(
    installation: Installation, alice: Caller, size: tuple[int, int], reason: str
) -> None:
    bomb, shelf = make.bomb(*size), alice.library()
    assert len(bomb) < 200_000
    file = shelf.add(bomb, "bomb.png")
    installation.work_off()
    after = shelf.file(file["fileId"])
    assert (after["isProcessing"], reason in after["failure"]) == (False, True)
    path = f"{shelf.library}/files/{file['fileId']}"
    assert alice.get(f"{path}/thumbnails/sm").status_code == 404
    assert alice.get(f"{path}/contents?attachment=true").content == bomb
    installation.check_counts()
