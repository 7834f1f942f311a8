"""Guests of one code are told what another was told a moment ago, and of every change from the next time on."""

from collections.abc import Callable
from typing import Any

import pytest
from tests import make
from tests.events.party import Party
from tests.events.test_guest_uploads import send
from tests.installation import Caller

Changed = Callable[[Party, dict[str, Any]], object]


def listed(guest: Caller, most: int) -> list[dict[str, Any]]:
    """All that a guest sees; with a limit that nobody used, nothing can be known beforehand."""
    answer = guest.get("/access/files", params={"limit": most})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["files"])


def photo(party: Party, number: int) -> str:
    return f"{party.shelf.library}/files/{party.file_ids[number]}"


def chosen(*numbers: int) -> Callable[[Party], dict[str, Any]]:
    return lambda party: {"fileIds": [party.file_ids[number] for number in numbers]}


def new_set(party: Party, *numbers: int) -> str:
    made = party.host.post(f"{party.path}/sets", json={"name": "Cake"}).json()
    party.host.post(f"{party.path}/sets/{made['setId']}/files", json=chosen(*numbers)(party))
    return str(made["setId"])


def delete(party: Party, path: str, told: dict[str, Any]) -> None:
    assert party.host.call("DELETE", path, json=told).status_code == 204


CHANGES: dict[str, Changed] = {
    "renamed": lambda party, _: party.host.call("PATCH", photo(party, 0), json={"name": "Kiss.jpg"}),
    "binned": lambda party, _: party.host.delete(photo(party, 1)),
    "taken out": lambda party, _: delete(party, f"{party.path}/files", chosen(1)(party)),
    "arranged": lambda party, _: party.host.post(
        f"{party.path}/files/order", json={**chosen(3)(party), "before": party.file_ids[0]}
    ),
    "in a set": lambda party, _: new_set(party, 0, 2),
    "unpicked": lambda party, code: delete(
        party, f"{party.path}/accessors/{code['accessorId']}/images", chosen(1)(party)
    ),
    "narrowed": lambda party, code: party.recode(code, images=party.file_ids[2:]),
    "by set": lambda party, code: party.recode(code, sets=[new_set(party, 3)]),
    "to be saved": lambda party, code: party.recode(code, permissions=["view", "download"]),
    "told all": lambda party, _: (
        party.change(stripLocation=False),
        party.host.call("PATCH", photo(party, 0), json={"title": "The kiss"}),
    ),
    "hidden": lambda party, _: party.change(revealOn="2099-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_by_all_the_next_time(party: Party, change: str) -> None:
    party.installation.work_off()
    code = party.code(images=party.file_ids)
    olga, boris = party.enter(code), party.enter(code)
    before = listed(olga, 50)
    assert [listed(guest, 50) for guest in (olga, boris)] == [before, before]
    CHANGES[change](party, code)
    after = listed(olga, 40)
    assert after != before
    assert [listed(guest, 50) for guest in (olga, boris)] == [after, after]


def test_what_is_ones_own_is_told_to_oneself(party: Party) -> None:
    party.change(guestUpload="yes")
    code = party.code("view", "upload", "favorite")
    olga, boris = party.enter(code, guestName="Olga"), party.enter(code, guestName="Boris")
    assert {each["favorite"] for guest in (olga, boris) for each in listed(guest, 50)} == {False}
    assert olga.post(f"/access/favorites/{party.file_ids[2]}").status_code == 204
    [gift] = send(boris, make.photo()).json()["uploads"]
    party.installation.work_off()
    liked = [[each["fileId"] for each in listed(guest, 50) if each["favorite"]] for guest in (olga, boris)]
    assert liked == [[party.file_ids[2]], []]
    own = [[each["mine"] for each in listed(guest, 50) if each["fileId"] == gift["fileId"]] for guest in (olga, boris)]
    assert own == [[False], [True]]
    assert {each["guestName"] for each in listed(olga, 50) if "mine" in each} == {"Boris"}
    assert [each["fileId"] for each in boris.get("/access/files", params={"mine": True}).json()["files"]] == [
        gift["fileId"]
    ]
    assert olga.get("/access/files", params={"mine": True}).json()["files"] == []
    assert boris.get("/access/files", params={"favorites": True}).json()["files"] == []


def test_a_gift_is_called_as_it_came_beside_a_name_that_is_not_shown(party: Party) -> None:
    party.change(guestUpload="yes")
    code = party.code("view", "upload", "download", images=[])
    olga = party.enter(code)
    party.host.post(f"{party.path}/files", files=[("files", ("IMG_1.jpg", make.photo()))])
    [gift] = send(olga, make.photo()).json()["uploads"]
    party.host.post(f"{party.path}/accessors/{code['accessorId']}/images", json={"fileIds": [gift["fileId"]]})
    party.installation.work_off()
    [shown] = listed(olga, 50)
    [own] = olga.get("/access/uploads").json()["uploads"]
    assert (gift["name"], own["name"], shown["name"]) == ("IMG_1.jpg", "IMG_1.jpg", "IMG_1.jpg")
    saved = party.installation.client.get(shown["original"]).headers["content-disposition"]
    assert "IMG_1.jpg" in saved
    told = f"{party.shelf.library}/files/{gift['fileId']}"
    assert party.host.get(told).json()["name"] == "IMG_1 (2).jpg"
    party.host.call("PATCH", told, json={"name": "Olga.jpg"})
    assert [file["name"] for file in listed(olga, 50)] == ["Olga.jpg"]
