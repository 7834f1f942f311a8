"""The pages on which a library is looked after, without JavaScript: each page and each form once."""

import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape

import pytest
from httpx2 import Response
from tests import make
from tests.installation import Installation, Shelf
from tests.web.desk import Desk, shown, three

from albumen.accounts import sessions
from albumen.libraries.models import File


@pytest.fixture
def stranger(installation: Installation) -> Iterator[Desk]:
    with closing(Desk(installation, "mallory")) as desk:
        yield desk


def album(shelf: Shelf, *file_ids: str, name: str = "Lights") -> str:
    """A new album's id."""
    made = shelf.by.post(f"{shelf.library}/albums", json={"name": name, "fileIds": list(file_ids)})
    return str(made.json()["albumId"])


def test_folders_stand_in_a_tree_and_are_renamed_and_moved(desk: Desk, shelf: Shelf) -> None:
    trips, lisbon = shelf.below("Trips"), shelf.below("Lisbon")
    made = desk.sent("/folders", name="Letters", parent="")
    assert "Letters" in desk.page("/folders")
    assert desk.submit("/folders", name="Letters", parent="").status_code == 422
    names = re.findall(r"<span>([^<]+)</span>(?:<small|</a>)", desk.page("/folders/tree"))
    assert [each for each in names if each in ("All Pictures", "Letters", "Lisbon", "Trips")] == [
        *("All Pictures", "Lisbon", "Trips", "Letters")
    ]
    change = f"/folders/{lisbon.folder_id}/change"
    page = desk.page(change)
    assert f'value="{lisbon.folder_id}"' not in page
    assert "There is no photo in it." in page
    moved = desk.sent(f"/folders/{lisbon.folder_id}/move", parent=trips.folder_id)
    assert "The folder was moved." in desk.page(moved)
    assert desk.sent(f"/folders/{lisbon.folder_id}/rename", name="Lisboa").endswith("done=renamed")
    assert re.search(r"Trips</a></li>\s*</ol>", desk.page(f"/folders/{lisbon.folder_id}"))
    assert desk.submit(f"/folders/{trips.folder_id}/move", parent=lisbon.folder_id).status_code == 422
    assert desk.submit(f"/folders/{trips.folder_id}/move").status_code == 422
    assert desk.submit(f"/folders/{trips.folder_id}/rename", name="Letters", parent="").status_code == 303
    assert desk.submit(f"{made}/rename", name=" ").status_code == 422


def test_a_deleted_folder_says_what_it_takes_along(desk: Desk, shelf: Shelf, installation: Installation) -> None:
    trips = shelf.below("Trips")
    three(trips.below("Lisbon"))
    page = desk.page(f"/folders/{trips.folder_id}/change")
    assert "3 photos in and below this folder go into the trash." in page
    assert "1 folder in it goes along." in page
    assert "Delete folder and 3 photos" in page
    assert desk.sent(f"/folders/{trips.folder_id}/delete") == f"/folders/{shelf.folder_id}?done=deleted"
    assert "Trips" not in desk.page("/folders/tree")
    assert desk.page("/trash").count('name="ids"') == 3
    installation.check_counts()


def test_strangers_find_none_of_it(desk: Desk, shelf: Shelf, stranger: Desk) -> None:
    [photo, *_] = three(shelf)
    album_id = album(shelf, photo)
    stranger.cookies.set("library", shelf.library_id)
    places = (f"/folders/{shelf.folder_id}", f"/albums/{album_id}", f"/library/p/{photo}")
    pages = (
        *(f"{place}{page}" for place in places[:2] for page in ("", "/change")),
        *(f"/albums/{album_id}{page}" for page in ("/photos", "/order")),
        *(
            f"/shared/{place}"
            for place in (f"folder/{shelf.folder_id}", f"album/{album_id}", f"library/{shelf.library_id}")
        ),
    )
    pages += tuple(f"{places[2]}{page}" for page in ("", "/info", "/edit", "/move", "/versions"))
    for page in pages:
        assert desk.get(page).status_code == 200, page
        assert stranger.get(page).status_code == 404, page
    photo_forms = (f"{places[2]}{form}" for form in ("/edit", "/rate", "/move", "/versions/1/restore"))
    forms = (f"{places[0]}/rename", f"{places[0]}/move", f"{places[0]}/delete")
    for form in (*forms, f"{places[1]}/change", f"{places[1]}/delete", f"{places[1]}/order", *pages[6:9], *photo_forms):
        fields = {
            "name": "Mine",
            "parent": "",
            "file": photo,
            "to": "first",
            "person": "mallory",
            "role": "owner",
            "rating": "1",
        }
        assert stranger.submit(form, **fields).status_code == 404, form
    assert shelf.by.get(f"{shelf.library}/albums/{album_id}").json()["name"] == "Lights"


def test_photos_of_an_album_are_put_in_order(desk: Desk, shelf: Shelf) -> None:
    first, second, third = three(shelf)
    path = f"/albums/{album(shelf, first, second, third)}"
    assert shown(desk.page(f"{path}/photos")) == [first, second, third]
    assert desk.sent(f"{path}/order", file=first, to="last") == f"{path}/order#p-{first}"
    assert shown(desk.page(f"{path}/order")) == [second, third, first]
    desk.sent(f"{path}/order", file=first, to="earlier")
    assert shown(desk.page(f"{path}/photos")) == [second, first, third]
    assert desk.submit(f"{path}/order", file=third, to=f"before:{second}").status_code == 204
    assert shown(desk.page(f"{path}/photos")) == [third, second, first]
    assert desk.submit(f"{path}/order", file=third, to=f"after:{first}").status_code == 204
    desk.sent(f"{path}/order", to="newest", file="")
    assert shown(desk.page(f"{path}/photos")) == [third, second, first]
    assert desk.sent(f"{path}/order", to="oldest", file="").endswith("done=date")
    assert shown(desk.page(f"{path}/photos")) == [first, second, third]
    desk.sent(f"{path}/order", file=second, to="out")
    assert shown(desk.page(f"{path}/photos")) == [first, third]
    assert desk.submit(f"{path}/order", file=second, to="first").status_code == 404


def test_what_is_said_of_an_album_is_changed(desk: Desk, shelf: Shelf) -> None:
    first, second, _ = three(shelf)
    album_id = album(shelf, first, second)
    path = f"/albums/{album_id}"
    desk.sent(f"{path}/change", name="Lanterns", description="Of the harbour", cover=second)
    told = shelf.by.get(f"{shelf.library}/albums/{album_id}").json()
    assert (told["name"], told["description"], told["coverFileId"]) == ("Lanterns", "Of the harbour", second)
    assert re.search(f'value="{second}"[^>]* checked', desk.page(f"{path}/change"))
    refused = desk.submit(f"{path}/change", name=" ", description="Of the harbour")
    assert refused.status_code == 422
    assert "Of the harbour" in refused.text
    assert desk.sent(f"{path}/delete") == "/albums"
    assert desk.get(path).status_code == 404


def test_an_album_is_made_from_a_search(desk: Desk, shelf: Shelf) -> None:
    three(shelf)
    assert "/albums/new?q=taken%3A2021-07-02" in desk.page("/search?q=taken:2021-07-02")
    assert 'value="taken:2021-07-02"' in desk.page("/albums/new?q=taken:2021-07-02")
    path = desk.sent("/albums", name="The second", q="taken:2021-07-02")
    assert "1 photo" in desk.page(path)
    wrong = desk.submit("/albums", name="The second", q="(taken")
    assert wrong.status_code == 422
    assert 'id="q-wrong"' in wrong.text
    desk.sent(f"{path}/change", name="Two days", description="", search="taken:>=2021-07-02")
    assert "2 photos" in desk.page(path)
    assert desk.submit(f"{path}/change", name="Two days", search="(taken").status_code == 422
    assert desk.get(f"{path}/order").status_code == 409


def test_roles_are_given_changed_and_taken(desk: Desk, shelf: Shelf, installation: Installation) -> None:
    album_id = album(shelf, *three(shelf))
    path = f"/shared/album/{album_id}"
    with closing(Desk(installation, "bob")) as bob:
        assert "Nobody but you sees your photos." in desk.page("/shared")
        assert "Nobody here has this e-mail or name." in desk.submit(path, person="nobody", role="reader").text
        assert desk.submit(path, person="bob", role="king").status_code == 422
        assert "It is shared." in desk.page(desk.sent(path, person="bob", role="reader"))
        assert desk.submit(path, person="bob", role="reader").status_code == 422
        assert "bob (Reader)" in desk.page("/shared")
        assert re.search("by alice.*Reader", bob.page("/shared"), re.DOTALL)
        assert bob.sent("/shared/open", place="album", id=album_id) == f"/albums/{album_id}"
        assert bob.get(path).status_code == 403
        assert bob.submit(path, person="alice", role="owner").status_code == 403
        assert "3 photos" in bob.page(f"/albums/{album_id}")
        assert desk.sent(f"{path}/change", user="bob", role="contributor").endswith("done=changed")
        assert "bob" in bob.page(path)
        assert desk.sent(f"{path}/change", user="bob", deed="take").endswith("done=taken")
        assert bob.get(f"/albums/{album_id}").status_code == 404
    library = f"/shared/library/{shelf.library_id}"
    kept = desk.submit(f"{library}/change", user="alice", deed="take")
    assert kept.status_code == 422
    assert "A library has at least one owner." in kept.text


def test_facts_of_a_photo_are_corrected(desk: Desk, shelf: Shelf) -> None:
    photo, *_ = three(shelf)
    album_id = album(shelf, photo)
    desk.sent("/albums", name="Of the sea", q="tag:sea")
    desk.sent("/albums", name="Of the hills", q="tag:hills")
    path = f"/library/p/{photo}"
    stood = {
        "title": "",
        "description": "",
        "tags": "",
        "taken": "2021-07-01T12:00:00",
        "place": "",
        "name": "2021-07-01.jpg",
    }
    page = desk.page(f"{path}/edit")
    assert 'value="2021-07-01T12:00:00"' in page
    desk.sent(f"{path}/edit", **stood)
    assert "takenOnSource" not in shelf.file(photo) or shelf.file(photo)["takenOnSource"] != "user"
    said = {"title": "The lamp", "description": "Lit\r\nat last", "tags": "sea, light", "place": "54.1838, 7.8891"}
    desk.sent(f"{path}/edit", **(stood | said | {"taken": "2021-07-01T13:30"}))
    told = shelf.file(photo)
    assert (told["title"], told["comments"], told["tags"]) == ("The lamp", "Lit\nat last", ["sea", "light"])
    assert told["takenOnLocal"].startswith("2021-07-01T13:30:00")
    page = desk.page(path)
    for text in ("The lamp", "54.1838° N", "Lights", "by hand: title, description", "changed"):
        assert text in page, text
    assert f'href="/albums/{album_id}"' in page
    assert "Of the sea" in page
    assert "Of the hills" not in page
    for wrong in ({"place": "north"}, {"place": "91, 0"}, {"taken": "1066-01-01T00:00:00"}, {"name": "lamp.png"}):
        refused = desk.submit(f"{path}/edit", **(stood | said | wrong))
        assert refused.status_code == 422, wrong
        assert "Lit" in refused.text


def test_a_photo_gets_stars_and_another_folder(desk: Desk, shelf: Shelf) -> None:
    photo, *_ = three(shelf)
    path, trips = f"/library/p/{photo}", shelf.below("Trips")
    desk.sent(f"{path}/rate", rating="4")
    assert "Rating: 4 of 5" in desk.page(path)
    desk.sent(f"{path}/rate", rating="0")
    assert "rating" not in shelf.file(photo)
    assert desk.submit(f"{path}/rate", rating="6").status_code == 400
    assert f'value="{trips.folder_id}"' in desk.page(f"{path}/move")
    desk.sent(f"{path}/move", folder=trips.folder_id)
    assert shelf.file(photo)["folderId"] == trips.folder_id
    assert desk.submit(f"{path}/move").status_code == 422


def test_versions_are_added_compared_and_restored(desk: Desk, shelf: Shelf, installation: Installation) -> None:
    first, second = make.photo(), make.photo()
    path = f"/library/p/{shelf.add(first)['fileId']}/versions"
    assert "Compare" not in desk.page(path)
    assert send(desk, path, second).headers["location"] == f"{path}?done=added"
    installation.work_off()
    page = desk.page(f"{path}?done=added")
    assert "The new version is shown now." in page
    assert re.findall(r"<figcaption>(Version \d)", page) == ["Version 1", "Version 2"]
    links = re.findall(r'<img src="(/media/[^"]+)" width="64"', page)
    assert [desk.get(unescape(each)).status_code for each in links] == [200, 200]
    assert desk.get(desk.get(f"{path}/1/original").headers["location"]).content == first
    assert desk.sent(f"{path}/1/restore").endswith("done=restored")
    page = desk.page(f"{path}?left=2&right=3")
    assert re.findall(r"<figcaption>(Version \d)", page) == ["Version 2", "Version 3"]
    assert "version 3 by alice" in desk.page(path.removesuffix("/versions"))
    for wrong in (b"no photo at all", b"", make.film()):
        refused = send(desk, path, wrong)
        assert refused.status_code == 422, refused.text
        assert 'role="alert"' in refused.text
    assert send(desk, path, second, csrf="guessed").status_code == 403
    installation.check_counts()


def send(desk: Desk, path: str, photo: bytes, csrf: str = "") -> Response:
    """A new version by the plain form."""
    token = csrf or sessions.csrf_token(desk.session)
    return desk.post(path, data={"csrf": token}, files={"file": ("edited.jpg", photo, "image/jpeg")})


@pytest.mark.parametrize("deed", ["restore", "delete"])
def test_the_trash_asks_for_a_choice_first(desk: Desk, shelf: Shelf, deed: str) -> None:
    first, *_ = three(shelf)
    desk.sent(f"/library/p/{first}/delete")
    page = desk.page(desk.sent(f"/trash/{deed}"))
    assert "Choose photos first." in page
    assert "0 photos" not in page
    assert page.count('name="ids"') == 1


def test_the_trash_is_deleted_from_only_when_it_was_asked(desk: Desk, shelf: Shelf, installation: Installation) -> None:
    first, second, third = three(shelf)
    for file_id in (first, second, third):
        desk.sent(f"/library/p/{file_id}/delete")
    page = desk.page("/trash")
    assert "30 days left" in page
    assert "Delete 3 photos for good" in page
    asked = desk.submit("/trash/delete", ids=[first, second])
    assert asked.status_code == 200
    assert "Delete 2 photos for good?" in asked.text
    assert installation.rows(File) == 3
    assert desk.sent("/trash/delete", ids=[first, second], sure="yes") == "/trash?done=deleted-2"
    assert desk.submit("/trash/delete", ids=[first, third], sure="yes").status_code == 404
    assert "Delete 1 photo for good?" in desk.submit("/trash/delete", one=third).text
    with closing(Desk(installation, "bob")) as bob:
        desk.sent(f"/shared/library/{shelf.library_id}", person="bob", role="contributor")
        assert "Delete selected now" not in bob.page("/trash")
        assert bob.submit("/trash/delete", ids=[third], sure="yes").status_code == 403
    assert f'name="library" value="{shelf.library_id}"' in desk.page("/trash")
    assert desk.sent("/trash/empty", library=shelf.library_id) == "/trash?done=deleted-1"
    assert installation.rows(File) == 0
    installation.check_counts()
