"""Resumable uploads into events, by those who may add to them: filed, put in, laid into sets, once."""

from pathlib import Path

import pytest
from tests import make
from tests.assets.live_photos import live_film, live_photo
from tests.events.party import Party
from tests.flows.tus import Upload
from tests.installation import Caller, Installation

from albumen.libraries.models import File

QUERY = {"version": "1.0", "criteria": [{"attribute": "rating", "operator": "gte", "value": 4}]}


def in_set(party: Party, set_id: str) -> list[str]:
    """The photos of a set."""
    return [file["fileId"] for file in party.host.get(f"{party.path}/files", params={"set": set_id}).json()["files"]]


def listed(party: Party) -> list[str]:
    """The photos of the event."""
    return [file["fileId"] for file in party.host.get(f"{party.path}/files").json()["files"]]


def sent(upload: Upload) -> str:
    """All of it, in two parts; the id of its file."""
    assert upload.create().status_code == 201
    half = len(upload.content) // 2
    assert upload.send(0, half).status_code == 204
    assert upload.offset() == half
    answer = upload.send(half)
    assert answer.status_code == 204, answer.text
    return str(answer.headers["albumen-file-id"])


def test_it_is_filed_in_the_events_folder_and_in_its_set(party: Party, installation: Installation) -> None:
    set_id = party.host.post(f"{party.path}/sets", json={"name": "Dinner"}).json()["setId"]
    upload = Upload(party.host, make.photo(), told={"eventId": party.event_id, "set": set_id})
    file_id = sent(upload)
    assert listed(party) == [*party.file_ids, file_id]
    assert in_set(party, set_id) == [file_id]
    assert party.host.get(upload.path).json()["fileId"] == file_id
    file = party.host.get(f"{party.shelf.library}/files/{file_id}").json()
    folder = party.host.get(f"{party.shelf.library}/folders/{file['folderId']}").json()
    assert folder["path"].endswith("Events/Anna & Ben")
    again = sent(Upload(party.host, upload.content, told={"eventId": party.event_id}))
    assert (again, in_set(party, set_id)) == (file_id, [file_id])
    assert installation.rows(File) == len(party.file_ids) + 1
    installation.check_counts()


@pytest.mark.parametrize(
    ("told", "status"),
    [({"set": "zzzzzz"}, 404), ({"folderId": "zzzzzz"}, 400), ({"eventId": "zzzzzz"}, 404), ({"eventId": "?"}, 404)],
)
def test_what_is_not_there_is_refused_at_once(party: Party, told: dict[str, str], status: int) -> None:
    upload = Upload(party.host, make.photo(), told={"eventId": party.event_id, **told})
    assert upload.create().status_code == status


def test_only_those_who_may_add_send(party: Party, installation: Installation) -> None:
    mallory = installation.caller("mallory")
    told = {"eventId": party.event_id}
    assert Upload(mallory, make.photo(), told=told).create().status_code == 404
    upload = Upload(party.host, make.photo(), told=told)
    upload.create()
    assert mallory.call("HEAD", upload.path, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert upload.send(0, 10).status_code == 204
    party.change(locked=True)
    assert upload.send(10).status_code == 409
    assert Upload(party.host, make.photo(), told=told).create().status_code == 409
    party.change(locked=False)
    assert party.host.get(upload.path).json()["fileId"]  # whole, and filed as soon as somebody asks
    assert len(listed(party)) == len(party.file_ids) + 1
    installation.check_counts()


def test_who_has_a_role_on_the_album_alone_is_told_before_sending(party: Party, installation: Installation) -> None:
    bob = installation.caller("bob")
    user_id = bob.get("/users/me").json()["userId"]
    album = f"{party.shelf.library}/albums/{party.event()['albumId']}"
    assert party.host.post(f"{album}/users", json={"userId": user_id, "role": "contributor"}).status_code == 200
    answer = Upload(bob, make.photo(), told={"eventId": party.event_id}).create()
    assert answer.status_code in (403, 404)
    assert installation.spools() == 0


def test_an_album_by_query_takes_no_photos(alice: Caller) -> None:
    shelf = alice.library()
    album = alice.post(f"{shelf.library}/albums", json={"name": "Best", "query": QUERY}).json()
    event = alice.post("/events", json={"eventName": "Best", "albumId": album["albumId"]}).json()
    upload = Upload(alice, make.photo(), told={"eventId": event["eventId"]})
    assert upload.create().status_code == 409


@pytest.mark.parametrize("first", ["photo", "film"])
def test_a_live_photo_is_one_photo_whichever_half_comes_first(party: Party, tmp_path: Path, first: str) -> None:
    set_id = party.host.post(f"{party.path}/sets", json={"name": "Dinner"}).json()["setId"]
    told = {"eventId": party.event_id, "set": set_id}
    halves = {"photo": live_photo(), "film": live_film(tmp_path)}
    for _ in range(2):
        for name in sorted(halves, key=lambda each: each != first):
            sent(Upload(party.host, halves[name], told={**told, "filename": name}))
        [file] = [file for file in listed(party) if file not in party.file_ids]
        assert in_set(party, set_id) == [file]
    assert party.host.get(f"{party.shelf.library}/files/{file}").json()["motion"]
    party.installation.check_counts()
