"""Webhooks: signed, tried again, and only told what their owner may know."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.events.party import Party
from tests.installation import Caller, Installation
from tests.listening import Listener, Posted, listening

from albumen.accounts import keys, users
from albumen.events import notices
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.media.guard import Guard

DAY = 86_400
ALL = ["uploads.new", "event.ending", "event.ended", "event.purged", "code.sent"]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, guard: Guard) -> Iterator[Installation]:
    made = Installation.at(tmp_path / "data", guard, events={"private_webhooks": True})
    yield made
    made.close()


def hook(caller: Caller, url: str, **told: object) -> dict[str, str]:
    answer = caller.post("/webhooks", json={"url": url, "kinds": ALL, **told})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def is_genuine(posted: Posted, secret: str) -> bool:
    """As the owner's program would see to it."""
    moment, _, mac = posted.headers["albumen-signature"].removeprefix("t=").partition(",v1=")
    wanted = hmac.new(secret.encode(), f"{moment}.".encode() + posted.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(mac, wanted)


def test_a_message_is_signed_with_the_secret_that_was_shown_once(
    installation: Installation, alice: Caller, listener: Listener
) -> None:
    made = hook(alice, f"{listener.url}/hook")
    assert alice.post(f"/webhooks/{made['webhookId']}/ping").status_code == 202
    installation.work_off()
    [posted] = listener.posts
    assert is_genuine(posted, made["secret"])
    assert not is_genuine(posted, "another")
    assert json.loads(posted.body)["kind"] == "ping"
    [listed] = alice.get("/webhooks").json()
    assert "secret" not in listed
    assert listed["toldOn"]


def test_it_is_told_of_the_events_of_its_owner_only(
    installation: Installation, alice: Caller, party: Party, listener: Listener
) -> None:
    hook(alice, f"{listener.url}/alice")
    hook(installation.caller("bob"), f"{listener.url}/bob")
    party.change(secondsToLive=10 * DAY)
    installation.clock.advance(days=4)
    notices.tell_ends(installation.app)
    installation.work_off()
    [posted] = listener.posts
    told = json.loads(posted.body)
    assert (posted.path, told["kind"], told["eventId"]) == ("/alice", "event.ending", party.event_id)
    assert "Anna" not in posted.body.decode()


def test_it_is_told_only_what_it_asked_for(
    installation: Installation, alice: Caller, party: Party, listener: Listener
) -> None:
    hook(alice, listener.url, kinds=["event.ended"])
    party.change(secondsToLive=10 * DAY)
    for days in (4, 7):
        installation.clock.advance(days=days)
        notices.tell_ends(installation.app)
        installation.work_off()
    assert [json.loads(posted.body)["kind"] for posted in listener.posts] == ["event.ended"]


def test_what_fails_is_tried_again_and_after_a_day_switched_off(
    installation: Installation, alice: Caller, listener: Listener
) -> None:
    made = hook(alice, listener.url)
    listener.status = 500
    alice.post(f"/webhooks/{made['webhookId']}/ping")
    installation.work_off()
    assert len(listener.posts) == 7
    assert len({posted.headers["albumen-delivery"] for posted in listener.posts}) == 1
    [listed] = alice.get("/webhooks").json()
    assert listed["disabled"]
    assert listed["failure"] == "It answered 500."
    alice.post(f"/webhooks/{made['webhookId']}/ping")
    installation.work_off()
    assert len(listener.posts) == 7
    listener.status = 200
    assert not alice.post(f"/webhooks/{made['webhookId']}/enable").json()["disabled"]
    alice.post(f"/webhooks/{made['webhookId']}/ping")
    installation.work_off()
    assert len(listener.posts) == 8


def test_nobody_sees_or_touches_the_webhooks_of_others(installation: Installation, alice: Caller) -> None:
    made = hook(alice, "http://127.0.0.1:9/")
    bob = installation.caller("bob")
    assert bob.get("/webhooks").json() == []
    path = f"/webhooks/{made['webhookId']}"
    answers = (bob.delete(path), bob.post(f"{path}/ping"), bob.post(f"{path}/enable"))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert alice.delete(path).status_code == 204
    assert alice.get("/webhooks").json() == []


def test_only_owners_have_others_told_of_an_event(installation: Installation, party: Party) -> None:
    told = {"url": "http://127.0.0.1:9/", "kinds": ALL, "eventId": party.event_id}
    assert installation.caller("bob").post("/webhooks", json=told).status_code == 404
    assert party.host.post("/webhooks", json=told).status_code == 201


def test_private_addresses_are_refused_unless_the_keeper_allows_them(tmp_path: Path, guard: Guard) -> None:
    plain = Installation.at(tmp_path / "plain", guard)
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://localhost:5000/"):
        answer = plain.caller("alice").post("/webhooks", json={"url": url, "kinds": ALL})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
    plain.close()


def test_an_address_that_became_private_is_not_posted_to(
    installation: Installation, alice: Caller, listener: Listener, tmp_path: Path
) -> None:
    made = hook(alice, listener.url)
    rooms = installation.app.settings.events.model_copy(update={"private_webhooks": False})
    object.__setattr__(installation.app.settings, "events", rooms)
    alice.post(f"/webhooks/{made['webhookId']}/ping")
    installation.work_off()
    assert listener.posts == []
    [listed] = alice.get("/webhooks").json()
    assert listed["failure"] == "A webhook may not go to a private address."


def test_who_owns_the_event_no_longer_is_told_no_more(
    installation: Installation, alice: Caller, party: Party, listener: Listener
) -> None:
    bob = installation.caller("bob")
    bob.get("/users/me")
    members = f"{party.shelf.library}/users"
    assert alice.post(members, json={"userId": "bob", "role": "owner"}).status_code == 200
    hook(bob, f"{listener.url}/bob", eventId=party.event_id)
    assert alice.delete(f"{members}/bob").status_code == 204
    party.change(secondsToLive=10 * DAY)
    installation.clock.advance(days=4)
    notices.tell_ends(installation.app)
    installation.work_off()
    assert listener.posts == []


def test_a_key_for_some_libraries_is_told_of_these_only(
    installation: Installation, alice: Caller, party: Party
) -> None:
    other = Party.of(installation, alice, photos=0)
    with installation.app.writing(SYSTEM) as unit:
        opens = [ids.decode(party.shelf.library_id)]
        scopes = ["read", "write", "share"]
        _, key = keys.create(unit, users.with_id(unit, "alice"), label="", scopes=scopes, libraries=opens)
    limited = Caller(installation.client, {"Authorization": f"ApiKey {key}"})
    url = "http://127.0.0.1:9/"
    form = {"url": url, "kinds": ALL}
    refused = limited.post("/webhooks", json=form)
    assert (refused.status_code, refused.json()["detail"]) == (403, "This key is limited to some libraries.")
    assert limited.post("/webhooks", json={**form, "eventId": other.event_id}).status_code == 404
    hooks = hook(alice, url), hook(alice, url, eventId=other.event_id)
    mine = hook(limited, url, eventId=party.event_id)["webhookId"]
    assert [each["webhookId"] for each in limited.get("/webhooks").json()] == [mine]
    for each in hooks:
        path = f"/webhooks/{each['webhookId']}"
        answers = (limited.delete(path), limited.post(f"{path}/ping"), limited.post(f"{path}/enable"))
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len(alice.get("/webhooks").json()) == 3
    assert limited.delete(f"/webhooks/{mine}").status_code == 204
