"""Personal keys and application keys."""

from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from pydantic import ValidationError
from tests import make
from tests.accounts.conftest import PASSWORD
from tests.installation import APPLICATION_KEY, SECOND_KEY, Caller, Installation, settings_for

from albumen.accounts import keys, users
from albumen.accounts.models import Key, User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import Denied, Invalid, NotFound
from albumen.media.guard import Guard

ALICE = {"API-User-ID": "alice"}


def key_for(installation: Installation, user: User, *scopes: str) -> str:
    with installation.app.writing(SYSTEM) as unit:
        return keys.create(unit, user, label="phone", scopes=scopes)[1]


def ask(installation: Installation, authorization: str, **headers: str) -> Response:
    return installation.client.get("/v1/users/me", headers={"Authorization": authorization, **headers})


@pytest.mark.parametrize("scheme", ["ApiKey", "Bearer", "apikey", "BEARER"])
def test_a_key_stands_for_its_user(installation: Installation, ann: User, scheme: str) -> None:
    answer = ask(installation, f"{scheme} {key_for(installation, ann, 'read')}")
    assert answer.json()["userEmail"] == "ann@example.org"


def test_a_key_is_shown_once_and_kept_as_a_hash(installation: Installation, ann: User) -> None:
    secret = key_for(installation, ann, "read")
    with installation.app.reading(SYSTEM) as unit:
        [(row, owner)] = keys.of(unit, None)
    assert (row.start, row.scopes, owner.id) == (secret[:8], ["read"], ann.id)
    assert secret.encode() not in row.key_hash


@pytest.mark.parametrize(("opens", "status"), [(None, 200), ([], 403)])
def test_a_key_for_some_libraries_is_no_keepers(
    installation: Installation, ann: User, opens: list[int] | None, status: int
) -> None:
    with installation.app.writing(SYSTEM) as unit:
        user = users.with_id(unit, ann.name_key)
        user.is_keeper = True
        secret = keys.create(unit, user, label="", scopes=["read", "write", "admin"], libraries=opens)[1]
    new = {"userEmail": "new@example.org", "password": PASSWORD}
    by = Caller(installation.client, {"Authorization": f"ApiKey {secret}"})
    assert by.post("/users", json=new).status_code == status


def test_a_read_key_reads_and_changes_nothing(installation: Installation, ann: User) -> None:
    headers = {"Authorization": f"ApiKey {key_for(installation, ann, 'read', 'write')}"}
    shelf = Caller(installation.client, headers).library()
    file = shelf.add(make.photo())
    reader = Caller(installation.client, {"Authorization": f"ApiKey {key_for(installation, ann, 'read')}"})
    assert reader.get(f"{shelf.library}/files/{file['fileId']}").status_code == 200
    assert reader.get("/images").json()["ids"] == [file["fileId"]]
    before = installation.blobs()
    refused = [
        reader.post("/libraries", json={"name": "x"}),
        reader.post(f"{shelf.library}/folders", json={"name": "x"}),
        reader.post(f"{shelf.folder}/files", files={"files": ("a.jpg", make.photo())}),
        reader.catalogue(make.photo()),
        reader.delete(f"{shelf.library}/files/{file['fileId']}"),
        reader.delete(f"/images/{file['fileId']}/original"),
        reader.delete(f"/images/{file['fileId']}/thumbnail"),
        reader.post("/operations/thumbnails/generate", json={"id": file["fileId"]}),
        reader.post("/operations/thumbnails/generate", json={"all": True}),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert installation.blobs() == before


def test_a_write_key_alone_reads_nothing(installation: Installation, ann: User) -> None:
    writer = Caller(installation.client, {"Authorization": f"ApiKey {key_for(installation, ann, 'write')}"})
    reader = Caller(installation.client, {"Authorization": f"ApiKey {key_for(installation, ann, 'read')}"})
    added = writer.catalogue(make.photo())
    assert added.status_code == 201
    assert writer.get("/images").status_code == 403
    assert writer.get("/libraries").status_code == 403
    assert writer.get(f"/images/{added.json()['fileId']}/metadata").status_code == 403
    assert reader.get("/images").json()["ids"] == [added.json()["fileId"]]


def test_only_admin_makes_keys(installation: Installation, ann: User) -> None:
    weak = Actor(ann.id, frozenset({Scope.read, Scope.write}))
    strong = Actor(ann.id, frozenset({Scope.admin}))
    with installation.app.writing(weak) as unit, pytest.raises(Denied):
        keys.create(unit, ann, label="", scopes=["read"])
    with installation.app.writing(strong) as unit:
        assert keys.create(unit, ann, label="", scopes=["read"])[0].scopes == ["read"]


def test_only_a_keepers_key_has_the_scope_admin(installation: Installation, ann: User) -> None:
    assert key_for(installation, ann, "admin").startswith("alb_")
    with installation.app.writing(SYSTEM) as unit:
        bob = users.add(unit, "bob@example.org", password=PASSWORD)
        with pytest.raises(Denied):
            keys.create(unit, bob, label="", scopes=["admin"])


@pytest.mark.parametrize("scopes", [[], ["everything"], [""], ["read", "root"]])
def test_unknown_scopes_are_refused(installation: Installation, ann: User, scopes: list[str]) -> None:
    with installation.app.writing(SYSTEM) as unit, pytest.raises(Invalid):
        keys.create(unit, ann, label="", scopes=scopes)


def test_a_revoked_key_ends(installation: Installation, ann: User) -> None:
    secret = key_for(installation, ann, "read")
    with installation.app.writing(SYSTEM) as unit:
        [(row, _)] = keys.of(unit, ann)
        keys.revoke(unit, row.id)
    assert ask(installation, f"ApiKey {secret}").status_code == 401


def test_nobody_revokes_anothers_key(installation: Installation, ann: User) -> None:
    key_for(installation, ann, "read")
    with installation.app.reading(SYSTEM) as unit:
        [(row, _)] = keys.of(unit, ann)
    with installation.app.writing(Actor(user_id=7)) as unit:
        for wanted in (row.id, 12345):
            with pytest.raises(NotFound):
                keys.revoke(unit, wanted)
    with installation.app.writing(Actor(user_id=ann.id)) as unit:
        assert keys.revoke(unit, row.id).revoked_at is not None


def test_the_last_use_is_remembered(installation: Installation, ann: User) -> None:
    secret = key_for(installation, ann, "read")
    ask(installation, f"ApiKey {secret}")
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.query(Key).one().used_at is not None


@pytest.mark.parametrize("key", [APPLICATION_KEY, SECOND_KEY])
def test_both_application_keys_act_for_the_user_they_name(installation: Installation, key: str) -> None:
    answer = installation.caller("the-shop:17", key).get("/users/me")
    assert answer.json()["userId"] == "the-shop:17"
    assert installation.user("the-shop:17").is_keeper is False


@pytest.mark.parametrize("name", [None, "", "   ", "system", "SYSTEM", "Admin", "keeper", "x" * 256, "a\tb"])
def test_a_user_id_that_cannot_be_used(installation: Installation, name: str | None) -> None:
    answer = ask(installation, f"ApiKey {APPLICATION_KEY}", **({} if name is None else {"API-User-ID": name}))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["loc"] == "API-User-ID"
    assert installation.rows(User) == 0


def test_an_email_is_no_user_id(installation: Installation, ann: User) -> None:
    answer = installation.caller("ann@example.org").get("/users/me")
    assert answer.json()["userId"] == "ann@example.org"
    assert "userEmail" not in answer.json()


@pytest.mark.parametrize(
    "authorization", ["ApiKey wrong", "Bearer alb_wrong", "Basic YTpi", "ApiKey", "ApiKey ", "Nonsense", "ApiKey \xe4"]
)
def test_what_is_no_key_is_unauthorized(installation: Installation, authorization: str) -> None:
    headers: Any = {"Authorization": authorization.encode("latin-1"), "API-User-ID": "bob"}
    answer = installation.client.get("/v1/users/me", headers=headers)
    assert answer.status_code == 401
    assert "ApiKey" in answer.headers["www-authenticate"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert installation.rows(User) == 0


def test_no_credential_is_unauthorized(installation: Installation) -> None:
    answer = installation.client.get("/v1/users/me")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:albumen:problem:sign-in")


def test_an_application_key_that_is_not_configured_is_none(installation: Installation) -> None:
    assert ask(installation, "ApiKey ", **{"API-User-ID": "bob"}).status_code == 401


def test_both_application_keys_hold_while_one_replaces_the_other(tmp_path: Path, guard: Guard) -> None:
    rooms = [{"key_1": "old"}, {"key_1": "old", "key_2": "new"}, {"key_1": "new"}]
    held = []
    for api in rooms:
        installation = Installation.at(tmp_path / "data", guard, api=api)
        held.append([ask(installation, f"ApiKey {key}", **ALICE).status_code for key in ("old", "new")])
        installation.close()
    assert held == [[200, 401], [200, 200], [401, 200]]


def test_an_application_key_names_only_its_own_users(tmp_path: Path, guard: Guard) -> None:
    api = {"key_1": "one", "key_1_users": "shop-*", "key_2": "two"}
    installation = Installation.at(tmp_path / "data", guard, api=api)
    asked = {name: ask(installation, "ApiKey one", **{"API-User-ID": name}) for name in ("shop-1", "Shop-1", "bank-1")}
    assert {name: answer.status_code for name, answer in asked.items()} == {"shop-1": 200, "Shop-1": 403, "bank-1": 403}
    assert installation.rows(User) == 1
    assert ask(installation, "ApiKey two", **{"API-User-ID": "bank-1"}).status_code == 200
    installation.close()


def test_an_application_key_opens_only_its_libraries(tmp_path: Path, guard: Guard) -> None:
    api = {"key_1": APPLICATION_KEY, "key_2": SECOND_KEY}
    first = Installation.at(tmp_path / "data", guard, api=api)
    opened, closed = first.caller("alice").library(), first.caller("alice").library()
    first.close()
    limited = {**api, "key_2_libraries": f" {opened.library_id}, zzz"}
    installation = Installation.at(tmp_path / "data", guard, api=limited)
    for key, sees in ((APPLICATION_KEY, [200, 200]), (SECOND_KEY, [200, 404])):
        caller = installation.caller("alice", key)
        assert [caller.get(shelf.library).status_code for shelf in (opened, closed)] == sees
        assert len(caller.get("/libraries").json()) == sees.count(200)
        assert caller.post("/libraries", json={"name": "x"}).status_code == (403 if 404 in sees else 200)
    installation.close()


def test_a_limit_to_no_possible_library_is_refused_at_the_start(tmp_path: Path) -> None:
    for wrong in ("Family", "a,,b", "zzzzzzzzzzzzz"):
        with pytest.raises(ValidationError, match="not ids of libraries"):
            settings_for(tmp_path, api={"key_1_libraries": wrong})


def test_a_personal_key_opens_only_its_libraries(installation: Installation, ann: User) -> None:
    everything = {"Authorization": f"ApiKey {key_for(installation, ann, 'read', 'write')}"}
    shelves = [Caller(installation.client, everything).library() for _ in range(2)]
    with installation.app.writing(SYSTEM) as unit:
        opens = [ids.decode(shelves[0].library_id)]
        _, secret = keys.create(unit, ann, label="frame", scopes=["read"], libraries=opens)
    frame = Caller(installation.client, {"Authorization": f"ApiKey {secret}"})
    assert [frame.get(shelf.library).status_code for shelf in shelves] == [200, 404]
    assert [each["libraryId"] for each in frame.get("/libraries").json()] == [shelves[0].library_id]
