"""Quotas of libraries and of users: asked before bytes are taken, counted with them, given back when they go."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from tests import make
from tests.installation import Caller, Installation

from albumen.accounts import users
from albumen.blobs.port import Spool
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original
from albumen.media.guard import Guard


def set_quota(installation: Installation, name: str, quota_bytes: int | None) -> None:
    """As the keeper does it."""
    name_key = installation.user(name).name_key
    with installation.app.writing(SYSTEM) as unit:
        users.set_quota(unit, users.named(unit, name_key), quota_bytes)


def check_refused(answer: Response, of: str) -> dict[str, Any]:
    """A 507 that says which quota is used up, and how it stands."""
    told = dict(answer.json())
    assert (answer.status_code, told["type"], told["quota"]) == (507, "urn:albumen:problem:over-quota", of)
    assert told["freeBytes"] == max(0, told["quotaBytes"] - told["usedBytes"])
    return told


def test_a_library_says_what_is_used_and_free(installation: Installation, alice: Caller) -> None:
    photo = make.photo()
    shelf = alice.library(quotaBytes=len(photo) + 10)
    file = shelf.add(photo)
    told = check_refused(shelf.send(make.photo()), "library")
    assert (told["usedBytes"], told["freeBytes"]) == (len(photo), 10)
    path = f"{shelf.library}/files/{file['fileId']}/versions"
    check_refused(alice.post(path, files={"file": ("x.jpg", make.photo())}), "library")
    assert (installation.rows(File), installation.rows(Original), installation.spools()) == (1, 1, 0)
    assert len(installation.blobs("original")) == 1
    installation.check_counts()


def test_a_user_over_all_libraries(installation: Installation, alice: Caller) -> None:
    photos = [make.photo() for _ in range(3)]
    set_quota(installation, "alice", sum(map(len, photos[:2])))
    first, second = alice.library(), alice.library()
    first.add(photos[0])
    second.add(photos[1])
    me = alice.get("/users/me").json()
    assert me["usedBytes"] == me["quotaBytes"] == sum(map(len, photos[:2]))
    assert check_refused(second.send(photos[2]), "user")["freeBytes"] == 0
    check_refused(alice.catalogue(photos[2]), "user")
    alice.post(f"{first.library}/users", json={"userId": "bob", "role": "contributor"})
    bob = installation.caller("bob")
    added = bob.post(f"{first.folder}/files", files={"files": ("b.jpg", photos[2])})
    assert added.status_code == 200
    assert bob.get("/users/me").json()["usedBytes"] == len(photos[2])
    installation.check_counts()


def test_the_setting_counts_for_whoever_has_none(tmp_path: Path, guard: Guard) -> None:
    photo = make.photo()
    installation = Installation.at(tmp_path / "data", guard, libraries={"user_quota_bytes": len(photo)})
    alice, bob = installation.caller("alice"), installation.caller("bob")
    set_quota(installation, "bob", -1)
    for caller in (alice, bob):
        caller.library().add(photo)
    check_refused(alice.catalogue(make.photo()), "user")
    assert bob.catalogue(make.photo()).status_code == 201
    assert alice.get("/users/me").json()["quotaBytes"] == len(photo)
    assert "quotaBytes" not in bob.get("/users/me").json()
    set_quota(installation, "alice", 10**9)
    assert alice.catalogue(make.photo()).status_code == 201
    installation.close()


def test_renditions_count_and_all_is_given_back(installation: Installation, alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo(size=(400, 300))
    file = shelf.add(photo)
    installation.work_off()
    used = alice.get("/users/me").json()["usedBytes"]
    assert used == alice.get(shelf.library).json()["usedBytes"] > len(photo)
    alice.delete(f"{shelf.library}/files/{file['fileId']}")
    assert alice.get("/users/me").json()["usedBytes"] == used
    alice.post(f"{shelf.library}/trash/empty")
    assert alice.get("/users/me").json()["usedBytes"] == 0
    installation.check_counts()


def test_what_is_announced_too_large_is_not_received(installation: Installation, alice: Caller) -> None:
    shelf = alice.library(quotaBytes=1000)
    received = 0

    def body() -> Iterator[bytes]:
        nonlocal received
        for _ in range(100):
            received += 1
            yield bytes(65536)

    headers = {"Content-Type": "image/jpeg", "Content-Length": str(100 * 65536)}
    answer = alice.post(f"{shelf.folder}/files?name=a.jpg", content=body(), headers=headers)
    told = check_refused(answer, "library")
    assert f"{100 * 65536} more wanted" in told["detail"]
    assert (installation.spools(), installation.blobs()) == (0, [])


@pytest.mark.parametrize("of", ["library", "user"])
def test_uploads_at_once_never_pass_it_together(
    installation: Installation, alice: Caller, of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [make.photo(size=(64, 48), seed=seed) for seed in range(6)]
    allowed = max(map(len, photos)) * 2 + min(map(len, photos)) // 2
    shelf = alice.library(**({"quotaBytes": allowed} if of == "library" else {}))
    if of == "user":
        set_quota(installation, "alice", allowed)
    all_stored = threading.Barrier(len(photos))
    put = installation.app.blobs.put

    def put_with_all(key: str, spool: Spool) -> None:
        put(key, spool)
        all_stored.wait(60)

    monkeypatch.setattr(installation.app.blobs, "put", put_with_all)
    answers: list[Response] = []
    client = installation.client
    threads = [threading.Thread(target=lambda p=p: answers.append(shelf.send(p)), name="upload") for p in photos]
    with client:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200, 200, 507, 507, 507, 507]
    assert alice.get(shelf.library).json()["usedBytes"] <= allowed
    installation.check_counts()


def test_a_smaller_quota_refuses_until_there_is_room(alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    file = shelf.add(photo)
    assert alice.call("PATCH", shelf.library, json={"quotaBytes": 1}).json()["quotaBytes"] == 1
    check_refused(shelf.send(make.photo()), "library")
    alice.delete(f"{shelf.library}/files/{file['fileId']}")
    check_refused(shelf.send(make.photo()), "library")
    alice.post(f"{shelf.library}/trash/empty")
    assert alice.call("PATCH", shelf.library, json={"quotaBytes": None}).status_code == 200
    shelf.add(make.photo())
