"""Duplicates: the same bytes, the same pixels, nearly the same look; settled, taken back, and left alone."""

import io
from typing import Any

import pytest
from PIL import Image, ImageEnhance
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.assets.duplicates import pixels
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original

SIZE = (640, 480)


def retagged(photo: bytes, **told: Any) -> bytes:
    """The same JPEG, its coded picture byte for byte, with other metadata."""
    head = make.photo(**told, seed=1, size=(8, 8))
    start = head.index(b"\xff\xe1")
    length = int.from_bytes(head[start + 2 : start + 4], "big") + 2
    body = photo[2:]
    if body[:2] == b"\xff\xe1":
        body = body[2 + int.from_bytes(body[2:4], "big") :]
    return b"\xff\xd8" + head[start : start + length] + body


def changed(photo: bytes, how: str) -> bytes:
    """A copy of a photo as people make them, without its metadata."""
    picture = Image.open(io.BytesIO(photo)).convert("RGB")
    width, height = picture.size
    out = io.BytesIO()
    match how:
        case "smaller":
            picture = picture.resize((width // 3, height // 3), Image.Resampling.LANCZOS)
        case "brighter":
            picture = ImageEnhance.Brightness(picture).enhance(1.15)
        case "cropped":
            picture = picture.crop((width // 100, height // 100, width - width // 100, height - height // 100))
    picture.save(out, "WEBP" if how == "webp" else "JPEG", quality=60)
    return out.getvalue()


def groups(shelf: Shelf, kind: str, query: str = "") -> list[list[str]]:
    answer = shelf.by.get(f"{shelf.library}/duplicates?kind={kind}{query}")
    assert answer.status_code == 200, answer.text
    return [[each["fileId"] for each in group["files"]] for group in answer.json()["groups"]]


def add(shelf: Shelf, *photos: bytes) -> list[str]:
    return [shelf.add(photo, f"{number}.jpg")["fileId"] for number, photo in enumerate(photos)]


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def test_the_same_bytes(installation: Installation, shelf: Shelf) -> None:
    one, two = make.photo(), make.photo()
    first, second, _ = add(shelf, one, one, two)
    [found] = shelf.by.get(f"{shelf.library}/duplicates?kind=exact").json()["groups"]
    assert found["kind"] == "exact"
    assert {each["fileId"]: (each["distance"], each["suggestedKeep"]) for each in found["files"]} == {
        first: (0, True),
        second: (0, False),
    }
    assert groups(shelf, "pixels") == []
    shelf.by.delete(f"{shelf.library}/files/{second}")
    assert groups(shelf, "exact") == []


def test_of_equal_photos_the_one_that_moves_is_suggested(installation: Installation, shelf: Shelf) -> None:
    photo = make.photo()
    still, moving, half = (ids.decode(each) for each in add(shelf, photo, photo, make.photo()))
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(File, half).part_of = moving
    assert groups(shelf, "exact") == [[ids.encode(moving), ids.encode(still)]]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_the_same_pixels_with_other_metadata(installation: Installation, shelf: Shelf, kind: str) -> None:
    plain = make.photo(seed=7, size=SIZE, kind=kind)
    tagged = make.photo(seed=7, size=SIZE, kind=kind, taken="2020-01-01 10:00:00", camera=("Canon", "EOS R6"))
    other = make.photo(seed=8, size=SIZE, kind=kind)
    ids = add(shelf, plain, tagged, other)
    assert groups(shelf, "pixels") == []
    installation.work_off()
    assert [sorted(each) for each in groups(shelf, "pixels")] == [sorted(ids[:2])]
    assert groups(shelf, "exact") == []


def test_digests_of_what_was_developed_before_there_were_any(installation: Installation, shelf: Shelf) -> None:
    add(shelf, photo := make.photo(size=SIZE), retagged(photo, camera=("Nikon", "Z 6")), make.garbled())
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        fresh = {each.signature: each.pixel_hash for each in unit.db.query(Original)}
    assert {len(each or b"") for each in fresh.values()} == {0, 16}
    with installation.app.writing(SYSTEM) as unit:
        unit.db.query(Original).update({"pixel_hash": None})
        unit.jobs.add(pixels.KIND)
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        assert {each.signature: each.pixel_hash for each in unit.db.query(Original)} == fresh
    assert len(groups(shelf, "pixels")) == 1


@pytest.mark.parametrize("how", ["webp", "smaller", "brighter", "cropped"])
def test_nearly_the_same_look(installation: Installation, shelf: Shelf, how: str) -> None:
    photo = make.photo(size=SIZE, taken="2020-01-01 10:00:00", camera=("Canon", "EOS R6"))
    first, second, *_ = add(shelf, photo, changed(photo, how), make.photo(size=SIZE), make.photo(size=SIZE))
    installation.work_off()
    [found] = shelf.by.get(f"{shelf.library}/duplicates?kind=near").json()["groups"]
    assert [each["fileId"] for each in found["files"]] == [first, second]
    assert [each["suggestedKeep"] for each in found["files"]] == [True, False]
    assert found["files"][1]["distance"] <= 10


CANON, NIKON = ("Canon", "EOS R6"), ("NIKON", "Z 6")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"camera": CANON}, {"camera": NIKON}),
        ({"taken": "2020-01-01 10:00:00", "camera": CANON}, {"taken": "2020-01-01 10:00:01", "camera": CANON}),
    ],
    ids=["two cameras", "a burst"],
)
def test_two_shots_are_not_one(
    installation: Installation, shelf: Shelf, one: dict[str, Any], other: dict[str, Any]
) -> None:
    photo = make.photo(size=SIZE, seed=5, **one)
    shelf.add(photo, "IMG_1001.jpg")
    shelf.add(retagged(changed(photo, "smaller"), **other), "IMG_1002.jpg")
    installation.work_off()
    assert groups(shelf, "near") == []


def test_numbers_tell_shots_of_one_second_from_copies(installation: Installation, shelf: Shelf) -> None:
    told: dict[str, Any] = {"taken": "2020-01-01 10:00:00", "camera": CANON}
    photo = make.photo(size=SIZE, seed=5, **told)
    first = shelf.add(photo, "IMG_1001.jpg")["fileId"]
    small = shelf.add(retagged(changed(photo, "smaller"), **told), "IMG_1001 (2).jpg")["fileId"]
    shelf.add(retagged(changed(photo, "brighter"), **told), "IMG_1002.jpg")
    installation.work_off()
    assert groups(shelf, "near") == [[first, small]]


def test_pages_and_what_others_see(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    for _ in range(5):
        photo = make.photo()
        add(shelf, photo, photo)
    whole = groups(shelf, "exact")
    paged, cursor = [], ""
    while True:
        answer = alice.get(f"{shelf.library}/duplicates?kind=exact&limit=2{cursor}").json()
        paged += [[each["fileId"] for each in group["files"]] for group in answer["groups"]]
        if "next" not in answer:
            break
        cursor = f"&cursor={answer['next']}"
    assert paged == whole
    assert len(whole) == 5
    assert alice.get(f"{shelf.library}/duplicates?kind=near&cursor=x").status_code == 400
    assert alice.get(f"{shelf.library}/duplicates?kind=twins").status_code == 400
    assert installation.caller("bob").get(f"{shelf.library}/duplicates").status_code == 404


def settled(shelf: Shelf, keep: str, *drop: str) -> dict[str, Any]:
    answer = shelf.by.post(f"{shelf.library}/duplicates/resolve", json={"keep": keep, "drop": list(drop)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_what_was_said_of_the_others_moves_to_the_one_that_is_kept(
    installation: Installation, alice: Caller, shelf: Shelf
) -> None:
    photo = make.photo()
    keep, drop, third = add(shelf, photo, photo, make.photo())
    path = f"{shelf.library}/files"
    alice.call("PATCH", f"{path}/{keep}", json={"tags": ["sea"], "rating": 2, "comments": "mine"})
    said = {"tags": ["Sea", "boat"], "rating": 5, "comments": "theirs", "title": "Ship", "favorite": True}
    alice.call("PATCH", f"{path}/{drop}", json=said)
    album = alice.post(f"{shelf.library}/albums", json={"name": "Summer", "fileIds": [third, drop]}).json()
    before = shelf.file(keep)
    made = settled(shelf, keep, drop)
    now = {name: made["file"].get(name) for name in said}
    assert now == {
        "tags": ["sea", "boat"],
        "rating": 5,
        "comments": "mine\n\ntheirs",
        "title": "Ship",
        "favorite": True,
    }
    shown = f"{shelf.library}/albums/{album['albumId']}/files"
    assert [each["fileId"] for each in alice.get(shown).json()["files"]] == [third, keep]
    assert alice.get(f"{path}/{drop}").status_code == 404
    assert groups(shelf, "exact") == []
    alice.call("PATCH", f"{path}/{keep}", json={"title": "A ship"})
    undone = alice.post(f"{shelf.library}/duplicates/undo", json={"undoId": made["undoId"]})
    assert undone.status_code == 200, undone.text
    changed_since = {"title": "A ship", "modifiedOn": undone.json()["modifiedOn"]}
    assert undone.json() == {**before, **changed_since}
    assert shelf.file(drop)["tags"] == ["Sea", "boat"]
    assert [each["fileId"] for each in alice.get(shown).json()["files"]] == [third, drop]
    assert alice.post(f"{shelf.library}/duplicates/undo", json={"undoId": made["undoId"]}).status_code == 404
    installation.check_counts()


def test_a_day_later_it_is_too_late(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    photo = make.photo()
    keep, drop = add(shelf, photo, photo)
    made = settled(shelf, keep, drop)
    undo = {"undoId": made["undoId"]}
    assert installation.caller("bob").post(f"{shelf.library}/duplicates/undo", json=undo).status_code == 404
    installation.clock.advance(hours=25)
    assert alice.post(f"{shelf.library}/duplicates/undo", json=undo).status_code == 410


def test_readers_settle_nothing(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    photo = make.photo()
    keep, drop = add(shelf, photo, photo)
    bob = installation.caller("bob")
    bob.get("/libraries")
    alice.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"})
    at = f"{shelf.library}/duplicates"
    assert len(bob.get(f"{at}?kind=exact").json()["groups"]) == 1
    assert bob.post(f"{at}/resolve", json={"keep": keep, "drop": [drop]}).status_code == 403
    assert bob.post(f"{at}/dismiss", json={"fileIds": [keep, drop]}).status_code == 403
    assert alice.post(f"{at}/resolve", json={"keep": keep, "drop": [keep]}).status_code == 400
    assert alice.post(f"{at}/resolve", json={"keep": keep, "drop": ["zzz"]}).status_code == 404


def test_dismissed_files_are_left_alone_until_another_joins(
    installation: Installation, alice: Caller, shelf: Shelf
) -> None:
    photo = make.photo(size=SIZE)
    first, second = add(shelf, photo, changed(photo, "webp"))
    installation.work_off()
    assert len(groups(shelf, "near")) == 1
    answer = alice.post(f"{shelf.library}/duplicates/dismiss", json={"fileIds": [first, second]})
    assert answer.status_code == 204
    assert groups(shelf, "near") == []
    third = shelf.add(changed(photo, "smaller"), "third.jpg")["fileId"]
    installation.work_off()
    assert [sorted(each) for each in groups(shelf, "near")] == [sorted([first, second, third])]
