"""What is missing, and having it made once however many ask."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from tests import make
from tests.installation import Caller, Installation

from albumen.accounts import keys
from albumen.accounts.models import User
from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Spool
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Original, Rendition
from albumen.operations import sweep
from albumen.unit import Works


class CountingBlobs(FolderBlobs):
    """The store, counting what is put."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation.app.settings.store_folder)
        self.puts: list[str] = []

    def put(self, key: str, spool: Spool) -> bool:
        self.puts.append(key)
        return super().put(key, spool)


def counting(installation: Installation) -> tuple[Installation, CountingBlobs]:
    blobs, app = CountingBlobs(installation), installation.app
    works = Works(app.database, blobs, app.bell, app.clock)
    return replace(installation, app=replace(app, blobs=blobs, works=works)), blobs


def catalogue(alice: Caller, count: int, **photo: Any) -> list[str]:
    return [alice.catalogue(make.photo(**photo)).json()["fileId"] for _ in range(count)]


def missing(alice: Caller, group: str = "thumbnails") -> list[str]:
    return list(alice.get(f"/operations/{group}/missing?limit=1000").json()["ids"])


def test_present_and_missing(installation: Installation, alice: Caller) -> None:
    ids = catalogue(alice, 3)
    assert (alice.get("/operations/thumbnails").json()["ids"], sorted(missing(alice))) == ([], sorted(ids))
    installation.work_off()
    assert sorted(alice.get("/operations/thumbnails").json()["ids"]) == sorted(ids)
    assert (missing(alice), sorted(missing(alice, "full-size"))) == ([], sorted(ids))
    page = alice.get("/operations/full-size/missing?limit=2").json()
    rest = alice.get(f"/operations/full-size/missing?limit=2&cursor={page['next']}").json()
    assert sorted(page["ids"] + rest["ids"]) == sorted(ids)
    assert installation.caller("bob").get("/operations/thumbnails").json() == {"ids": []}


@pytest.mark.parametrize("form", ["id", "ids", "all"])
def test_what_lacks_a_form_is_made(installation: Installation, alice: Caller, form: str) -> None:
    ids = catalogue(alice, 3)
    installation.work_off()
    wanted = {"id": ids[0], "ids": ids, "all": True}[form]
    answer = alice.post("/operations/full-size/generate", json={form: wanted})
    assert (answer.status_code, answer.json()) == (202, {"queued": 1 if form == "id" else 3})
    installation.work_off()
    made = alice.get("/operations/full-size").json()["ids"]
    assert sorted(made) == (ids[:1] if form == "id" else sorted(ids))
    assert alice.get(f"/images/{ids[0]}/full-size").headers["content-type"] == "image/jpeg"
    installation.check_counts()
    again = alice.post("/operations/full-size/generate", json={"id": ids[0]})
    assert again.json() == {"queued": 0}


def test_eight_callers_at_once_have_each_rendition_made_once(installation: Installation) -> None:
    counted, blobs = counting(installation)
    alice = counted.caller()
    ids = catalogue(alice, 6, size=(400, 300))
    blobs.puts.clear()
    with ThreadPoolExecutor(9) as pool:
        working = pool.submit(counted.work_off)
        for form in ({"all": True}, {"ids": ids}, {"id": ids[0]}):
            for group in ("thumbnails", "full-size"):
                answers = list(pool.map(lambda _: alice.post(f"/operations/{group}/generate", json=form), range(8)))  # noqa: B023 - awaited here
                assert {answer.status_code for answer in answers} == {202}
        working.result()
    counted.work_off()
    assert (missing(alice), missing(alice, "full-size")) == ([], [])
    assert installation.rows(Rendition) == 6 * 4
    assert (len(blobs.puts), len(set(blobs.puts))) == (24, 24)
    assert len(installation.blobs()) == 6 + 24
    installation.check_counts()


def test_an_unknown_group_or_image_is_not_found_and_nothing_is_queued(
    installation: Installation, alice: Caller
) -> None:
    [known] = catalogue(alice, 1)
    installation.work_off()
    for path in ("/operations/posters", "/operations/posters/missing"):
        assert alice.get(path).status_code == 404
    assert alice.post("/operations/posters/generate", json={"all": True}).status_code == 404
    for form in ({"id": "zzz"}, {"id": "!"}, {"ids": [known, "zzz"]}):
        assert alice.post("/operations/full-size/generate", json=form).status_code == 404
    installation.work_off()
    assert missing(alice, "full-size") == [known]


@pytest.mark.parametrize(
    "form", [{}, {"all": False}, {"id": 7}, {"ids": "x"}, {"everything": True}, {"ids": ["x"] * 10_001}]
)
def test_wrong_wishes(alice: Caller, form: dict[str, Any]) -> None:
    answer = alice.post("/operations/thumbnails/generate", json=form)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_no_wish_is_a_wish_for_nothing(alice: Caller) -> None:
    assert alice.post("/operations/thumbnails/generate", json={"ids": []}).json() == {"queued": 0}


def test_a_failed_photo_can_be_tried_again(installation: Installation, alice: Caller) -> None:
    file_id = alice.catalogue(make.garbled()).json()["fileId"]
    installation.work_off()
    assert alice.post("/operations/thumbnails/generate", json={"id": file_id}).json() == {"queued": 1}
    installation.work_off()
    assert alice.get(f"/images/{file_id}/metadata").json()["file"]["failure"]


def test_the_sweep_takes_what_no_row_speaks_of_after_its_grace(installation: Installation, alice: Caller) -> None:
    file_id = alice.catalogue(make.photo()).json()["fileId"]
    installation.work_off()
    with installation.app.blobs.spool() as spool:
        spool.write(b"left by a crash")
        installation.app.blobs.put(left := "original/zz/zzz", spool)
    alice.delete(f"/images/{file_id}/thumbnail")
    before = set(installation.blobs())
    assert sweep.sweep(installation.app) == 0
    installation.clock.advance(hours=25)
    assert sweep.sweep(installation.app) == 4
    assert set(installation.blobs()) == {key for key in before if key.startswith("original/") and key != left}
    assert alice.get(f"/images/{file_id}/original").status_code == 200
    assert installation.rows(Original) == 1


def test_all_is_what_one_may_change_and_the_key_opens(installation: Installation, alice: Caller) -> None:
    open_, closed = alice.library(), alice.library()
    shown, hidden = (shelf.add(make.photo())["fileId"] for shelf in (open_, closed))
    alice.post(f"{closed.library}/users", json={"userId": "bob", "role": "reader"})
    with installation.app.writing(SYSTEM) as unit:
        user, opens = unit.db.get_one(User, installation.user("alice").id), [ids.decode(open_.library_id)]
        _, secret = keys.create(unit, user, label="frame", scopes=["read", "write"], libraries=opens)
    installation.work_off()
    frame = Caller(installation.client, {"Authorization": f"Bearer {secret}"})
    asked = [
        by.post("/operations/full-size/generate", json={"all": True}) for by in (installation.caller("bob"), frame)
    ]
    assert [answer.json() for answer in asked] == [{"queued": 0}, {"queued": 1}]
    installation.work_off()
    assert [alice.get(f"/images/{each}/full-size").status_code for each in (shown, hidden)] == [200, 404]
