"""Events of others kept at hand, by their codes."""

from tests import make
from tests.events.party import Party, guest
from tests.installation import Caller, Installation

from albumen.accounts import keys, users
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM


def test_what_is_new_since_the_last_visit(installation: Installation, party: Party) -> None:
    bob = installation.caller("bob")
    code = party.code(images=party.file_ids[:2])
    kept = bob.post("/subscriptions", json={"accessCode": code["accessCode"]})
    assert kept.status_code == 200, kept.text
    assert (kept.json()["fileCount"], kept.json()["newCount"], kept.json()["hostName"]) == (2, 0, "alice")
    installation.clock.advance(hours=1)
    new = party.host.post(f"{party.path}/files", files=[("files", ("new.jpg", make.photo()))]).json()[0]["fileId"]
    party.look()
    assert bob.get("/subscriptions").json()["subscriptions"][0]["newCount"] == 0
    party.host.post(f"{party.path}/accessors/{code['accessorId']}/images", json={"fileIds": [new]})
    assert bob.get("/subscriptions").json()["subscriptions"][0]["newCount"] == 1
    visit = bob.post(f"/subscriptions/{party.event_id}/visit")
    assert visit.status_code == 200, visit.text
    again = bob.post(f"/subscriptions/{party.event_id}/visit")
    assert visit.json()["token"] == again.json()["token"]
    assert len(guest(installation, visit.json()["token"]).get("/access/files").json()["files"]) == 3
    assert bob.get("/subscriptions").json()["subscriptions"][0]["newCount"] == 0
    assert installation.caller("carol").get("/subscriptions").json() == {"subscriptions": []}
    assert installation.caller("carol").post(f"/subscriptions/{party.event_id}/visit").status_code == 404


def test_it_lasts_as_long_as_its_code(installation: Installation, party: Party) -> None:
    bob, code = installation.caller("bob"), party.code()
    bob.post("/subscriptions", json={"accessCode": code["qrUrl"].split("#")[1]})
    party.change(secondsToLive=3600)
    installation.clock.advance(hours=2)
    [kept] = bob.get("/subscriptions").json()["subscriptions"]
    assert (kept["isOver"], kept["fileCount"]) == (True, 0)
    assert bob.post(f"/subscriptions/{party.event_id}/visit").status_code == 410
    party.change(secondsToLive=None)
    party.recode(code, disabled=True)
    assert bob.get("/subscriptions").json() == {"subscriptions": []}
    assert bob.delete(f"/subscriptions/{party.event_id}").status_code == 204
    assert bob.delete(f"/subscriptions/{party.event_id}").status_code == 404


def test_they_come_page_by_page_and_one_by_one(installation: Installation, party: Party) -> None:
    bob, parties = installation.caller("bob"), [party, *(Party.of(installation, party.host, photos=0) for _ in "12")]
    for each in parties:
        bob.post("/subscriptions", json={"accessCode": each.code()["accessCode"]})
    first = bob.get("/subscriptions?limit=2").json()
    rest = bob.get("/subscriptions", params={"limit": 2, "cursor": first["next"]}).json()
    assert "next" not in rest
    found = first["subscriptions"] + rest["subscriptions"]
    assert [each["eventId"] for each in found] == [each.event_id for each in reversed(parties)]
    assert bob.get("/subscriptions").json() == {"subscriptions": found}
    assert [bob.get(f"/subscriptions/{each['eventId']}").json() for each in found] == found
    for wrong in ("limit=0", "limit=1001", "cursor=nonsense"):
        assert bob.get(f"/subscriptions?{wrong}").status_code == 400, wrong
    for somebody, event_id in ((installation.caller("carol"), party.event_id), (bob, "zzz")):
        assert somebody.get(f"/subscriptions/{event_id}").status_code == 404


def test_a_wrong_code_opens_nothing_here_either(installation: Installation, party: Party) -> None:
    bob = installation.caller("bob")
    statuses = [bob.post("/subscriptions", json={"accessCode": "0000-0000"}).status_code for _ in range(11)]
    assert statuses == [404] * 10 + [429]


def test_a_key_that_only_reads_or_is_for_some_libraries_goes_nowhere(installation: Installation, party: Party) -> None:
    code = party.code("view", "upload", "favorite")["accessCode"]
    bob = installation.caller("bob")
    assert bob.post("/subscriptions", json={"accessCode": code}).status_code == 200
    shelf = bob.library()
    with installation.app.writing(SYSTEM) as unit:
        user = users.with_id(unit, "bob")
        _, reads = keys.create(unit, user, label="", scopes=["read"])
        opens = [ids.decode(shelf.library_id)]
        _, some = keys.create(unit, user, label="", scopes=["read", "write", "share"], libraries=opens)
    reading, limited = (Caller(installation.client, {"Authorization": f"ApiKey {key}"}) for key in (reads, some))
    assert reading.get("/subscriptions").status_code == 200
    visit = f"/subscriptions/{party.event_id}/visit"
    assert [by.post(visit).status_code for by in (reading, limited, bob)] == [403, 403, 200]
    assert limited.get("/subscriptions").status_code == 403
    assert limited.post("/subscriptions", json={"accessCode": code}).status_code == 403
    assert limited.delete(f"/subscriptions/{party.event_id}").status_code == 403
