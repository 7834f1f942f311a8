"""Passkeys: where they are offered, and which answers are refused; whole rounds are tried in a browser."""

import json

import pytest
from tests.installation import Installation

from albumen.accounts import passkeys
from albumen.accounts.models import Passkey, Ticket, User
from albumen.accounts.passkeys import Site
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Invalid, NotFound, SignIn

HERE = Site("photos.example", "https://photos.example")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://photos.example/login", "photos.example"),
        ("http://localhost:5000", "localhost"),
        ("http://photos.example", None),
        ("https://192.0.2.7", None),
        ("http://127.0.0.1:5000", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_they_are_offered_where_browsers_know_them(address: str, host: str | None) -> None:
    found = passkeys.site(address)
    assert (found.host if found else None) == host


def test_what_was_not_asked_or_is_late_or_was_answered_is_refused(installation: Installation, ann: User) -> None:
    seals, actor = installation.app.seals, Actor(ann.id)
    with installation.app.writing(actor) as unit:
        asked = passkeys.offer(unit, seals, HERE)
        assert asked.options["rp"]["id"] == HERE.host
        assert asked.options["authenticatorSelection"]["userVerification"] == "required"
        for state in (asked.state, asked.state, asked.state.upper(), f" {asked.state}"):  # the first spends it
            with pytest.raises(Invalid):
                passkeys.add(unit, seals, HERE, ("{}", state), "Laptop")
    assert installation.rows(Ticket) == 1
    assert installation.rows(Passkey) == 0
    with installation.app.writing(SYSTEM) as unit:
        signing = passkeys.ask(unit, seals, HERE)
        for state in ("", "00" * 60, asked.state, signing.state):
            with pytest.raises(SignIn):
                passkeys.check(unit, seals, HERE, (json.dumps({"id": "AA"}), state))
    with installation.app.writing(SYSTEM) as unit:
        late = passkeys.ask(unit, seals, HERE)
    installation.clock.advance(minutes=11)
    with installation.app.writing(SYSTEM) as unit, pytest.raises(SignIn):
        passkeys.check(unit, seals, HERE, ("{}", late.state))
    assert installation.rows(Ticket) == 2  # the late one was not even looked at


def test_only_its_user_removes_a_passkey(installation: Installation, ann: User) -> None:
    with installation.app.writing(SYSTEM) as unit:
        told = {"credential_id": b"1", "public_key": b"2", "sign_count": 0, "label": "Laptop", "created_at": unit.now}
        unit.db.add(Passkey(id=7, user_id=ann.id, **told))
    with pytest.raises(NotFound), installation.app.writing(installation.actor("eve")) as unit:
        passkeys.remove(unit, 7)
    with installation.app.writing(Actor(ann.id)) as unit:
        passkeys.remove(unit, 7)
    assert installation.rows(Passkey) == 0
