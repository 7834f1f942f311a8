"""Gifts of guests beside the host's own files: no copy to rely on, until the host keeps one of them."""

import hashlib

import pytest
from sqlalchemy import select
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.events import purge
from albumen.events.guest_models import Contribution
from albumen.events.models import Event, EventSet, Placement
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import files
from albumen.libraries.models import File

DAY = 86_400


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    return Party.of(installation, alice, photos=1, secondsToLive=DAY, guestUpload="yes")


def gift(party: Party, photo: bytes, name: str = "GIFT.jpg") -> str:
    """What a guest gave."""
    guest = party.enter(party.code("view", "upload"))
    answer = guest.post("/access/files", files=[("files", (name, photo))])
    assert answer.status_code == 200, answer.text
    return str(guest.get("/access/uploads").json()["uploads"][0]["fileId"])


def end(party: Party) -> None:
    party.installation.clock.advance(days=60)
    assert purge.after_grace(party.installation.app) == 1
    party.installation.work_off()


def resolve(party: Party, keep: str, *drop: str) -> None:
    answer = party.host.post(f"{party.shelf.library}/duplicates/resolve", json={"keep": keep, "drop": list(drop)})
    assert answer.status_code == 200, answer.text


def test_a_gift_that_is_kept_for_the_hosts_own_copy_stays_in_its_set(party: Party) -> None:
    photo = make.photo()
    own = party.shelf.send(photo, names=("MINE.jpg",)).json()[0]["fileId"]
    assert party.host.post(f"{party.path}/files", json={"fileIds": [own]}).status_code in (200, 204)
    given = gift(party, make.photo())
    event_id, set_id = ids.decode(party.event_id), ids.new_id()
    with party.installation.app.writing(SYSTEM) as unit:
        unit.db.add(EventSet(id=set_id, event_id=event_id, name="Party", folded="party", position=1))
        unit.db.flush()
        unit.db.add(Placement(event_id=event_id, file_id=ids.decode(own), set_id=set_id))
    resolve(party, given, own)
    assert party.installation.rows(Contribution) == 0
    with party.installation.app.reading(SYSTEM) as unit:
        assert unit.db.get_one(Placement, (event_id, ids.decode(given))).set_id == set_id
    end(party)
    assert party.shelf.file(given)["name"] == "GIFT.jpg"
    party.installation.check_counts()


def test_one_gift_kept_for_another_stays_a_gift(party: Party) -> None:
    one, other = gift(party, make.photo()), gift(party, make.photo(), "AGAIN.jpg")
    resolve(party, one, other)
    assert party.installation.rows(Contribution) == 2


def test_the_hosts_own_upload_of_what_a_guest_gave_is_there_to_stay(party: Party) -> None:
    photos = [make.photo() for _ in range(2)]
    for photo in photos:
        gift(party, photo)
    sent = party.host.post(f"{party.path}/files", files=[("files", ("GIFT.jpg", photos[0]))]).json()[0]
    assert sent.get("duplicate") is None
    again = party.host.post(f"{party.path}/files", files=[("files", ("GIFT.jpg", photos[0]))]).json()[0]
    assert (again["fileId"], again["duplicate"]) == (sent["fileId"], True)
    with party.installation.app.reading(SYSTEM) as unit:
        library_id = ids.decode(party.shelf.library_id)
        found = [files.with_content(unit, library_id, ids.signature(hashlib.sha256(each).digest())) for each in photos]
    assert [each and ids.encode(each.id) for each in found] == [sent["fileId"], None]
    end(party)
    assert party.shelf.file(sent["fileId"])["name"] == "GIFT (3).jpg"


def test_the_moving_part_of_a_gift_stays_with_its_photo_in_another_album(party: Party) -> None:
    whole, half = (ids.decode(gift(party, make.photo())) for _ in range(2))
    with party.installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(File, half).part_of = whole
        unit.db.flush()
        event = unit.db.get_one(Event, ids.decode(party.event_id))
        assert set(unit.db.scalars(select(File.id).where(purge.only_here(event)))) == {whole, half}
    album = {"name": "Best", "fileIds": [ids.encode(whole)]}
    assert party.host.post(f"{party.shelf.library}/albums", json=album).status_code == 200
    with party.installation.app.reading(SYSTEM) as unit:
        event = unit.db.get_one(Event, ids.decode(party.event_id))
        assert unit.db.scalars(select(File.id).where(purge.only_here(event))).all() == []
