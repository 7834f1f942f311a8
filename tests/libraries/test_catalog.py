"""The cataloguing door, and counts when many come at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests import make
from tests.installation import Caller, Installation

from albumen.accounts import keys
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import queries
from albumen.libraries.models import File, Library


def path_of(caller: Caller, file: dict[str, str]) -> str:
    return str(caller.get(f"/libraries/{file['libraryId']}/folders/{file['folderId']}").json()["path"])


@pytest.mark.parametrize("door", ["/upload/", "/upload"])
def test_a_photo_is_filed_by_its_local_date(installation: Installation, alice: Caller, door: str) -> None:
    photo = make.photo(taken="2021-12-31 23:30:00", offset="-08:00")
    answer = alice.post(door, files={"file": ("IMG_1.jpg", photo)})
    assert answer.status_code == 201
    assert "duplicate" not in answer.json()
    assert path_of(alice, answer.json()) == "Catalog/2021/12/31"
    assert installation.client.post(door, files={"file": ("a.jpg", photo)}, headers=alice.headers).status_code == 200


def test_a_photo_without_a_date_is_filed_under_2000(alice: Caller) -> None:
    answer = alice.catalogue(make.photo(), "nothing.jpg")
    assert path_of(alice, answer.json()) == "Catalog/2000/01/01"


def test_the_same_photo_again_is_the_same_file(installation: Installation, alice: Caller) -> None:
    photo = make.photo(taken="2021-07-01 12:00:00")
    first = alice.catalogue(photo)
    again = alice.catalogue(photo, "other name.jpg")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "duplicate": True}
    other = installation.caller("bob").catalogue(photo)
    assert other.status_code == 201
    assert (installation.rows(File), installation.rows(Library)) == (2, 2)
    alice.delete(f"/images/{first.json()['fileId']}/original")
    anew = alice.catalogue(photo)
    assert (anew.status_code, anew.json()["fileId"] != first.json()["fileId"]) == (201, True)
    installation.check_counts()


def test_the_same_photo_eight_times_at_once_is_one_file(installation: Installation, alice: Caller) -> None:
    photo = make.photo(taken="2021-07-01 12:00:00")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: alice.catalogue(photo), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["fileId"] for answer in answers}) == 1
    assert (installation.rows(File), installation.rows(Library), len(installation.blobs())) == (1, 1, 1)
    installation.check_counts()


def test_the_door_takes_one_photo(installation: Installation, alice: Caller) -> None:
    two = alice.post("/upload/", files=[("file", ("a.jpg", make.photo())), ("file", ("b.jpg", make.photo()))])
    none = alice.post("/upload/", files={"other": ("a.jpg", make.photo())})
    assert (two.status_code, none.status_code) == (400, 400)
    assert (installation.rows(File), installation.blobs(), installation.spools()) == (0, [], 0)


def test_counts_are_right_after_many_uploads_at_once(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    photos = [make.photo(taken=f"2021-{n % 12 + 1:02}-01 12:00:00") for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(shelf.send, photos))
    assert [answer.status_code for answer in answers] == [200] * 20
    folder = alice.get(shelf.folder).json()
    assert (folder["fileCount"], folder["fileSize"]) == (20, sum(map(len, photos)))
    installation.check_counts()
    deleting = threading.Thread(
        target=lambda: [alice.delete(f"/images/{answer.json()[0]['fileId']}/original") for answer in answers[:5]]
    )
    deleting.start()
    installation.work_off()
    deleting.join()
    installation.check_counts()
    with installation.app.reading(SYSTEM) as unit:
        months = queries.months(unit, unit.db.query(Library).one().id)
    assert sum(count for _, count in months) == 15
    assert [month for month, _ in months] == sorted((month for month, _ in months), reverse=True)


def test_a_photo_in_a_library_that_the_key_does_not_open_is_not_told_of(
    installation: Installation, alice: Caller
) -> None:
    photo = make.photo()
    first = alice.catalogue(photo).json()
    other = alice.library()
    user = installation.user("alice")
    with installation.app.writing(SYSTEM) as unit:
        opens = [ids.decode(other.library_id)]
        _, secret = keys.create(unit, user, label="frame", scopes=["read", "write"], libraries=opens)
    frame = Caller(installation.client, {"Authorization": f"Bearer {secret}"})
    answer = frame.catalogue(photo)
    assert (answer.status_code, first["fileId"] in answer.text) == (403, False)


@pytest.mark.parametrize("left", [None, "reader"])
def test_who_may_not_add_to_the_first_library_any_more_gets_another(
    installation: Installation, alice: Caller, left: str | None
) -> None:
    photo = make.photo()
    first = alice.catalogue(photo).json()
    roles = f"/libraries/{first['libraryId']}/users"
    alice.post(roles, json={"userId": "bob", "role": "owner"})
    bob = installation.caller("bob")
    taken = bob.call("PATCH", f"{roles}/alice", json={"role": left}) if left else bob.delete(f"{roles}/alice")
    assert taken.status_code in (200, 204)
    again = alice.catalogue(photo)
    assert (again.status_code, "duplicate" in again.json()) == (201, False)
    assert again.json()["libraryId"] != first["libraryId"]
    assert again.json()["userRole"] == "owner"
    installation.check_counts()
