"""What is in an event: put in, sent in, taken out, arranged, parted into sets, merged; and the lock on all of it."""

from typing import Any

import pytest
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation


def names(party: Party, **params: Any) -> list[str]:
    """The names of the photos in their order, by pages of two."""
    found, cursor = [], None
    while True:
        more = {"limit": 2, **params} | ({"cursor": cursor} if cursor else {})
        page = party.host.get(f"{party.path}/files", params=more).json()
        found += [each["name"] for each in page["files"]]
        cursor = page.get("next")
        if cursor is None:
            return found


def test_photos_are_sent_into_an_event(party: Party) -> None:
    photos = [make.photo(), make.photo()]
    sent: list[Any] = [("files", (f"new_{number}.jpg", photo)) for number, photo in enumerate(photos)]
    first = party.host.post(f"{party.path}/files", files=sent)
    assert first.status_code == 200, first.text
    again = party.host.post(f"{party.path}/files", files=sent[:1]).json()
    assert [each["duplicate"] for each in again] == [True]
    assert again[0]["fileId"] == first.json()[0]["fileId"]
    assert names(party)[-2:] == ["new_0.jpg", "new_1.jpg"]
    folder = party.host.get(f"{party.shelf.library}/folders/{first.json()[0]['folderId']}").json()
    assert folder["path"] == "Events/Anna & Ben"
    party.installation.check_counts()


def test_photos_of_the_library_are_put_in_and_taken_out(party: Party) -> None:
    other = party.shelf.add(make.photo(), "other.jpg")["fileId"]
    added = party.host.post(f"{party.path}/files", json={"fileIds": [other, party.file_ids[0]]})
    assert (added.status_code, added.json()["fileCount"]) == (200, 5)
    gone = party.host.call("DELETE", f"{party.path}/files", json={"fileIds": [other]})
    assert (gone.status_code, party.event()["fileCount"]) == (204, 4)
    assert party.shelf.file(other)["name"] == "other.jpg"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"fileIds": []}', b'{"fileIds": ["a"], "more": 1}'])
def test_bad_bodies(party: Party, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert party.host.post(f"{party.path}/files", content=body, headers=headers).status_code == 400


def test_a_block_is_moved(party: Party) -> None:
    first, second, third, fourth = party.file_ids
    order = f"{party.path}/files/order"
    assert party.host.post(order, json={"fileIds": [fourth, second], "before": first}).status_code == 204
    assert names(party) == ["IMG_4.jpg", "IMG_2.jpg", "IMG_1.jpg", "IMG_3.jpg"]
    assert party.host.post(order, json={"fileIds": [fourth]}).status_code == 204
    assert names(party) == ["IMG_2.jpg", "IMG_1.jpg", "IMG_3.jpg", "IMG_4.jpg"]
    assert party.host.post(order, json={"fileIds": [third], "before": third}).status_code == 400
    stranger = party.shelf.add(make.photo(), "other.jpg")["fileId"]
    assert party.host.post(order, json={"fileIds": [stranger]}).status_code == 404


def test_sets(party: Party) -> None:
    sets = f"{party.path}/sets"
    cake, dance = (party.host.post(sets, json={"name": each}).json()["setId"] for each in ("Cake", "Dance"))
    assert party.host.post(sets, json={"name": "CAKE"}).status_code == 409
    party.host.post(f"{sets}/{cake}/files", json={"fileIds": party.file_ids[:3]})
    party.host.post(f"{sets}/{dance}/files", json={"fileIds": party.file_ids[2:3]})
    party.host.call("PATCH", f"{sets}/{dance}", json={"position": 1, "name": "Dancing"})
    listed = party.host.get(sets).json()["sets"]
    assert [(each["name"], each["fileCount"]) for each in listed] == [("Dancing", 1), ("Cake", 2)]
    assert names(party, set=cake) == ["IMG_1.jpg", "IMG_2.jpg"]
    party.host.call("DELETE", f"{sets}/{cake}/files", json={"fileIds": party.file_ids[:1]})
    assert names(party, set=cake) == ["IMG_2.jpg"]
    assert party.host.delete(f"{sets}/{cake}").status_code == 204
    assert party.event()["fileCount"] == 4


def test_a_photo_taken_out_leaves_its_set(party: Party) -> None:
    cake = party.host.post(f"{party.path}/sets", json={"name": "Cake"}).json()["setId"]
    party.host.post(f"{party.path}/sets/{cake}/files", json={"fileIds": party.file_ids[:1]})
    party.host.call("DELETE", f"{party.path}/files", json={"fileIds": party.file_ids[:1]})
    party.host.post(f"{party.path}/files", json={"fileIds": party.file_ids[:1]})
    assert names(party, set=cake) == []


def test_the_lock(party: Party) -> None:
    cake = party.host.post(f"{party.path}/sets", json={"name": "Cake"}).json()["setId"]
    assert party.change(locked=True)["locked"] is True
    chosen = {"fileIds": party.file_ids[:1]}
    album = f"{party.shelf.library}/albums/{party.event()['albumId']}/files"
    tried = [
        party.host.post(f"{party.path}/files", json=chosen),
        party.host.post(f"{party.path}/files", files=[("files", ("new.jpg", make.photo()))]),
        party.host.call("DELETE", f"{party.path}/files", json=chosen),
        party.host.post(f"{party.path}/files/order", json=chosen),
        party.host.post(f"{party.path}/sets/{cake}/files", json=chosen),
        party.host.post(album, json=chosen),
        party.host.call("DELETE", album, json=chosen),
    ]
    assert [each.status_code for each in tried] == [409] * 7
    party.change(locked=False)
    assert party.host.call("DELETE", f"{party.path}/files", json=chosen).status_code == 204


@pytest.mark.parametrize("in_other_library", [False, True])
def test_merging(installation: Installation, alice: Caller, party: Party, in_other_library: bool) -> None:
    other = Party.of(installation, alice, 1)
    if in_other_library:
        source = other
    else:
        album = alice.post(f"{party.shelf.library}/albums", json={"name": "More", "fileIds": party.file_ids[:1]}).json()
        made = alice.post("/events", json={"eventName": "More", "albumId": album["albumId"]}).json()
        source = Party(installation, alice, party.shelf, made["eventId"], party.file_ids[:1])
        alice.post(f"{source.path}/files", json={"fileIds": [party.shelf.add(make.photo(), "more.jpg")["fileId"]]})
    cake = alice.post(f"{source.path}/sets", json={"name": "Cake"}).json()["setId"]
    in_source = alice.get(f"{source.path}/files").json()["files"]
    alice.post(f"{source.path}/sets/{cake}/files", json={"fileIds": [each["fileId"] for each in in_source]})
    merged = alice.post(f"{party.path}/merge", json={"source": source.event_id})
    assert (merged.status_code, merged.json()) == (200, {"added": 1})
    assert alice.post(f"{party.path}/merge", json={"source": source.event_id}).json() == {"added": 0}
    assert party.event()["fileCount"] == 5
    [named] = alice.get(f"{party.path}/sets").json()["sets"]
    assert (named["name"], named["fileCount"]) == ("Cake", len(in_source))
    assert source.event()["fileCount"] == len(in_source)
    installation.check_counts()


def test_a_cover_is_one_of_its_photos(party: Party) -> None:
    assert party.event()["cover"] == party.file_ids[0]
    assert party.change(coverFileId=party.file_ids[2])["cover"] == party.file_ids[2]
    other = party.shelf.add(make.photo(), "other.jpg")["fileId"]
    assert party.host.call("PATCH", party.path, json={"coverFileId": other}).status_code == 400
