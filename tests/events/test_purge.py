"""The end of an event: nothing at once, and no trace of what guests gave once the grace time is over."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.changes.models import AuditEntry
from albumen.events import purge
from albumen.events.guest_models import Contribution, Doing, Guest, GuestDownload, GuestUpload, Heart
from albumen.events.models import Accessor, Event
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original
from albumen.operations.checking import checks
from albumen.operations.checking.checks import Wanted
from albumen.operations.sweep import sweep

DAY = 86_400
ALL = ("view", "download", "upload", "favorite")
_LINK = re.compile(r"/(?:media|zip)/[^\"]+")


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    return Party.of(installation, alice, secondsToLive=10 * DAY, guestUpload="yes")


@pytest.fixture
def olga(party: Party) -> Caller:
    """A guest who gave two photos, marked one and asked for all."""
    guest = party.enter(party.code(*ALL), guestName="Olga Unmistakable")
    for number in (1, 2):
        answer = guest.post("/access/files", files=[("files", (f"GIFT_{number}.jpg", make.photo()))])
        assert answer.status_code == 200, answer.text
    party.installation.work_off()
    assert guest.post(f"/access/favorites/{party.file_ids[0]}").status_code == 204
    return guest


def names(caller: Caller, party: Party) -> list[str]:
    """What lies in the host's library."""
    listed = caller.get(f"/libraries/{party.shelf.library_id}/search?q=&limit=100").json()
    return sorted(each["name"] for each in listed["files"])


def links(guest: Caller) -> Iterator[str]:
    """Every address that a guest is handed."""
    told = guest.get("/access/files?limit=100").text + guest.get("/access/cover").text
    told += guest.post("/access/download", json={}).text + guest.get("/access/uploads").text
    yield from dict.fromkeys(_LINK.findall(told))


def end(party: Party, *, days: float = 10.1) -> None:
    party.installation.clock.advance(days=days)


def test_at_the_end_no_address_gives_a_byte(party: Party, olga: Caller) -> None:
    issued = list(links(olga))
    assert len(issued) > 10
    client = party.installation.client
    assert {client.get(url).status_code for url in issued} == {200}
    end(party)
    for url in issued:
        for method in ("GET", "HEAD"):
            answer = client.request(method, url)
            assert answer.status_code in (404, 410), url
            assert answer.headers["content-type"] == "application/problem+json"
    for path in ("/access", "/access/files", "/access/index", "/access/cover", "/access/uploads"):
        assert olga.get(path).status_code == 410
    assert olga.post("/access/download", json={}).status_code == 410


def test_more_time_brings_all_of_it_back(party: Party, olga: Caller) -> None:
    before = olga.get("/access/files").json()["files"]
    end(party, days=30)
    assert purge.after_grace(party.installation.app) == 0
    party.change(secondsToLive=50 * DAY)
    after = olga.get("/access/files").json()["files"]
    assert [each["fileId"] for each in after] == [each["fileId"] for each in before]
    assert [each["favorite"] for each in after] == [each["favorite"] for each in before]


def test_after_the_grace_time_no_trace_of_the_guests_is_left(party: Party, olga: Caller, alice: Caller) -> None:
    app = party.installation.app
    list(links(olga))
    with app.reading(SYSTEM) as unit:
        gifts = {row.file_id for row in unit.db.query(Contribution)}
        originals = [unit.db.get_one(Original, unit.db.get_one(File, file_id).signature) for file_id in gifts]
        gone = {row.signature for row in originals}
    end(party, days=41)
    assert purge.after_grace(app) == 1
    assert purge.after_grace(app) == 0
    party.installation.work_off()
    for table in (Contribution, Guest, Accessor, Heart, Doing, GuestDownload, GuestUpload):
        assert party.installation.rows(table) == 0
    party.installation.clock.advance(days=2)
    assert checks.run(app, Wanted()).defect_count, "a check sees what the sweep has not taken yet"
    sweep(app)
    assert names(alice, party) == ["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg", "IMG_4.jpg"]
    assert not [key for key in party.installation.blobs() for signature in gone if signature in key]
    dumped = dump(party.installation)
    assert "Olga Unmistakable" not in dumped
    assert "GIFT_" not in dumped
    assert not [signature for signature in gone if signature in dumped]
    party.installation.check_counts()


def dump(installation: Installation) -> str:
    """All rows of all tables as text."""
    with installation.app.reading(SYSTEM) as unit:
        tables = [name for name in inspect(unit.db.connection()).get_table_names() if not name.startswith("search_")]
        return "\n".join(str(row) for table in tables for row in unit.db.execute(text(f'SELECT * FROM "{table}"')))


def test_it_is_noted_in_the_event_and_in_the_audit_log(party: Party, olga: Caller) -> None:
    end(party, days=41)
    purge.after_grace(party.installation.app)
    with party.installation.app.reading(SYSTEM) as unit:
        event = unit.db.get_one(Event, ids.decode(party.event_id))
        [entry] = unit.db.query(AuditEntry).filter(AuditEntry.deed == "purge")
    assert event.receipt is not None
    assert (event.receipt["files"], event.receipt["guests"], event.receipt["accessors"]) == (2, 1, 1)
    assert entry.details == event.receipt
    assert entry.thing_id == event.id
    late = party.host.call("PATCH", party.path, json={"secondsToLive": 100 * DAY})
    assert late.status_code == 410


def test_what_the_host_has_taken_elsewhere_is_kept(party: Party, olga: Caller, alice: Caller) -> None:
    gifts = {each["name"]: each["fileId"] for each in olga.get("/access/files").json()["files"] if each.get("mine")}
    assert sorted(gifts) == ["GIFT_1.jpg", "GIFT_2.jpg"]
    library = party.shelf.library
    moved = {"folderId": party.shelf.folder_id}
    assert alice.call("PATCH", f"{library}/files/{gifts['GIFT_1.jpg']}", json=moved).status_code == 200
    answer = alice.post(f"{library}/albums", json={"name": "Best", "fileIds": [gifts["GIFT_2.jpg"]]})
    assert answer.status_code == 200
    end(party, days=41)
    purge.after_grace(party.installation.app)
    assert names(alice, party)[:2] == ["GIFT_1.jpg", "GIFT_2.jpg"]


def test_what_waited_or_was_declined_goes_too(party: Party, alice: Caller) -> None:
    party.change(guestUpload="moderated")
    guest = party.enter(party.code(*ALL))
    for number in (1, 2):
        guest.post("/access/files", files=[("files", (f"GIFT_{number}.jpg", make.photo()))])
    waiting = alice.get(f"{party.path}/contributions").json()["contributions"]
    alice.post(f"{party.path}/contributions/reject", json={"fileIds": [waiting[0]["fileId"]]})
    end(party, days=41)
    purge.after_grace(party.installation.app)
    assert party.installation.rows(File) == 4
    party.installation.check_counts()


def test_a_purge_that_was_cut_off_goes_on(party: Party, olga: Caller) -> None:
    app, event_id = party.installation.app, ids.decode(party.event_id)
    end(party, days=41)
    assert purge.purge_some(app, event_id).files == 2  # and then the process ended
    assert party.installation.rows(Guest) == 1
    assert purge.after_grace(app) == 1
    assert party.installation.rows(Guest) == 0
    with app.reading(SYSTEM) as unit:
        assert unit.db.get_one(Event, event_id).purged_at is not None
