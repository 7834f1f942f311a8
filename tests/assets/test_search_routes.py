"""Search over HTTP: what it answers, who finds what, and that it never lags behind the files."""

from typing import Any

import pytest
from sqlalchemy import text
from tests import make
from tests.assets.live_photos import live_photo
from tests.installation import Caller, Installation, Shelf

from albumen.db import fulltext_schema
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def names(shelf: Shelf, q: str, **more: Any) -> list[str]:
    answer = shelf.by.get(f"{shelf.library}/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["files"]]


def patched(shelf: Shelf, file: dict[str, Any], **told: Any) -> None:
    answer = shelf.by.call("PATCH", f"{shelf.library}/files/{file['fileId']}", json=told)
    assert answer.status_code == 200, answer.text


def test_a_search_answers_with_files_and_pages(installation: Installation, shelf: Shelf) -> None:
    for n in range(5):
        shelf.add(make.photo(taken=f"2023-0{n + 1}-01 12:00:00", camera=("Canon", "EOS R6")), f"IMG_{n}.jpg")
    shelf.add(make.photo(), "other.png")
    first = shelf.by.get(f"{shelf.library}/search", params={"q": "img camera:canon", "limit": 3}).json()
    assert [each["name"] for each in first["files"]] == ["IMG_4.jpg", "IMG_3.jpg", "IMG_2.jpg"]
    assert first["total"] == 5
    second = {"q": "img camera:canon", "limit": 3, "cursor": first["next"]}
    assert names(shelf, **second) == ["IMG_1.jpg", "IMG_0.jpg"]
    assert names(shelf, "img", orderBy="name") == [f"IMG_{n}.jpg" for n in range(5)]
    assert names(shelf, "img", orderBy="name", direction="desc")[0] == "IMG_4.jpg"
    installation.check_counts()


def test_criteria_find_the_same(shelf: Shelf) -> None:
    shelf.add(make.photo(taken="2023-06-01 12:00:00"), "a.jpg")
    shelf.add(make.photo(taken="2021-06-01 12:00:00"), "b.jpg")
    part = {"attribute": "takenOn", "operator": "gte", "value": "2023-01-01"}
    named = {"attribute": "filename", "operator": "words", "value": "b*"}
    assert shelf.by.post(f"{shelf.library}/search", json={"version": "1.0", "criteria": [named]}).status_code == 400
    asked: dict[str, Any] = {"version": "1.0", "criteria": [{"any": [part, {"not": part}]}]}
    order = [{"attribute": "takenOn", "direction": "asc"}]
    answer = shelf.by.post(f"{shelf.library}/search", json={**asked, "orderBy": order})
    assert [each["name"] for each in answer.json()["files"]] == ["b.jpg", "a.jpg"]
    answer = shelf.by.post(f"{shelf.library}/search", json={"version": "1.0", "criteria": [part]})
    assert [each["name"] for each in answer.json()["files"]] == ["a.jpg"]


def test_a_mistake_is_told_with_its_place(shelf: Shelf) -> None:
    answer = shelf.by.get(f"{shelf.library}/search", params={"q": "beach (sun"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"loc": "q", "msg": "character 7: this bracket is not closed"}]


def test_what_changes_is_found_as_it_is_now(installation: Installation, shelf: Shelf) -> None:
    file = shelf.add(make.photo(), "before.jpg")
    assert names(shelf, "before.jpg") == ["before.jpg"]
    patched(shelf, file, name="after.jpg", tags=["Beach"], title="Une Été", rating=5, favorite=True)
    assert names(shelf, "before") == []
    assert names(shelf, "after tag:beach ete rating:5 is:favorite") == ["after.jpg"]
    patched(shelf, file, tags=["sea"], takenOn="1969-07-20T20:17:00Z")
    assert names(shelf, "tag:beach") == []
    assert names(shelf, "tag:sea taken:1969-07") == ["after.jpg"]
    installation.check_counts()


def test_what_lies_in_the_trash_is_not_found(shelf: Shelf) -> None:
    file = shelf.add(make.photo(), "gone.jpg")
    shelf.by.delete(f"{shelf.library}/files/{file['fileId']}")
    assert names(shelf, "gone") == []
    shelf.by.post(f"{shelf.library}/trash/restore", json={"fileIds": [file["fileId"]]})
    assert names(shelf, "gone") == ["gone.jpg"]


def test_the_moving_part_of_a_photo_is_not_found(shelf: Shelf, installation: Installation) -> None:
    photo = shelf.add(live_photo(), "IMG_7.jpg")
    film = shelf.add(make.film(kind="mov"), "IMG_7.mov")
    with installation.app.writing(SYSTEM) as unit:
        moving = {"photo": ids.decode(photo["fileId"]), "film": ids.decode(film["fileId"])}
        unit.db.execute(text("UPDATE files SET part_of = :photo WHERE id = :film"), moving)
    assert names(shelf, "img") == ["IMG_7.jpg"]


@pytest.fixture
def shared(shelf: Shelf, installation: Installation) -> Shelf:
    """A library of two folders: Bob reads one of them, Carol an album with one file of the other."""
    folders = f"{shelf.library}/folders"
    inner = shelf.by.post(folders, json={"parentId": shelf.folder_id, "name": "Shown"}).json()["folderId"]
    seen = Shelf(shelf.by, shelf.library_id, inner).add(make.photo(camera=("Canon", "R6")), "seen.jpg")
    patched(shelf, seen, tags=["holiday"])
    hidden = shelf.add(make.photo(camera=("Nikon", "Z6")), "hidden.jpg")
    patched(shelf, hidden, tags=["hospital"])
    secret = shelf.by.post(folders, json={"parentId": shelf.folder_id, "name": "House of secrets"})
    assert secret.status_code == 200
    for user in ("bob", "carol"):
        installation.user(user)
    shelf.by.post(f"{folders}/{inner}/users", json={"userId": "bob", "role": "reader"})
    album = shelf.by.post(f"{shelf.library}/albums", json={"name": "A", "fileIds": [hidden["fileId"]]}).json()
    given = shelf.by.post(
        f"{shelf.library}/albums/{album['albumId']}/users", json={"userId": "carol", "role": "reader"}
    )
    assert given.status_code == 200, given.text
    return shelf


def as_user(shelf: Shelf, installation: Installation, user: str) -> Shelf:
    return Shelf(installation.caller(user), shelf.library_id, shelf.folder_id)


def test_each_finds_only_what_they_may_see(shared: Shelf, installation: Installation) -> None:
    expected = {"alice": ["hidden.jpg", "seen.jpg"], "bob": ["seen.jpg"], "carol": ["hidden.jpg"]}
    for user, found in expected.items():
        mine = as_user(shared, installation, user)
        for order in ("taken", "imported", "name", "size", "rating", "relevance"):
            assert sorted(names(mine, "", orderBy=order)) == found, (user, order)
        facets = mine.by.get(f"{mine.library}/search/facets").json()
        assert facets["counted"] == len(found)
        tags = {"hidden.jpg": "hospital", "seen.jpg": "holiday"}
        assert {each["value"] for each in facets["tag"]} == {tags[name] for name in found}
        typed = mine.by.get(f"{mine.library}/search/suggest", params={"q": "tag:ho"}).json()
        assert {each["value"] for each in typed} == {tags[name] for name in found}


def test_strangers_find_no_library(shared: Shelf, installation: Installation) -> None:
    mine = as_user(shared, installation, "mallory")
    for path in ("search", "search/facets", "search/suggest"):
        assert mine.by.get(f"{mine.library}/{path}", params={"q": "("}).status_code == 404


def test_folders_that_may_not_be_seen_do_not_help_to_find(shared: Shelf, installation: Installation) -> None:
    bob = as_user(shared, installation, "bob")
    assert names(shared, 'folder:"All Pictures/Shown"') == ["seen.jpg"]
    assert names(bob, 'folder:"All Pictures/Shown"') == []
    assert names(bob, "folder:Shown") == ["seen.jpg"]
    suggested = bob.by.get(f"{bob.library}/search/suggest", params={"q": "folder:"}).json()
    assert [each["value"] for each in suggested] == ["Shown"]


def test_facets_count_what_was_found(shelf: Shelf) -> None:
    for n in range(3):
        file = shelf.add(make.photo(taken=f"202{n % 2}-01-01 12:00:00", camera=("Canon", "EOS R6")))
        patched(shelf, file, tags=["beach", f"tag {n}"])
    shelf.add(make.photo(), "other.png")
    facets = shelf.by.get(f"{shelf.library}/search/facets", params={"q": "camera:canon"}).json()
    assert facets["counted"] == 3
    assert facets["isComplete"]
    assert facets["year"] == [{"value": "2021", "count": 1}, {"value": "2020", "count": 2}]
    assert facets["camera"] == [{"value": "Canon EOS R6", "count": 3}]
    assert facets["tag"][0] == {"value": "beach", "count": 3}
    assert facets["type"] == [{"value": "photo", "count": 3}]
    assert facets["kind"] == [{"value": "jpeg", "count": 3}]


SUGGESTED = {
    "bea": "tag:beach ",
    "sun BEA": "sun tag:beach ",
    "-bea": "-tag:beach ",
    "tag:gol": 'tag:"Golden hour" ',
    'tag:"golden h': 'tag:"Golden hour" ',
    "camera:c": 'camera:"Canon EOS R6" ',
    "cam": "camera:",
    "is:f": "is:favorite ",
    "type:vi": "type:video ",
    "folder:all": 'folder:"All Pictures" ',
    "(tag:b": "(tag:beach ",
    "rainy mor": 'rainy title:"A rainy morning" ',
}


def test_suggestions_complete_the_last_word(shelf: Shelf) -> None:
    file = shelf.add(make.photo(camera=("Canon", "EOS R6")), "x.jpg")
    patched(shelf, file, tags=["beach", "Golden hour"], title="A rainy morning")
    for typed, completed in SUGGESTED.items():
        found = shelf.by.get(f"{shelf.library}/search/suggest", params={"q": typed}).json()
        assert completed in [each["q"] for each in found], typed
        if not completed.endswith(":"):
            assert len(names(shelf, completed.removeprefix("(").removeprefix("sun ").removeprefix("rainy "))) <= 1
    for typed in ("", "beach ", "nothinglikeit", '"a b"', "tag:beach)", "x" * 1500, '"' + "a " * 40):
        assert shelf.by.get(f"{shelf.library}/search/suggest", params={"q": typed}).json() == [], typed


def words_held(installation: Installation) -> tuple[list[Any], list[Any]]:
    """What the index holds of each file, slots aside, and how often each word."""
    with installation.app.reading(SYSTEM) as unit:
        if installation.app.database.is_sqlite:
            unit.db.execute(text("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, search_words, col)"))
            words = unit.db.execute(text("SELECT term, col, doc FROM held ORDER BY 1, 2")).all()
        else:
            words = unit.db.execute(text("SELECT file_id, words::text FROM search_entries ORDER BY 1")).all()
        rows = "SELECT file_id, bare, name, title, comments, tags, place, camera, lens, marks FROM search_entries"
        entries = unit.db.execute(text(rows + " ORDER BY 1")).all()
    return list(entries), list(words)


def make_the_index_anew(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        if not installation.app.database.is_sqlite:
            unit.db.execute(text("DELETE FROM search_entries"))
            unit.db.execute(text("INSERT INTO search_stale SELECT id FROM files"))
            return
        for trigger in unit.db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            unit.db.execute(text(f"DROP TRIGGER {trigger}"))
        unit.db.execute(text("DROP TABLE search_words"))
        unit.db.execute(text("DROP TABLE search_entries"))
        for statement in fulltext_schema.STATEMENTS:
            unit.db.connection().exec_driver_sql(statement)


def test_the_index_is_what_a_new_one_would_be(installation: Installation, shelf: Shelf) -> None:
    shown = [shelf.add(make.photo(taken="2023-01-01 12:00:00"), f"IMG_{n}.jpg") for n in range(6)]
    for n, file in enumerate(shown):
        patched(shelf, file, tags=[f"tag {n % 2}"], title=f"Title {n}", rating=n % 6, latitude=n, longitude=n)
    patched(shelf, shown[0], name="renamed.jpg", takenOn="1950-01-01T00:00:00Z", tags=[])
    patched(shelf, shown[1], takenOn=None)
    inner = shelf.by.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "In"}).json()
    patched(shelf, shown[2], folderId=inner["folderId"])
    shelf.by.delete(f"{shelf.library}/files/{shown[3]['fileId']}")
    shelf.by.post(f"{shelf.library}/trash/empty")
    installation.work_off()
    kept = words_held(installation)
    make_the_index_anew(installation)
    assert words_held(installation) == kept
    installation.check_counts()


def test_files_of_the_same_moment_each_have_their_place(shelf: Shelf) -> None:
    for n in range(7):
        shelf.add(make.photo(taken="2023-01-01 12:00:00"), f"IMG_{n}.jpg")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"q": "img", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = shelf.by.get(f"{shelf.library}/search", params=params).json()
        found += [each["name"] for each in page["files"]]
        cursor = page.get("next")
    assert sorted(found) == [f"IMG_{n}.jpg" for n in range(7)]
