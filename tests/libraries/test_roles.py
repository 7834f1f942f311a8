"""Roles on libraries and folders: who gives and takes them, and what follows."""

import pytest
from sqlalchemy import select
from tests import make
from tests.accounts.conftest import PASSWORD
from tests.installation import Caller, Installation, Shelf

from albumen.accounts import keys, users
from albumen.accounts.models import User
from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """Alice's library."""
    return alice.library()


@pytest.fixture(params=["library", "folder"])
def place(request: pytest.FixtureRequest, shelf: Shelf) -> str:
    """The path of her library, or of its folder."""
    return str(getattr(shelf, request.param))


def give(by: Caller, place: str, user: str, role: str) -> int:
    return by.post(f"{place}/users", json={"userId": user, "role": role}).status_code


def roles(by: Caller, place: str) -> dict[str, str]:
    return {each["userId"]: each["role"] for each in by.get(f"{place}/users").json()}


def test_a_role_is_given_changed_and_taken(alice: Caller, place: str) -> None:
    before = roles(alice, place)
    made = alice.post(f"{place}/users", json={"userId": "bob", "role": "reader"})
    assert made.status_code == 200
    assert made.json() == {
        "userId": "bob",
        "userName": "bob",
        "role": "reader",
        "assignedOn": made.json()["assignedOn"],
    }
    assert roles(alice, place) == {**before, "bob": "reader"}
    changed = alice.call("PATCH", f"{place}/users/bob", json={"role": "owner"})
    assert (changed.status_code, changed.json()) == (200, {**made.json(), "role": "owner"})
    assert alice.call("PATCH", f"{place}/users/bob", json={"role": "owner"}).status_code == 200
    gone = alice.delete(f"{place}/users/bob")
    assert (gone.status_code, gone.content) == (204, b"")
    assert roles(alice, place) == before
    assert alice.delete(f"{place}/users/bob").status_code == 404
    assert alice.call("PATCH", f"{place}/users/bob", json={"role": "owner"}).status_code == 404


def test_a_second_role_for_the_same_user_clashes(alice: Caller, place: str) -> None:
    assert give(alice, place, "bob", "reader") == 200
    assert give(alice, place, "bob", "reader") == 409
    assert give(alice, place, "bob", "owner") == 409
    assert roles(alice, place)["bob"] == "reader"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"userId": "bob"},
        {"role": "reader"},
        {"userId": "", "role": "reader"},
        {"userId": "system", "role": "reader"},
        {"userId": "b\x00b", "role": "reader"},
        {"userId": "b" * 256, "role": "reader"},
        {"userId": "bob", "role": "Owner"},
        {"userId": "bob", "role": "admin"},
        {"userId": "bob", "role": None},
        {"userId": 7, "role": "reader"},
        {"userId": "bob", "role": "reader", "place": "library"},
        [],
    ],
)
def test_wrong_forms(alice: Caller, shelf: Shelf, form: object) -> None:
    for path in (shelf.library, shelf.folder):
        assert alice.post(f"{path}/users", json=form).status_code == 400
    if isinstance(form, dict):
        change = {name: value for name, value in form.items() if name != "userId"}
        if change != {"role": "reader"}:
            assert alice.call("PATCH", f"{shelf.library}/users/alice", json=change).status_code == 400
    assert roles(alice, shelf.library) == {"alice": "owner"}


def test_who_may_see_and_change_roles(installation: Installation, alice: Caller, place: str) -> None:
    for user, role in (("olga", "owner"), ("carl", "contributor"), ("rita", "reader")):
        assert give(alice, place, user, role) == 200
    expected = {"olga": (200, 200, 200, 204), "carl": (200, 403, 403, 403), "rita": (403, 403, 403, 403)}
    for name, statuses in {**expected, "mallory": (404, 404, 404, 404)}.items():
        by = installation.caller(name)
        assert (
            by.get(f"{place}/users").status_code,
            give(by, place, f"friend-of-{name}", "reader"),
            by.call("PATCH", f"{place}/users/rita", json={"role": "reader"}).status_code,
            by.delete(f"{place}/users/rita").status_code,
        ) == statuses, name
        if name == "olga":
            assert give(alice, place, "rita", "reader") == 200


def test_a_role_on_a_folder_says_nothing_of_the_library(
    installation: Installation, alice: Caller, shelf: Shelf
) -> None:
    give(alice, shelf.folder, "bob", "owner")
    bob = installation.caller("bob")
    assert "userRole" not in bob.get(shelf.library).json()
    assert bob.get(shelf.folder).json()["userRole"] == "owner"
    assert bob.get(f"{shelf.library}/users").status_code == 403
    assert give(bob, shelf.library, "bob", "owner") == 403
    assert bob.delete(f"{shelf.library}/users/alice").status_code == 403
    assert give(bob, shelf.folder, "carol", "contributor") == 200
    assert installation.caller("carol").get(shelf.folder).json()["userRole"] == "contributor"


def test_a_library_keeps_an_owner(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    assert alice.delete(f"{shelf.library}/users/alice").status_code == 409
    assert alice.call("PATCH", f"{shelf.library}/users/alice", json={"role": "reader"}).status_code == 409
    assert give(alice, shelf.library, "bob", "owner") == 200
    assert alice.call("PATCH", f"{shelf.library}/users/alice", json={"role": "reader"}).status_code == 200
    assert alice.call("PATCH", f"{shelf.library}/users/alice", json={"role": "owner"}).status_code == 403
    bob = installation.caller("bob")
    assert bob.delete(f"{shelf.library}/users/bob").status_code == 409
    assert bob.delete(f"{shelf.library}/users/alice").status_code == 204
    assert alice.get(shelf.library).status_code == 404


def test_who_leaves_a_library_keeps_nothing_that_came_of_being_in_it(installation: Installation, shelf: Shelf) -> None:
    bob = installation.caller("bob")
    given = shelf.below("Given")
    shelf.by.post(f"{shelf.library}/users", json={"userId": "bob", "role": "contributor"})
    shelf.by.post(f"{given.folder}/users", json={"userId": "bob", "role": "reader"})
    made = bob.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Made"}).json()["folderId"]
    query = {"version": "1.0", "criteria": []}
    album = bob.post(f"{shelf.library}/albums", json={"name": "All", "query": query}).json()["albumId"]
    assert shelf.by.delete(f"{shelf.library}/users/bob").status_code == 204
    assert bob.get(f"{shelf.library}/folders/{made}").status_code == 404
    assert bob.get(f"{shelf.library}/albums/{album}").status_code == 404
    assert [each["name"] for each in bob.get(f"{shelf.library}/folders?parent=").json()] == ["Given"]


def test_a_folder_needs_no_owner_of_its_own(alice: Caller, shelf: Shelf) -> None:
    made = alice.post(f"{shelf.library}/folders", json={"parentId": "", "name": "Mine"}).json()
    path = f"{shelf.library}/folders/{made['folderId']}"
    assert roles(alice, path) == {"alice": "owner"}
    assert alice.delete(f"{path}/users/alice").status_code == 204
    assert alice.get(path).json()["userRole"] == "owner"


def test_ids_of_any_kind_can_be_named(installation: Installation, alice: Caller, place: str) -> None:
    for user in ("a/b/c", "Zoë Müller", "who?x=1#2", "100%", "bob@example.org", ".."):
        path = f"{place}/users/" + "".join(f"%{byte:02X}" for byte in user.encode())
        assert give(alice, place, user, "reader") == 200, user
        assert installation.user(user).name_key == user
        assert alice.call("PATCH", path, json={"role": "contributor"}).json()["role"] == "contributor", user
        assert alice.delete(path).status_code == 204, user


def test_an_application_names_only_users_that_its_key_is_for(alice: Caller, shelf: Shelf) -> None:
    assert give(alice, shelf.library, "never-seen-before", "reader") == 200
    assert roles(alice, shelf.library) == {"alice": "owner", "never-seen-before": "reader"}


def test_a_person_names_only_users_that_there_are(installation: Installation, shelf: Shelf) -> None:
    with installation.app.writing(SYSTEM) as unit:
        ann = users.add(unit, "ann@example.org", name="Ann", password=PASSWORD)
        _, full = keys.create(unit, ann, label="all", scopes=["read", "write", "share"])
        _, half = keys.create(unit, ann, label="some", scopes=["read", "write"])
    sharing, writing = (Caller(installation.client, {"Authorization": f"ApiKey {key}"}) for key in (full, half))
    place = sharing.library().library
    assert give(sharing, place, "nobody-yet", "reader") == 404
    assert give(sharing, place, "alice", "reader") == 200
    assert installation.rows(User) == 2
    assert give(writing, place, "bob", "reader") == 403
    assert writing.call("PATCH", f"{place}/users/alice", json={"role": "owner"}).status_code == 403
    assert writing.delete(f"{place}/users/alice").status_code == 403
    assert roles(writing, place) == {ann.name_key: "owner", "alice": "reader"}
    with installation.app.writing(SYSTEM) as unit:
        users.remove(unit, users.named(unit, "alice"))
    assert give(sharing, sharing.library().library, "alice", "reader") == 404
    assert sharing.delete(f"{place}/users/alice").status_code == 204


def test_many_roles_come_in_pages(alice: Caller, shelf: Shelf) -> None:
    names = [f"user-{number:02}" for number in range(7)]
    for name in reversed(names):
        give(alice, shelf.library, name, "reader")
    found, address = [], f"{shelf.library}/users?limit=3"
    while address:
        answer = alice.get(address)
        found += [each["userId"] for each in answer.json()]
        link = answer.headers.get("Link", "")
        address = link.partition("<")[2].partition(">")[0].removeprefix("/v1")
    assert found == ["alice", *names]
    assert alice.get(f"{shelf.library}/users?cursor=nonsense").status_code == 400


def test_a_change_of_roles_is_told_to_devices(installation: Installation, alice: Caller, place: str) -> None:
    library_id = ids.decode(place.split("/")[2])
    bob = installation.user("bob").id
    seen = []
    for action in (
        lambda: give(alice, place, "bob", "reader"),
        lambda: alice.call("PATCH", f"{place}/users/bob", json={"role": "owner"}),
        lambda: alice.delete(f"{place}/users/bob"),
    ):
        action()
        with installation.app.reading(SYSTEM) as unit:
            head = unit.db.get_one(ChangeHead, library_id).number
            newest = {(each.thing, each.thing_id) for each in unit.db.query(Change).filter(Change.number >= head - 1)}
            regranted = unit.db.execute(select(Regranted.user_id, Regranted.number)).all()
        assert regranted == [(bob, head)]
        assert ("folder" if "folders" in place else "library", ids.decode(place.rsplit("/", 1)[-1])) in newest
        seen.append(head)
    assert seen == sorted(set(seen))


def test_a_role_counts_at_once_and_ends_at_once(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    file = shelf.add(make.photo())
    bob, path = installation.caller("bob"), f"{shelf.library}/files/{file['fileId']}"
    assert bob.get(path).status_code == 404
    give(alice, shelf.folder, "bob", "reader")
    assert bob.get(path).json()["userRole"] == "reader"
    assert bob.delete(path).status_code == 403
    alice.call("PATCH", f"{shelf.folder}/users/bob", json={"role": "contributor"})
    assert bob.get(path).json()["userRole"] == "contributor"
    alice.delete(f"{shelf.folder}/users/bob")
    assert bob.get(path).status_code == 404
    assert bob.get("/libraries").json() == []
