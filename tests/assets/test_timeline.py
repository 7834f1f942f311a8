"""Timelines: months, columns, the binary index and its chunks, and who sees what of them."""

import base64
import gzip
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation, Shelf
from tests.rows import fill

from albumen.assets.timelines import pins
from albumen.changes.models import Change, ChangeHead
from albumen.kernel import ids, shapes
from albumen.kernel.actor import SYSTEM

MANY = 7_000


@dataclass(frozen=True)
class Read:
    """An index as a client reads it."""

    version: str
    count: int
    days: list[tuple[int, int]]
    shapes: bytes


def read_index(body: bytes) -> Read:
    magic, count, runs, length = struct.unpack_from("<4sIII", body)
    assert magic == b"TLI1"
    days = [struct.unpack_from("<iI", body, 16 + 8 * run) for run in range(runs)]
    at = 16 + 8 * runs
    assert len(body) == at + count + length
    return Read(body[at + count :].decode(), count, days, body[at : at + count])


def index_of(shelf: Shelf, of: str = "", by: Caller | None = None) -> Read:
    answer = (by or shelf.by).get(f"{shelf.library}/timeline/index", params={"of": of} if of else {})
    assert answer.status_code == 200, answer.text
    read = read_index(answer.content)
    assert answer.headers["etag"] == f'"{read.version}"'
    return read


def entries(body: bytes) -> Iterator[dict[str, Any]]:
    at = 0
    while at < len(body):
        file_id, minute, flags, seconds, length = struct.unpack_from("<QHBBB", body, at)
        at += 13 + length
        yield {"id": file_id, "minute": minute, "flags": flags, "seconds": seconds, "hash": body[at - length : at]}


def chunk(shelf: Shelf, version: str, number: int, of: str = "", by: Caller | None = None) -> Any:
    path = f"{shelf.library}/timeline/chunks/{version}/{number}"
    return (by or shelf.by).get(path, params={"of": of} if of else {})


def listed(shelf: Shelf, read: Read, of: str = "", by: Caller | None = None) -> list[int]:
    found: list[int] = []
    for number in range(-(-read.count // 512)):
        answer = chunk(shelf, read.version, number, of, by)
        assert answer.status_code == 200, answer.text
        found += [each["id"] for each in entries(answer.content)]
    return found


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def words(*file_ids: int) -> list[str]:
    return [ids.encode(each) for each in file_ids]


def test_an_index_has_a_byte_a_photo_and_its_days(shelf: Shelf) -> None:
    wide = shelf.add(make.photo(taken="2021-07-02 09:30:00", size=(200, 100)), "wide.jpg")
    tall = shelf.add(make.photo(taken="2021-07-01 12:00:00", size=(100, 200)), "tall.jpg")
    old = shelf.add(make.photo(taken="1960-01-01 00:00:00"), "old.jpg")
    read = index_of(shelf)
    assert read.days == [(18810, 1), (18809, 1), (-3653, 1)]
    assert list(read.shapes) == [176, 80, shapes.byte(64, 48)]
    found = list(entries(chunk(shelf, read.version, 0).content))
    assert words(*(each["id"] for each in found)) == [wide["fileId"], tall["fileId"], old["fileId"]]
    assert [each["minute"] for each in found] == [9 * 60 + 30, 12 * 60, 0]
    assert [each["flags"] for each in found] == [4, 4, 4]


def test_chunks_show_what_became_of_photos(installation: Installation, shelf: Shelf) -> None:
    photo = shelf.add(make.photo(), "undated.jpg")
    film = shelf.add(make.film(), "film.mp4")
    installation.work_off()
    assert shelf.by.call("PATCH", f"{shelf.library}/files/{photo['fileId']}", json={"favorite": True}).is_success
    read = index_of(shelf)
    found = {ids.encode(each["id"]): each for each in entries(chunk(shelf, read.version, 0).content)}
    assert found[photo["fileId"]]["flags"] == 1 | 16
    assert found[film["fileId"]]["flags"] & 0b1110 == 2
    assert base64.b64encode(found[photo["fileId"]]["hash"]).decode() == shelf.file(photo["fileId"])["thumbhash"]


def test_a_developed_shape_is_kept(installation: Installation, shelf: Shelf) -> None:
    shelf.add(make.photo(size=(300, 100)))
    installation.work_off()
    again = shelf.send(make.photo(size=(100, 300)), names=("IMG_2.jpg",)).json()[0]
    copied = shelf.by.post(f"{shelf.folder}/files?source={again['fileId']}")
    assert copied.is_success
    wanted = [shapes.byte(100, 300), shapes.byte(100, 300), shapes.byte(300, 100)]
    assert sorted(index_of(shelf).shapes) == sorted(wanted)


def test_a_new_version_has_its_own_shape(shelf: Shelf) -> None:
    file = shelf.add(make.photo(size=(300, 100)))
    sent = {"file": ("IMG_1.jpg", make.photo(size=(100, 300)))}
    assert shelf.by.post(f"{shelf.library}/files/{file['fileId']}/versions", files=sent).is_success
    assert list(index_of(shelf).shapes) == [shapes.byte(100, 300)]


def test_nothing_changed_is_304(shelf: Shelf) -> None:
    shelf.add(make.photo())
    first = index_of(shelf)
    path = f"{shelf.library}/timeline/index"
    again = shelf.by.get(path, headers={"If-None-Match": f'"{first.version}"'})
    assert again.status_code == 304
    assert again.content == b""
    shelf.add(make.photo(), "IMG_2.jpg")
    assert shelf.by.get(path, headers={"If-None-Match": f'"{first.version}"'}).status_code == 200


def test_a_chunk_that_has_not_changed_is_304(shelf: Shelf) -> None:
    file = shelf.add(make.photo())
    path = f"{shelf.library}/timeline/chunks/{index_of(shelf).version}/0"
    first = shelf.by.get(path)
    known = {"If-None-Match": f'"another", {first.headers["etag"]}'}
    again = shelf.by.get(path, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert shelf.by.get(path, headers={"If-None-Match": '"another"'}).content == first.content
    assert shelf.by.call("PATCH", f"{shelf.library}/files/{file['fileId']}", json={"favorite": True}).is_success
    assert shelf.by.get(path, headers=known).content != first.content


def test_a_chunk_that_has_not_changed_is_304_for_guests_too(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice)
    olga = party.enter(party.code())
    version = olga.get("/access/index").headers["etag"].strip('"')
    first = olga.get(f"/access/chunks/{version}/0")
    known = {"If-None-Match": first.headers["etag"]}
    again = olga.get(f"/access/chunks/{version}/0", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert olga.get(f"/access/chunks/{version}/0", headers={"If-None-Match": '"another"'}).content == first.content
    change = f"{party.shelf.library}/files/{party.file_ids[0]}"
    assert alice.call("PATCH", change, json={"rating": 5}).is_success
    changed = olga.get(f"/access/chunks/{version}/0", headers=known)
    assert (changed.status_code, "etag" in changed.headers) == (200, False)


def test_many_chunks_of_photos(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, MANY)
    answer = shelf.by.get(f"{shelf.library}/timeline/index", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    read = read_index(answer.content)
    assert read.count == MANY
    assert sum(count for _, count in read.days) == MANY
    assert len(gzip.compress(answer.content)) < MANY
    assert listed(shelf, read) == filed[::-1]
    last = chunk(shelf, read.version, MANY // 512)
    assert len(list(entries(last.content))) == MANY % 512
    assert "immutable" in last.headers["cache-control"]
    assert chunk(shelf, read.version, MANY // 512 + 1).status_code == 404
    installation.check_counts()


def test_months_and_columns(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 2000)
    months = shelf.by.get(f"{shelf.library}/timeline").json()["buckets"]
    assert [each["bucket"] for each in months] == ["2010-03", "2010-02", "2010-01"]
    assert [each["count"] for each in months] == [2000 - 59 * 24, 28 * 24, 31 * 24]
    assert shelf.by.get(f"{shelf.library}/timeline", params={"of": f"folder:{shelf.folder_id}"}).json() == {
        "buckets": months
    }
    path, found = f"{shelf.library}/timeline/2010-02", []
    page = shelf.by.get(path, params={"limit": 500}).json()
    found += page["fileId"]
    page = shelf.by.get(path, params={"limit": 500, "cursor": page["next"]}).json()
    found += page["fileId"]
    assert "next" not in page
    assert found == words(*filed[31 * 24 : 59 * 24])[::-1]
    lengths = {len(column) for column in page.values()}
    assert lengths == {28 * 24 - 500}
    assert page["sortedOn"][-1] == "2010-02-01T00:00:00.000Z"
    assert (page["width"][-1], page["height"][-1]) == (4000, 3000)


@pytest.mark.parametrize("bucket", ["2010-13", "2010-00", "0000-01"])
def test_what_is_no_month(shelf: Shelf, bucket: str) -> None:
    assert shelf.by.get(f"{shelf.library}/timeline/{bucket}").status_code == 404


@pytest.mark.parametrize("bucket", ["2010", "x", "2010-1"])
def test_what_cannot_be_a_month(shelf: Shelf, bucket: str) -> None:
    assert shelf.by.get(f"{shelf.library}/timeline/{bucket}").status_code == 400


def test_the_last_month_of_all_has_no_end(shelf: Shelf) -> None:
    assert shelf.by.get(f"{shelf.library}/timeline/9999-12").json()["fileId"] == []


@pytest.mark.parametrize("of", ["event:x", "album", "album:", "folder:zzz", "album:1"])
def test_what_is_no_timeline(shelf: Shelf, of: str) -> None:
    assert shelf.by.get(f"{shelf.library}/timeline/index", params={"of": of}).status_code in (400, 404)


def test_an_empty_library_has_an_empty_index(shelf: Shelf) -> None:
    read = index_of(shelf)
    assert (read.count, read.days) == (0, [])
    assert chunk(shelf, read.version, 0).status_code == 404


def test_chunks_stay_while_photos_come_in(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 1200)
    read = index_of(shelf)
    before = [chunk(shelf, read.version, number).content for number in range(3)]
    for number, taken in enumerate(("2010-01-05 10:10:00", "2010-02-10 10:10:00", "2024-01-01 00:00:00", "1990-01-01")):
        shelf.add(make.photo(taken=taken if " " in taken else f"{taken} 00:00:00"), f"new_{number}.jpg")
    installation.work_off()
    assert index_of(shelf).version != read.version
    assert listed(shelf, read) == filed[::-1]
    assert [chunk(shelf, read.version, number).content for number in range(3)] == before
    assert "immutable" in chunk(shelf, read.version, 0).headers["cache-control"]


def test_a_correction_keeps_the_order_but_is_not_kept_for_ever(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 1200)
    read = index_of(shelf)
    path = f"{shelf.library}/files/{ids.encode(filed[-1])}"
    assert shelf.by.call("PATCH", path, json={"favorite": True}).is_success
    shelf.add(make.photo(taken="2010-02-19 00:30:00"), "new.jpg")
    assert listed(shelf, read) == filed[::-1]
    first = chunk(shelf, read.version, 0)
    assert first.headers["cache-control"] == "private, no-cache"
    assert next(entries(first.content))["flags"] & 1
    assert "immutable" in chunk(shelf, read.version, 2).headers["cache-control"]


def test_a_chunk_that_lost_a_photo_is_gone(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 1200)
    read = index_of(shelf)
    assert shelf.by.delete(f"{shelf.library}/files/{ids.encode(filed[0])}").is_success
    assert chunk(shelf, read.version, 0).status_code == 200
    assert chunk(shelf, read.version, 2).status_code == 410
    assert index_of(shelf).count == 1199


def test_photos_that_change_places_are_noticed(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 600)
    read = index_of(shelf)
    path = f"{shelf.library}/files/{ids.encode(filed[-1])}"
    taken = "2010-01-25T12:30:00Z"
    assert shelf.by.call("PATCH", path, json={"takenOn": taken}).is_success
    assert chunk(shelf, read.version, 0).status_code == 410
    assert chunk(shelf, read.version, 1).status_code == 200


def test_a_version_out_of_nowhere_is_gone(shelf: Shelf) -> None:
    shelf.add(make.photo())
    read = index_of(shelf)
    number, _, mark = read.version.partition("-")
    for version in ("zzzz", f"zzzz-{mark}", f"{number}-0123456789", "0-0", f"1-{mark}"):
        assert chunk(shelf, version, 0).status_code == 410


def test_a_version_the_feed_has_forgotten_is_gone(installation: Installation, shelf: Shelf) -> None:
    fill(installation, shelf.folder_id, 600)
    read = index_of(shelf)
    shelf.add(make.photo(), "new.jpg")
    with installation.app.writing(SYSTEM) as unit:
        head = unit.db.get_one(ChangeHead, ids.decode(shelf.library_id))
        unit.db.execute(update(ChangeHead).values(forgotten=head.number))
    assert installation.rows(Change)
    assert chunk(shelf, read.version, 0).status_code == 410


def test_pins_live_for_a_day(installation: Installation, shelf: Shelf) -> None:
    fill(installation, shelf.folder_id, 600)
    read = index_of(shelf)
    installation.clock.advance(days=2)
    with installation.app.writing(SYSTEM) as unit:
        pins.forget_old(unit)
    assert chunk(shelf, read.version, 0).status_code == 200
    shelf.add(make.photo(), "new.jpg")
    assert chunk(shelf, read.version, 0).status_code == 410


def test_a_reader_of_a_folder_has_a_timeline_of_it(installation: Installation, shelf: Shelf) -> None:
    fill(installation, shelf.folder_id, 30)
    made = shelf.by.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Wedding"}).json()
    wedding = Shelf(shelf.by, shelf.library_id, made["folderId"])
    photo = wedding.add(make.photo(taken="2020-05-05 05:05:05"))
    bob = installation.caller("bob")
    installation.user("bob")
    assert bob.get(f"{shelf.library}/timeline/index").status_code == 404
    assert shelf.by.post(f"{wedding.folder}/users", json={"userId": "bob", "role": "reader"}).is_success
    read = index_of(shelf, by=bob)
    assert words(*listed(shelf, read, by=bob)) == [photo["fileId"]]
    assert bob.get(f"{shelf.library}/timeline").json() == {"buckets": [{"bucket": "2020-05", "count": 1}]}
    assert chunk(shelf, index_of(shelf).version, 0, by=bob).status_code == 410
    assert chunk(shelf, read.version, 0).status_code == 410
    assert bob.get(f"{shelf.library}/timeline/index", params={"of": f"folder:{shelf.folder_id}"}).status_code == 404


def test_albums_have_timelines(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 700)
    some = filed[100:105]
    album = shelf.by.post(f"{shelf.library}/albums", json={"name": "A", "fileIds": words(*some)}).json()
    of = f"album:{album['albumId']}"
    read = index_of(shelf, of)
    assert listed(shelf, read, of) == some[::-1]
    assert shelf.by.get(f"{shelf.library}/timeline", params={"of": of}).json()["buckets"][0]["count"] == 5
    more = {"fileIds": words(filed[0], filed[101])}
    assert shelf.by.post(f"{shelf.library}/albums/{album['albumId']}/files", json=more).is_success
    assert chunk(shelf, read.version, 0, of).status_code == 410
    assert listed(shelf, index_of(shelf, of), of) == [*some[::-1], filed[0]]
    assert chunk(shelf, read.version, 0).status_code == 410


def test_searches_have_timelines(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 700)
    chosen = {"fileIds": words(*filed[10:13]), "add": ["harbour"]}
    assert shelf.by.post(f"{shelf.library}/selection/tag", json=chosen).is_success
    of = "search:tag:harbour -IMG_000011"
    read = index_of(shelf, of)
    assert listed(shelf, read, of) == [filed[12], filed[10]]
    everything = "search:width:>0"
    assert index_of(shelf, everything).count == 700
    more = {"fileIds": words(filed[600]), "add": ["harbour"]}
    assert shelf.by.post(f"{shelf.library}/selection/tag", json=more).is_success
    assert listed(shelf, read, of) == [filed[12], filed[10]]
    assert listed(shelf, index_of(shelf, of), of) == [filed[600], filed[12], filed[10]]
    assert shelf.by.get(f"{shelf.library}/timeline/index", params={"of": "search:(("}).status_code == 400
