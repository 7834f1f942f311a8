"""What somebody with bad intent, or bad luck, would try with an event."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from tests import make
from tests.assets import live_photos
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.events import cards, purge
from albumen.events.models import CardFrame, Event, FrameKind
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File

DAY = 86_400


def give(guest: Caller, content: bytes, name: str = "GIFT.jpg") -> str:
    """A guest's gift, by its id."""
    answer = guest.post("/access/files", files=[("files", (name, content))])
    assert answer.status_code == 200, answer.text
    return str(answer.json()["uploads"][0]["fileId"])


def parts(installation: Installation) -> dict[str, str | None]:
    """The photo that each film is a part of, by the names of both."""
    with installation.app.reading(SYSTEM) as unit:
        files = {file.id: file for file in unit.db.query(File)}
        return {each.name: files[each.part_of].name if each.part_of else None for each in files.values()}


def test_a_gift_takes_no_film_of_the_hosts_with_it(installation: Installation, alice: Caller, tmp_path: Path) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="yes", secondsToLive=10 * DAY)
    film = live_photos.live_film(tmp_path)
    party.shelf.add(film, "BEFORE.mov")
    olga = party.enter(party.code("view", "upload"))
    gift = give(olga, live_photos.live_photo())
    party.shelf.add(film + b"\0\0\0\x08free", "AFTER.mov")
    assert parts(installation) == {"BEFORE.mov": None, "GIFT.jpg": None, "AFTER.mov": None}
    assert olga.delete(f"/access/uploads/{gift}").status_code == 204
    give(olga, live_photos.live_photo())
    installation.clock.advance(days=41)
    assert purge.after_grace(installation.app) == 1
    assert parts(installation) == {"BEFORE.mov": None, "AFTER.mov": None}
    installation.check_counts()


def test_a_guests_film_moves_no_photo_of_the_hosts(installation: Installation, alice: Caller, tmp_path: Path) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="moderated")
    party.shelf.add(live_photos.live_photo(), "HOST.jpg")
    give(party.enter(party.code("view", "upload")), live_photos.live_film(tmp_path), "GIFT.mov")
    assert parts(installation) == {"HOST.jpg": None, "GIFT.mov": None}


def test_a_film_that_waits_is_in_no_download(installation: Installation, alice: Caller, tmp_path: Path) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="moderated", stripLocation=False)
    olga = party.enter(party.code("view", "upload", "download"))
    still = give(olga, live_photos.live_photo())
    decided = alice.post(f"{party.path}/contributions/approve", json={"fileIds": [still]})
    assert decided.json() == {"decided": 1}
    give(olga, live_photos.live_film(tmp_path), "GIFT.mov")
    installation.work_off()
    assert parts(installation) == {"GIFT.jpg": None, "GIFT.mov": "GIFT.jpg"}
    offered = olga.post("/access/download", json={})
    assert offered.status_code == 200, offered.text
    with ZipFile(BytesIO(installation.client.get(offered.json()["url"]).content)) as opened:
        assert opened.namelist() == ["GIFT.jpg"]


def test_an_event_given_more_time_is_not_purged_by_a_run_under_way(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="yes", secondsToLive=10 * DAY)
    gift = give(party.enter(party.code("view", "upload")), make.photo())
    installation.clock.advance(days=41)
    party.change(secondsToLive=100 * DAY)
    purge.purge_event(installation.app, ids.decode(party.event_id))
    assert alice.get(f"{party.shelf.library}/files/{gift}").status_code == 200
    assert party.event()["fileCount"] == 1


def test_a_guest_does_not_learn_how_much_the_host_has(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=1, guestUpload="yes")
    used = alice.get(party.shelf.library).json()["usedBytes"]
    alice.call("PATCH", party.shelf.library, json={"quotaBytes": used + 10})
    olga = party.enter(party.code("view", "upload"))
    announced = {"Tus-Resumable": "1.0.0", "Upload-Length": "4000000"}
    answers = [
        olga.post("/access/files", files=[("files", ("A.jpg", make.photo()))]),
        olga.post("/access/files", files=[("files", ("A.jpg", make.photo(size=(2400, 2400))))]),
        olga.post("/uploads", headers=announced),
    ]
    assert [answer.status_code for answer in answers] == [507, 507, 507]
    assert not [answer.text for answer in answers if str(used) in answer.text or "quotaBytes" in answer.text]


def test_a_gift_is_taken_back_where_the_code_takes_less_by_now(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="yes")
    code = party.code("view", "upload")
    olga = party.enter(code)
    gift = give(olga, make.photo())
    party.recode(code, mostFiles=0, mostBytes=0)
    assert olga.delete(f"/access/uploads/{gift}").status_code == 204


def test_a_strangers_address_tells_nothing_of_what_was_deleted(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice)
    path = f"/e/{party.event()['publicUrl'].partition('/e/')[2] or party.event()['publicUrl']}"
    assert installation.client.get(path).status_code == 200
    assert alice.delete(party.shelf.library).status_code in (200, 202, 204)
    answer = installation.client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, "Anna" in answer.text) == (404, False)


def test_merging_takes_no_cards_along(installation: Installation, alice: Caller) -> None:
    source, party = Party.of(installation, alice), Party.of(installation, alice, photos=0)
    with installation.app.writing(SYSTEM) as unit:
        event_id, file_id = ids.decode(source.event_id), ids.decode(source.file_ids[0])
        card = CardFrame(event_id=event_id, file_id=file_id, kind=FrameKind.code, body="", read_at=unit.now)
        unit.db.add(card)
    answer = alice.post(f"{party.path}/merge", json={"source": source.event_id})
    assert answer.status_code == 200, answer.text
    assert party.event()["fileCount"] == 3


def test_a_card_of_another_event_is_shown_to_no_guest(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice)
    other = alice.post("/events", json={"eventName": "Other", "libraryId": party.shelf.library_id}).json()["eventId"]
    with installation.app.writing(SYSTEM) as unit:
        file_id = ids.decode(party.file_ids[0])
        unit.db.add(
            CardFrame(event_id=ids.decode(other), file_id=file_id, kind=FrameKind.code, body="", read_at=unit.now)
        )
    olga = party.enter(party.code())
    assert len(olga.get("/access/files").json()["files"]) == 3


def test_whoever_keeps_an_index_hears_of_photos_that_a_card_gave(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=2)
    code = party.code(images=[])
    olga = party.enter(code)
    before = olga.get("/access/index").headers["etag"]
    with installation.app.writing(SYSTEM) as unit:
        event = unit.db.get_one(Event, ids.decode(party.event_id))
        for number, kind in enumerate((FrameKind.code, FrameKind.plain)):
            file = unit.db.get_one(File, ids.decode(party.file_ids[number]))
            file.taken_at = unit.now + timedelta(seconds=number)
            frame = CardFrame(event_id=event.id, file_id=file.id, kind=kind, body="A", read_at=unit.now)
            frame.accessor_id = ids.decode(code["accessorId"]) if kind is FrameKind.code else None
            unit.db.add(frame)
        unit.db.flush()
        assert cards.settle_all(unit, event)
    assert [each["fileId"] for each in olga.get("/access/files").json()["files"]] == [party.file_ids[1]]
    assert olga.get("/access/index", headers={"If-None-Match": before}).status_code == 200
