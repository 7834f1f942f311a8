"""The pages of whoever gives an event, without JavaScript: each page and each form once."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests import make
from tests.events.party import Party
from tests.events.test_guest_uploads import send
from tests.installation import Caller, Installation
from tests.web.desk import Desk

from albumen.accounts import sessions

OWNED = ("/codes", "/codes/new", "/cards", "/activity", "/settings")


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    made = Party.of(installation, alice)
    installation.work_off()
    return made


@pytest.fixture
def desk(installation: Installation, party: Party) -> Iterator[Desk]:
    with closing(Desk(installation, "alice")) as desk:
        yield desk


@pytest.fixture
def helper(installation: Installation, party: Party) -> Iterator[Desk]:
    """Somebody who contributes to the album alone."""
    album = f"{party.shelf.library}/albums/{party.event()['albumId']}/users"
    with closing(Desk(installation, "helper")) as desk:
        assert party.host.post(album, json={"userId": "helper", "role": "contributor"}).status_code == 200
        yield desk


def give(party: Party, count: int = 1) -> list[str]:
    """Guests' photos that wait."""
    party.change(guestUpload="moderated")
    guest = party.enter(party.code("view", "upload", label="Table 4"), guestName="Olga")
    sent = send(guest, *(make.photo() for _ in range(count)))
    return [each["fileId"] for each in sent.json()["uploads"]]


def notice(page: str) -> str:
    """What a page says of the form that was sent."""
    found = re.search('<p class="notice" role="status">([^<]*)<', page)
    return found[1] if found else ""


def test_events_are_listed_with_what_is_in_them(party: Party, desk: Desk) -> None:
    party.code()
    page = desk.page("/events")
    assert "Anna &amp; Ben" in page
    assert "4 photos" in page
    assert "1 code" in page
    assert "No end" in page


def test_a_new_event_is_made_and_shown(party: Party, desk: Desk) -> None:
    assert "as long as I like" in desk.page("/events/new")
    told = {"name": "Summer party", "date": "2026-06-14", "days": "7", "upload": "yes", "guest_name": "required"}
    way = desk.sent("/events", **told)
    assert "Add its photos" in desk.page(way)
    path = way.removesuffix("/upload?done=made")
    page = desk.page(path)
    assert "Summer party" in page
    assert "14 June 2026" in page
    event = party.host.get(path).json()
    assert (event["secondsToLive"], event["guestUpload"], event["guestName"]) == (7 * 86_400, "yes", "required")
    assert event["stripLocation"] is False
    refused = desk.submit("/events", **{**told, "name": " ", "upload": "moderated"})
    assert refused.status_code == 422
    assert 'value="moderated" checked' in refused.text


def test_photos_are_put_into_sets_and_taken_out(party: Party, desk: Desk) -> None:
    first, second, *_ = party.file_ids
    shown = desk.sent(f"{party.path}/sets", name="Ceremony")
    set_id = shown.partition("set=")[2]
    assert "done=placed" in desk.sent(f"{party.path}/photos", deed="place", into=set_id, ids=[first, second])
    assert re.findall(r'id="p-(\w+)"', desk.page(shown)) == [first, second]
    desk.sent(f"{party.path}/photos", deed=f"unplace:{set_id}", ids=[first])
    assert re.findall(r'id="p-(\w+)"', desk.page(shown)) == [second]
    assert desk.sent(f"{party.path}/sets/{set_id}", name="Church") == shown
    assert "Church" in desk.page(shown)
    assert desk.sent(f"{party.path}/sets/{set_id}", deed="remove", name="") == party.path
    assert len(re.findall(r'id="p-(\w+)"', desk.page(party.path))) == 4


def test_photos_are_removed_one_is_the_cover_and_all_is_locked(party: Party, desk: Desk) -> None:
    first, second, *_ = party.file_ids
    desk.sent(f"{party.path}/photos", deed="cover", ids=[second])
    assert party.event()["cover"] == second
    desk.sent(f"{party.path}/photos", deed="remove", ids=[first])
    assert f'id="p-{first}"' not in desk.page(party.path)
    assert desk.sent(f"{party.path}/photos", deed="remove") == party.path
    desk.sent(f"{party.path}/lock", on="1")
    assert "Locked" in desk.page(party.path)
    assert desk.submit(f"{party.path}/photos", deed="remove", ids=[second]).status_code == 409
    assert desk.get(f"{party.path}/upload").status_code == 409
    desk.sent(f"{party.path}/lock", on="0")
    assert party.event()["locked"] is False


def test_files_are_uploaded_into_the_event(party: Party, desk: Desk) -> None:
    desk.page(f"{party.path}/upload")
    content = make.photo()
    for told in ("Added", "Already here"):
        files = [("files", ("new.jpg", content, "image/jpeg"))]
        answer = desk.post(f"{party.path}/upload", data={"csrf": sessions.csrf_token(desk.session)}, files=files)
        assert answer.status_code == 200, answer.text
        assert told in answer.text
    assert party.event()["fileCount"] == 5


def test_a_code_is_made_shown_changed_and_taken_away(party: Party, desk: Desk) -> None:
    desk.page(f"{party.path}/codes/new")
    told = {"label": "Family", "shows": "all", "may": ["view", "download"], "sizes": ["web"], "end": "2030-01-02T03:04"}
    path = desk.sent(f"{party.path}/codes", **told).partition("?")[0]
    api = path.replace("/codes/", "/accessors/")
    code = party.host.get(api).json()
    assert (code["permissions"], code["sizes"], code["expiresOn"][:16]) == (
        ["view", "download"],
        ["web"],
        "2030-01-02T03:04",
    )
    for page in (desk.page(path), desk.page(f"{party.path}/codes")):
        assert code["accessCode"] in page
        assert f"/v1{api}/qr.svg" in page
    assert f'href="/e/alice/anna_ben#{code["qrUrl"].partition("#")[2]}"' in desk.page(path)
    assert "Family" in desk.page(f"{path}/edit")
    desk.sent(f"{path}/edit", label="Friends", shows="tag", tag="dance", may="view", sizes="web")
    assert "tag “dance”" in desk.page(path)
    for deed, is_disabled in (("disable", True), ("enable", False)):
        desk.sent(f"{path}/state", deed=deed)
        assert party.host.get(api).json()["disabled"] is is_disabled
    desk.sent(f"{path}/state", deed="replace")
    assert code["accessCode"] not in desk.page(path)
    desk.sent(f"{path}/state", deed="remove")
    assert "No code yet" in desk.page(f"{party.path}/codes")


def test_photos_are_picked_for_a_code(party: Party, desk: Desk) -> None:
    first, second, *_ = party.file_ids
    picking = desk.sent(f"{party.path}/codes", label="", shows="files", may="view")
    desk.page(picking)
    every = " ".join(party.file_ids)
    path = desk.sent(picking, listed=every, ids=[first, second]).partition("?")[0]
    assert "2 picked photos" in desk.page(path)
    assert len(re.findall(r'value="\w+"[^>]* checked', desk.page(picking))) == 2
    desk.sent(f"{path}/edit", label="Kept", before="files", shows="files", may="view")
    assert "2 picked photos" in desk.page(path)
    desk.sent(picking, listed=every, ids=[second])
    assert "1 picked photo" in desk.page(path)


def test_a_code_that_makes_no_sense_is_not_made(party: Party, desk: Desk) -> None:
    refused = desk.submit(f"{party.path}/codes", shows="tag", tag=" ", may="view")
    assert refused.status_code == 422
    assert "Say which tag." in refused.text
    assert desk.submit(f"{party.path}/codes", shows="all", may="fly").status_code == 422


def test_a_code_is_sent_by_mail(party: Party, desk: Desk) -> None:
    path = f"{party.path}/codes/{party.code()['accessorId']}"
    assert desk.submit(f"{path}/send", email="nobody", note="").status_code == 422
    assert desk.sent(f"{path}/send", email="Olga@example.org", note="Hello") == f"{path}?done=sent"
    assert "olga@example.org" in desk.page(path)


def test_gifts_are_approved_and_declined(party: Party, desk: Desk) -> None:
    first, second, third, fourth = give(party, 4)
    path = f"{party.path}/moderation"
    page = desk.page(path)
    assert page.count("Olga") == 4
    assert "Table 4" in page
    desk.sent(path, deed=f"approve:{first}")
    desk.sent(path, deed="decline", ids=[second, third])
    assert re.findall(r'name="ids" value="(\w+)"', desk.page(path)) == [fourth]
    desk.sent(path, deed="approve-all")
    assert "Nothing waits" in desk.page(path)
    assert party.event()["fileCount"] == 6


def test_it_is_told_how_many_gifts_were_decided_about(party: Party, desk: Desk) -> None:
    first, *others, last = give(party, 5)
    path = f"{party.path}/moderation"
    for deed in ("approve", "decline"):
        way = desk.sent(path, deed=deed)
        assert notice(desk.page(way)) == "Choose photos first."
        assert len(re.findall('name="ids"', desk.page(path))) == 5
    assert notice(desk.page(desk.sent(path, deed=f"approve:{first}"))) == "1 photo approved"
    assert notice(desk.page(desk.sent(path, deed="decline", ids=others[:2]))) == "2 photos declined"
    assert notice(desk.page(desk.sent(path, deed="decline", ids=others[2:]))) == "1 photo declined"
    assert notice(desk.page(desk.sent(path, deed="approve-all"))) == "1 photo approved"
    assert party.event()["fileCount"] == 6
    assert last in desk.page(party.path)


def test_cards_are_printed_and_looked_through(installation: Installation, party: Party, desk: Desk) -> None:
    path = f"{party.path}/cards"
    assert "cards.pdf" not in desk.page(path)
    code = party.code(label="Olga")
    assert "cards.pdf" in desk.page(path)
    assert f"{party.path}/clock" in desk.page(path)
    desk.sent(f"{path}/{party.file_ids[0]}", code=code["accessorId"])
    assert party.host.get(path).json()["cards"][0]["label"] == "Olga"
    assert "Olga" in desk.page(path)
    desk.sent(f"{path}/{party.file_ids[0]}", code="")
    assert party.host.get(path).json()["cards"] == []
    assert desk.sent(f"{path}/read") == f"{path}?done=reading"
    installation.work_off()


def test_what_guests_did_is_told(party: Party, desk: Desk) -> None:
    assert "Nobody was here yet" in desk.page(f"{party.path}/activity")
    party.enter(party.code(label="Family"), guestName="Olga")
    page = desk.page(f"{party.path}/activity")
    assert "Olga" in page
    assert "Family" in page
    assert f"/v1{party.path}/activity.csv" in page


def test_settings_are_kept_and_the_event_is_deleted(party: Party, desk: Desk) -> None:
    path = f"{party.path}/settings"
    told = {"name": "Anna and Ben", "date": "2026-06-15", "upload": "yes", "guest_name": "off", "comments": "1"}
    desk.page(path)
    desk.sent(path, **told, end="2040-01-01T10:00", reveal="2030-01-01T10:00")
    event = party.event()
    assert (event["eventName"], event["date"], event["hasComments"]) == ("Anna and Ben", "2026-06-15", True)
    assert (event["expiresOn"][:16], event["revealOn"][:16]) == ("2040-01-01T10:00", "2030-01-01T10:00")
    desk.sent(path, **told, end="2040-01-01T10:00", reveal="")
    assert (party.event()["expiresOn"], party.event().get("revealOn")) == (event["expiresOn"], None)
    assert desk.submit(path, **told, end="soon").status_code == 422
    assert "Say that you are sure." in desk.submit(f"{party.path}/delete").text
    assert desk.sent(f"{party.path}/delete", sure="1") == "/events"
    assert desk.get(party.path).status_code == 404


def test_a_refused_setting_is_marked_and_what_was_typed_stays(party: Party, desk: Desk) -> None:
    path = f"{party.path}/settings"
    told = {"name": "Anna and Ben", "date": "2026-06-15", "upload": "yes", "guest_name": "required", "comments": "1"}
    refused = desk.submit(path, **told, end="2001-02-03T04:05", reveal="2030-01-01T10:00")
    assert refused.status_code == 422
    assert wrong(refused.text) == {"end": "The end must be after the event was made."}
    [end] = re.findall(r'<input id="end"[^>]*>', refused.text)
    assert 'aria-invalid="true" autofocus' in end
    assert 'aria-describedby="end-hint end-wrong"' in end
    typed = dict(re.findall(r'<input id="(\w+)" name="\w+" type="[\w-]+" value="([^"]*)"', refused.text))
    assert typed == {
        "name": "Anna and Ben",
        "date": "2026-06-15",
        "end": "2001-02-03T04:05",
        "reveal": "2030-01-01T10:00",
    }
    for choice in ('name="upload" value="yes"', 'name="guest_name" value="required"', 'name="comments" value="1"'):
        assert f"{choice} checked" in refused.text
    assert 'name="strip" value="1" checked' not in refused.text
    assert party.event()["eventName"] == "Anna & Ben"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("end", "soon", "This is not a date with a time."),
        ("end", "9000-01-01T00:00", "An event lasts a century at most."),
        ("reveal", "later", "This is not a date with a time."),
        ("date", "June", "This is not a date."),
        ("name", " ", "A name has 1 to 255 characters and no slash."),
    ],
)
def test_each_field_says_what_is_wrong_with_it(party: Party, desk: Desk, field: str, typed: str, said: str) -> None:
    told = {"name": "Anna & Ben", "date": "", "upload": "no", "guest_name": "off", "end": "", "reveal": ""}
    refused = desk.submit(f"{party.path}/settings", **{**told, field: typed})
    assert (refused.status_code, wrong(refused.text)) == (422, {field: said})
    strange = desk.submit(f"{party.path}/settings", **{**told, "upload": "perhaps"})
    assert "This is none of the choices." in strange.text
    assert wrong(strange.text) == {}


def wrong(page: str) -> dict[str, str]:
    """What is said by which field."""
    return dict(re.findall(r'<p class="wrong" id="(\w+)-wrong">([^<]*)<', page))


def test_forms_of_other_pages_are_refused(party: Party, desk: Desk) -> None:
    code = f"/codes/{party.code()['accessorId']}"
    posts = ("/photos", "/sets", "/lock", "/codes", f"{code}/state", f"{code}/edit", f"{code}/photos", f"{code}/send")
    for path in ("/events", *(f"{party.path}{each}" for each in (*posts, "/moderation", "/settings", "/delete"))):
        assert desk.post(path, data={"name": "x"}).status_code == 403, path
        assert desk.post(path, data={"csrf": "x"}, headers={"Origin": "http://elsewhere.test"}).status_code == 403, path
    files = [("files", ("new.jpg", b"x", "image/jpeg"))]
    assert desk.post(f"{party.path}/upload", files=files).status_code == 403


def test_a_stranger_finds_nothing(installation: Installation, party: Party) -> None:
    code = f"/codes/{party.code()['accessorId']}"
    with closing(Desk(installation, "bob")) as stranger:
        assert "Anna" not in stranger.page("/events")
        for path in ("", "/upload", "/moderation", *OWNED, code, f"{code}/edit", f"{code}/photos"):
            assert stranger.get(party.path + path).status_code == 404, path
        for path in ("/photos", "/sets", "/lock", "/moderation", "/settings", "/delete", "/codes", f"{code}/state"):
            answer = stranger.submit(party.path + path, ids=[party.file_ids[0]], deed="remove", name="x", on="1")
            assert answer.status_code == 404, path


def test_who_contributes_decides_about_gifts_but_sees_no_codes(party: Party, helper: Desk) -> None:
    [given] = give(party)
    code = f"/codes/{party.code()['accessorId']}"
    page = helper.page(party.path)
    assert f"{party.path}/codes" not in page
    assert f"{party.path}/moderation" in page
    helper.page(f"{party.path}/moderation")
    helper.sent(f"{party.path}/moderation", deed="approve", ids=[given])
    assert party.event()["fileCount"] == 5
    for path in (*OWNED, code):
        assert helper.get(party.path + path).status_code == 403, path
    for path in ("/lock", "/settings", "/delete", "/codes", f"{code}/state", "/cards/read"):
        assert helper.submit(party.path + path, name="x", on="1", shows="all").status_code == 403, path
    assert "code" not in re.sub("<[^>]+>", " ", helper.page("/events")).casefold()
