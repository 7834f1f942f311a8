"""What becomes of an event's codes when its publisher may publish it no more."""

import pytest
from tests import databases, make
from tests.events.party import Party, guest, knock
from tests.installation import Caller, Installation, Shelf

BOTH = pytest.mark.parametrize("database_kind", [databases.SQLITE, databases.POSTGRESQL], indirect=True)


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """Alice's library."""
    return alice.library()


@pytest.fixture
def carol(installation: Installation) -> Caller:
    return installation.caller("carol")


def give(shelf: Shelf, place: str, role: str) -> None:
    assert shelf.by.post(f"{place}/users", json={"userId": "carol", "role": role}).status_code == 200


def take(shelf: Shelf, place: str) -> None:
    assert shelf.by.delete(f"{place}/users/carol").status_code == 204


def published(installation: Installation, carol: Caller, shelf: Shelf, file_ids: list[str]) -> Party:
    """An event of carol's in the library of another."""
    album = carol.post(f"{shelf.library}/albums", json={"name": "Hers", "fileIds": file_ids}).json()["albumId"]
    event = carol.post("/events", json={"eventName": "Hers", "albumId": album}).json()["eventId"]
    party = Party(installation, carol, shelf, event, tuple(file_ids))
    party.look()
    return party


@BOTH
def test_codes_end_with_the_last_role_of_who_published(installation: Installation, carol: Caller, shelf: Shelf) -> None:
    files = [shelf.add(make.photo(), f"IMG_{number}.jpg")["fileId"] for number in range(2)]
    part = shelf.below("Part")
    give(shelf, shelf.library, "reader")
    give(shelf, part.folder, "contributor")
    party = published(installation, carol, shelf, files)
    code = party.code("view", "download", sizes=["original"])
    olga, bob = party.enter(code), installation.caller("bob")
    assert bob.post("/subscriptions", json={"accessCode": code["accessCode"]}).status_code == 200
    assert len(olga.get("/access/files").json()["files"]) == 2
    zipped = olga.post("/access/download", json={}).json()["url"]
    assert installation.client.get(zipped).status_code == 200
    take(shelf, part.folder)
    assert olga.get("/access").status_code == 200, "she is a reader of the library, and owns the album"
    take(shelf, shelf.library)
    assert [olga.get(path).status_code for path in ("/access", "/access/files", "/access/index")] == [401] * 3
    assert knock(installation, code["accessCode"]).status_code == 404
    assert knock(installation, code["qrUrl"].split("#")[1]).status_code == 404
    assert installation.client.get(zipped).status_code == 404
    assert bob.get("/subscriptions").json()["subscriptions"] == []
    assert bob.post(f"/subscriptions/{party.event_id}/visit").status_code == 404


@BOTH
def test_who_is_let_into_no_folder_any_more_owns_no_album(
    installation: Installation, carol: Caller, shelf: Shelf
) -> None:
    parts = [shelf.below(name) for name in ("One", "Two")]
    file = parts[0].add(make.photo())
    for part in parts:
        give(shelf, part.folder, "contributor")
    party = published(installation, carol, shelf, [file["fileId"]])
    olga = party.enter(party.code())
    take(shelf, parts[0].folder)
    assert olga.get("/access").status_code == 200
    take(shelf, parts[1].folder)
    assert olga.get("/access").status_code == 401
    assert carol.get(shelf.library).status_code == 404
    assert carol.get(f"{shelf.library}/files/{file['fileId']}").status_code == 404


def test_codes_open_again_with_the_role(installation: Installation, carol: Caller, shelf: Shelf) -> None:
    give(shelf, shelf.library, "contributor")
    party = published(installation, carol, shelf, [shelf.add(make.photo())["fileId"]])
    code = party.code()
    olga = party.enter(code)
    take(shelf, shelf.library)
    assert olga.get("/access").status_code == 401
    give(shelf, shelf.library, "owner")
    assert olga.get("/access").status_code == 200
    assert guest(installation, knock(installation, code["accessCode"]).json()["token"]).get("/access").is_success


def test_nothing_is_given_to_it_either(installation: Installation, carol: Caller, shelf: Shelf) -> None:
    give(shelf, shelf.library, "contributor")
    party = published(installation, carol, shelf, [shelf.add(make.photo())["fileId"]])
    party.change(guestUpload="yes")
    olga = party.enter(party.code("view", "upload"))
    assert olga.post("/access/files", files=[("files", ("a.jpg", make.photo()))]).status_code == 200
    take(shelf, shelf.library)
    assert olga.post("/access/files", files=[("files", ("b.jpg", make.photo()))]).status_code == 401
