"""A stock client, tuspy, that knows nothing of this server."""

import io

import pytest
from tests import make
from tests.installation import Installation, Shelf
from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from albumen.kernel.errors import OverQuota
from albumen.libraries import uploads


@pytest.fixture
def content() -> bytes:
    return make.photo(kind="bmp", size=(200, 150))


def uploader(port: int, shelf: Shelf, content: bytes) -> Uploader:
    client = TusClient(f"http://127.0.0.1:{port}/v1/uploads", headers=dict(shelf.by.headers))
    told = {"filename": "Grüße.bmp", "folderId": shelf.folder_id}
    return client.uploader(
        file_stream=io.BytesIO(content), chunk_size=20_000, metadata=told, upload_checksum=True, retries=3
    )


def check_filed(installation: Installation, shelf: Shelf, content: bytes) -> None:
    [file] = shelf.by.get(f"{shelf.folder}/files").json()
    assert file["name"] == "Grüße.bmp"
    assert shelf.by.get(f"{shelf.library}/files/{file['fileId']}/contents?attachment=true").content == content
    assert installation.spools() == 0
    installation.check_counts()


def test_it_uploads_bit_by_bit(installation: Installation, port: int, shelf: Shelf, content: bytes) -> None:
    uploader(port, shelf, content).upload()
    check_filed(installation, shelf, content)


def test_it_goes_on_by_the_address(installation: Installation, port: int, shelf: Shelf, content: bytes) -> None:
    first = uploader(port, shelf, content)
    first.upload(stop_at=40_000)
    second = uploader(port, shelf, content)
    assert first.url
    second.set_url(first.url)
    second.offset = second.get_offset()
    assert second.offset == 40_000
    second.upload()
    check_filed(installation, shelf, content)


def test_it_waits_until_there_is_room(
    installation: Installation, port: int, shelf: Shelf, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = uploads.keep
    refused: list[object] = []

    def full_once(*given: object) -> object:
        if refused:
            return keep(*given)  # type: ignore[arg-type]  # as it was called
        refused.append(given)
        raise OverQuota("The disk is nearly full.")

    monkeypatch.setattr(uploads, "keep", full_once)
    monkeypatch.setattr("time.sleep", lambda _: None)
    uploader(port, shelf, content).upload()
    assert refused
    check_filed(installation, shelf, content)
