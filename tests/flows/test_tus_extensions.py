"""What tus 1.0.0 asks of a server in the extensions that ours has: creation, expiration, checksum, termination."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from tests import make
from tests.flows import tus
from tests.flows.tus import Upload
from tests.installation import Caller, Installation, Shelf

from albumen.libraries.models import Resumable

BODY = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def upload(alice: Caller, shelf: Shelf) -> Upload:
    """One that is not announced yet."""
    return Upload(alice, make.photo(), told={"folderId": shelf.folder_id})


@pytest.fixture
def begun(upload: Upload) -> Upload:
    """One that is."""
    assert upload.create().status_code == 201
    return upload


def test_a_creation_tells_where_the_upload_is(upload: Upload) -> None:
    answer = upload.create()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1{upload.path}")
    assert upload.offset() == 0


@pytest.mark.parametrize("length", ["", "-1", "x", "1e3", "99999999999999999999"])
def test_a_length_is_a_number_that_is_not_negative(installation: Installation, upload: Upload, length: str) -> None:
    assert upload.create(Upload_Length=length).status_code == 400
    assert installation.rows(Resumable) == 0


def test_a_creation_without_a_length_is_refused(installation: Installation, alice: Caller) -> None:
    assert alice.post("/uploads", headers=tus.VERSION).status_code == 400
    assert installation.rows(Resumable) == 0


@pytest.mark.parametrize("header", ["Upload_Defer_Length", "Upload_Concat"])
def test_what_is_not_supported_is_refused(installation: Installation, upload: Upload, header: str) -> None:
    assert upload.create(**{header: "partial" if "Concat" in header else "1"}).status_code == 400
    assert installation.rows(Resumable) == 0


def test_more_than_the_largest_size_is_too_large(installation: Installation, upload: Upload) -> None:
    largest = int(installation.client.options("/v1/uploads").headers["tus-max-size"])
    assert upload.create(Upload_Length=str(largest + 1)).status_code == 413
    assert installation.rows(Resumable) == 0


def test_metadata_is_told_again_as_it_was_sent(upload: Upload) -> None:
    told = f"{tus.metadata(filename='Grüße.jpg', folderId=upload.told['folderId'])},is_confidential,other  ,"
    described = told.rstrip(" ,")
    assert upload.create(Upload_Metadata=described).status_code == 201
    answer = upload.by.call("HEAD", upload.path, headers=tus.VERSION)
    assert answer.headers["upload-metadata"] == described


def test_without_metadata_none_is_told(alice: Caller) -> None:
    made = alice.post("/uploads", headers={**tus.VERSION, "Upload-Length": "5"})
    path = made.headers["location"].removeprefix("/v1")
    assert "upload-metadata" not in alice.call("HEAD", path, headers=tus.VERSION).headers


@pytest.mark.parametrize(
    "described",
    ["filename YQ==,filename Yg==", "a,,b", ",filename YQ==", "filename YQ", "filename Y Q==", "näme YQ=="],
)
def test_metadata_has_keys_once_and_values_in_base64(
    installation: Installation, upload: Upload, described: str
) -> None:
    headers = {**tus.VERSION, "Upload-Length": "5", "Upload-Metadata": described.encode()}
    assert upload.by.post("/uploads", headers=headers).status_code == 400
    assert installation.rows(Resumable) == 0


def test_a_value_of_metadata_may_be_empty(alice: Caller) -> None:
    for described in ("empty", "empty ,filename YQ=="):
        headers = {**tus.VERSION, "Upload-Length": "5", "Upload-Metadata": described}
        assert alice.post("/uploads", headers=headers).status_code == 201


def test_a_creation_with_bytes_tells_its_offset(upload: Upload) -> None:
    headers = {**tus.VERSION, **BODY, "Upload-Length": str(len(upload.content))}
    made = upload.by.post("/uploads", content=upload.content[:50], headers=headers)
    assert (made.status_code, made.headers["upload-offset"]) == (201, "50")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Upload-Checksum": "sha1 AAAA"}, 460), ({"Upload-Checksum": "crc7 AAAA"}, 400), ({"Upload-Length": "5"}, 413)],
)
def test_a_creation_whose_bytes_are_refused_leaves_nothing(
    installation: Installation, upload: Upload, headers: dict[str, str], status: int
) -> None:
    given = {**tus.VERSION, **BODY, "Upload-Length": "500", **headers}
    assert upload.by.post("/uploads", content=b"a" * 50, headers=given).status_code == status
    assert (installation.rows(Resumable), installation.spools()) == (0, 0)
    installation.check_counts()


def test_every_answer_tells_until_when(installation: Installation, upload: Upload) -> None:
    made = upload.create()
    installation.clock.advance(hours=3)
    patched = upload.send(0, 10)
    asked = upload.by.call("HEAD", upload.path, headers=tus.VERSION)
    first, *later = (parsedate_to_datetime(each.headers["upload-expires"]) for each in (made, patched, asked))
    assert all(each >= first + timedelta(hours=3) for each in later), "each byte gives it time anew"
    assert made.headers["upload-expires"].endswith(" GMT")


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_what_is_too_old_is_gone(installation: Installation, begun: Upload, method: str) -> None:
    installation.clock.advance(hours=25)
    headers = {**tus.VERSION, **BODY, "Upload-Offset": "0"}
    assert begun.by.call(method, begun.path, headers=headers).status_code == 410


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_checksum_that_matches_is_taken(begun: Upload, name: str) -> None:
    assert begun.send(0, 99, Upload_Checksum=tus.checksum(begun.content[:99], name)).status_code == 204
    assert begun.offset() == 99


def test_a_checksum_that_does_not_match_discards_the_chunk(begun: Upload) -> None:
    assert begun.send(0, 99, Upload_Checksum=tus.checksum(b"other")).status_code == 460
    assert begun.offset() == 0


def test_the_last_chunk_is_discarded_like_any_other(begun: Upload, shelf: Shelf) -> None:
    assert begun.send(0, Upload_Checksum=tus.checksum(b"other", "sha1")).status_code == 460
    assert begun.by.get(f"{shelf.folder}/files").json() == []
    assert begun.send(0, Upload_Checksum=tus.checksum(begun.content, "sha1")).status_code == 204


@pytest.mark.parametrize("checksum", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 ***", "SHA1 AAAA", ""])
def test_a_checksum_that_is_not_understood_discards_the_chunk(begun: Upload, checksum: str) -> None:
    expected = 460 if checksum == "sha1" else 400
    assert begun.send(0, 10, Upload_Checksum=checksum).status_code == expected
    assert begun.offset() == 0


def test_whoever_gives_up_is_told_so_once(installation: Installation, begun: Upload) -> None:
    begun.send(0, 10)
    ended = begun.give_up()
    assert (ended.status_code, ended.content) == (204, b"")
    headers = {**tus.VERSION, **BODY, "Upload-Offset": "10"}
    for method in ("HEAD", "PATCH", "DELETE", "GET"):
        assert begun.by.call(method, begun.path, headers=headers).status_code in (404, 410)
    assert installation.spools() == 0
    installation.check_counts()
