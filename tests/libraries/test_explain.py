"""Why a user may do what."""

from typing import Any

from tests import make
from tests.installation import Caller, Installation

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import members
from albumen.libraries.models import Album, AlbumItem, Role


def give(by: Caller, place: str, user: str, role: str) -> None:
    assert by.post(f"{place}/users", json={"userId": user, "role": role}).status_code == 200


def album_of(installation: Installation, library_id: str, file_id: str, reader: str) -> str:
    """An album that holds a file and that a user may read."""
    user = installation.user(reader)
    with installation.app.writing(SYSTEM) as unit:
        library, now = ids.decode(library_id), unit.now
        album = Album(id=ids.new_id(), library_id=library, name="Best", created_at=now, modified_at=now)
        unit.db.add(album)
        unit.db.flush()
        unit.db.add(AlbumItem(album_id=album.id, file_id=ids.decode(file_id), position=1, added_at=now))
        members.assign(unit, album, user.id, Role.contributor)
    return ids.encode(album.id)


def test_every_role_that_reaches_a_file_is_told(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    form = {"parentId": shelf.folder_id, "name": "2023"}
    inner = alice.post(f"{shelf.library}/folders", json=form).json()["folderId"]
    files = f"{shelf.library}/folders/{inner}/files"
    file = alice.post(files, files=[("files", ("a.jpg", make.photo()))]).json()[0]["fileId"]
    album = album_of(installation, shelf.library_id, file, "bob")
    explain = f"{shelf.library}/access/explain?userId=bob"

    def told(by: Caller, of: str = "") -> Any:
        answer = by.get(f"{explain}{of}")
        return answer.json() if answer.status_code == 200 else answer.status_code

    bob = installation.caller("bob")
    on_album = {"place": "album", "id": album, "name": "Best"}
    lent = {"userId": "bob", "role": "reader", "through": [{**on_album, "role": "reader"}]}
    assert told(alice, f"&fileId={file}") == told(bob, f"&fileId={file}") == lent
    assert told(alice, f"&albumId={album}")["through"] == [{**on_album, "role": "contributor"}]
    assert told(alice) == told(alice, f"&folderId={inner}") == {"userId": "bob", "through": []}
    assert told(bob, f"&folderId={inner}") == 404

    give(alice, f"{shelf.library}/folders/{inner}", "bob", "reader")
    give(alice, shelf.folder, "bob", "owner")
    give(alice, shelf.library, "bob", "contributor")
    all_of_it = told(bob, f"&fileId={file}")
    assert all_of_it == told(alice, f"&fileId={file}")
    assert all_of_it["role"] == bob.get(f"{shelf.library}/files/{file}").json()["userRole"] == "owner"
    assert [(each["place"], each["name"], each["role"]) for each in all_of_it["through"]] == [
        ("folder", "All Pictures", "owner"),
        ("library", "Family", "contributor"),
        ("folder", "2023", "reader"),
        ("album", "Best", "reader"),
    ]
    assert [each["name"] for each in told(bob, f"&folderId={shelf.folder_id}")["through"]] == ["All Pictures", "Family"]
    assert told(bob)["role"] == "contributor"


def test_only_owners_ask_about_others(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    give(alice, shelf.library, "carl", "contributor")
    give(alice, shelf.folder, "fay", "owner")
    explain = f"{shelf.library}/access/explain?userId="
    asked = {name: installation.caller(name) for name in ("carl", "fay", "mallory")}
    assert {name: by.get(f"{explain}alice").status_code for name, by in asked.items()} == {
        "carl": 403,
        "fay": 403,
        "mallory": 404,
    }
    assert asked["carl"].get(f"{explain}nobody").json() == asked["carl"].get(f"{explain}alice").json()
    assert {name: by.get(f"{explain}{name}").status_code for name, by in asked.items()} == {
        "carl": 200,
        "fay": 200,
        "mallory": 404,
    }


def test_what_cannot_be_explained(alice: Caller) -> None:
    shelf, other = alice.library(), alice.library()
    explain = f"{shelf.library}/access/explain"
    assert alice.get(explain).status_code == 400
    assert alice.get(f"{explain}?userId=nobody").status_code == 404
    for thing in ("folderId", "fileId", "albumId"):
        assert alice.get(f"{explain}?userId=alice&{thing}=zzz").status_code == 404
    assert alice.get(f"{explain}?userId=alice&folderId={other.folder_id}").status_code == 404
    assert alice.get(f"{explain}?userId=alice&folderId={shelf.folder_id}&fileId=zzz").status_code == 400


def test_an_album_by_query_reaches_what_it_finds(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    files = [shelf.add(make.photo())["fileId"] for _ in range(2)]
    alice.call("PATCH", f"{shelf.library}/files/{files[0]}", json={"rating": 5})
    query = {"version": "1.0", "criteria": [{"attribute": "rating", "operator": "gte", "value": 4}]}
    album = alice.post(f"{shelf.library}/albums", json={"name": "Best", "query": query}).json()["albumId"]
    give(alice, f"{shelf.library}/albums/{album}", "bob", "reader")
    for file, role in zip(files, ("reader", None), strict=True):
        told = alice.get(f"{shelf.library}/access/explain?userId=bob&fileId={file}").json()
        assert told.get("role") == role
        assert [each["id"] for each in told["through"]] == ([album] if role else [])
        status = installation.caller("bob").get(f"{shelf.library}/files/{file}").status_code
        assert status == (200 if role else 404)
