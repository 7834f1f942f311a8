"""Folders renamed, moved, deleted and listed over the API."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import event, insert, select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.changes.models import Change
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.folders import MOST_LEVELS
from albumen.libraries.models import File, Folder

type Tree = Callable[..., str]


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """Alice's library."""
    return alice.library()


@pytest.fixture
def tree(alice: Caller, shelf: Shelf) -> Tree:
    """Makes a folder below another, or a root; its id."""

    def make_folder(name: str, parent: str = "") -> str:
        made = alice.post(f"{shelf.library}/folders", json={"parentId": parent, "name": name})
        assert made.status_code == 200, made.text
        return str(made.json()["folderId"])

    return make_folder


def change(by: Caller, shelf: Shelf, folder: str, **form: Any) -> Response:
    return by.call("PATCH", f"{shelf.library}/folders/{folder}", json=form)


def path_of(shelf: Shelf, folder: str) -> str:
    return str(shelf.by.get(f"{shelf.library}/folders/{folder}").json()["path"])


def upload(by: Caller, shelf: Shelf, folder: str, name: str = "a.jpg", **facts: Any) -> str:
    answer = by.post(f"{shelf.library}/folders/{folder}/files", files=[("files", (name, make.photo(**facts)))])
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0]["fileId"])


def give(by: Caller, place: str, user: str, role: str) -> None:
    assert by.post(f"{place}/users", json={"userId": user, "role": role}).status_code == 200


def changes_after(installation: Installation, number: int) -> list[Change]:
    with installation.app.reading(SYSTEM) as unit:
        return list(unit.db.scalars(select(Change).where(Change.number > number).order_by(Change.number)))


def newest(installation: Installation) -> int:
    return max(each.number for each in changes_after(installation, 0))


def test_a_folder_is_renamed(installation: Installation, alice: Caller, shelf: Shelf, tree: Tree) -> None:
    inner = tree("Été", shelf.folder_id)
    before = newest(installation)
    answer = change(alice, shelf, shelf.folder_id, name=" Everything\u200b ")
    assert (answer.status_code, answer.json()["name"]) == (200, "Everything")
    assert path_of(shelf, inner) == "Everything/Été"
    assert [(each.thing, each.before) for each in changes_after(installation, before)] == [("folder", None)]
    assert change(alice, shelf, inner, name="ÉTÉ").json()["name"] == "ÉTÉ"
    assert change(alice, shelf, inner).json()["name"] == "ÉTÉ"
    assert len(changes_after(installation, before)) == 2


def test_names_stay_unique_within_a_parent(alice: Caller, shelf: Shelf, tree: Tree) -> None:
    one, two = tree("One"), tree("Two")
    inner = tree("one", two)
    assert change(alice, shelf, one, name="TWO").status_code == 409
    assert change(alice, shelf, inner, parentId="").status_code == 409
    assert change(alice, shelf, inner, parentId="", name="Three").status_code == 200
    assert change(alice, shelf, one, parentId=two, name="Three").status_code == 200
    assert path_of(shelf, one) == "Two/Three"


@pytest.mark.parametrize(
    "form",
    [
        {"name": None},
        {"parentId": None},
        {"name": ""},
        {"name": "a/b"},
        {"name": "x" * 256},
        {"path": "x"},
        {"name": 7},
    ],
)
def test_wrong_changes(alice: Caller, shelf: Shelf, form: dict[str, Any]) -> None:
    assert change(alice, shelf, shelf.folder_id, **form).status_code == 400
    assert path_of(shelf, shelf.folder_id) == "All Pictures"


def test_a_folder_moves_with_all_that_lies_in_it(
    installation: Installation, alice: Caller, shelf: Shelf, tree: Tree
) -> None:
    year = tree("2023", shelf.folder_id)
    month, day = tree("06", year), tree("28", tree("x", year))
    file = upload(alice, shelf, day)
    trashed = upload(alice, shelf, month, "b.jpg")
    alice.delete(f"{shelf.library}/files/{trashed}")
    target, before = tree("Archive"), newest(installation)
    answer = change(alice, shelf, year, parentId=target)
    assert answer.json() == {**answer.json(), "parentId": target, "path": "Archive/2023", "userRole": "owner"}
    assert path_of(shelf, day) == "Archive/2023/x/28"
    crumbs = alice.get(f"{shelf.library}/folders/{day}/breadcrumbs").json()
    assert [each["name"] for each in crumbs] == ["Archive", "2023", "x"]
    assert alice.get(f"{shelf.folder}/subfolders").json() == []
    moved = changes_after(installation, before)
    assert [each.thing for each in moved] == ["folder"] * 4 + ["file"]
    assert {each.thing_id for each in moved} > {ids.decode(file), ids.decode(month), ids.decode(day)}
    for each in moved:
        assert each.lineage == f"/{target}/{(each.before or '').removeprefix(f'/{shelf.folder_id}/')}"
        assert not each.is_tombstone
    assert change(alice, shelf, year, parentId="").json()["path"] == "2023"
    assert path_of(shelf, month) == "2023/06"
    installation.check_counts()


def test_a_folder_does_not_move_into_itself(alice: Caller, shelf: Shelf, tree: Tree) -> None:
    inner = tree("b", tree("a", shelf.folder_id))
    for target in (shelf.folder_id, inner):
        assert change(alice, shelf, shelf.folder_id, parentId=target).status_code == 409
    assert path_of(shelf, inner) == "All Pictures/a/b"


def test_a_folder_stays_in_its_library(alice: Caller, shelf: Shelf) -> None:
    other = alice.library()
    for target in (other.folder_id, "zzz", "no id"):
        assert change(alice, shelf, shelf.folder_id, parentId=target).status_code == 404


def test_folders_do_not_nest_without_end(alice: Caller, shelf: Shelf, tree: Tree) -> None:
    chain = [shelf.folder_id]
    for number in range(MOST_LEVELS - 1):
        chain.append(tree(str(number), chain[-1]))
    form = {"parentId": chain[-1], "name": "x"}
    assert alice.post(f"{shelf.library}/folders", json=form).status_code == 409
    high = tree("low", tree("high"))
    assert change(alice, shelf, high, parentId=chain[-2]).status_code == 200
    assert change(alice, shelf, high, parentId="").status_code == 200
    tree("lower", high)
    assert change(alice, shelf, high, parentId=chain[-2]).status_code == 409
    assert change(alice, shelf, high, parentId=chain[-3]).status_code == 200


def test_who_may_move_what_where(installation: Installation, alice: Caller, shelf: Shelf, tree: Tree) -> None:
    mine, open_to_all, closed, secret = (tree(name) for name in ("mine", "open", "closed", "secret"))
    for folder, role in ((mine, "owner"), (open_to_all, "contributor"), (closed, "reader")):
        give(alice, f"{shelf.library}/folders/{folder}", "bob", role)
    bob = installation.caller("bob")
    assert change(bob, shelf, open_to_all, name="ours").status_code == 403
    assert change(bob, shelf, closed, name="ours").status_code == 403
    assert change(bob, shelf, secret, name="ours").status_code == 404
    assert change(bob, shelf, mine, name="Mine").status_code == 200
    assert change(bob, shelf, mine, parentId=closed).status_code == 403
    assert change(bob, shelf, mine, parentId=secret).status_code == 404
    moved = change(bob, shelf, mine, parentId=open_to_all)
    assert moved.json()["path"] == "open/Mine"
    assert moved.json()["userRole"] == "owner"
    assert change(bob, shelf, mine, parentId="").status_code == 403
    give(alice, shelf.library, "bob", "contributor")
    assert change(bob, shelf, mine, parentId="").status_code == 200


def test_a_move_changes_who_sees_it(installation: Installation, alice: Caller, shelf: Shelf, tree: Tree) -> None:
    shared, private = tree("shared"), tree("private")
    album = tree("album", private)
    file = upload(alice, shelf, album)
    give(alice, f"{shelf.library}/folders/{shared}", "bob", "reader")
    bob, path = installation.caller("bob"), f"{shelf.library}/files/{file}"
    assert bob.get(path).status_code == 404
    change(alice, shelf, album, parentId=shared)
    assert bob.get(path).status_code == 200
    assert bob.get(f"{shelf.library}/folders/{album}").json()["path"] == "shared/album"
    change(alice, shelf, album, parentId=private)
    assert bob.get(path).status_code == 404


def test_whoever_makes_a_folder_owns_it(installation: Installation, alice: Caller, shelf: Shelf, tree: Tree) -> None:
    give(alice, shelf.library, "carl", "contributor")
    carl = installation.caller("carl")
    made = carl.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Carl's"}).json()
    assert made["userRole"] == "owner"
    assert change(carl, shelf, made["folderId"], name="Carl's own").status_code == 200
    assert change(carl, shelf, shelf.folder_id, name="Ours").status_code == 403
    alice.delete(f"{shelf.library}/users/carl")
    assert carl.get(f"{shelf.library}/folders/{made['folderId']}").status_code == 404
    give(alice, f"{shelf.library}/folders/{made['folderId']}", "carl", "owner")
    roots = carl.get(f"{shelf.library}/folders?parent=").json()
    assert [(each["path"], "parentId" in each) for each in roots] == [("Carl's own", False)]


def test_folders_made_by_the_way_have_no_owner_of_their_own(alice: Caller) -> None:
    alice.catalogue(make.photo(taken="2021-07-01 12:00:00"))
    library = alice.get("/libraries").json()[0]["libraryId"]
    roots = alice.get(f"/libraries/{library}/folders?parent=").json()
    catalog = next(each["folderId"] for each in roots if each["name"] == "Catalog")
    assert alice.get(f"/libraries/{library}/folders/{catalog}/users").json() == []


def test_deleting_a_folder_takes_all_that_lies_in_it(
    installation: Installation, alice: Caller, shelf: Shelf, tree: Tree
) -> None:
    year, kept = tree("2023", shelf.folder_id), tree("2022")
    month = tree("06", year)
    files = [
        upload(alice, shelf, folder, name, taken=taken)
        for folder, name, taken in (
            (year, "a.jpg", "2023-01-02 12:00:00"),
            (month, "b.jpg", "2023-06-02 12:00:00"),
            (month, "c.jpg", "2023-06-03 12:00:00"),
        )
    ]
    other = upload(alice, shelf, kept, taken="2023-06-04 12:00:00")
    installation.work_off()
    used, before = alice.get(shelf.library).json()["usedBytes"], newest(installation)
    answer = alice.delete(f"{shelf.library}/folders/{year}")
    assert (answer.status_code, answer.content) == (204, b"")
    for folder in (year, month):
        for path in ("", "/files", "/breadcrumbs", "/subfolders", "/users"):
            assert alice.get(f"{shelf.library}/folders/{folder}{path}").status_code == 404
        assert alice.delete(f"{shelf.library}/folders/{folder}").status_code == 404
    assert alice.get("/images").json()["ids"] == [other]
    assert alice.get(f"{shelf.folder}/subfolders").json() == []
    assert alice.get(shelf.library).json()["usedBytes"] == used
    gone = changes_after(installation, before)
    assert {(each.thing, each.thing_id) for each in gone} == {
        *(("file", ids.decode(each)) for each in files),
        *(("folder", ids.decode(each)) for each in (year, month)),
    }
    assert all(each.is_tombstone and each.lineage for each in gone)
    installation.check_counts()
    with installation.app.reading(SYSTEM) as unit:
        deleted = unit.db.query(File).filter(File.deleted_at.is_not(None)).all()
        assert {file.deleted_by for file in deleted} == {installation.actor("alice").user_id}
    assert tree("2023", shelf.folder_id) != year


def test_the_last_root_may_go(alice: Caller, shelf: Shelf, tree: Tree) -> None:
    assert alice.delete(shelf.folder).status_code == 204
    assert alice.get(f"{shelf.library}/folders?parent=").json() == []
    assert tree("All Pictures") != shelf.folder_id


def test_only_owners_of_a_folder_delete_it(installation: Installation, alice: Caller, shelf: Shelf, tree: Tree) -> None:
    folder = tree("2023")
    place = f"{shelf.library}/folders/{folder}"
    give(alice, shelf.library, "carl", "contributor")
    give(alice, place, "rita", "reader")
    expected = {"carl": 403, "rita": 403, "mallory": 404}
    assert {name: installation.caller(name).delete(place).status_code for name in expected} == expected
    alice.call("PATCH", f"{place}/users/rita", json={"role": "owner"})
    assert installation.caller("rita").delete(place).status_code == 204


def test_a_folder_of_ten_thousand_files_goes_in_few_statements(
    installation: Installation, alice: Caller, shelf: Shelf, tree: Tree
) -> None:
    folder = tree("Many")
    file = ids.decode(upload(alice, shelf, folder, taken="2020-02-02 12:00:00"))
    with installation.app.writing(SYSTEM) as unit:
        row = {name: getattr(unit.db.get_one(File, file), name) for name in File.__table__.columns.keys()}  # noqa: SIM118 - a collection of columns
        names = [f"{number}.jpg" for number in range(9_999)]
        unit.db.execute(insert(File), [{**row, "id": ids.new_id(), "name": name, "folded": name} for name in names])
    statements: list[str] = []
    event.listen(installation.app.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert alice.delete(f"{shelf.library}/folders/{folder}").status_code == 204
    assert 0 < len(statements) < 50
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalar(select(File.id).where(File.deleted_at.is_(None)).limit(1)) is None
        assert unit.db.get_one(Folder, ids.decode(folder)).file_count == 0
    assert len([each for each in changes_after(installation, 0) if each.is_tombstone]) == 10_001


def test_long_lists_of_folders_come_in_pages(alice: Caller, shelf: Shelf, tree: Tree) -> None:
    names = [f"Folder {number:03}" for number in range(105)]
    for name in reversed(names):
        tree(name, shelf.folder_id)
    for address in (f"{shelf.library}/folders?parent={shelf.folder_id}&limit=50", f"{shelf.folder}/subfolders"):
        found, link = [], address
        while link:
            answer = alice.get(link)
            found += [each["name"] for each in answer.json()]
            link = answer.headers.get("Link", "").partition("<")[2].partition(">")[0].removeprefix("/v1")
            assert len(answer.json()) <= 100
        assert found == names
    assert alice.get(f"{shelf.folder}/subfolders?cursor=WzEsMl0").status_code == 400
    assert alice.get(f"{shelf.folder}/subfolders?limit=1001").status_code == 400
