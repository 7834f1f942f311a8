"""Albums made by hand, over HTTP: what is in them, in which order, and what they show from the outside."""

from collections.abc import Callable
from typing import Any

from httpx2 import Response
from sqlalchemy import select
from tests import make
from tests.albums.conftest import House
from tests.installation import Caller, Installation

from albumen.albums import queries
from albumen.changes.models import Change
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import names
from albumen.libraries.models import Album, AlbumItem, Assignment, File


def changes_of(installation: Installation, album: dict[str, Any]) -> list[bool]:
    """Whether each change of an album, in order, was its end."""
    with installation.app.reading(SYSTEM) as unit:
        told = select(Change.is_tombstone).where(
            Change.thing == "album", Change.thing_id == ids.decode(album["albumId"])
        )
        return list(unit.db.scalars(told.order_by(Change.number)))


def test_an_album_is_made_and_shown(house: House) -> None:
    album = house.album(description="All of it", fileIds=house.photos[2:4])
    assert album["name"] == "Best of"
    assert album["description"] == "All of it"
    assert album["libraryId"] == house.shelf.library_id
    assert album["fileCount"] == 2
    assert album["coverFileId"] == house.photos[2]
    assert album["createdBy"] == "alice"
    assert album["userRole"] == "owner"
    assert "query" not in album
    assert house.shelf.by.get(house.path(album)).json() == album
    assert house.shelf.by.get(house.albums).json() == [album]
    house.installation.check_counts()


def test_an_album_begins_empty(house: House) -> None:
    album = house.album()
    assert album["fileCount"] == 0
    assert "coverFileId" not in album
    assert house.files(album) == []


def test_the_maker_is_assigned_as_owner(house: House) -> None:
    album = house.album()
    with house.installation.app.reading(SYSTEM) as unit:
        place = Assignment.place_id == ids.decode(album["albumId"])
        [given] = unit.db.scalars(select(Assignment).where(place)).all()
    assert (given.place, given.role) == ("album", "owner")


def test_what_an_album_does_not_show_has_no_neighbours_in_it(house: House) -> None:
    put = house.album(fileIds=house.photos[:3])
    first, middle, last, outside = map(ids.decode, house.photos[:4])

    def beside(file_id: int) -> list[int | None]:
        with house.installation.app.reading(house.installation.actor("alice")) as unit:
            album = unit.db.get_one(Album, ids.decode(put["albumId"]))
            return [each.id if each else None for each in queries.beside(unit, album, unit.db.get_one(File, file_id))]

    assert [beside(each) for each in (first, middle, last)] == [[None, middle], [first, last], [middle, None]]
    house.trash(house.photos[1])
    assert [beside(each) for each in (first, last)] == [[None, last], [first, None]]
    assert [beside(each) for each in (middle, outside)] == [[None, None], [None, None]]


def test_files_come_in_the_order_they_were_put(house: House) -> None:
    album = house.album(fileIds=[house.photos[3], house.photos[1], house.photos[3]])
    added = house.shelf.by.post(f"{house.path(album)}/files", json={"fileIds": [house.photos[0], house.photos[1]]})
    assert added.status_code == 200
    assert added.json()["fileCount"] == 3
    assert house.files(album) == [house.photos[3], house.photos[1], house.photos[0]]


def test_files_come_in_pages(house: House) -> None:
    album = house.album(fileIds=house.photos)
    first = house.shelf.by.get(f"{house.path(album)}/files", params={"limit": 4}).json()
    second = house.shelf.by.get(f"{house.path(album)}/files", params={"limit": 4, "cursor": first["next"]}).json()
    assert [each["fileId"] for each in first["files"] + second["files"]] == house.photos
    assert "next" not in second
    foreign = house.shelf.by.get(f"{house.path(album)}/files", params={"cursor": "WyJhIiwxXQ"})
    assert foreign.status_code == 400


def test_albums_come_by_name_in_pages(house: House) -> None:
    for name in ("beach", "Alps", "Éclairs", "zoo", "Alps"):
        house.album(name=name)
    found, path, cursor = [], house.albums, "?limit=2"
    while cursor:
        answer = house.shelf.by.get(path + cursor)
        found += [each["name"] for each in answer.json()]
        link = answer.headers.get("Link", "")
        cursor = link.partition("?")[2].partition(">")[0] and "?" + link.partition("?")[2].partition(">")[0]
    assert found == sorted(["beach", "Alps", "Éclairs", "zoo", "Alps"], key=names.fold)


def test_files_are_taken_out_and_stay_in_the_library(house: House) -> None:
    album = house.album(fileIds=house.photos[:3])
    gone = {"fileIds": [house.photos[1], house.photos[5]]}
    assert house.shelf.by.delete(f"{house.path(album)}/files", json=gone).status_code == 204
    assert house.files(album) == [house.photos[0], house.photos[2]]
    assert house.shelf.file(house.photos[1])["fileId"] == house.photos[1]
    house.installation.check_counts()


def test_a_new_order_names_all_files(house: House) -> None:
    album = house.album(fileIds=house.photos[:3])
    turned = house.photos[:3][::-1]
    assert house.patch(album, fileIds=turned).status_code == 200
    assert house.files(album) == turned
    for wrong in (turned[:2], [*turned, house.photos[4]], [turned[0], turned[0], turned[1]]):
        refused = house.patch(album, fileIds=wrong)
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["loc"] == "fileIds"
    assert house.files(album) == turned


def test_the_cover_is_chosen_or_the_first_file(house: House) -> None:
    album = house.album(fileIds=house.photos[:3])
    assert house.patch(album, coverFileId=house.photos[2]).json()["coverFileId"] == house.photos[2]
    assert house.patch(album, coverFileId=house.photos[5]).status_code == 400
    house.trash(house.photos[2])
    assert house.shelf.by.get(house.path(album)).json()["coverFileId"] == house.photos[0]
    assert house.patch(album, coverFileId=house.photos[1]).json()["coverFileId"] == house.photos[1]
    house.shelf.by.delete(f"{house.path(album)}/files", json={"fileIds": [house.photos[1]]})
    house.shelf.by.post(f"{house.path(album)}/files", json={"fileIds": [house.photos[1]]})
    assert house.shelf.by.get(house.path(album)).json()["coverFileId"] == house.photos[0]
    assert house.patch(album, coverFileId=None).status_code == 200


def test_name_and_description_change(house: House) -> None:
    album = house.album(description="Old")
    changed = house.patch(album, name="  New   name ", description=None).json()
    assert changed["name"] == "New name"
    assert "description" not in changed
    assert changed["modifiedOn"] >= album["modifiedOn"]
    assert house.patch(album, name="").status_code == 400
    assert house.patch(album, name=None).status_code == 400
    assert house.patch(album, colour="red").status_code == 400


def test_what_is_in_the_trash_is_not_shown_until_it_is_back(house: House) -> None:
    album = house.album(fileIds=house.photos[:3])
    house.trash(house.photos[0])
    shown = house.shelf.by.get(house.path(album)).json()
    assert (shown["fileCount"], shown["coverFileId"]) == (2, house.photos[1])
    assert house.files(album) == house.photos[1:3]
    back = house.shelf.by.post(f"{house.shelf.library}/trash/restore", json={"fileIds": house.photos[:1]})
    assert back.status_code == 200
    house.installation.check_counts()
    assert house.files(album) == house.photos[:3]


def test_what_is_purged_is_gone_from_albums(house: House) -> None:
    album = house.album(fileIds=house.photos[:3])
    house.trash(house.photos[0])
    assert house.shelf.by.post(f"{house.shelf.library}/trash/empty").status_code == 200
    house.installation.check_counts()
    assert house.files(album) == house.photos[1:3]
    assert house.installation.rows(AlbumItem) == 2


def test_a_deleted_album_leaves_nothing_but_its_files(house: House) -> None:
    album = house.album(fileIds=house.photos)
    before = house.installation.rows(Assignment)
    assert house.shelf.by.delete(house.path(album)).status_code == 204
    assert house.shelf.by.get(house.path(album)).status_code == 404
    assert house.shelf.by.get(house.albums).json() == []
    assert house.installation.rows(Album) == house.installation.rows(AlbumItem) == 0
    assert house.installation.rows(Assignment) == before - 1
    assert house.shelf.file(house.photos[0])["fileId"] == house.photos[0]
    house.installation.check_counts()


def test_every_change_is_in_the_feed(house: House) -> None:
    album = house.album()
    acts: tuple[Callable[[], Response], ...] = (
        lambda: house.shelf.by.post(f"{house.path(album)}/files", json={"fileIds": house.photos}),
        lambda: house.patch(album, fileIds=house.photos[::-1]),
        lambda: house.patch(album, name="Other"),
        lambda: house.shelf.by.delete(f"{house.path(album)}/files", json={"fileIds": house.photos[:1]}),
        lambda: house.shelf.by.delete(house.path(album)),
    )
    for act in acts:
        before = changes_of(house.installation, album)
        assert act().status_code in (200, 204)
        assert len(changes_of(house.installation, album)) > len(before)
    assert changes_of(house.installation, album)[-1] is True


def test_a_file_that_is_not_there_keeps_the_others_out(house: House) -> None:
    album = house.album()
    other = house.shelf.by.library(name="Other")
    from_there = other.add(make.photo(), "IMG_9.jpg")["fileId"]
    for foreign in ("zzzz", from_there):
        answer = house.shelf.by.post(f"{house.path(album)}/files", json={"fileIds": [house.photos[0], foreign]})
        assert answer.status_code == 404
    assert house.files(album) == []
    assert house.shelf.by.post(house.albums, json={"name": "X", "fileIds": [from_there]}).status_code == 404
    assert len(house.shelf.by.get(house.albums).json()) == 1


def test_an_album_of_another_library_is_not_here(house: House, alice: Caller) -> None:
    album = house.album()
    other = alice.library(name="Other")
    assert alice.get(f"{other.library}/albums/{album['albumId']}").status_code == 404
    assert alice.get(f"{house.albums}/zzz").status_code == 404


def test_ten_thousand_files_go_in_at_once(house: House) -> None:
    with house.installation.app.writing(SYSTEM) as unit:
        like = unit.db.get_one(File, ids.decode(house.photos[0]))
        kept = {c.key: getattr(like, c.key) for c in File.__table__.columns if c.key not in ("id", "name", "folded")}
        made = [ids.new_id() for _ in range(10_000)]
        unit.db.add_all(File(id=n, name=f"{n}.jpg", folded=f"{n}.jpg", **kept) for n in made)
    words = [ids.encode(n) for n in made]
    album = house.album(fileIds=words)
    assert album["fileCount"] == 10_000
    assert house.files(album, limit=1000) == words[:1000]
    assert house.patch(album, fileIds=words[::-1]).status_code == 200
    assert house.files(album, limit=3) == words[:-4:-1]
    assert house.shelf.by.delete(f"{house.path(album)}/files", json={"fileIds": words[5:]}).status_code == 204
    assert house.files(album) == words[4::-1]
    too_many = house.shelf.by.post(f"{house.path(album)}/files", json={"fileIds": [*words, words[0]]})
    assert too_many.status_code == 400


def test_a_body_without_end_is_refused(house: House) -> None:
    album = house.album()
    answer = house.shelf.by.post(f"{house.path(album)}/files", content=b" " * (2 << 20))
    assert answer.status_code == 413
