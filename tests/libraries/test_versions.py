"""Versions over the API: a new content under the same id, older ones listed, delivered, restored and thinned out."""

from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from tests import make
from tests.flows.replica import check_replicas
from tests.installation import Caller, Installation, Shelf

from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import jobs
from albumen.libraries.models import File, Original, Rendition, Version


def revise(shelf: Shelf, file_id: str, photo: bytes, name: str = "edited.jpg", **options: Any) -> Response:
    """Upload a new version."""
    return shelf.by.post(f"{shelf.library}/files/{file_id}/versions", files={"file": (name, photo)}, **options)


def listed(shelf: Shelf, file_id: str) -> list[dict[str, Any]]:
    """The versions of a file."""
    return list(shelf.by.get(f"{shelf.library}/files/{file_id}/versions").json())


def run(installation: Installation, name: str) -> None:
    """Run a recurring job now."""
    kind = next(each for each in jobs.KINDS if each.name == name)
    kind.run(installation.app, Task(0, name, "", {}, 1))


def test_a_new_version_keeps_id_name_and_what_the_content_does_not_say(
    installation: Installation, alice: Caller
) -> None:
    shelf = alice.library(timeZone="Europe/Paris")
    first, second = make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D")), make.photo(size=(80, 60))
    file = shelf.add(first)
    answer = revise(shelf, file["fileId"], second)
    assert answer.status_code == 200, answer.text
    now = answer.json()
    assert (now["fileId"], now["name"], now["version"]) == (file["fileId"], "IMG_1.jpg", 2)
    assert (now["width"], now["fileSize"]) == (80, len(second))
    assert (now["takenOn"], now["cameraModel"]) == (file["takenOn"], "EOS 5D")
    installation.check_counts()
    installation.work_off()
    assert shelf.file(file["fileId"])["isProcessing"] is False
    installation.check_counts()


def test_facts_follow_the_new_content_but_for_what_was_corrected(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D"), gps=(48.85, 2.35)))
    with installation.app.writing(SYSTEM) as unit:
        row = unit.db.get_one(File, ids.decode(file["fileId"]))
        row.camera_make, row.latitude, row.corrected = "Leica", 1.0, ["camera_make", "latitude"]
    edited = make.photo(taken="2023-01-02 03:04:05", camera=("Nikon", "D850"), gps=(-33.86, 151.2))
    now = revise(shelf, file["fileId"], edited).json()
    assert now["takenOnLocal"] == "2023-01-02T03:04:05.000"
    assert (now["cameraMake"], now["cameraModel"]) == ("Leica", "D850")
    assert (now["latitude"], now["longitude"]) == (1.0, pytest.approx(2.35))
    installation.check_counts()


def test_the_bytes_it_shows_already_change_nothing(installation: Installation, alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    file = shelf.add(photo)
    again = revise(shelf, file["fileId"], photo)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert len(listed(shelf, file["fileId"])) == 1
    restored = alice.post(f"{shelf.library}/files/{file['fileId']}/versions/1/restore")
    assert (restored.status_code, restored.json()["version"]) == (200, 1)
    assert installation.rows(Version) == 1


@pytest.mark.parametrize("film_first", [True, False])
def test_a_photo_stays_a_photo_and_a_video_a_video(installation: Installation, alice: Caller, film_first: bool) -> None:
    shelf, both = alice.library(), [make.film(), make.photo()]
    file = shelf.add(both[not film_first], "x")
    answer = revise(shelf, file["fileId"], both[film_first])
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:albumen:problem:other-family")
    assert revise(shelf, file["fileId"], b"no photo at all").status_code == 415
    assert (len(installation.blobs("original")), installation.spools()) == (1, 0)


def test_another_kind_changes_the_extension(alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo(kind="tiff"), "scan.TIF")
    shelf.add(make.photo(), "scan.jpg")
    now = revise(shelf, file["fileId"], make.photo()).json()
    assert (now["name"], now["mimeType"]) == ("scan (2).jpg", "image/jpeg")
    back = alice.post(f"{shelf.library}/files/{file['fileId']}/versions/1/restore").json()
    assert (back["mimeType"], back["name"]) == ("image/tiff", "scan (2).tif")


def test_the_list_is_newest_first_and_paged(alice: Caller) -> None:
    shelf, photos = alice.library(), [make.photo() for _ in range(3)]
    file = shelf.add(photos[0])
    for photo in photos[1:]:
        revise(shelf, file["fileId"], photo)
    versions = listed(shelf, file["fileId"])
    assert [(each["number"], each["isCurrent"]) for each in versions] == [(3, True), (2, False), (1, False)]
    assert set(versions[0]) == {"number", "signature", "fileSize", "mimeType", "addedOn", "addedBy", "isCurrent"}
    assert (versions[2]["fileSize"], versions[2]["addedBy"]) == (len(photos[0]), "alice")
    path = f"{shelf.library}/files/{file['fileId']}/versions"
    first = alice.get(f"{path}?limit=2")
    rest = alice.get(first.links["next"]["url"].removeprefix("/v1"))
    assert [each["number"] for each in first.json() + rest.json()] == [3, 2, 1]
    assert alice.get(f"{path}?cursor=zzz").status_code == 400


def test_older_contents_are_delivered_as_they_came(alice: Caller) -> None:
    shelf, first = alice.library(), make.photo()
    file = shelf.add(first)
    revise(shelf, file["fileId"], make.photo())
    path = f"{shelf.library}/files/{file['fileId']}/versions"
    whole = alice.get(f"{path}/1/contents")
    assert (whole.content, whole.headers["content-type"]) == (first, "image/jpeg")
    assert whole.headers["etag"] == f'"{listed(shelf, file["fileId"])[1]["signature"]}"'
    part = alice.get(f"{path}/1/contents", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, first[5:10])
    saved = alice.get(f"{path}/1/contents?attachment=true").headers["content-disposition"]
    assert saved == 'attachment; filename="IMG_1 (version 1).jpg"'
    for number, status in ((3, 404), (0, 400), ("x", 400), (1 << 70, 400)):
        assert alice.get(f"{path}/{number}/contents").status_code == status
    for number, status in ((3, 404), (0, 400)):
        assert alice.post(f"{path}/{number}/restore").status_code == status


def test_renditions_follow_the_current_version_and_come_back(installation: Installation, alice: Caller) -> None:
    shelf, first = alice.library(), make.photo(size=(400, 300))
    file = shelf.add(first)
    installation.work_off()
    thumbnail = f"{shelf.library}/files/{file['fileId']}/thumbnails/sm"
    before = alice.get(thumbnail)
    revise(shelf, file["fileId"], make.photo(size=(300, 400)))
    assert alice.get(thumbnail).status_code == 404
    assert installation.rows(Rendition) == 0
    installation.check_counts()
    installation.work_off()
    after = alice.get(thumbnail)
    assert after.headers["etag"] != before.headers["etag"]
    restored = alice.post(f"{shelf.library}/files/{file['fileId']}/versions/1/restore").json()
    assert (restored["version"], restored["isProcessing"]) == (3, True)
    assert [each["number"] for each in listed(shelf, file["fileId"])] == [3, 2, 1]
    installation.work_off()
    assert alice.get(thumbnail).content == before.content
    assert alice.get(f"{shelf.library}/files/{file['fileId']}/contents").content == first
    installation.check_counts()
    check_replicas(installation)


def test_renditions_stay_where_another_file_shows_the_content(installation: Installation, alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    file, other = shelf.add(photo), shelf.add(photo, "other.jpg")
    installation.work_off()
    revise(shelf, file["fileId"], make.photo())
    assert alice.get(f"{shelf.library}/files/{other['fileId']}/thumbnails/sm").status_code == 200
    installation.check_counts()


def test_what_a_worker_finishes_too_late_is_dropped(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo())
    revise(shelf, file["fileId"], make.photo())
    installation.work_off()
    assert len({signature.partition(":")[0] for signature in made_of(installation)}) == 2
    run(installation, "thin-versions")
    assert made_of(installation) == {shelf.file(file["fileId"])["signature"]}
    installation.check_counts()


def made_of(installation: Installation) -> set[str]:
    """The contents that have renditions."""
    with installation.app.reading(SYSTEM) as unit:
        return set(unit.db.scalars(select(Rendition.signature)))


def test_a_taken_name_becomes_a_version_where_the_library_says_so(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(sameName="version")
    first = shelf.add(make.photo(), "a.jpg")
    again = shelf.add(make.photo(), "A.JPG")
    assert (again["fileId"], again["name"], again["version"]) == (first["fileId"], "a.jpg", 2)
    film = shelf.add(make.film(), "a.jpg")
    assert (film["name"], film["version"]) == ("a (2).jpg", 1)
    assert shelf.by.get(shelf.folder).json()["fileCount"] == 2
    installation.check_counts()


def test_the_newest_are_kept_and_the_quota_is_given_back(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(keepVersions=2)
    photos = [make.photo() for _ in range(4)]
    file = shelf.add(photos[0])
    for photo in photos[1:]:
        revise(shelf, file["fileId"], photo)
    assert [each["number"] for each in listed(shelf, file["fileId"])] == [4, 3]
    assert alice.get(shelf.library).json()["usedBytes"] == sum(map(len, photos[2:]))
    assert installation.rows(Original) == 2
    installation.check_counts()


def test_days_count_from_when_a_version_was_replaced(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(keepVersionDays=10)
    file = shelf.add(make.photo())
    installation.clock.advance(days=300)
    revise(shelf, file["fileId"], make.photo())
    installation.clock.advance(days=9)
    run(installation, "thin-versions")
    assert len(listed(shelf, file["fileId"])) == 2
    installation.clock.advance(days=2)
    run(installation, "thin-versions")
    assert [each["number"] for each in listed(shelf, file["fileId"])] == [2]
    installation.clock.advance(days=300)
    run(installation, "thin-versions")
    assert [each["number"] for each in listed(shelf, file["fileId"])] == [2]
    installation.check_counts()


def test_only_contributors_add_and_strangers_know_nothing(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file = shelf.add(make.photo())
    path = f"{shelf.library}/files/{file['fileId']}/versions"
    stranger, reader = installation.caller("mallory"), installation.caller("bob")
    installation.actor("bob")
    assert alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"}).status_code == 200
    assert reader.get(path).status_code == 200
    for caller, status in ((stranger, 404), (reader, 403)):
        assert caller.post(path, files={"file": ("x.jpg", make.photo())}).status_code == status
        assert caller.post(f"{path}/1/restore").status_code == status
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/1/contents").status_code == 404


def test_a_photo_as_it_is_without_a_form(alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    file = shelf.add(make.photo())
    path = f"{shelf.library}/files/{file['fileId']}/versions"
    answer = alice.post(path, content=photo, headers={"Content-Type": "image/jpeg"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert alice.post(path, content=photo, headers={"Content-Type": "text/plain"}).status_code == 415
