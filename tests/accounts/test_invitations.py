"""Invitations and new passwords: by letters whose tokens work once, and which tell strangers nothing."""

import re
from dataclasses import replace

import pytest
from tests.accounts.conftest import PASSWORD
from tests.installation import Installation

from albumen.accounts import invitations, sessions, tickets, users
from albumen.accounts.models import SignedIn, Ticket, User
from albumen.accounts.tickets import Purpose
from albumen.jobs.models import Job
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Denied, Gone, Invalid, Unavailable
from albumen.mail import Letter, MemoryMail


@pytest.fixture
def post(installation: Installation) -> tuple[Installation, MemoryMail]:
    mail = MemoryMail()
    return Installation(replace(installation.app, mail=mail), installation.clock), mail


def asked(house: Installation, email: str = "Ann@Example.org") -> None:
    with house.app.writing(SYSTEM) as unit:
        invitations.ask_reset(unit, email)
    house.work_off()


def token_in(letter: Letter) -> str:
    found = re.search(r"http://\S+/(?:reset|invite)/(\S+)", letter.text)
    assert found
    return found[1]


def test_a_reset_sets_a_password_once_and_ends_sessions(post: tuple[Installation, MemoryMail], ann: User) -> None:
    house, mail = post
    with house.app.writing(SYSTEM) as unit:
        sessions.start(unit, ann, days=1)
    asked(house)
    [letter] = mail.letters
    assert letter.to == "ann@example.org"
    with house.app.writing(SYSTEM) as unit:
        assert tickets.holder(unit, Purpose.reset, token_in(letter)).id == ann.id
        invitations.accept(unit, Purpose.reset, token_in(letter), password="another password")
    assert house.rows(SignedIn) == house.rows(Ticket) == 0
    with house.app.writing(SYSTEM) as unit:
        assert sessions.check(unit, "ann@example.org", "another password").id == ann.id
        with pytest.raises(Gone):
            invitations.accept(unit, Purpose.reset, token_in(letter), password="a third password")


def test_strangers_get_no_letter_and_leave_the_same_trace(post: tuple[Installation, MemoryMail], ann: User) -> None:
    house, mail = post
    with house.app.writing(SYSTEM) as unit:
        for email in ("nobody@example.org", "ann@example.org"):
            invitations.ask_reset(unit, email)
    assert house.rows(Job) == 2
    with house.app.writing(SYSTEM) as unit:
        users.add(unit, "bob@example.org", password=PASSWORD, is_keeper=True)
        users.remove(unit, users.named(unit, "ann@example.org"))
    house.work_off()
    assert mail.letters == []
    assert house.rows(Ticket) == house.rows(Job) == 0


def test_letters_come_at_most_every_two_minutes_and_the_last_counts(
    post: tuple[Installation, MemoryMail], ann: User
) -> None:
    house, mail = post
    asked(house)
    asked(house)
    assert len(mail.letters) == 1
    house.clock.advance(minutes=3)
    asked(house)
    first, second = map(token_in, mail.letters)
    with house.app.writing(SYSTEM) as unit:
        with pytest.raises(Gone):
            tickets.holder(unit, Purpose.reset, first)
        with pytest.raises(Gone):
            tickets.holder(unit, Purpose.invite, second)
        assert tickets.holder(unit, Purpose.reset, second).id == ann.id
    house.clock.advance(hours=2)
    with house.app.writing(SYSTEM) as unit, pytest.raises(Gone):
        tickets.holder(unit, Purpose.reset, second)
    with house.app.writing(SYSTEM) as unit:
        tickets.expire(unit)
    assert house.rows(Ticket) == 0


def test_a_letter_that_could_not_be_sent_is_sent_later(post: tuple[Installation, MemoryMail], ann: User) -> None:
    house, mail = post

    class Away(MemoryMail):
        def send(self, letter: Letter) -> None:
            if not self.letters:
                self.letters.append(letter)
                raise Unavailable
            mail.send(letter)

    asked(Installation(replace(house.app, mail=Away()), house.clock))
    assert len(mail.letters) == 1


def test_who_is_invited_chooses_a_password_and_a_name(post: tuple[Installation, MemoryMail], ann: User) -> None:
    house, mail = post
    with house.app.writing(Actor(ann.id, is_keeper=True)) as unit:
        invited = invitations.invite(unit, "Bob@example.org", name="Bob")
        users.set_language(unit, invited, "de")
        invitations.send(unit, invited)
    house.work_off()
    [letter] = mail.letters
    assert (letter.to, letter.subject) == ("bob@example.org", "Ihre Einladung")
    with pytest.raises(Invalid), house.app.writing(SYSTEM) as unit:
        invitations.accept(unit, Purpose.invite, token_in(letter), password="short")
    with house.app.writing(SYSTEM) as unit:
        invitations.accept(unit, Purpose.invite, token_in(letter), password=PASSWORD, name="Robert")
        assert sessions.check(unit, "bob@example.org", PASSWORD).name == "Robert"
    with house.app.writing(Actor(ann.id)) as unit, pytest.raises(Denied):
        invitations.send(unit, ann)
