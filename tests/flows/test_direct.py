"""Large files that go straight into the bucket: announced, put there in parts, checked, filed once, swept when left."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select
from tests import make, s3
from tests.flows.test_bucket import store
from tests.installation import Caller, Installation, Shelf

from albumen.blobs import direct as landings
from albumen.blobs.direct_s3 import S3Direct
from albumen.blobs.layout import ORIGINAL
from albumen.blobs.s3 import S3Blobs
from albumen.jobs.models import Job
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import direct, landing, resumable
from albumen.libraries.models import File, Resumable
from albumen.media.guard import Guard
from albumen.operations.sweep import sweep

PART = 5 << 20
"""The least that S3 takes where others follow."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landings, "PART_BYTES", PART)


@pytest.fixture
def installation(tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, store=store(s3.radosgw(), uploads="bucket"))
    yield made
    made.close()


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


@pytest.fixture(scope="module")
def photo() -> bytes:
    """12 MB that are a photo."""
    return make.photo(kind="bmp", size=(2000, 2000))


def announced(shelf: Shelf, size: int, **more: Any) -> dict[str, Any]:
    form = {"filename": "large.bmp", "size": size, "folderId": shelf.folder_id, **more}
    answer = shelf.by.post("/direct-uploads", json=form)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def send(part: dict[str, Any], content: bytes) -> int:
    """Put a part as anybody could; the store's answer, 0 where it hangs up before it has read all."""
    try:
        with urlopen(Request(part["url"], data=content, method="PUT"), timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def piece(part: dict[str, Any], content: bytes) -> bytes:
    return content[part["offset"] :][: part["size"]]


def sent(shelf: Shelf, content: bytes, sha256: str = "") -> str:
    """All of it, and what it is said to be; the path of the upload."""
    told = announced(shelf, len(content))
    path = f"/direct-uploads/{told['uploadId']}"
    for part in told["parts"]:
        assert send(part, piece(part, content)) == 200
    form = {"sha256": sha256 or hashlib.sha256(content).hexdigest()}
    answer = shelf.by.post(f"{path}/complete", json=form)
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    return path


def left(installation: Installation) -> list[str]:
    """What lies in the bucket of uploads that are not filed."""
    assert isinstance(installation.app.blobs, S3Blobs)
    bucket = installation.app.blobs._bucket
    listed = bucket.client.list_multipart_uploads(Bucket=bucket.name, Prefix=bucket.whole(""))
    return [each["Key"] for each in listed.get("Uploads", ())] + [
        key for key, *_ in bucket.walk(".albumen/direct/", "")
    ]


def test_a_file_goes_straight_into_the_bucket(installation: Installation, shelf: Shelf, photo: bytes) -> None:
    told = announced(shelf, len(photo), metadata={"Make": "Canon"})
    path = f"/direct-uploads/{told['uploadId']}"
    assert [part["size"] for part in told["parts"]] == [PART, PART, len(photo) - 2 * PART]
    installation.check_counts()
    assert send(told["parts"][0], b"less") != 200, "signed with its length"
    assert send(told["parts"][0], piece(told["parts"][0], photo)) == 200
    early = shelf.by.post(f"{path}/complete", json={"sha256": "0" * 64})
    assert (early.status_code, early.json()["type"]) == (409, "urn:albumen:problem:incomplete")
    stands = shelf.by.get(path).json()
    assert (stands["state"], stands["missing"], [part["number"] for part in stands["parts"]]) == ("open", 2, [2, 3])
    for part in stands["parts"]:
        assert send(part, piece(part, photo)) == 200
    for _ in range(2):
        answer = shelf.by.post(f"{path}/complete", json={"sha256": hashlib.sha256(photo).hexdigest().upper()})
        assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    installation.work_off()
    done = shelf.by.get(path).json()
    assert done["state"] == "done"
    file = shelf.file(done["fileId"])
    assert (file["name"], file["cameraMake"], file["fileSize"]) == ("large.bmp", "Canon", len(photo))
    assert shelf.by.get(f"{shelf.library}/files/{done['fileId']}/contents").content == photo
    assert send(told["parts"][0], piece(told["parts"][0], photo)) != 200, "addresses end with the upload"
    assert (left(installation), installation.spools()) == ([], 0)
    installation.check_counts()


def test_what_the_bucket_copied_is_as_checked_as_what_was_sent(
    installation: Installation, shelf: Shelf, photo: bytes
) -> None:
    sent(shelf, photo)
    installation.work_off()
    [key] = installation.blobs(ORIGINAL)
    assert isinstance(installation.app.blobs, S3Blobs)
    sheet = installation.app.blobs._bucket.look(key)
    assert sheet is not None
    assert (sheet.digest, len(sheet.sums)) == (hashlib.sha256(photo).hexdigest(), 12)
    sent(shelf, photo)
    installation.work_off()
    assert installation.blobs(ORIGINAL) == [key], "the same bytes are kept once"
    assert installation.rows(File) == 2
    installation.check_counts()


@pytest.mark.parametrize(
    ("content", "sha256", "code"),
    [(b"", "0" * 64, "checksum-mismatch"), (b"no photo " * 100, "", "unsupported")],
    ids=["other bytes", "no photo"],
)
def test_what_is_refused_leaves_nothing(
    installation: Installation, shelf: Shelf, photo: bytes, content: bytes, sha256: str, code: str
) -> None:
    path = sent(shelf, content or photo[:1000], sha256)
    installation.work_off()
    told = shelf.by.get(path).json()
    assert (told["state"], told["failure"]["code"]) == ("failed", code)
    assert (installation.rows(File), installation.blobs(), left(installation), installation.spools()) == (0, [], [], 0)
    installation.check_counts()
    assert shelf.by.delete(path).status_code == 204
    assert shelf.by.get(path).status_code == 404


def test_it_is_filed_once_however_often_it_is_looked_at(
    installation: Installation, shelf: Shelf, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies after the rows, and before it has tidied up; another begins anew."""
    path = sent(shelf, photo)
    upload_id = ids.decode(path.rpartition("/")[2])
    task = Task(1, direct.KIND, str(upload_id), {}, 1)
    with monkeypatch.context() as patch:
        patch.setattr(S3Direct, "drop", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            landing.receive(installation.app, task)
    assert len(left(installation)) == 1
    landing.receive(installation.app, task)
    assert (installation.rows(File), left(installation)) == (1, [])
    installation.work_off()
    assert installation.rows(File) == 1
    installation.check_counts()


def test_what_nobody_goes_on_with_is_swept(installation: Installation, shelf: Shelf, photo: bytes) -> None:
    told = announced(shelf, len(photo))
    assert send(told["parts"][0], piece(told["parts"][0], photo)) == 200
    sent(shelf, photo[:1000], "0" * 64)
    assert isinstance(installation.app.blobs, S3Blobs)
    bucket, soon = installation.app.blobs._bucket, datetime.now(UTC) + timedelta(hours=1)
    with installation.app.reading(SYSTEM) as unit:
        held = resumable.held(unit)
        assert unit.db.scalars(select(Job.kind).where(Job.kind == direct.KIND)).all() == [direct.KIND]
    assert (bucket.abort_parts(soon, held), len(left(installation))) == (0, 2)
    installation.clock.advance(days=2)
    resumable.expire(installation.app)
    assert installation.rows(Resumable) == 1, "one of which all has come stays until it was looked at"
    installation.check_counts()
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        assert bucket.abort_parts(soon, resumable.held(unit)) == 1
    assert left(installation) == []
    sweep(installation.app)
    installation.check_counts()


def test_it_counts_against_the_quota_from_its_announcement(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=1000)
    form = {"filename": "a.bmp", "size": 1001, "folderId": shelf.folder_id}
    assert alice.post("/direct-uploads", json=form).status_code == 507
    told = announced(shelf, 900)
    assert alice.post("/direct-uploads", json={**form, "size": 900}).status_code == 507
    assert alice.delete(f"/direct-uploads/{told['uploadId']}").status_code == 204
    assert left(installation) == []
    announced(shelf, 900)
    installation.check_counts()


def test_only_who_announced_it_knows_of_it(installation: Installation, shelf: Shelf) -> None:
    upload_id = announced(shelf, 1000)["uploadId"]
    other = installation.caller("mallory")
    assert other.get(f"/direct-uploads/{upload_id}").status_code == 404
    assert other.delete(f"/direct-uploads/{upload_id}").status_code == 404
    assert other.post(f"/direct-uploads/{upload_id}/complete", json={"sha256": "0" * 64}).status_code == 404
    assert shelf.by.get(f"/uploads/{upload_id}").status_code == 404, "the door of resumable uploads is another"
    assert shelf.by.post("/direct-uploads", json={"filename": "a", "size": 0}).status_code == 400


def test_a_folder_does_not_do_that(tmp_path: Path, guard: Guard) -> None:
    there = Installation.at(tmp_path / "folder", guard)
    answer = there.caller().post("/direct-uploads", json={"filename": "a.jpg", "size": 1000})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:albumen:problem:not-direct")
    assert there.rows(Resumable) == 0
    there.check_counts()
    there.close()
