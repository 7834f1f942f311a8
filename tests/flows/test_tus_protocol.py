"""What tus 1.0.0 asks of a server in its core protocol, sentence by sentence."""

import pytest
from httpx2 import Response
from tests import make
from tests.flows import tus
from tests.flows.tus import Upload
from tests.installation import Caller, Installation, Shelf

from albumen.libraries.models import Resumable

BODY = {"Content-Type": "application/offset+octet-stream"}
METHODS = ("POST", "HEAD", "PATCH", "DELETE")


@pytest.fixture
def upload(alice: Caller, shelf: Shelf) -> Upload:
    """An announced upload."""
    upload = Upload(alice, make.photo(), told={"folderId": shelf.folder_id})
    assert upload.create().status_code == 201
    return upload


def call(upload: Upload, method: str, path: str = "", **headers: str) -> Response:
    """A request that would do as far as its headers go."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {**tus.VERSION, **BODY, "Upload-Offset": "0", "Upload-Length": "10", **named}
    where = path or ("/uploads" if method == "POST" else upload.path)
    return upload.by.call(method, where, headers={name: value for name, value in given.items() if value})


def test_an_offset_is_there_even_at_0(upload: Upload) -> None:
    assert call(upload, "HEAD").headers["upload-offset"] == "0"


def test_an_offset_is_there_even_when_all_has_come(upload: Upload) -> None:
    assert upload.send(0).status_code == 204
    answer = call(upload, "HEAD")
    assert (answer.status_code, answer.headers["upload-offset"]) == (200, str(len(upload.content)))


def test_the_length_is_told_where_it_is_known(upload: Upload) -> None:
    assert call(upload, "HEAD").headers["upload-length"] == str(len(upload.content))


def test_head_is_not_cached(upload: Upload) -> None:
    assert "no-store" in call(upload, "HEAD").headers["cache-control"]


@pytest.mark.parametrize("state", ["unknown", "given up", "too old"])
def test_what_is_not_there_has_no_offset(installation: Installation, upload: Upload, state: str) -> None:
    if state == "given up":
        assert upload.give_up().status_code == 204
    elif state == "too old":
        installation.clock.advance(hours=25)
    answer = call(upload, "HEAD", "/uploads/zzz" if state == "unknown" else "")
    assert answer.status_code == (410 if state == "too old" else 404)
    assert "upload-offset" not in answer.headers


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "image/jpeg", "application/offset+octet-streams"])
def test_patch_takes_one_content_type(upload: Upload, kind: str) -> None:
    assert call(upload, "PATCH", Content_Type=kind).status_code == 415
    assert upload.offset() == 0


@pytest.mark.parametrize("offset", ["1", "100000"])
def test_patch_at_another_offset_is_a_conflict_and_changes_nothing(upload: Upload, offset: str) -> None:
    answer = upload.send(0, 10, Upload_Offset=offset)
    assert (answer.status_code, upload.offset()) == (409, 0)


@pytest.mark.parametrize("offset", ["", "-1", "1.0", "0x1", "+1", "١"])
def test_an_offset_is_a_number_that_is_not_negative(upload: Upload, offset: str) -> None:
    headers = {**tus.VERSION, **BODY, "Upload-Offset": offset.encode()}
    assert upload.by.call("PATCH", upload.path, headers=headers).status_code == 400


def test_patch_appends_and_tells_the_new_offset(upload: Upload) -> None:
    first = upload.send(0, 100)
    assert (first.status_code, first.headers["upload-offset"], first.content) == (204, "100", b"")
    assert upload.send(100, 150).headers["upload-offset"] == "150"
    assert upload.offset() == 150


def test_patch_of_nothing_changes_nothing(upload: Upload) -> None:
    upload.send(0, 100)
    answer = upload.send(100, 100)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "100")


def test_patch_of_what_is_not_there_is_not_found(upload: Upload) -> None:
    assert call(upload, "PATCH", "/uploads/zzz").status_code == 404


def test_more_than_was_announced_is_refused_and_not_stored(upload: Upload) -> None:
    whole = upload.content
    upload.content = whole + b"x"
    assert upload.send(0).status_code == 413
    in_chunks = upload.by.call(
        "PATCH", upload.path, content=iter([upload.content]), headers={**tus.VERSION, **BODY, "Upload-Offset": "0"}
    )
    upload.content = whole
    assert (in_chunks.status_code, upload.offset()) == (413, 0)
    assert upload.send(0).status_code == 204


def test_options_tells_the_version_without_asking_for_one(installation: Installation) -> None:
    for path in ("/v1/uploads", "/v1/uploads/whatever"):
        answer = installation.client.options(path)
        assert answer.status_code in (200, 204)
        assert answer.headers["tus-version"].split(",") == ["1.0.0"]


def test_options_tells_what_is_supported(installation: Installation) -> None:
    headers = installation.client.options("/v1/uploads").headers
    extensions = {"creation", "creation-with-upload", "expiration", "checksum", "termination"}
    assert set(headers["tus-extension"].split(",")) == extensions
    assert "sha1" in headers["tus-checksum-algorithm"].split(",")
    assert int(headers["tus-max-size"]) == installation.app.settings.upload.max_bytes


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", ["0.2.2", "1.0", "2.0.0", ""])
def test_another_version_is_refused_and_told_ours(
    installation: Installation, upload: Upload, method: str, version: str
) -> None:
    answer = call(upload, method, Tus_Resumable=version)
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    assert (upload.offset(), installation.rows(Resumable)) == (0, 1), "nothing of it was done"


@pytest.mark.parametrize("method", METHODS)
def test_every_answer_tells_the_version(installation: Installation, upload: Upload, method: str) -> None:
    stranger = Upload(Caller(installation.client, {}), b"", upload.path)
    refusals = [call(upload, method, Tus_Resumable="9"), call(upload, method, "/uploads/zzz"), call(stranger, method)]
    for answer in (*refusals, call(upload, method), call(upload, "PUT")):
        assert answer.headers.get_list("tus-resumable") == ["1.0.0"], answer.status_code


def test_a_method_in_the_header_is_the_one_that_counts(upload: Upload) -> None:
    headers = {**tus.VERSION, **BODY, "Upload-Offset": "0"}
    patched = upload.by.post(upload.path, content=b"abc", headers={**headers, "X-HTTP-Method-Override": "PATCH"})
    assert (patched.status_code, patched.headers["upload-offset"]) == (204, "3")
    asked = upload.by.post(upload.path, headers={**headers, "X-HTTP-Method-Override": "HEAD"})
    assert (asked.status_code, asked.headers["upload-offset"]) == (200, "3")
    unknown = upload.by.call("PATCH", upload.path, headers={**headers, "X-HTTP-Method-Override": "SING"})
    assert (unknown.status_code, upload.offset()) == (405, 3)
    ended = upload.by.post(upload.path, headers={**tus.VERSION, "X-HTTP-Method-Override": "DELETE"})
    assert (ended.status_code, call(upload, "HEAD").status_code) == (204, 404)


def test_a_method_in_the_header_counts_nowhere_else(alice: Caller, shelf: Shelf) -> None:
    assert alice.get(shelf.library, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert alice.get(shelf.library).status_code == 200
