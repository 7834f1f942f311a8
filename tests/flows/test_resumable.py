"""Resumable uploads: broken off anywhere, gone on with, checked, filed once, forgotten in time."""

import fcntl
import hashlib
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests import make
from tests.flows import tus
from tests.flows.tus import Upload
from tests.installation import Caller, Installation, Shelf

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import resumable, resuming, uploads
from albumen.libraries.models import File, Resumable
from albumen.libraries.senders import Sender
from albumen.operations import sweep


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


@pytest.fixture
def upload(alice: Caller, shelf: Shelf) -> Upload:
    return Upload(alice, make.photo(kind="png", size=(400, 300)), told={"folderId": shelf.folder_id})


def begun(upload: Upload) -> Upload:
    assert upload.create().status_code == 201
    return upload


def only_file(shelf: Shelf) -> dict[str, Any]:
    [file] = shelf.by.get(f"{shelf.folder}/files").json()
    return dict(file)


def check_filed(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    file = only_file(shelf)
    assert file["fileSize"] == len(upload.content)
    assert file["signature"] == ids.signature(hashlib.sha256(upload.content).digest())
    told = upload.by.get(upload.path).json()
    assert (told["fileId"], told["offset"]) == (file["fileId"], len(upload.content))
    contents = upload.by.get(f"{shelf.library}/files/{file['fileId']}/contents?attachment=true")
    assert contents.content == upload.content
    assert installation.spools() == 0
    installation.check_counts()


def test_in_one_go(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    created = upload.create()
    assert (created.status_code, created.headers["tus-resumable"]) == (201, "1.0.0")
    assert created.json()["offset"] == 0
    assert "upload-expires" in created.headers
    done = upload.send(0)
    assert (done.status_code, done.headers["upload-offset"]) == (204, str(len(upload.content)))
    assert done.headers["albumen-file-id"] == only_file(shelf)["fileId"]
    assert only_file(shelf)["name"] == "IMG_1.jpg"
    check_filed(installation, upload, shelf)


def test_the_first_bytes_may_come_with_the_creation(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    photo = make.photo()
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(photo)),
        "Upload-Metadata": tus.metadata(filename="a.jpg", folderId=shelf.folder_id),
        "Content-Type": "application/offset+octet-stream",
    }
    half = alice.post("/uploads", content=photo[:100], headers=headers)
    assert (half.status_code, half.headers["upload-offset"]) == (201, "100")
    whole = alice.post("/uploads", content=photo, headers=headers)
    assert (whole.status_code, whole.json()["fileId"]) == (201, only_file(shelf)["fileId"])
    rest = Upload(alice, photo, half.headers["location"].removeprefix("/v1"))
    assert rest.send(100).status_code == 204
    assert len(alice.get(f"{shelf.folder}/files").json()) == 2
    installation.check_counts()


@pytest.mark.parametrize("seed", range(3))
def test_in_pieces_of_any_size(installation: Installation, upload: Upload, shelf: Shelf, seed: int) -> None:
    dice, at = random.Random(seed), 0
    begun(upload)
    while at < len(upload.content):
        end = min(len(upload.content), at + dice.randint(0, len(upload.content) // 3))
        answer = upload.send(at, end, **({"Upload_Checksum": tus.checksum(upload.content[at:end])} if seed else {}))
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
        assert upload.offset() == end
        at = end
    check_filed(installation, upload, shelf)


def test_without_a_folder_it_goes_through_the_cataloguing_door(installation: Installation, alice: Caller) -> None:
    photo = make.photo(taken="2021-07-01 12:00:00")
    for _ in range(2):
        upload = begun(Upload(alice, photo))
        assert upload.send(0).status_code == 204
        assert installation.rows(File) == 1, "the second is the same photo"
    file_id = alice.get(upload.path).json()["fileId"]
    [library] = alice.get("/libraries").json()
    file = alice.get(f"/libraries/{library['libraryId']}/files/{file_id}").json()
    folder = alice.get(f"/libraries/{library['libraryId']}/folders/{file['folderId']}").json()
    assert folder["path"] == "Catalog/2021/07/01"


def test_tags_may_come_along(upload: Upload, shelf: Shelf) -> None:
    upload.told = {**upload.told, "metadata": '{"Make": "Canon", "DateTimeOriginal": "2020:02:03 04:05:06"}'}
    begun(upload).send(0)
    file = only_file(shelf)
    assert (file["cameraMake"], file["takenOnLocal"]) == ("Canon", "2020-02-03T04:05:06.000")


@pytest.mark.parametrize("name", ["sha256", "sha1"])
def test_a_wrong_checksum_keeps_nothing_of_it(
    installation: Installation, upload: Upload, shelf: Shelf, name: str
) -> None:
    begun(upload).send(0, 1000)
    wrong = upload.send(1000, 2000, Upload_Checksum=tus.checksum(b"other", name))
    assert wrong.status_code == 460
    assert upload.offset() == 1000
    assert upload.send(1000, Upload_Checksum=tus.checksum(upload.content[1000:], name)).status_code == 204
    check_filed(installation, upload, shelf)


def test_the_wrong_place_is_a_conflict(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    begun(upload).send(0, 1000)
    for start in (0, 999, 1001):
        assert upload.send(start, start + 10).status_code == 409
    assert upload.send(1000).status_code == 204
    size = len(upload.content)
    assert upload.send(size).status_code == 204, "nothing more, from the end"
    assert upload.send(0).status_code == 409
    check_filed(installation, upload, shelf)


def test_too_much_is_refused_without_damage(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    begun(upload).send(0, 1000)
    content = upload.content
    upload.content = content + b"more"
    assert upload.send(1000).status_code == 413
    pieces = upload.by.call(
        "PATCH",
        upload.path,
        content=iter([upload.content[1000:]]),
        headers={**tus.VERSION, "Upload-Offset": "1000", "Content-Type": "application/offset+octet-stream"},
    )
    assert pieces.status_code == 413
    upload.content = content
    assert upload.offset() == 1000
    assert upload.send(1000).status_code == 204
    check_filed(installation, upload, shelf)


def test_one_writes_at_a_time(
    installation: Installation, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "PATIENCE_SECONDS", 0.2)
    begun(upload).send(0, 10)
    with installation.app.reading(SYSTEM) as unit:
        [name] = unit.db.scalars(unit.db.query(Resumable).with_entities(Resumable.spool).statement)
    with installation.app.blobs.spool_at(name):
        assert upload.send(10).status_code == 423
        assert upload.give_up().status_code == 423
        assert upload.offset() == 10
    assert upload.send(10).status_code == 204
    check_filed(installation, upload, shelf)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus_Resumable": "0.2.2"}, 412),
        ({"Upload_Length": "x"}, 400),
        ({"Upload_Length": "0"}, 400),
        ({"Upload_Length": str(10**15)}, 413),
        ({"Upload_Metadata": "filename !!!"}, 400),
        ({"Upload_Metadata": "filename /w=="}, 400),
        ({"Upload_Metadata": tus.metadata(folderId="nowhere")}, 404),
        ({"Upload_Metadata": tus.metadata(metadata="[1]")}, 400),
        ({"Upload_Metadata": tus.metadata(metadata='{"a":' + "[" * 9000)}, 400),
    ],
)
def test_creations_that_are_refused(installation: Installation, upload: Upload, headers: Any, status: int) -> None:
    answer = upload.create(**headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (installation.rows(Resumable), installation.spools()) == (0, 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "image/jpeg"}, 415),
        ({"Upload_Offset": "-1"}, 400),
        ({"Upload_Checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}, 400),
        ({"Upload_Checksum": "sha256 ***"}, 400),
        ({"Tus_Resumable": "2.0"}, 412),
    ],
)
def test_patches_that_are_refused(upload: Upload, headers: Any, status: int) -> None:
    assert begun(upload).send(0, 10, **headers).status_code == status
    assert upload.offset() == 0


def test_names_are_kept_as_data(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    upload.told = {**upload.told, "filename": "../a\0\u202eb.jpg"}
    begun(upload)
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalar(select(Resumable.filename)) == "../ab.jpg"
    assert upload.send(0).status_code == 204
    assert only_file(shelf)["name"] == "ab.jpg"


def test_whoever_comes_while_it_is_filed_changes_nothing(
    installation: Installation, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(upload)
    lock = fcntl.flock

    def overtaken(fd: int, how: int) -> None:
        monkeypatch.undo()
        assert upload.send(0).status_code == 204
        lock(fd, how)

    monkeypatch.setattr(fcntl, "flock", overtaken)
    assert upload.send(0).status_code == 409
    check_filed(installation, upload, shelf)


def test_abilities_are_told_to_anyone(installation: Installation) -> None:
    answer = installation.client.options("/v1/uploads")
    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert set(answer.headers["tus-extension"].split(",")) >= {"creation", "expiration", "checksum", "termination"}
    assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"


def test_others_do_not_know_of_it(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    begun(upload)
    stranger = Upload(installation.caller("bob"), upload.content, upload.path)
    assert stranger.send(0).status_code == 404
    assert stranger.by.get(upload.path).status_code == 404
    assert stranger.give_up().status_code == 404
    assert Upload(stranger.by, b"x", told={"folderId": shelf.folder_id}).create().status_code == 404
    assert installation.client.post("/v1/uploads", headers={**tus.VERSION, "Upload-Length": "5"}).status_code == 401


def test_a_quota_is_asked_before_anything_is_sent(alice: Caller) -> None:
    shelf = alice.library(quotaBytes=1000)
    upload = Upload(alice, bytes(1001), told={"folderId": shelf.folder_id})
    assert upload.create().status_code == 507


def test_what_is_no_photo_is_refused_at_the_end_and_forgotten(
    installation: Installation, upload: Upload, shelf: Shelf
) -> None:
    upload.content = b"just text" * 100
    begun(upload).send(0, 100)
    assert upload.send(100).status_code == 415
    assert upload.by.get(upload.path).status_code == 404
    assert (installation.rows(Resumable), installation.spools(), installation.blobs()) == (0, 0, [])


def test_giving_up_forgets_the_bytes_but_not_a_file(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    begun(upload).send(0, 100)
    assert upload.give_up().status_code == 204
    assert (installation.rows(Resumable), installation.spools()) == (0, 0)
    assert upload.by.get(upload.path).status_code == 404
    begun(upload).send(0)
    assert upload.give_up().status_code == 204
    assert only_file(shelf)["fileSize"] == len(upload.content)


def test_it_ends_with_its_time_and_each_byte_gives_it_time_anew(installation: Installation, upload: Upload) -> None:
    begun(upload)
    installation.clock.advance(hours=23)
    assert upload.send(0, 100).status_code == 204
    installation.clock.advance(hours=23)
    assert resumable.expire(installation.app) == 0
    assert upload.offset() == 100
    installation.clock.advance(hours=2)
    assert upload.by.get(upload.path).status_code == 410
    assert upload.send(100).status_code == 410
    assert resumable.expire(installation.app) == 1
    assert upload.by.get(upload.path).status_code == 404
    assert (installation.rows(Resumable), installation.spools()) == (0, 0)


def test_a_sweep_leaves_it_alone(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    begun(upload).send(0, 1000)
    sweep.sweep(installation.app, grace=timedelta(0))
    assert upload.offset() == 1000
    assert upload.send(1000).status_code == 204
    check_filed(installation, upload, shelf)


def test_a_long_body_becomes_durable_stretch_by_stretch(
    installation: Installation, upload: Upload, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "STRETCH_BYTES", 1000)
    stood: list[int] = []
    kept = resumable.advance

    def advance(*given: Any) -> Resumable:
        stood.append(given[-1])
        return kept(*given)

    monkeypatch.setattr(resumable, "advance", advance)
    assert begun(upload).send(0).status_code == 204
    assert stood == sorted(stood)
    assert stood[-1] == len(upload.content)
    check_filed(installation, upload, shelf)


@pytest.mark.parametrize("stage", ["before the store", "before the rows"])
def test_a_process_that_ends_while_filing_leaves_it_to_the_next(
    installation: Installation, upload: Upload, shelf: Shelf, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemExit

    where, what = (uploads, "keep") if stage == "before the store" else (Sender, "file")
    with monkeypatch.context() as patched:
        patched.setattr(where, what, die)
        begun(upload)
        with pytest.raises(BaseException):  # noqa: B017 - whatever becomes of it on the way up
            upload.send(0)
    assert installation.rows(File) == 0
    assert upload.offset() == len(upload.content), "whoever asks where it stands has it filed"
    check_filed(installation, upload, shelf)


def test_bytes_that_were_lost_are_asked_for_again(installation: Installation, upload: Upload, shelf: Shelf) -> None:
    begun(upload).send(0, 1000)
    for file in (installation.app.settings.store_folder / ".spool").iterdir():
        file.unlink()
    assert upload.send(1000).status_code == 409
    assert upload.offset() == 0
    assert upload.send(0).status_code == 204
    check_filed(installation, upload, shelf)
