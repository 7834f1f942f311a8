"""Users as they make, change and close their accounts over the API."""

from pathlib import Path

import pytest
from tests.installation import APPLICATION_KEY, SECOND_KEY, Caller, Installation

from albumen.accounts import keys, users
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.media.guard import Guard

ANNA = {"userEmail": "Anna@example.org", "userName": "Anna", "password": "a long password"}


@pytest.fixture
def nobody(installation: Installation) -> Caller:
    return Caller(installation.client, {})


@pytest.fixture
def anna(installation: Installation) -> Caller:
    with installation.app.writing(SYSTEM) as unit:
        users.add(unit, ANNA["userEmail"], name="Anna", password=ANNA["password"])
    sign_in = {"email": ANNA["userEmail"], "password": ANNA["password"]}
    session = installation.client.post("/v1/session", json=sign_in).json()
    return Caller(installation.client, {"X-CSRF-Token": session["csrfToken"]})


def test_only_keepers_make_accounts(nobody: Caller, alice: Caller) -> None:
    assert nobody.post("/users", json=ANNA).status_code == 401
    assert alice.post("/users", json=ANNA).status_code == 403


def test_anybody_does_where_it_is_open(tmp_path: Path, guard: Guard) -> None:
    opened = Installation.at(tmp_path / "open", guard, accounts={"signup": "open"})
    nobody = Caller(opened.client, {})
    made = nobody.post("/users", json=ANNA)
    assert (made.status_code, made.json()["userEmail"]) == (200, "anna@example.org")
    assert nobody.post("/users", json=ANNA).status_code == 409
    assert nobody.post("/users", json={**ANNA, "userEmail": "b@example.org", "password": "short"}).status_code == 400
    opened.close()


def test_changing_an_account(anna: Caller) -> None:
    def patch(**told: str) -> int:
        return anna.call("PATCH", "/users/me", json=told).status_code

    assert patch(userName="Anna B.") == 200
    assert patch(userName=" ") == 400
    assert patch(password="another password") == 403
    assert patch(userEmail="b@example.org", currentPassword="not this one") == 403
    assert patch(userEmail="b@example.org", currentPassword=ANNA["password"]) == 200
    me = anna.get("/users/me").json()
    assert (me["userName"], me["userEmail"]) == ("Anna B.", "b@example.org")
    assert patch(password="another password", currentPassword=ANNA["password"]) == 200
    assert anna.get("/users/me").status_code == 401


def test_closing_an_account_leaves_what_it_owns(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    assert alice.delete("/users/me").status_code == 204
    assert alice.get(shelf.library).status_code == 401
    with installation.app.reading(SYSTEM) as unit:
        assert [each.name_key for each in users.everyone(unit) if each.disabled_at] == ["alice"]


def test_a_key_for_some_libraries_does_not_take_the_account(tmp_path: Path, guard: Guard) -> None:
    api = {"key_1": APPLICATION_KEY, "key_2": SECOND_KEY}
    first = Installation.at(tmp_path / "data", guard, api=api)
    opened = first.caller("alice").library()
    first.close()
    limited = {**api, "key_2_libraries": opened.library_id}
    installation = Installation.at(tmp_path / "data", guard, api=limited)
    some, whole = (installation.caller("alice", key) for key in (SECOND_KEY, APPLICATION_KEY))
    told = {"userEmail": "alice@example.org", "password": ANNA["password"]}
    for form in (told, {"userEmail": "alice@example.org"}, {"password": ANNA["password"]}, {"userName": "Eve"}):
        refused = some.call("PATCH", "/users/me", json=form)
        assert (refused.status_code, refused.json()["detail"]) == (403, "This key is limited to some libraries.")
    assert some.delete("/users/me").status_code == 403
    assert (some.get(opened.library).status_code, some.get("/users/me").json()["userName"]) == (200, "alice")
    assert whole.call("PATCH", "/users/me", json=told).status_code == 200
    assert whole.delete("/users/me").status_code == 204
    installation.close()


def test_a_keepers_key_for_some_libraries_makes_and_removes_nobody(installation: Installation, alice: Caller) -> None:
    opens = [ids.decode(alice.library().library_id)]
    with installation.app.writing(SYSTEM) as unit:
        for name in ("k", "second"):
            keeper = users.add(unit, f"{name}@example.org", password=ANNA["password"], is_keeper=True)
        scopes = ["read", "write", "admin"]
        _, some = keys.create(unit, keeper, label="", scopes=scopes, libraries=opens)
        _, whole = keys.create(unit, keeper, label="", scopes=scopes)
    limited, keeping = (Caller(installation.client, {"Authorization": f"ApiKey {key}"}) for key in (some, whole))
    assert [by.post("/users", json=ANNA).status_code for by in (limited, keeping)] == [403, 200]
    assert [by.delete("/users/me").status_code for by in (limited, keeping)] == [403, 204]


def test_the_last_keeper_stays(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        users.add(unit, "k@example.org", password=ANNA["password"], is_keeper=True)
    session = installation.client.post("/v1/session", json={"email": "k@example.org", "password": ANNA["password"]})
    keeper = Caller(installation.client, {"X-CSRF-Token": session.json()["csrfToken"]})
    assert keeper.post("/users", json=ANNA).status_code == 200
    assert keeper.delete("/users/me").status_code == 409


def test_one_address_makes_a_few_accounts_only(tmp_path: Path, guard: Guard) -> None:
    opened = Installation.at(tmp_path / "open", guard, accounts={"signup": "open"})
    nobody = Caller(opened.client, {})
    statuses = [nobody.post("/users", json={**ANNA, "userEmail": f"{n}@example.org"}).status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]
    opened.close()
