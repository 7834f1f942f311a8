"""Everything that is kept of a user, as one ZIP."""

import io
import json
import zipfile

from sqlalchemy import update
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.accounts import keys, sessions
from albumen.accounts.models import Takeaway, User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.operations import sweep, takeaways

PATH = "/users/me/takeaways"


def test_photos_and_all_that_is_known_go_along_and_no_secrets(installation: Installation, alice: Caller) -> None:
    shelf, others = alice.library(name="Family"), installation.caller("bob").library(name="Bob's")
    photo, lent, hidden = make.photo(), make.photo(), make.photo()
    file = shelf.add(photo, "beach.jpg")
    others.by.post(f"{others.library}/users", json={"userId": "alice", "role": "contributor"})
    assert alice.post(f"{others.folder}/files", files=[("files", ("lent.jpg", lent))]).status_code == 200
    others.add(hidden, "hidden.jpg")
    alice.call("PATCH", f"{shelf.library}/files/{file['fileId']}", json={"title": "At the sea"})
    with installation.app.writing(SYSTEM) as unit:
        user = unit.db.get_one(User, installation.user("alice").id)
        _, secret = keys.create(unit, user, label="laptop", scopes=["read"])
        token = sessions.start(unit, user, days=1, agent="Firefox")
    installation.work_off()

    made = alice.post(PATH).json()
    assert made["status"] == "pending"
    assert alice.post(PATH).status_code == 409
    assert alice.get(f"{PATH}/{made['takeawayId']}/content").status_code == 409
    installation.work_off()
    [done] = alice.get(PATH).json()["takeaways"]
    assert (done["status"], done["progress"]) == ("success", 1.0)
    sweep.sweep(installation.app)
    answer = alice.get(f"{PATH}/{made['takeawayId']}/content")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert installation.caller("bob").get(f"{PATH}/{made['takeawayId']}/content").status_code == 404

    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        by_end = {name.rpartition(" ")[2]: packed.read(name) for name in names}
        assert (by_end["beach.jpg"], by_end["lent.jpg"]) == (photo, lent)
        assert b"At the sea" in by_end["beach.jpg.xmp"]
        assert not any("hidden" in name for name in names)
        assert json.loads(packed.read("data/account.json"))[0]["name_key"] == "alice"
        assert json.loads(packed.read("data/sessions.json"))[0]["agent"] == "Firefox"
        assert json.loads(packed.read("data/keys.json"))[0]["label"] == "laptop"
        assert {each["name"] for each in json.loads(packed.read("data/files.json"))} == {"beach.jpg", "lent.jpg"}
        told = b"".join(packed.read(name) for name in names if name.endswith(".json"))
    assert not any(each.encode() in told for each in (secret, token, "password_hash", "token_hash"))


def taken(installation: Installation, caller: Caller) -> dict[str, bytes]:
    """All that a new takeaway holds, by the last words of names."""
    takeaway_id = caller.post(PATH).json()["takeawayId"]
    installation.work_off()
    answer = caller.get(f"{PATH}/{takeaway_id}/content")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return {name.rpartition(" ")[2]: packed.read(name) for name in packed.namelist()}


def test_what_others_have_is_not_taken_by_who_was_shut_out(installation: Installation, alice: Caller) -> None:
    bob = installation.caller("bob")
    shelf = bob.library(name="Bob's")
    bob.post(f"{shelf.library}/users", json={"userId": "alice", "role": "contributor"})
    hers = Shelf(alice, shelf.library_id, shelf.folder_id)
    given = hers.add(make.photo(), "given.jpg")["fileId"]
    assert alice.post(f"{shelf.library}/albums", json={"name": "Trip"}).status_code == 200
    private = make.photo()
    answer = bob.post(f"{shelf.library}/files/{given}/versions", files={"file": ("new.jpg", private)})
    assert answer.status_code == 200, answer.text
    bob.call("PATCH", f"{shelf.library}/files/{given}", json={"title": "Only for us"})
    installation.work_off()
    seen = taken(installation, alice)
    assert seen["given.jpg"] == private, "as she sees it"
    assert bob.call("DELETE", f"{shelf.library}/users/alice").status_code == 204
    bob.call("PATCH", f"{shelf.library}/albums/{album_id(bob, shelf)}", json={"name": "Only for us"})
    after = taken(installation, alice)
    assert not any("given" in name for name in after)
    assert private not in after.values()
    assert not any(b"Only for us" in content for content in after.values())
    assert "data/files.json" not in after
    assert json.loads(after["data/versions.json"])[0]["file_id"] == given, "that she gave it is said"


def album_id(by: Caller, shelf: Shelf) -> str:
    [album] = by.get(f"{shelf.library}/albums").json()
    return str(album["albumId"])


def test_what_lies_in_the_trash_of_others_stays_there(installation: Installation, alice: Caller) -> None:
    bob = installation.caller("bob")
    shelf, own = bob.library(name="Bob's"), alice.library(name="Family")
    bob.post(f"{shelf.library}/users", json={"userId": "alice", "role": "contributor"})
    hers = Shelf(alice, shelf.library_id, shelf.folder_id)
    for place, name in ((hers, "thrown.jpg"), (own, "mine.jpg")):
        file = place.add(make.photo(), name)
        assert place.by.delete(f"{place.library}/files/{file['fileId']}").status_code == 204
    names = taken(installation, alice).keys()
    assert "mine.jpg" in names
    assert "thrown.jpg" not in names


def test_the_moving_part_of_a_photo_goes_along(installation: Installation, alice: Caller) -> None:
    bob = installation.caller("bob")
    shelf = bob.library(name="Bob's")
    bob.post(f"{shelf.library}/users", json={"userId": "alice", "role": "contributor"})
    hers = Shelf(alice, shelf.library_id, shelf.folder_id)
    film = make.film(kind="mov")
    photo_id, film_id = hers.add(make.photo(), "a.jpg")["fileId"], hers.add(film, "a.mov")["fileId"]
    installation.work_off()
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(update(File).where(File.id == ids.decode(film_id)).values(part_of=ids.decode(photo_id)))
    assert taken(installation, alice)["a.mov"] == film


def test_it_ends_and_so_do_its_bytes(installation: Installation, alice: Caller) -> None:
    alice.library()
    takeaway_id = alice.post(PATH).json()["takeawayId"]
    installation.work_off()
    assert len(installation.blobs("export/")) == 1
    installation.clock.advance(days=8)
    assert alice.get(f"{PATH}/{takeaway_id}/content").status_code == 410
    takeaways.expire(installation.app)
    assert installation.blobs("export/") == []
    installation.clock.advance(days=40)
    takeaways.expire(installation.app)
    assert installation.rows(Takeaway) == 0
