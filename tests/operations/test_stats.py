"""The service in numbers: for application keys and keepers, and for nobody else."""

import pytest
from tests import make
from tests.installation import APPLICATION_KEY, Caller, Installation

from albumen.accounts import keys, users
from albumen.kernel.actor import SYSTEM, Scope

ROUTES = ("/service/stats", "/service/healthcheck")


def key_of(installation: Installation, *, keeper: bool, scope: Scope) -> Caller:
    """A caller with a personal key."""
    with installation.app.writing(SYSTEM) as unit:
        user = users.add(unit, f"{scope}{keeper}@example.org", is_keeper=keeper)
        _, secret = keys.create(unit, user, label="", scopes=[scope])
    return Caller(installation.client, {"Authorization": f"Bearer {secret}"})


def test_an_application_key_needs_no_user_here(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    file, gone = shelf.add(make.photo()), shelf.add(make.photo(), "b.jpg")
    alice.delete(f"{shelf.library}/files/{gone['fileId']}")
    alice.delete(alice.library().library)
    service = Caller(installation.client, {"Authorization": f"ApiKey {APPLICATION_KEY}"})
    assert service.get("/service/stats").json() == {
        "libraryCount": 1,
        "folderCount": 1,
        "fileCount": 1,
        "albumCount": 0,
        "objectUserCount": 1,
        "queueLength": 2,
        "processingCount": 0,
    }
    installation.work_off()
    assert service.get("/service/stats").json()["queueLength"] == 0
    well = service.get("/service/healthcheck")
    assert (well.status_code, well.json()["status"]) == (200, "ok")
    assert service.get("/libraries").status_code == 400
    assert alice.get("/service/stats").status_code == 200
    assert shelf.file(file["fileId"])["isProcessing"] is False


@pytest.mark.parametrize("route", ROUTES)
def test_who_else(installation: Installation, route: str) -> None:
    assert key_of(installation, keeper=True, scope=Scope.admin).get(route).status_code == 200
    assert key_of(installation, keeper=True, scope=Scope.read).get(route).status_code == 403
    assert key_of(installation, keeper=False, scope=Scope.read).get(route).status_code == 403
    assert Caller(installation.client, {}).get(route).status_code == 401
    assert Caller(installation.client, {"Authorization": "ApiKey wrong"}).get(route).status_code == 401
