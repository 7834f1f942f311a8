"""Accounts that are deleted: what goes, what stays, and that nothing tells of who it was."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, cast, func, select
from tests import make
from tests.events.party import Party
from tests.events.post import PostOffice
from tests.installation import Caller, Installation

from albumen.accounts import identities, keys, passwords, users
from albumen.accounts.identities import Told
from albumen.accounts.models import Departure, Passkey, User
from albumen.db.base import Base
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Conflict, Denied
from albumen.libraries.models import File, Library
from albumen.media.guard import Guard
from albumen.operations import leaving, sweep

NAME, EMAIL, KEY = "Wilhelmina Quist", "wilhelmina@example.org", "wilhelmina-q"


@pytest.fixture
def office(tmp_path: Path, guard: Guard) -> Iterator[PostOffice]:
    office = PostOffice(tmp_path / "data", guard)
    yield office
    office.installation.close()


def dressed(installation: Installation) -> User:
    """A user with something in nearly every room."""
    app, user = installation.app, installation.user(KEY)
    with app.writing(SYSTEM) as unit:
        row = unit.db.get_one(User, user.id)
        row.name, row.email, row.password_hash = NAME, EMAIL, passwords.hashed("a long enough one")
        keys.create(unit, row, label=f"{NAME}'s laptop", scopes=["read"])
        unit.db.add(
            Passkey(user_id=row.id, credential_id=b"1", public_key=b"2", sign_count=0, label=NAME, created_at=unit.now)
        )
    with app.writing(Actor(user.id)) as unit:
        identities.link(unit, Told("https://id.example", f"{KEY}-there", EMAIL, NAME, frozenset()))
    installation.client.post("/v1/session", json={"email": EMAIL, "password": "a long enough one"})
    return user


def mentions(installation: Installation, words: list[str]) -> list[str]:
    """Every column of every table in which one of these words stands."""
    found = []
    with installation.app.reading(SYSTEM) as unit:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                told = cast(column, String)
                holds = [told.contains(word, autoescape=True) for word in words]
                found += [
                    f"{table.name}.{column.name}" for each in holds if unit.db.scalar(select(func.count()).where(each))
                ]
    return found


def words_of(user: User) -> list[str]:
    return [str(user.id), ids.encode(user.id), KEY, EMAIL, NAME, NAME.split(maxsplit=1)[0].lower()]


def test_nothing_is_left_of_an_account_in_any_table_or_in_the_store(office: PostOffice) -> None:
    installation = office.installation
    me, friend = installation.caller(KEY), installation.caller("friend")
    user = dressed(installation)
    party = Party.of(installation, me)
    photo, theirs = make.photo(), friend.library()
    mine = me.library(name=f"{NAME}s photos")
    mine.add(photo, "alone.jpg")
    friend.post(f"{theirs.library}/users", json={"userId": KEY, "role": "contributor"})
    shared = me.call("POST", f"{theirs.folder}/files", files=[("files", ("shared.jpg", make.photo()))])
    assert shared.status_code == 200, shared.text
    me.post("/vaults", json={"name": "private"})
    file = mine.add(make.photo(), "another.jpg")
    me.post(f"{mine.library}/exportjobs", json={"fileIds": [file["fileId"]]})
    me.post("/users/me/takeaways")
    installation.work_off()
    assert party.shelf.library_id
    assert {"users.id", "users.name", "identities.user_id"} <= set(mentions(installation, words_of(user)))

    assert me.delete("/users/me").status_code == 204
    assert me.get("/users/me").status_code == 401
    [letter] = [each for each in office.sent() if each.to == EMAIL]
    assert installation.rows(Library) == 1
    assert mentions(installation, words_of(user)) == []
    sweep.sweep(installation.app, grace=timedelta(0))
    assert [key for key in installation.blobs() if key.endswith(".zip")] == []
    for key in installation.blobs():
        content = b"".join(installation.app.blobs.read(key))
        assert not any(word.encode() in key.encode() + content for word in words_of(user)), key
    with installation.app.reading(SYSTEM) as unit:
        [departure] = unit.db.scalars(select(Departure)).all()
        assert [each.added_by for each in unit.db.scalars(select(File))] == [None]
        assert leaving.is_genuine(installation.app, departure)
        assert (departure.counts["libraries"], departure.counts["exports"]) == (2, 2)
        assert (departure.signature or "-") in letter.text
        departure.counts = {**departure.counts, "files": 0}
        assert not leaving.is_genuine(installation.app, departure)
    installation.check_counts()


def test_an_account_that_is_let_in_again_stays(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    alice.delete("/users/me")
    with installation.app.writing(SYSTEM) as unit:
        users.restore(unit, unit.db.scalars(select(User)).one())
    installation.clock.advance(days=15)
    installation.work_off()
    assert alice.get(shelf.library).status_code == 200
    assert installation.rows(Departure) == 0


def test_nobody_is_left_in_a_library_without_an_owner(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(name="Family")
    alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"})
    refused = alice.delete("/users/me")
    assert (refused.status_code, "Family" in refused.json()["detail"]) == (409, True)
    assert alice.get("/users/me").status_code == 200
    alice.call("PATCH", f"{shelf.library}/users/bob", json={"role": "owner"})
    assert alice.delete("/users/me").status_code == 204
    installation.clock.advance(days=15)
    installation.work_off()
    assert installation.caller("bob").get(shelf.library).status_code == 200
    assert json.dumps(installation.caller("bob").get(f"{shelf.library}/users").json()).count("userId") == 1


def test_a_keeper_deletes_at_once_and_nobody_else_does(installation: Installation, alice: Caller) -> None:
    alice.library()
    user, other = installation.user("alice"), installation.user("bob")
    with installation.app.writing(Actor(user.id)) as unit, pytest.raises(Denied):
        leaving.at_once(unit, other)
    with installation.app.writing(SYSTEM) as unit:
        asked = leaving.at_once(unit, unit.db.get_one(User, user.id))
        shown: dict[str, Any] = {"key": asked.key}
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        assert leaving.shown(unit, shown["key"]).counts["libraries"] == 1
        assert unit.db.get(User, user.id) is None
    with installation.app.writing(SYSTEM) as unit:
        keeper = users.add(unit, "k@example.org", is_keeper=True)
        with pytest.raises(Conflict):
            leaving.at_once(unit, keeper)
