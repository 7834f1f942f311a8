"""Letters about events: who gets which, when, and what stands in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.events.party import Party, knock
from tests.events.post import PostOffice
from tests.installation import Caller

from albumen.accounts.models import User
from albumen.events import letters, notices
from albumen.jobs.models import Job
from albumen.kernel.actor import SYSTEM
from albumen.mail import Letter
from albumen.media.guard import Guard

DAY = 86_400


@pytest.fixture
def office(tmp_path: Path, guard: Guard) -> Iterator[PostOffice]:
    made = PostOffice(tmp_path / "data", guard, server={"public_url": "https://photos.example"})
    yield made
    made.installation.close()


@pytest.fixture
def alice(office: PostOffice) -> Caller:
    """A host who can be written to."""
    caller = office.installation.caller("alice")
    user = office.installation.user("alice")
    with office.installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, user.id).email = "alice@example.org"
    return caller


@pytest.fixture
def party(office: PostOffice, alice: Caller) -> Party:
    return Party.of(office.installation, alice, photos=1, secondsToLive=30 * DAY)


def tick(office: PostOffice, days: float) -> list[Letter]:
    """Let time pass, and see what is sent for it."""
    office.sent()
    office.installation.clock.advance(days=days)
    notices.tell_ends(office.installation.app)
    return office.sent()


def test_a_code_is_sent_with_what_opens_the_event(office: PostOffice, party: Party) -> None:
    code = party.code("view", label="Bride")
    told = {"email": "Bride@Example.org", "note": "Enjoy!"}
    assert party.host.post(f"{party.path}/accessors/{code['accessorId']}/send", json=told).status_code == 202
    [letter] = office.sent()
    assert letter.to == "bride@example.org"
    assert "Anna & Ben" in letter.subject
    assert "Enjoy!" in letter.text
    assert code["accessCode"] in letter.text
    assert code["qrUrl"] in letter.text
    link = next(word for word in letter.text.split() if "#" in word)
    assert knock(office.installation, link.partition("#")[2]).status_code == 200


def test_no_code_waits_in_a_job(office: PostOffice, party: Party) -> None:
    code = party.code("view")
    party.host.post(f"{party.path}/accessors/{code['accessorId']}/send", json={"email": "a@example.org"})
    with office.installation.app.reading(SYSTEM) as unit:
        told = str([job.args for job in unit.db.query(Job)])
    token = code["qrUrl"].partition("#")[2]
    assert "letter" not in told or (code["accessCode"] not in told and token not in told)
    assert token not in told
    assert code["accessCode"].replace("-", "") not in told


def test_a_code_that_was_taken_away_meanwhile_is_not_sent(office: PostOffice, party: Party) -> None:
    code = party.code("view")
    path = f"{party.path}/accessors/{code['accessorId']}"
    party.host.post(f"{path}/send", json={"email": "a@example.org"})
    party.host.delete(path)
    assert office.sent() == []


@pytest.mark.parametrize("email", ["", "nobody", "a@b c", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_refused(office: PostOffice, party: Party, email: str) -> None:
    code = party.code("view")
    answer = party.host.post(f"{party.path}/accessors/{code['accessorId']}/send", json={"email": email})
    assert answer.status_code == 400
    assert office.sent() == []


def test_the_owner_hears_of_the_end_before_it_comes_and_when_it_is_there(office: PostOffice, party: Party) -> None:
    assert tick(office, 22) == []
    [week] = tick(office, 1.5)
    assert (week.to, week.subject) == ("alice@example.org", "Anna & Ben ends soon")
    assert tick(office, 1) == []
    [day] = tick(office, 4.6)
    assert day.subject == "Anna & Ben ends soon"
    [over] = tick(office, 1)
    assert over.subject == "Anna & Ben has ended"
    assert tick(office, 1) == []


def test_whoever_was_sent_a_code_hears_of_the_end_too(office: PostOffice, party: Party) -> None:
    code = party.code("view")
    party.host.post(f"{party.path}/accessors/{code['accessorId']}/send", json={"email": "bride@example.org"})
    letters = tick(office, 24)
    assert sorted(letter.to for letter in letters) == ["alice@example.org", "bride@example.org"]
    bride = next(letter for letter in letters if letter.to == "bride@example.org")
    assert code["accessCode"] not in bride.text


def test_an_end_that_is_moved_is_told_anew(office: PostOffice, party: Party) -> None:
    assert len(tick(office, 24)) == 1
    party.change(secondsToLive=60 * DAY)
    assert tick(office, 1) == []
    assert len(tick(office, 29)) == 1


def test_a_short_event_is_not_announced_to_end_as_it_begins(office: PostOffice, alice: Caller) -> None:
    Party.of(office.installation, alice, photos=0, secondsToLive=2 * DAY)
    assert tick(office, 0.1) == []
    [letter] = tick(office, 1.1)
    assert letter.subject == "Anna & Ben ends soon"


def test_nobody_sends_letters_without_end(
    office: PostOffice, alice: Caller, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_A_DAY", 2)
    path = f"{party.path}/accessors/{party.code()['accessorId']}/send"

    def send() -> int:
        return alice.post(path, json={"email": "olga@example.org"}).status_code

    assert [send() for _ in range(3)] == [202, 202, 429]
    assert len(office.sent()) == 2
    office.installation.clock.advance(days=1, minutes=1)
    assert send() == 202
