"""A library that is rearranged while others follow it: at the end each device holds what its user may see."""

from typing import Any

from tests import make
from tests.flows.replica import check_replicas
from tests.installation import Caller, Installation, Shelf


def folder_in(shelf: Shelf, name: str, parent: str = "") -> Shelf:
    made = shelf.by.post(f"{shelf.library}/folders", json={"parentId": parent, "name": name}).json()
    return Shelf(shelf.by, shelf.library_id, made["folderId"])


def patch(by: Caller, path: str, **form: Any) -> None:
    assert by.call("PATCH", path, json=form).status_code == 200


def test_folders_and_files_come_and_go(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    shared, private = folder_in(shelf, "Shared"), folder_in(shelf, "Private")
    inner = folder_in(shelf, "Inner", private.folder_id)
    deep = folder_in(shelf, "Deep", inner.folder_id)
    files = [place.add(make.photo()) for place in (shared, private, inner, deep)]
    give = {"bob": shared.folder, "carol": inner.folder}
    for user, place in give.items():
        assert alice.post(f"{place}/users", json={"userId": user, "role": "reader"}).status_code == 200
    check_replicas(installation)
    patch(alice, inner.folder, parentId=shared.folder_id, name="Shown")
    patch(alice, f"{shelf.library}/files/{files[1]['fileId']}", folderId=deep.folder_id, title="Moved")
    check_replicas(installation)
    patch(alice, deep.folder, parentId="")
    patch(alice, f"{inner.folder}/users/carol", role="contributor")
    copied = alice.post(f"{shared.folder}/files?source={files[3]['fileId']}")
    assert copied.status_code == 200
    assert alice.delete(inner.folder).status_code == 204
    assert alice.delete(f"{shared.folder}/users/bob").status_code == 204
    installation.check_counts()


def test_a_device_learns_what_moves_out_of_its_sight(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    shared, private = folder_in(shelf, "Shared"), folder_in(shelf, "Private")
    inner = folder_in(shelf, "Inner", shared.folder_id)
    file = inner.add(make.photo())
    alice.post(f"{shared.folder}/users", json={"userId": "bob", "role": "reader"})
    bob = installation.caller("bob")
    cursor = bob.get(f"{shelf.library}/changes").json()["cursor"]
    patch(alice, inner.folder, parentId=private.folder_id)
    told = bob.get(f"{shelf.library}/changes?since={cursor}").json()["changes"]
    assert {inner.folder_id, file["fileId"]} <= {str(value) for each in told for value in each.values()}
    assert private.folder_id not in str(told)
    assert bob.get("/images").json()["ids"] == []
