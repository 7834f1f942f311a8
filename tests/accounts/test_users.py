"""Users: added, seen first, removed."""

import threading
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
from tests import databases
from tests.accounts.conftest import PASSWORD
from tests.installation import APPLICATION_KEY, Caller, Installation

from albumen.accounts import keys, passwords, sessions, users
from albumen.accounts.models import Key, SignedIn, SignInLink, User
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound, SignIn


def test_an_email_is_compared_without_case(installation: Installation, ann: User) -> None:
    assert (ann.email, ann.name) == ("ann@example.org", "Ann")
    with installation.app.writing(SYSTEM) as unit:
        assert users.named(unit, " ANN@example.ORG ").id == ann.id
        assert users.named(unit, ann.name_key).id == ann.id
        with pytest.raises(Conflict):
            users.add(unit, "ann@EXAMPLE.org", password=PASSWORD)
        with pytest.raises(NotFound):
            users.named(unit, "bob@example.org")


def test_an_email_is_one_however_it_is_written(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        zoe = users.add(unit, unicodedata.normalize("NFC", "zoë@example.org"), password=PASSWORD)
        for form in ("NFC", "NFD"):
            assert sessions.check(unit, unicodedata.normalize(form, "Zoë@example.org"), PASSWORD).id == zoe.id


@pytest.mark.parametrize("database_kind", [databases.SQLITE, databases.POSTGRESQL], indirect=True)
def test_who_signs_in_by_email_is_not_taken_for_an_id_that_reads_the_same(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        ann = users.add(unit, "ann@example.org", password=PASSWORD).id
    assert me(installation, "ann@example.org")["userId"] == "ann@example.org"
    with installation.app.writing(SYSTEM) as unit:
        for email in ("before@example.org", "ann@example.org"):  # what was changed last is found last
            unit.db.get_one(User, ann).email = email
            unit.db.flush()
    with installation.app.reading(SYSTEM) as unit:
        assert sessions.check(unit, "ann@example.org", PASSWORD).id == ann


@pytest.mark.parametrize("email", ["", "ann", "a@", "@b", "a b@c", "a@b@c", "x" * 65 + "@example.org"])
def test_what_is_no_email_is_refused(installation: Installation, email: str) -> None:
    with installation.app.writing(SYSTEM) as unit, pytest.raises(Invalid):
        users.add(unit, email, password=PASSWORD)


def test_a_name_is_kept_on_one_line(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        assert users.add(unit, "eve@example.org", name="E\u202ev\x00e\n ").name == "Eve"
        assert users.add(unit, "bob@example.org").name == "bob"


def test_only_a_keeper_adds_lists_and_removes(installation: Installation, ann: User) -> None:
    someone = Actor(user_id=1)
    with installation.app.writing(someone) as unit:
        for call in (
            lambda: users.add(unit, "eve@example.org"),
            lambda: users.remove(unit, ann),
            lambda: users.everyone(unit),
            lambda: users.set_password(unit, ann, PASSWORD),
            lambda: sessions.make_link(unit, ann, hours=1),
            lambda: keys.create(unit, ann, label="", scopes=["read"]),
            lambda: keys.of(unit, ann),
        ):
            with pytest.raises(Denied):
                call()


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
def test_a_password_has_8_to_1024_characters(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.hashed(password)


def test_a_password_is_kept_as_argon2id() -> None:
    kept = passwords.hashed("12345678")
    assert kept.startswith("$argon2id$")
    assert passwords.matches("12345678", kept)
    assert not passwords.matches("12345679", kept)
    assert not passwords.matches("nobody has this password", None)
    assert not passwords.matches("12345678", "no hash at all")


def test_a_new_password_ends_sessions_and_links(installation: Installation, ann: User) -> None:
    with installation.app.writing(SYSTEM) as unit:
        sessions.start(unit, ann, days=1)
        sessions.make_link(unit, ann, hours=1)
    with installation.app.writing(SYSTEM) as unit:
        users.set_password(unit, users.named(unit, "ann@example.org"), "another password")
    assert (installation.rows(SignedIn), installation.rows(SignInLink)) == (0, 0)
    with installation.app.reading(SYSTEM) as unit:
        assert sessions.check(unit, "ann@example.org", "another password").id == ann.id
        with pytest.raises(SignIn):
            sessions.check(unit, "ann@example.org", PASSWORD)


def test_the_last_keeper_stays(installation: Installation, ann: User) -> None:
    with installation.app.writing(SYSTEM) as unit, pytest.raises(Conflict):
        users.remove(unit, users.named(unit, "ann@example.org"))
    with installation.app.writing(SYSTEM) as unit:
        users.add(unit, "second@example.org", password=PASSWORD, is_keeper=True)
        users.remove(unit, users.named(unit, "ann@example.org"))
    with installation.app.writing(SYSTEM) as unit, pytest.raises(Conflict):
        users.remove(unit, users.named(unit, "second@example.org"))


@pytest.mark.parametrize("database_kind", [databases.SQLITE, databases.POSTGRESQL], indirect=True)
@pytest.mark.parametrize("way", ["demote", "remove"])
def test_of_two_keepers_who_end_each_other_one_is_left(installation: Installation, way: str) -> None:
    for turn in range(5):
        check_one_is_left(installation, way, turn)


def check_one_is_left(installation: Installation, way: str, turn: int) -> None:
    with installation.app.writing(SYSTEM) as unit:
        pair = [users.add(unit, f"{name}{turn}@example.org", is_keeper=True).id for name in ("one", "two")]
        for user in users.everyone(unit):
            user.is_keeper = user.id in pair
    start, ended = threading.Barrier(2), []

    def end(mine: int, other: int) -> None:
        start.wait()
        with suppress(Conflict), installation.app.writing(Actor(mine, is_keeper=True)) as unit:
            user = unit.db.get_one(User, other)
            users.remove(unit, user) if way == "remove" else users.set_keeper(unit, user, is_keeper=False)
            unit.db.flush()
            ended.append(other)

    threads = [threading.Thread(target=end, args=each) for each in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with installation.app.reading(SYSTEM) as unit:
        left = [each.id for each in users.everyone(unit) if each.is_keeper and each.disabled_at is None]
    assert (len(ended), len(left)) == (1, 1)


def test_who_is_removed_has_no_way_in(installation: Installation, ann: User) -> None:
    with installation.app.writing(SYSTEM) as unit:
        bob = users.add(unit, "bob@example.org", password=PASSWORD)
        session, link = sessions.start(unit, bob, days=1), sessions.make_link(unit, bob, hours=1)
        _, key = keys.create(unit, bob, label="", scopes=["read"])
    with installation.app.writing(SYSTEM) as unit:
        users.remove(unit, users.named(unit, "bob@example.org"))
    assert [installation.rows(table) for table in (SignedIn, SignInLink, Key)] == [0, 0, 0]
    client = installation.client
    assert client.get("/v1/users/me", headers={"Authorization": f"ApiKey {key}"}).status_code == 401
    assert client.get("/v1/users/me", headers={"Cookie": f"albumen={session}"}).status_code == 401
    assert installation.caller(bob.name_key).get("/users/me").status_code == 401
    with installation.app.reading(SYSTEM) as unit, pytest.raises(SignIn):
        sessions.check(unit, "bob@example.org", PASSWORD)
    with installation.app.writing(SYSTEM) as unit, pytest.raises(Exception, match="used or has expired"):
        sessions.follow_link(unit, link, days=1)


def me(installation: Installation, user_id: str | bytes) -> dict[str, Any]:
    headers = {b"Authorization": f"ApiKey {APPLICATION_KEY}".encode()}
    raw = user_id if isinstance(user_id, bytes) else user_id.encode()
    answer = installation.client.get("/v1/users/me", headers={**headers, b"API-User-ID": raw})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("user_id", ["Иван", "zoë", "山田 太郎", "a b", "👩‍🚀", "x" * 255])
def test_an_application_names_its_users_as_it_likes(installation: Installation, user_id: str) -> None:
    assert me(installation, user_id)["userId"] == user_id


def test_an_id_is_one_however_it_is_written(installation: Installation, alice: Caller) -> None:
    written = unicodedata.normalize("NFC", "zoë"), unicodedata.normalize("NFD", "zoë")
    sent = *(each.encode() for each in written), written[0].encode("latin-1")
    assert [me(installation, each)["userId"] for each in sent] == ["zoë"] * 3
    shelf = alice.library()
    assert alice.post(f"{shelf.library}/users", json={"userId": written[1], "role": "reader"}).json()["userId"] == "zoë"
    assert alice.delete(f"{shelf.library}/users/{written[0]}").status_code == 204
    assert installation.rows(User) == 2


@pytest.mark.parametrize("user_id", [b"", b"SYSTEM", b"ab", "ab".encode(), " ".encode() * 2, b"x" * 256])
def test_an_id_that_cannot_be_used(installation: Installation, user_id: bytes) -> None:
    headers = {b"Authorization": f"ApiKey {APPLICATION_KEY}".encode(), b"API-User-ID": user_id}
    answer = installation.client.get("/v1/users/me", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (400, "API-User-ID")


def test_what_is_wrong_is_named_as_it_was_sent(installation: Installation, ann: User) -> None:
    with installation.app.writing(SYSTEM) as unit:
        _, key = keys.create(unit, ann, label="", scopes=["read", "write", "admin"])
    keeper, alice = Caller(installation.client, {"Authorization": f"Bearer {key}"}), installation.caller()
    library, form = alice.library().library, {"userName": "Bob", "userEmail": "bob", "password": PASSWORD}
    for answer, field in (
        (keeper.post("/users", json=form), "userEmail"),
        (keeper.call("PATCH", "/users/me", json={"userEmail": "bob", "currentPassword": PASSWORD}), "userEmail"),
        (alice.post(f"{library}/users", json={"userId": "system", "role": "reader"}), "userId"),
        (alice.post(f"{library}/users", json={"userId": "a\nb", "role": "reader"}), "userId"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (400, field), answer.text


def test_many_first_sights_at_once_make_one_user(installation: Installation) -> None:
    answers: list[tuple[int, str]] = []

    def ask() -> None:
        answer = installation.caller("newcomer").get("/users/me")
        answers.append((answer.status_code, answer.text))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 200
    assert installation.rows(User) == 1
