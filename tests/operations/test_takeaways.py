"""Everything that is kept of a user, as one ZIP."""

import io
import json
import zipfile

from tests import make
from tests.installation import Caller, Installation

from albumen.accounts import keys, sessions
from albumen.accounts.models import Takeaway, User
from albumen.kernel.actor import SYSTEM
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
