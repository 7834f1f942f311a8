"""An installation whose photos are kept in a bucket: everything users do with them, on a real server."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PIL import Image
from tests import make, s3
from tests.assets.test_exports import begin, manifest
from tests.installation import Caller, Installation, Shelf

from albumen.blobs.layout import ORIGINAL, STRIPPED
from albumen.blobs.links import Grant
from albumen.media.guard import Guard
from albumen.operations.sweep import sweep


def store(server: s3.Server, **more: Any) -> dict[str, Any]:
    """The settings of a place of its own there."""
    place = server.place()
    keys = {"access_key": place.access_key, "secret_key": place.secret_key}
    where = {"bucket": place.bucket, "prefix": place.prefix, "endpoint": place.endpoint}
    return {"kind": "s3", **where, **keys, "silent_seconds": 20.0, **more}


@pytest.fixture(params=["signature", "dated"])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def installation(tmp_path: Path, guard: Guard, database_kind: str, layout: str) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, store=store(s3.radosgw(), layout=layout))
    yield made
    made.close()


def linked(installation: Installation, key: str, variant: str = ORIGINAL, **more: Any) -> str:
    """A link to an original's bytes."""
    signature = installation.app.blobs.stat(key).key.rpartition("/")[2]
    expires_at = installation.clock() + timedelta(hours=1)
    grant = Grant(variant=variant, signature=signature, key=key, mime="image/jpeg", expires_at=expires_at, **more)
    return installation.app.signer.sign(grant)


def unpacked(answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def check_shown(shelf: Shelf, file_id: str, photo: bytes) -> None:
    """Whole, by range, and as a thumbnail."""
    path = f"{shelf.library}/files/{file_id}"
    assert shelf.by.get(f"{path}/contents").content == photo
    part = shelf.by.get(f"{path}/contents", headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, photo[100:300])
    assert Image.open(io.BytesIO(shelf.by.get(f"{path}/thumbnails/md").content)).size == (640, 480)


def test_photos_live_in_a_bucket(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    photos = {f"IMG_{n}.jpg": make.photo(taken="2021-07-01 12:00:00", size=(800, 600)) for n in range(2)}
    photos["film.mp4"] = make.film()
    ids_ = {name: shelf.add(photo, name)["fileId"] for name, photo in photos.items()}
    installation.work_off()
    assert installation.spools() == 0, "nothing is left on this machine"
    assert len(installation.blobs(ORIGINAL)) == 3
    check_shown(shelf, ids_["IMG_0.jpg"], photos["IMG_0.jpg"])
    [again] = shelf.send(photos["IMG_0.jpg"], names=("again.jpg",)).json()
    assert len(installation.blobs(ORIGINAL)) == 3, "the same bytes are kept once"
    chosen = {"fileIds": list(ids_.values())}
    offer = alice.post(f"{shelf.library}/selection/download", json=chosen).json()
    whole = installation.client.get(offer["url"])
    assert {name: unpacked(whole).read(name) for name in photos} == photos
    rest = installation.client.get(offer["url"], headers={"Range": "bytes=1000-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    job_id = begin(shelf, *ids_.values())
    installation.work_off()
    exported = unpacked(alice.get(f"{shelf.library}/exports/{job_id}"))
    assert len(manifest(exported)["files"]) == 3
    for file_id in (*ids_.values(), again["fileId"]):
        assert alice.delete(f"{shelf.library}/files/{file_id}").status_code == 204
    assert alice.post(f"{shelf.library}/trash/empty").status_code in (200, 204)
    installation.check_counts()
    installation.clock.advance(hours=48)
    sweep(installation.app)
    assert installation.blobs() == installation.blobs("export/"), "what nobody names is gone, with its renditions"


@pytest.mark.parametrize("layout", ["signature"])
def test_guests_get_originals_without_the_place(installation: Installation, alice: Caller) -> None:
    photo = make.photo(taken="2021-07-01 12:00:00", gps=(48.1, 11.5), size=(800, 600))
    alice.library().add(photo)
    [key] = installation.blobs(ORIGINAL)
    sent = installation.client.get(linked(installation, key, STRIPPED, download_as="a.jpg")).content
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825)
    assert not Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    assert Image.open(io.BytesIO(sent)).tobytes() == Image.open(io.BytesIO(photo)).tobytes()


@pytest.mark.parametrize("layout", ["signature"])
def test_browsers_may_be_sent_to_the_bucket(tmp_path: Path, guard: Guard, layout: str) -> None:
    there = Installation.at(tmp_path / "data", guard, store=store(s3.radosgw(), links="bucket"))
    photo = make.photo()
    there.caller().library().add(photo, "Été.jpg")
    [key] = there.blobs(ORIGINAL)
    link = linked(there, key, download_as="Été.jpg")
    answer = there.client.get(link, follow_redirects=False)
    assert (answer.status_code, "private" in answer.headers["cache-control"]) == (302, True)
    with urlopen(answer.headers["location"]) as fetched:
        assert fetched.read() == photo
        assert fetched.headers["Content-Type"] == "image/jpeg"
        assert "filename*=UTF-8''%C3%89t%C3%A9.jpg" in fetched.headers["Content-Disposition"]
    script = there.client.get(link, headers={"Sec-Fetch-Mode": "cors"}, follow_redirects=False)
    assert (script.status_code, script.content) == (200, photo)
    assert there.client.head(link, follow_redirects=False).status_code == 200
    policy = there.client.get("/login", headers={"Accept": "text/html"}).headers["content-security-policy"]
    origin = answer.headers["location"].partition("/test-")[0]
    assert f"img-src 'self' blob: data: {origin};" in policy
    there.close()
