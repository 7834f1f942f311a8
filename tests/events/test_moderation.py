"""Those who look after an event decide about what guests gave: together, in any order, and again."""

import threading
from pathlib import Path
from typing import Any

import pytest
from tests import make
from tests.assets import live_photos
from tests.events.party import Party
from tests.events.test_guest_uploads import mine, seen, send
from tests.flows.replica import check_replicas
from tests.installation import Caller, Installation

from albumen.libraries.models import File


@pytest.fixture
def careful(installation: Installation, alice: Caller) -> Party:
    """An event whose host looks first."""
    return Party.of(installation, alice, photos=1, guestUpload="moderated")


@pytest.fixture
def olga(careful: Party) -> Caller:
    return careful.enter(careful.code("view", "upload", label="Table 3"), guestName="Olga")


def given(by: Caller, count: int = 1) -> list[str]:
    """The ids of new gifts."""
    return [each["fileId"] for each in send(by, *(make.photo() for _ in range(count))).json()["uploads"]]


def gifts(party: Party, by: Caller | None = None, **params: Any) -> list[dict[str, Any]]:
    """What there is to decide about."""
    answer = (by or party.host).get(f"{party.path}/contributions", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["contributions"])


def decide(party: Party, what: str, by: Caller | None = None, **form: Any) -> int:
    """Decide; how many changed."""
    answer = (by or party.host).post(f"{party.path}/contributions/{what}", json=form)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["decided"])


def moderator(party: Party) -> Caller:
    """Somebody with a role on the album alone."""
    helper = party.installation.caller("helper")
    helper.get("/libraries")
    album = f"{party.shelf.library}/albums/{party.event()['albumId']}/users"
    assert party.host.post(album, json={"userId": "helper", "role": "contributor"}).status_code == 200
    return helper


def test_the_queue_tells_who_gave_what(careful: Party, olga: Caller) -> None:
    file_ids = given(olga, 2)
    careful.installation.work_off()
    listed = gifts(careful, state="waiting")
    assert {each["fileId"] for each in listed} == set(file_ids)
    first = listed[0]
    assert (first["guestName"], first["accessorLabel"], first["state"]) == ("Olga", "Table 3", "waiting")
    client = careful.installation.client
    assert client.get(first["thumbnails"]["sm"]).status_code == 200
    page = careful.host.get(f"{careful.path}/contributions?limit=1").json()
    rest = careful.host.get(f"{careful.path}/contributions", params={"limit": 1, "cursor": page["next"]}).json()
    assert {page["contributions"][0]["fileId"], rest["contributions"][0]["fileId"]} == set(file_ids)
    assert "next" not in rest


def test_what_is_approved_is_shown(careful: Party, olga: Caller) -> None:
    one, other = given(olga, 2)
    assert decide(careful, "approve", fileIds=[one]) == 1
    assert seen(olga)[1:] == [one]
    assert decide(careful, "approve", fileIds=[one]) == 0, "again, it does nothing"
    assert decide(careful, "approve", all=True) == 1
    assert set(seen(olga)[1:]) == {one, other}
    assert gifts(careful, state="waiting") == []
    assert {state for _, state in mine(olga)} == {"shown"}
    files = {file["fileId"]: file for file in careful.host.get(f"{careful.path}/files").json()["files"]}
    assert (files[one]["guestName"], files[one]["accessorLabel"]) == ("Olga", "Table 3")
    assert "guestName" not in files[careful.file_ids[0]]
    careful.installation.check_counts()


def test_what_is_declined_goes_to_the_trash_and_can_come_back(careful: Party, olga: Caller) -> None:
    one, other = given(olga, 2)
    assert decide(careful, "reject", fileIds=[one, other]) == 2
    assert decide(careful, "reject", fileIds=[one]) == 0
    assert (len(seen(olga)), {state for _, state in mine(olga)}) == (1, {"declined"})
    trashed = careful.host.get(f"{careful.shelf.library}/trash").json()["files"]
    assert {file["fileId"] for file in trashed} == {one, other}
    assert decide(careful, "approve", fileIds=[one]) == 1
    assert seen(olga)[1:] == [one]
    assert decide(careful, "reject", fileIds=[one]) == 1, "also what was shown"
    assert len(seen(olga)) == 1
    assert decide(careful, "reject", all=True) == 0
    careful.installation.check_counts()


def test_a_role_on_the_album_is_enough(careful: Party, olga: Caller) -> None:
    one, other = given(olga, 2)
    helper = moderator(careful)
    assert len(gifts(careful, helper)) == 2
    assert decide(careful, "approve", helper, fileIds=[one]) == 1
    assert decide(careful, "reject", helper, all=True) == 1
    assert seen(olga)[1:] == [one]
    assert other in {file["fileId"] for file in careful.host.get(f"{careful.shelf.library}/trash").json()["files"]}
    careful.installation.check_counts()


def test_a_reader_decides_nothing(careful: Party, olga: Caller) -> None:
    given(olga)
    reader = careful.installation.caller("reader")
    reader.get("/libraries")
    careful.host.post(f"{careful.shelf.library}/users", json={"userId": "reader", "role": "reader"})
    stranger = careful.installation.caller("stranger")
    for by, status in ((reader, 403), (stranger, 404), (olga, 401)):
        assert by.get(f"{careful.path}/contributions").status_code == status
        for what in ("approve", "reject"):
            assert by.post(f"{careful.path}/contributions/{what}", json={"all": True}).status_code == status


def test_what_is_no_gift_is_not_decided(careful: Party, olga: Caller) -> None:
    [one] = given(olga)
    path = f"{careful.path}/contributions/approve"
    assert careful.host.post(path, json={"fileIds": [one, careful.file_ids[0]]}).status_code == 404
    assert gifts(careful, state="waiting"), "none of them then"
    forms: tuple[dict[str, Any], ...] = ({}, {"all": True, "fileIds": [one]}, {"fileIds": []})
    for form in forms:
        assert careful.host.post(path, json=form).status_code == 400
    careful.change(locked=True)
    assert careful.host.post(path, json={"all": True}).status_code == 409


def test_those_who_decide_at_once_agree(careful: Party, olga: Caller) -> None:
    file_ids = given(olga, 4)
    start, counts = threading.Barrier(4), []

    def act(what: str) -> None:
        start.wait()
        counts.append(decide(careful, what, all=True))

    threads = [threading.Thread(target=act, args=(what,)) for what in ("approve", "reject") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 4, "each was decided once"
    states = {each["fileId"]: each["state"] for each in gifts(careful)}
    assert set(seen(olga)[1:]) == {each for each in file_ids if states[each] == "shown"}
    careful.installation.check_counts()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["photo first", "film first"])
def test_a_live_photo_is_one_gift(careful: Party, olga: Caller, order: tuple[int, int], tmp_path: Path) -> None:
    halves = ("IMG_1.jpg", live_photos.live_photo()), ("IMG_1.mov", live_photos.live_film(tmp_path))
    for number in order:
        name, content = halves[number]
        assert olga.post("/access/files", files=[("files", (name, content))]).status_code == 200
    [gift] = gifts(careful, state="waiting")
    assert not gift["isVideo"]
    assert decide(careful, "approve", fileIds=[gift["fileId"]]) == 1
    assert seen(olga)[1:] == [gift["fileId"]]
    assert gifts(careful, state="waiting") == []
    files = careful.installation.rows(File)
    assert olga.delete(f"/access/uploads/{gift['fileId']}").status_code == 204
    assert careful.installation.rows(File) == files - 2
    careful.installation.check_counts()


def test_those_who_follow_the_library_hold_what_it_shows(careful: Party, olga: Caller) -> None:
    one, other, _ = given(olga, 3)
    check_replicas(careful.installation)
    decide(careful, "approve", fileIds=[one, other])
    decide(careful, "reject", all=True)
    assert olga.delete(f"/access/uploads/{other}").status_code == 204
    check_replicas(careful.installation)
