"""The webhooks of an event on their page: added with a secret shown once, tested, with what became of it, removed."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation
from tests.listening import Listener, listening
from tests.web.desk import Desk

from albumen.media.guard import Guard


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, guard: Guard) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, events={"private_webhooks": True})
    yield made
    made.close()


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    return Party.of(installation, alice, photos=1)


@pytest.fixture
def desk(installation: Installation, party: Party) -> Iterator[Desk]:
    with closing(Desk(installation, "alice")) as desk:
        yield desk


def test_a_webhook_is_made_tested_and_removed(
    installation: Installation, party: Party, desk: Desk, listener: Listener
) -> None:
    path = f"{party.path}/webhooks"
    assert f'href="{path}"' in desk.page(f"{party.path}/settings")
    answer = desk.submit(path, url=f"{listener.url}/hook", kinds="uploads.new")
    secret = re.search('id="secret" value="([^"]+)"', answer.text)
    assert (answer.status_code, bool(secret)) == (200, True)
    page = desk.page(path)
    assert "Nothing was sent lately." in page
    assert secret and secret[1] not in page
    [hook] = party.host.get("/webhooks").json()
    assert (hook["eventId"], hook["kinds"]) == (party.event_id, ["uploads.new"])
    one = f"{path}/{hook['webhookId']}"
    assert desk.sent(one, deed="ping") == f"{path}?done=tested"
    assert "is being sent" in desk.page(path)
    installation.work_off()
    assert len(listener.posts) == 1
    assert "arrived" in desk.page(path)
    desk.sent(one, deed="remove")
    assert party.host.get("/webhooks").json() == []


@pytest.mark.parametrize(
    ("told", "said"),
    [({"url": "ftp://example.org", "kinds": "uploads.new"}, "begins with https"), ({"url": "http://x"}, "Choose what")],
)
def test_what_cannot_be_told_is_said_beside_the_form(desk: Desk, party: Party, told: dict[str, str], said: str) -> None:
    answer = desk.submit(f"{party.path}/webhooks", **told)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert told["url"] in answer.text


def test_only_owners_have_that_page(installation: Installation, party: Party) -> None:
    album = f"{party.shelf.library}/albums/{party.event()['albumId']}/users"
    with closing(Desk(installation, "helper")) as helper:
        assert party.host.post(album, json={"userId": "helper", "role": "contributor"}).status_code == 200
        assert helper.get(f"{party.path}/webhooks").status_code == 403
        told = {"url": "https://example.org", "kinds": "uploads.new"}
        assert helper.submit(f"{party.path}/webhooks", **told).status_code == 403


def test_another_event_is_merged_by_the_settings(installation: Installation, alice: Caller, desk: Desk) -> None:
    other = Party.of(installation, alice, photos=2)
    [party] = [each for each in alice.get("/events").json()["events"] if each["eventId"] != other.event_id]
    path = f"/events/{party['eventId']}"
    assert other.event_id in desk.page(f"{path}/settings")
    assert desk.sent(f"{path}/merge", source=other.event_id) == f"{path}?done=merged"
    assert alice.get(path).json()["fileCount"] == 3
    assert desk.submit(f"{path}/merge", source=party["eventId"]).status_code in (400, 422)
    installation.check_counts()


def test_files_of_a_plain_form_go_into_the_set(party: Party, desk: Desk) -> None:
    set_id = party.host.post(f"{party.path}/sets", json={"name": "Dinner"}).json()["setId"]
    token = re.search('name="csrf" value="([^"]+)"', desk.page(f"{party.path}/upload"))
    assert token
    files = [("files", ("IMG_9.jpg", make.photo(), "image/jpeg"))]
    answer = desk.post(f"{party.path}/upload", data={"csrf": token[1], "set": set_id}, files=files)
    assert "Added" in answer.text
    assert len(party.host.get(f"{party.path}/files", params={"set": set_id}).json()["files"]) == 1
