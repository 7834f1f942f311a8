"""Exports over HTTP: what is in the ZIP, who may have it, and what becomes of it."""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.assets.exports import exporting, exports
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original
from albumen.media import sidecars


def begin(shelf: Shelf, *file_ids: str, by: Caller | None = None, **form: Any) -> str:
    """Ask for an export; its job id."""
    asked = (by or shelf.by).post(f"{shelf.library}/exportjobs", json={"fileIds": list(file_ids), **form})
    assert asked.status_code == 200, asked.text
    assert asked.json().keys() == {"jobId"}
    return str(asked.json()["jobId"])


def job(shelf: Shelf, job_id: str) -> dict[str, Any]:
    """An export's JSON."""
    return dict(shelf.by.get(f"{shelf.library}/exportjobs/{job_id}").json())


def finished(installation: Installation, shelf: Shelf, *file_ids: str, **form: Any) -> zipfile.ZipFile:
    """A finished export, opened and proved."""
    job_id = begin(shelf, *file_ids, **form)
    installation.work_off()
    assert job(shelf, job_id)["status"] == "success", job(shelf, job_id)
    body = shelf.by.get(f"{shelf.library}/exports/{job_id}")
    assert body.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(body.content))
    assert archive.testzip() is None
    return archive


def manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    return dict(json.loads(archive.read("manifest.json")))


def task_of(job_id: str, report: Callable[[float, str], bool] = lambda share, note: True) -> Task:
    return Task(1, exports.EXPORT, job_id, {}, 1, report)


def correct(shelf: Shelf, file_id: str, **told: Any) -> None:
    """As a user does."""
    answer = shelf.by.call("PATCH", f"{shelf.library}/files/{file_id}", json=told)
    assert answer.status_code == 200, answer.text


def test_a_zip_of_originals_byte_for_byte(installation: Installation, alice: Caller, tmp_path: Path) -> None:
    shelf = alice.library(name="Wedding 2021")
    photos = [make.photo(taken="2021-07-01 12:00:00"), make.photo(kind="png"), make.film()]
    names = ("IMG_1.jpg", "IMG_2.png", "MOV_3.mp4")
    chosen = [shelf.add(photo, name)["fileId"] for photo, name in zip(photos, names, strict=True)]
    archive = finished(installation, shelf, *reversed(chosen), chosen[0])
    assert archive.namelist() == [*reversed(names), "manifest.json", "SHA256SUMS"]
    assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
    archive.extractall(tmp_path)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 4
    told = manifest(archive)
    assert told["missing"] == []
    assert told["files"][-1] == {
        "name": "IMG_1.jpg",
        "fileId": chosen[0],
        "size": len(photos[0]),
        "sha256": hashlib.sha256(photos[0]).hexdigest(),
        "takenOn": "2021-07-01T12:00:00.000Z",
    }
    assert [archive.read(name) for name in names] == photos
    installation.check_counts()


def test_the_job_tells_all_about_itself(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo())["fileId"]
    job_id = begin(shelf, file_id, filename="../Best: of")
    before = job(shelf, job_id)
    assert (before["status"], before["progress"], before["fileIds"]) == ("pending", 0, [file_id])
    assert (before["createdBy"], before["updatedBy"], before["libraryId"]) == ("alice", "alice", shelf.library_id)
    assert before["filename"] == "_Best_ of.zip"
    assert shelf.by.get(f"{shelf.library}/exports/{job_id}").status_code == 409
    installation.work_off()
    after = job(shelf, job_id)
    assert (after["status"], after["progress"]) == ("success", 1)
    assert after["updatedOn"] >= before["updatedOn"]
    week = datetime.fromisoformat(after["expiresOn"]) - datetime.now(UTC)
    assert 6.9 < week.total_seconds() / 86400 < 7.1
    listed = shelf.by.get(f"{shelf.library}/exportjobs").json()["jobs"]
    assert [each.pop("jobId") for each in listed] == [job_id]
    assert listed[0]["fileCount"] == 1
    assert "fileIds" not in listed[0]


def test_it_is_served_like_any_bytes(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(name="Café")
    job_id = begin(shelf, shelf.add(make.photo())["fileId"])
    installation.work_off()
    path = f"{shelf.library}/exports/{job_id}"
    whole = alice.get(path, params={"attachment": "true"})
    assert whole.headers["content-type"] == "application/zip"
    assert whole.headers["content-disposition"] == "attachment; filename=\"Caf_.zip\"; filename*=UTF-8''Caf%C3%A9.zip"
    assert int(whole.headers["content-length"]) == job(shelf, job_id)["fileSize"]
    part = alice.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert alice.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert alice.get(path).headers["content-disposition"].startswith("inline")


def test_names_are_made_distinct(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    other = alice.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Other"}).json()
    below = Shelf(alice, shelf.library_id, other["folderId"])
    chosen = [shelf.add(make.photo(), "IMG_1.jpg"), below.add(make.photo(), "img_1.JPG")]
    chosen += [shelf.add(make.photo(), "IMG_1.jpg.xmp"), shelf.add(make.photo(), "manifest.json")]
    archive = finished(installation, shelf, *(each["fileId"] for each in chosen), metadata="sidecars")
    names = archive.namelist()
    assert len({name.casefold() for name in names}) == len(names) == 10
    assert {"IMG_1.jpg", "img_1 (2).JPG", "SHA256SUMS", "manifest.json", "manifest (2).json"} <= set(names)
    for each in manifest(archive)["files"]:
        assert each["sidecar"].endswith(".xmp")
        assert archive.read(each["sidecar"]).startswith(b"<?xpacket")


def test_sidecars_say_what_users_did(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    photo = make.photo(taken="2021-07-01 12:00:00", offset="+02:00", gps=(48.8566, 2.3522))
    file_id = shelf.add(photo)["fileId"]
    correct(shelf, file_id, title="Títle <1>", comments="Two\nlines", tags=["a", "b, c"], rating=5)
    archive = finished(installation, shelf, file_id, metadata="sidecars")
    assert archive.namelist()[:2] == ["IMG_1.jpg", "IMG_1.jpg.xmp"]
    assert archive.read("IMG_1.jpg") == photo
    found = sidecars.read_sidecar(archive.read("IMG_1.jpg.xmp"), "IMG_1.jpg.xmp")
    assert (found.title, found.description, found.keywords, found.rating) == (
        "Títle <1>",
        "Two\nlines",
        ("a", "b, c"),
        5,
    )
    assert found.taken is not None
    assert (found.taken.local, found.taken.offset_minutes) == (datetime(2021, 7, 1, 12), 120)
    assert (found.latitude, found.longitude) == (48.8566, 2.3522)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_corrections_are_written_into_copies(installation: Installation, alice: Caller, kind: str) -> None:
    shelf = alice.library()
    photo = make.photo(kind=kind, camera=("Canon", "R5"))
    edited, plain = shelf.add(photo, f"edited.{kind}"), shelf.add(make.photo(kind=kind), f"plain.{kind}")
    place = {"latitude": -33.9, "longitude": 18.4, "altitude": 12.5}
    said = {"title": "New", "tags": ["x"], "rating": 2, "cameraModel": "R6", "takenOn": "2020-02-29T23:00:00+01:00"}
    correct(shelf, edited["fileId"], **said, **place)
    archive = finished(installation, shelf, edited["fileId"], plain["fileId"], metadata="embedded")
    assert archive.namelist()[:2] == [f"edited.{kind}", f"plain.{kind}"]
    told = {each["name"]: each for each in manifest(archive)["files"]}
    assert told[f"edited.{kind}"]["isEmbedded"]
    assert "isEmbedded" not in told[f"plain.{kind}"]
    other = alice.library(name="Other")
    again = other.add(archive.read(f"edited.{kind}"), f"edited.{kind}")
    assert (again["title"], again["tags"], again["rating"]) == ("New", ["x"], 2)
    assert (again["cameraMake"], again["cameraModel"]) == ("Canon", "R6")
    assert again["takenOn"] == "2020-02-29T22:00:00.000Z"
    assert (again["latitude"], again["longitude"], again["altitude"]) == (-33.9, 18.4, 12.5)
    original = alice.get(f"{shelf.library}/files/{edited['fileId']}/contents?attachment=true")
    assert original.content == photo


def test_what_does_not_take_facts_gets_a_sidecar(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    film, gif = make.film(), make.photo(kind="gif")
    chosen = [shelf.add(film, "film.mp4")["fileId"], shelf.add(gif, "still.gif")["fileId"]]
    for file_id in chosen:
        correct(shelf, file_id, title="Said")
    archive = finished(installation, shelf, *chosen, metadata="embedded")
    assert archive.namelist()[:4] == ["film.mp4", "film.mp4.xmp", "still.gif", "still.gif.xmp"]
    assert (archive.read("film.mp4"), archive.read("still.gif")) == (film, gif)


def test_the_moving_part_lies_beside_its_photo(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    film = make.film(kind="mov")
    photo_id, film_id = shelf.add(make.photo(), "IMG_7.jpg")["fileId"], shelf.add(film, "IMG_7.mov")["fileId"]
    installation.work_off()
    with installation.app.writing(SYSTEM) as unit:
        part = update(File).where(File.id == ids.decode(film_id))
        unit.db.execute(part.values(part_of=ids.decode(photo_id)))
    archive = finished(installation, shelf, photo_id, metadata="sidecars")
    assert archive.namelist()[:3] == ["IMG_7.jpg", "IMG_7.jpg.xmp", "IMG_7.mov"]
    assert archive.read("IMG_7.mov") == film
    assert [each.get("partOf") for each in manifest(archive)["files"]] == [None, photo_id]


def test_what_is_gone_by_then_is_left_out_and_named(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    stays, goes, lost = (shelf.add(make.photo(), f"{n}.jpg")["fileId"] for n in "abc")
    job_id = begin(shelf, stays, goes, lost)
    alice.delete(f"{shelf.library}/files/{goes}")
    with installation.app.reading(SYSTEM) as unit:
        file = unit.db.get_one(File, ids.decode(lost))
        installation.app.blobs.delete(unit.db.get_one(Original, file.signature).key)
    exporting.run(installation.app, task_of(job_id))
    archive = zipfile.ZipFile(io.BytesIO(alice.get(f"{shelf.library}/exports/{job_id}").content))
    assert manifest(archive)["missing"] == [goes, lost]
    assert archive.namelist() == ["a.jpg", "manifest.json", "SHA256SUMS"]
