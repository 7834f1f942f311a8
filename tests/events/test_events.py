"""Events themselves: published, named, given an end."""

import pytest
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.changes.models import AuditEntry
from albumen.events import addresses


def test_an_event_of_ones_own(alice: Caller) -> None:
    made = alice.post("/events", json={"eventName": "Été à Łódź", "secondsToLive": 60, "date": "2026-06-28"})
    assert made.status_code == 200, made.text
    told = made.json()
    assert told["publicUrl"] == "alice/ete_a_łodz"
    assert (told["userId"], told["secondsToLive"], told["date"]) == ("alice", 60, "2026-06-28")
    assert (told["fileCount"], told["locked"], told["stripLocation"]) == (0, False, True)
    assert alice.get("/events").json()["events"] == [told]
    assert alice.post("/events", json={"eventName": "x", "albumId": told["albumId"]}).status_code == 409


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Anna & Ben's Wedding", "anna_bens_wedding"),
        ("  ~~  ", ""),
        ("結婚式 2026", "結婚式_2026"),
        ("../../etc/passwd", "etc_passwd"),
        ("शादी", "शादी"),
        ("Straße/ﬁn", "strasse_fin"),
        ("a" * 200, "a" * 80),
    ],
)
def test_words_of_addresses(name: str, word: str) -> None:
    assert addresses.word_of(name) == word
    assert addresses.word_of(word) == word


def test_an_address_stays_when_another_is_given(alice: Caller, party: Party) -> None:
    assert party.event()["publicUrl"] == "alice/anna_ben"
    assert party.change(eventName="Golden wedding")["publicUrl"] == "alice/golden_wedding"
    for word in ("anna_ben", "golden_wedding", "GOLDEN_Wedding"):
        assert alice.get(f"/events/at/alice/{word}").json()["publicUrl"] == "alice/golden_wedding"
    assert alice.get("/events/at/alice/silver_wedding").status_code == 404
    second = alice.post("/events", json={"eventName": "Anna & Ben"}).json()
    assert second["publicUrl"] == "alice/anna_ben_2"
    assert party.change(eventName="Anna & Ben")["publicUrl"] == "alice/anna_ben"


def test_users_of_one_name_have_addresses_of_their_own(installation: Installation) -> None:
    found = [installation.caller(each).post("/events", json={"eventName": "Fest"}).json() for each in ("Eva", "eva")]
    assert [each["publicUrl"] for each in found] == ["eva/fest", "eva_2/fest"]


def test_an_end_is_put_off_and_taken_away(party: Party) -> None:
    made = party.event()
    assert "expiresOn" not in made
    end = party.change(secondsToLive=3600)["expiresOn"]
    assert party.change(expiresOn=end)["secondsToLive"] == 3600
    party.installation.clock.advance(hours=2)
    assert party.event()["isOver"] is True
    assert party.change(secondsToLive=3 * 3600)["isOver"] is False
    assert "expiresOn" not in party.change(secondsToLive=None)
    assert party.host.call("PATCH", party.path, json={"expiresOn": "1999-01-01T00:00:00Z"}).status_code == 400
    assert party.host.call("PATCH", party.path, json={"date": "2026-02-30"}).status_code == 400


def test_what_was_done_is_on_record_without_codes(installation: Installation, party: Party) -> None:
    code = party.code()
    party.host.post(f"{party.path}/accessors/{code['accessorId']}/replace")
    party.host.delete(f"{party.path}/accessors/{code['accessorId']}")
    assert installation.rows(AuditEntry) == 4


def test_taking_an_event_away_leaves_its_album(party: Party) -> None:
    album = f"{party.shelf.library}/albums/{party.event()['albumId']}"
    assert party.host.delete(party.path).status_code == 204
    assert party.host.get(party.path).status_code == 404
    assert party.host.get(album).json()["fileCount"] == 4
    assert party.host.get("/events/at/alice/anna_ben").status_code == 404
