"""Coming in by a code, staying as long as it holds, leaving."""

import pytest
from tests.events.party import Party, guest, knock
from tests.installation import Installation

from albumen.events import guests
from albumen.events.guest_models import Guest


def test_the_code_alone_opens_its_event(party: Party) -> None:
    code = party.code("view", "download", label="Aunt Olga")
    assert code["accessCode"][4] == "-"
    told = knock(party.installation, code["accessCode"].lower().replace("-", " ")).json()
    assert told["permissions"] == ["view", "download"]
    assert told["event"]["eventName"] == "Anna & Ben"
    assert told["event"]["fileCount"] == 4
    visit = guest(party.installation, told["token"]).get("/access").json()
    assert {"token": told["token"], **visit} == told
    [kept] = party.host.get(f"{party.path}/accessors").json()["accessors"]
    assert (kept["useCount"], kept["label"], "lastSeenOn" in kept) == (1, "Aunt Olga", True)


def test_the_link_of_a_card_opens_it_too(party: Party) -> None:
    code = party.code()
    page, _, token = code["qrUrl"].partition("#")
    assert page.endswith("/e/alice/anna_ben")
    assert knock(party.installation, token, publicUrl="alice/anna_ben").status_code == 200


def test_a_code_opens_no_other_address(party: Party) -> None:
    code = party.code()["accessCode"]
    assert knock(party.installation, code, publicUrl="alice/anna_ben").status_code == 200
    assert knock(party.installation, code, publicUrl="alice/another").status_code == 404


def test_a_browser_gets_a_cookie_and_comes_back_as_the_same_guest(party: Party) -> None:
    client, form = party.installation.client, {"accessCode": party.code()["accessCode"], "guestName": "Olga"}
    told = client.post("/v1/access", json=form)
    assert "httponly" in told.headers["set-cookie"].lower()
    again = client.post("/v1/access", json={**form, "guestName": ""})
    assert again.json()["token"] == told.json()["token"]
    assert client.get("/v1/access").json()["guestName"] == "Olga"
    assert party.installation.rows(Guest) == 1
    foreign = client.delete("/v1/access", headers={"Origin": "https://elsewhere.example"})
    sideways = client.delete("/v1/access", headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, sideways.status_code) == (403, 403)
    assert client.delete("/v1/access").status_code == 204
    assert client.get("/v1/access").status_code == 401


def test_leaving_ends_the_token(party: Party) -> None:
    olga = party.enter(party.code())
    assert olga.delete("/access").status_code == 204
    assert olga.get("/access").status_code == 401


@pytest.mark.parametrize("path", ["/users/me", "/libraries", "/events", "/images"])
def test_a_guests_token_is_of_no_use_elsewhere(party: Party, path: str) -> None:
    assert party.enter(party.code()).get(path).status_code == 401


def test_names_as_the_host_wants_them(party: Party) -> None:
    code = party.code()
    party.change(guestName="required")
    refused = knock(party.installation, code["accessCode"], guestName=" \u200b")
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:albumen:problem:name-wanted")
    assert party.enter(code, guestName=" Olga\u202e ").get("/access").json()["guestName"] == "Olga"
    party.change(guestName="off")
    assert "guestName" not in party.enter(code, guestName="Olga").get("/access").json()


def test_a_disabled_code_holds_no_more_from_the_next_request_on(party: Party) -> None:
    code = party.code()
    olga = party.enter(code)
    party.recode(code, disabled=True)
    assert olga.get("/access").status_code == 401
    party.recode(code, disabled=False)
    assert olga.get("/access").status_code == 200


def test_a_replaced_code_holds_no_more(party: Party) -> None:
    code = party.code()
    olga = party.enter(code)
    new = party.host.post(f"{party.path}/accessors/{code['accessorId']}/replace").json()
    assert new["accessCode"] != code["accessCode"]
    assert olga.get("/access").status_code == 401
    tried = [knock(party.installation, each).status_code for each in (code["accessCode"], code["qrUrl"].split("#")[1])]
    assert tried == [404, 404]
    assert party.enter(new).get("/access").status_code == 200


def test_rights_are_looked_up_anew(party: Party) -> None:
    code = party.code()
    olga = party.enter(code)
    party.recode(code, permissions=["favorite"], images=None)
    told = olga.get("/access").json()
    assert (told["permissions"], told["event"]["fileCount"]) == (["favorite"], 0)


def test_an_event_ends_by_the_clock(party: Party) -> None:
    code = party.code()
    olga = party.enter(code)
    party.change(secondsToLive=3600)
    assert 3500 < olga.get("/access").json()["secondsLeft"] <= 3600
    party.installation.clock.advance(hours=1, seconds=1)
    assert olga.get("/access").status_code == 410
    assert knock(party.installation, code["accessCode"]).status_code == 404
    party.change(secondsToLive=2 * 3600)
    assert olga.get("/access").status_code == 200


def test_nothing_is_seen_before_it_is_revealed(party: Party) -> None:
    olga = party.enter(party.code())
    party.change(revealOn="2099-01-01T00:00:00Z")
    told = olga.get("/access").json()["event"]
    assert (told["isRevealed"], told["fileCount"]) == (False, 0)
    party.change(revealOn=None)
    assert olga.get("/access").json()["event"]["fileCount"] == 4


def test_a_guest_of_a_deleted_event_is_nobody(installation: Installation, party: Party) -> None:
    olga = party.enter(party.code())
    assert party.host.delete(party.path).status_code == 204
    assert olga.get("/access").status_code == 401
    assert installation.rows(Guest) == 0


def test_a_visit_is_written_down_now_and_then(installation: Installation, party: Party) -> None:
    code = party.code()
    olga = party.enter(code)
    path = f"{party.path}/accessors/{code['accessorId']}"
    first = party.host.get(path).json()["lastSeenOn"]
    olga.get("/access")
    assert party.host.get(path).json()["lastSeenOn"] == first
    installation.clock.advance(hours=1)
    olga.get("/access")
    assert party.host.get(path).json()["lastSeenOn"] > first


def test_a_repeated_request_of_a_guest(party: Party) -> None:
    party.installation.work_off()
    code = party.code("view", "download")
    olga, once = party.enter(code), {"Idempotency-Key": "k1"}
    first = olga.post("/access/download", json={}, headers=once)
    again = olga.post("/access/download", json={}, headers=once)
    assert (again.status_code, again.json()) == (200, first.json())
    party.recode(code, disabled=True)
    assert olga.post("/access/download", json={}, headers=once).status_code == 401


def test_who_comes_time_and_again_by_one_code_fills_no_table(
    installation: Installation, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "MOST_BY_CODE", 3)
    code = party.code("view", "favorite")
    faithful = party.enter(code)
    assert faithful.post(f"/access/favorites/{party.file_ids[0]}").status_code == 204
    looked = [party.enter(code) for _ in range(4)]
    assert installation.rows(Guest) == 3
    assert [each.get("/access").status_code for each in (faithful, *looked)] == [200, 401, 401, 200, 200]
