"""Bytes that are delivered: contents, thumbnails, ranges, and what was read from a file."""

import io
import json
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation

from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Original


def test_a_photo_that_browsers_show_is_its_own_contents(installation: Installation, alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    path = f"{shelf.library}/files/{shelf.add(photo, 'Été "1".jpg')['fileId']}/contents"
    answer = alice.get(path)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, photo, "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline")
    download = alice.get(f"{path}?attachment=true")
    assert download.content == photo
    assert download.headers["content-disposition"].startswith("attachment")
    assert "filename*=UTF-8''%C3%89t%C3%A9" in download.headers["content-disposition"]


def test_a_tiff_is_shown_converted_and_downloaded_as_it_came(installation: Installation, alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo(kind="tiff", size=(800, 600))
    path = f"{shelf.library}/files/{shelf.add(photo, 'scan.tif')['fileId']}"
    waiting = alice.get(f"{path}/contents")
    assert (waiting.status_code, "not made yet" in waiting.json()["detail"]) == (404, True)
    installation.work_off()
    shown = alice.get(f"{path}/contents")
    assert shown.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == (800, 600)
    assert alice.get(path).json()["fileSizeCnv"] == len(shown.content)
    assert alice.get(f"{path}/contents?attachment=true").content == photo
    installation.check_counts()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((2000, 1000), {"sm": (320, 160), "md": (640, 320), "lg": (1440, 720)}),
        ((500, 1000), {"sm": (160, 320), "md": (320, 640), "lg": (500, 1000)}),
        ((64, 48), {"sm": (64, 48), "md": (64, 48), "lg": (64, 48)}),
    ],
)
def test_thumbnails_are_bounded_and_never_larger_than_the_photo(
    installation: Installation, alice: Caller, size: tuple[int, int], expected: dict[str, tuple[int, int]]
) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo(size=size))["fileId"]
    path = f"{shelf.library}/files/{file_id}/thumbnails"
    assert alice.get(f"{path}/sm").status_code == 404
    installation.work_off()
    for name, bounds in expected.items():
        answer = alice.get(f"{path}/{name}")
        assert Image.open(io.BytesIO(answer.content)).size == bounds
        assert answer.headers["content-type"] == ("image/jpeg" if name == "lg" else "image/webp")
        assert shelf.file(file_id)[f"fileSize{name.capitalize()}"] == len(answer.content)
    assert alice.get(f"{path}/xl").status_code == 400


def test_ranges_and_what_the_caller_has_already(alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    file = shelf.add(photo)
    path = f"{shelf.library}/files/{file['fileId']}/contents"
    whole = alice.get(path)
    assert whole.headers["accept-ranges"] == "bytes"
    assert file["signature"] in whole.headers["etag"]
    part = alice.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, photo[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(photo)}"
    assert alice.get(path, headers={"Range": f"bytes={len(photo)}-"}).status_code == 416
    known = alice.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = alice.call("HEAD", path)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(photo)))


def test_metadata_by_group(alice: Caller) -> None:
    photo = make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D"), gps=(48.85, 2.35))
    file = alice.catalogue(photo).json()
    for path in (
        f"/libraries/{file['libraryId']}/files/{file['fileId']}/metadata",
        f"/images/{file['fileId']}/metadata",
    ):
        told = alice.get(path).json()
        assert told["file"] == alice.get(path.removesuffix("/metadata")).json() if "libraries" in path else True
        assert (told["facts"]["make"], told["facts"]["model"]) == ("Canon", "EOS 5D")
        assert "storedWidth" in told["facts"]
        assert told["groups"]


def test_what_is_not_known_of_a_date_is_left_out(alice: Caller) -> None:
    facts: dict[str, Any] = {}
    for offset in (None, "+02:00"):
        file = alice.catalogue(make.photo(taken="2021-07-01 12:00:00", offset=offset), f"{offset}.jpg").json()
        answer = alice.get(f"/libraries/{file['libraryId']}/files/{file['fileId']}/metadata")
        assert "null" not in answer.text
        facts[str(offset)] = answer.json()["facts"]["taken"]
    local = {"local": "2021-07-01T12:00:00", "source": "exif:DateTimeOriginal"}
    assert facts == {"None": local, "+02:00": {**local, "offsetMinutes": 120}}


def test_facts_that_were_kept_with_null_are_still_read(installation: Installation, alice: Caller) -> None:
    file = alice.catalogue(make.photo(taken="2021-07-01 12:00:00")).json()
    with installation.app.writing(SYSTEM) as unit:
        kept = unit.db.scalars(select(Original)).one()
        facts = json.loads(kept.facts)
        facts["taken"] |= {"offset_minutes": None}
        kept.facts = json.dumps(facts).encode()
    told = alice.get(f"/images/{file['fileId']}/metadata")
    assert "offsetMinutes" not in told.json()["facts"]["taken"]
    assert told.json()["facts"]["taken"]["local"] == "2021-07-01T12:00:00"


def test_images_by_time(installation: Installation, alice: Caller) -> None:
    taken = ("2021-06-30 23:59:59", "2021-07-01 00:00:00", "2021-07-31 23:59:59", "2021-08-01 00:00:00")
    made = [alice.catalogue(make.photo(taken=each, offset="+02:00")).json()["fileId"] for each in taken]
    undated = alice.catalogue(make.photo(), "undated.jpg").json()["fileId"]

    def found(query: str = "") -> set[int]:
        wanted = alice.get(f"/images?{query}").json()["ids"]
        return {made.index(each) if each in made else -1 for each in wanted}

    assert found() == {0, 1, 2, 3, -1}
    assert found("begin-time=2021-07-01&end-time=2021-07-31") == {1, 2}
    assert found("begin-time=20210701&end-time=20210731") == {1, 2}
    assert found("begin-time=2021-07-01 00:00:01&end-time=2021-07-31 23:59:58") == set()
    assert found("begin-time=2021-07-01 00:00:00&end-time=2021-07-31 23:59:59") == {1, 2}
    assert found("begin-time=2021-06-30T21:59:59Z&end-time=2021-06-30T22:00:00Z") == {0, 1}
    assert found("begin-time=2021-07-01T00:00:00%2B02:00&end-time=2021-07-01") == {1}
    assert found("end-time=2021-06-30") == {0}
    assert undated not in alice.get("/images?begin-time=1900-01-01").json()["ids"]
    assert installation.caller("bob").get("/images").json() == {"ids": []}
    pages = [alice.get("/images?limit=3").json()]
    pages.append(alice.get(f"/images?limit=3&cursor={pages[0]['next']}").json())
    assert [len(page["ids"]) for page in pages] == [3, 2]
    assert "next" not in pages[1]
    assert set(pages[0]["ids"] + pages[1]["ids"]) == {*made, undated}


@pytest.mark.parametrize(
    "query", ["begin-time=yesterday", "end-time=2021-13-01", "begin-time=0", "end-time=%00", "cursor=x"]
)
def test_what_is_no_time(alice: Caller, query: str) -> None:
    answer = alice.get(f"/images?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("query", ["begin-time=0001-01-01T00:00:00%2B14:00", "end-time=9999-12-31T23:59:59-12:00"])
def test_the_ends_of_time_are_times(alice: Caller, query: str) -> None:
    assert alice.get(f"/images?{query}").json() == {"ids": []}


def test_similar_images_come_nearest_first(installation: Installation, alice: Caller) -> None:
    out = io.BytesIO()
    make.picture((400, 300), 5).save(out, "JPEG", quality=40)
    original, alike, other = make.photo(size=(400, 300), seed=5), out.getvalue(), make.photo(size=(400, 300), seed=6)
    ids = [alice.catalogue(each).json()["fileId"] for each in (original, alike, other)]
    assert alice.get(f"/images/{ids[0]}/similar").json() == []
    installation.work_off()
    [near] = alice.get(f"/images/{ids[0]}/similar").json()
    assert near["id"] == ids[1]
    assert 0 <= near["distance"] <= 10
    installation.caller("bob").catalogue(original)
    assert len(alice.get(f"/images/{ids[0]}/similar").json()) == 1


def test_a_deleted_rendition_is_missing_until_it_is_made_again(installation: Installation, alice: Caller) -> None:
    file_id = alice.catalogue(make.photo()).json()["fileId"]
    installation.work_off()
    before = alice.get(f"/images/{file_id}/thumbnail")
    assert alice.delete(f"/images/{file_id}/thumbnail").status_code == 204
    assert alice.get(f"/images/{file_id}/thumbnail").status_code == 404
    assert alice.get("/operations/thumbnails/missing").json()["ids"] == [file_id]
    installation.check_counts()
    assert alice.post("/operations/thumbnails/generate", json={"id": file_id}).json() == {"queued": 1}
    installation.work_off()
    assert alice.get(f"/images/{file_id}/thumbnail").content == before.content
    assert alice.get("/operations/thumbnails/missing").json()["ids"] == []
    installation.check_counts()


def test_deleting_the_original_deletes_the_image(installation: Installation, alice: Caller) -> None:
    file_id = alice.catalogue(make.photo()).json()["fileId"]
    installation.work_off()
    assert alice.get(f"/images/{file_id}/original").status_code == 200
    assert alice.delete(f"/images/{file_id}/original").status_code == 204
    assert [alice.get(f"/images/{file_id}/{form}").status_code for form in ("original", "thumbnail")] == [404, 404]
    assert alice.get("/images").json()["ids"] == []
    assert alice.get("/operations/thumbnails").json()["ids"] == []
    installation.check_counts()


def test_a_film_has_a_poster_and_its_own_bytes(installation: Installation, alice: Caller) -> None:
    film, shelf = make.film(codec="libx264"), alice.library()
    file = shelf.add(film, "clip.mp4")
    assert (file["isVideo"], file["mimeType"]) == (True, "video/mp4")
    assert file["durationSeconds"] > 0
    installation.work_off()
    path = f"{shelf.library}/files/{file['fileId']}"
    assert alice.get(f"{path}/contents").content == film
    assert alice.get(f"{path}/thumbnails/sm").status_code == 200


def test_what_cannot_be_developed_stays_downloadable_and_says_why(installation: Installation, alice: Caller) -> None:
    broken, shelf = make.garbled(), alice.library()
    file = shelf.add(broken, "broken.jpg")
    installation.work_off()
    after = shelf.file(file["fileId"])
    assert after["isProcessing"] is False
    assert len(after["failure"]) > 10
    assert "/" not in after["failure"]
    path = f"{shelf.library}/files/{file['fileId']}"
    assert alice.get(f"{path}/contents?attachment=true").content == broken
    assert alice.get(f"/images/{file['fileId']}/original").content == broken
    assert shelf.add(make.photo(), "next.jpg")["isProcessing"] is True
    installation.check_counts()


def test_nobody_takes_a_thumbnail_from_others(installation: Installation, alice: Caller) -> None:
    photo, bob = make.photo(), installation.caller("bob")
    shelf = alice.library()
    hers, his = shelf.add(photo)["fileId"], bob.library().add(photo)["fileId"]
    installation.work_off()
    assert bob.delete(f"/images/{his}/thumbnail").status_code == 204
    assert alice.get(f"/images/{hers}/thumbnail").status_code == 200
    alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "contributor"})
    assert bob.delete(f"/images/{his}/thumbnail").status_code == 204
    assert alice.get(f"/images/{hers}/thumbnail").status_code == 404
    installation.check_counts()
