"""The pages on which users take everything along, and delete their accounts."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.installation import Caller, Installation
from tests.web.desk import Desk

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM


@pytest.fixture
def desk(installation: Installation, alice: Caller) -> Iterator[Desk]:
    with closing(Desk(installation, "alice")) as desk:
        yield desk


def test_everything_is_asked_for_and_fetched_on_the_page_of_storage(installation: Installation, desk: Desk) -> None:
    assert desk.sent("/settings/takeaways") == "/settings/storage?done=taking"
    assert "being made" in desk.page("/settings/storage")
    installation.work_off()
    page = desk.page("/settings/storage")
    address = page.split('href="/v1/users/me/takeaways/')[1].split('"')[0]
    assert desk.get(f"/v1/users/me/takeaways/{address}").content.startswith(b"PK")


def test_an_account_is_deleted_after_a_tick_and_shows_its_receipt(
    installation: Installation, alice: Caller, desk: Desk
) -> None:
    alice.library(name="Mine alone")
    assert "Mine alone" in desk.page("/settings/delete")
    assert "Tick the box" in desk.submit("/settings/delete").text
    there = desk.sent("/settings/delete", sure="on")
    assert desk.get("/settings/profile").headers["location"].startswith("/login")
    assert "Keep the address of this page" in desk.page(there)
    installation.work_off()
    page = desk.page(there)
    assert "Your account is deleted" in page
    assert "<div>Libraries</div><span>1</span>" in page
    assert desk.get("/departed/another-key").status_code == 404


def test_a_library_that_others_share_needs_another_owner_first(alice: Caller, desk: Desk) -> None:
    shelf = alice.library(name="Ours")
    alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"})
    assert "These need another owner first" in desk.page("/settings/delete")
    refused = desk.submit("/settings/delete", sure="on")
    assert (refused.status_code, "without an owner" in refused.text) == (422, True)


def test_a_keeper_deletes_whom_he_has_shut_out(installation: Installation, desk: Desk) -> None:
    user, keeper = installation.user("bob"), installation.user("alice")
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, keeper.id).is_keeper = True
        users.remove(unit, unit.db.get_one(User, user.id))
    page = f"/admin/users/{ids.encode(user.id)}"
    assert "Delete account now" in desk.page(page)
    assert desk.sent(f"{page}/delete") == f"{page}?done=deleting"
    installation.work_off()
    assert desk.get(page).status_code == 404
