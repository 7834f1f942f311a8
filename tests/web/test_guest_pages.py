"""The pages of guests without JavaScript: coming in, looking, marking, taking, and the end."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen import server

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ALL = ("view", "download", "favorite")
DAY = 86_400


class Phone(TestClient):
    """A browser without JavaScript; it follows no redirect by itself."""

    def __init__(self, installation: Installation) -> None:
        app = server.serve(installation.app)
        super().__init__(app, "http://testserver", raise_server_exceptions=False, follow_redirects=False, headers=HTML)

    def enter(self, shown: str, path: str = "/enter", **fields: Any) -> Response:
        """Send the form with a code."""
        return self.post(path, data={"code": shown, **fields})

    def photos(self) -> list[str]:
        """The ids of the photos on the page."""
        return re.findall(r'id="p-(\w+)"', self.get("/e/alice/anna_ben/photos").text)


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    made = Party.of(installation, alice)
    installation.work_off()
    return made


@pytest.fixture
def phone(installation: Installation) -> Iterator[Phone]:
    with Phone(installation) as phone:
        yield phone


def test_the_first_page_asks_for_a_code_or_to_sign_in(phone: Phone) -> None:
    page = phone.get("/")
    assert page.status_code == 200
    assert 'action="/enter"' in page.text
    assert 'href="/login"' in page.text


@pytest.mark.parametrize("write", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")])
def test_a_code_opens_its_event_however_it_is_typed(party: Party, phone: Phone, write: Any) -> None:
    answer = phone.enter(write(party.code(*ALL)["accessCode"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/e/alice/anna_ben/photos")
    assert phone.photos() == list(party.file_ids)


def test_a_wrong_code_keeps_what_was_typed_and_after_ten_tries_says_how_long_to_wait(
    party: Party, phone: Phone
) -> None:
    for _ in range(10):
        page = phone.enter("AAAA-BBBB", "/e/alice/anna_ben", name="Olga")
        assert page.status_code == 404
    assert 'value="AAAA-BBBB"' in page.text
    assert 'value="Olga"' in page.text
    assert "This code opens nothing." in page.text
    page = phone.enter("AAAA-BBBB", "/e/alice/anna_ben")
    assert page.status_code == 429
    assert re.search(r"Try again in \d+ seconds", page.text)
    assert phone.enter("AAAA-BBBB").status_code == 429


def test_who_has_no_code_is_shown_the_gate_and_nothing_else(party: Party, phone: Phone) -> None:
    gate = phone.get("/e/alice/anna_ben")
    assert "Anna &amp; Ben" in gate.text
    assert "/media/" not in gate.text
    for path in ("photos", f"photos/{party.file_ids[0]}", "favourites", "download"):
        answer = phone.get(f"/e/alice/anna_ben/{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/e/alice/anna_ben")
    assert phone.get("/e/alice/another").status_code == 404


def test_a_code_shows_its_own_photos_only(party: Party, phone: Phone) -> None:
    first, second, *others = party.file_ids
    phone.enter(party.code(*ALL, images=[first, second])["accessCode"])
    assert phone.photos() == [first, second]
    assert phone.get(f"/e/alice/anna_ben/photos/{first}").status_code == 200
    page = phone.get("/e/alice/anna_ben/photos")
    for other in others:
        assert other not in page.text
        assert phone.get(f"/e/alice/anna_ben/photos/{other}").status_code == 404
        assert phone.post("/e/alice/anna_ben/hearts", data={"file": other, "on": "1"}).status_code == 404


def test_a_code_of_another_event_does_not_open_this_one(installation: Installation, party: Party, phone: Phone) -> None:
    other = Party.of(installation, installation.caller("bob"), photos=1)
    phone.enter(other.code(*ALL)["accessCode"])
    answer = phone.get("/e/alice/anna_ben/photos")
    assert answer.headers["location"] == "/e/alice/anna_ben"


def test_a_name_is_asked_for_where_the_host_wants_one(party: Party, phone: Phone) -> None:
    party.change(guestName="required")
    code = party.code(*ALL)["accessCode"]
    page = phone.enter(code)
    assert page.status_code == 400
    assert "Say your name first." in page.text
    assert f'value="{code}"' in page.text
    assert phone.enter(code, name="Olga").headers["location"] == "/e/alice/anna_ben/photos"


def test_hearts_are_kept_and_taken_back(party: Party, phone: Phone) -> None:
    phone.enter(party.code(*ALL)["accessCode"])
    chosen = party.file_ids[1]
    answer = phone.post("/e/alice/anna_ben/hearts", data={"file": chosen, "on": "1", "back": "photos"})
    assert answer.headers["location"] == f"/e/alice/anna_ben/photos#p-{chosen}"
    assert re.findall(r'id="p-(\w+)"', phone.get("/e/alice/anna_ben/favourites").text) == [chosen]
    phone.post("/e/alice/anna_ben/hearts", data={"file": chosen, "on": "0", "back": "photos"})
    assert "No favourites yet" in phone.get("/e/alice/anna_ben/favourites").text


def test_another_sites_page_marks_nothing(party: Party, phone: Phone) -> None:
    phone.enter(party.code(*ALL)["accessCode"])
    form = {"file": party.file_ids[0], "on": "1"}
    answer = phone.post("/e/alice/anna_ben/hearts", data=form, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "No favourites yet" in phone.get("/e/alice/anna_ben/favourites").text


@pytest.mark.parametrize(("form", "count"), [({"which": "all"}, 4), ({"which": "favourites"}, 2), ({"which": ""}, 4)])
def test_photos_are_taken_as_one_zip(party: Party, phone: Phone, form: dict[str, str], count: int) -> None:
    phone.enter(party.code(*ALL)["accessCode"])
    for chosen in party.file_ids[:2]:
        phone.post("/e/alice/anna_ben/hearts", data={"file": chosen, "on": "1"})
    assert "All 4 photos" in phone.get("/e/alice/anna_ben/download").text
    answer = phone.post("/e/alice/anna_ben/download", data=form)
    assert answer.status_code == 303
    with zipfile.ZipFile(io.BytesIO(phone.get(answer.headers["location"]).content)) as archive:
        assert len(archive.namelist()) == count
        assert archive.testzip() is None


def test_some_are_chosen_from_a_page_with_boxes(party: Party, phone: Phone) -> None:
    phone.enter(party.code(*ALL)["accessCode"])
    assert 'class="pick"' not in phone.get("/e/alice/anna_ben/photos").text
    page = phone.get("/e/alice/anna_ben/photos?choose=1").text
    assert re.findall(r'class="pick" name="file" form="some" value="(\w+)"', page) == list(party.file_ids)
    for sent in (list(party.file_ids[1:]), " ".join(party.file_ids[1:])):  # as boxes, and as the module puts them
        answer = phone.post("/e/alice/anna_ben/download", data={"which": "some", "file": sent})
        with zipfile.ZipFile(io.BytesIO(phone.get(answer.headers["location"]).content)) as archive:
            assert sorted(archive.namelist()) == ["IMG_2.jpg", "IMG_3.jpg", "IMG_4.jpg"]


def test_what_a_code_does_not_allow_is_not_offered(party: Party, phone: Phone) -> None:
    phone.enter(party.code("view")["accessCode"])
    page = phone.get("/e/alice/anna_ben/photos").text
    assert "/anna_ben/hearts" not in page
    assert "/anna_ben/download" not in page
    assert 'class="pick"' not in phone.get("/e/alice/anna_ben/photos?choose=1").text
    assert phone.post("/e/alice/anna_ben/hearts", data={"file": party.file_ids[0], "on": "1"}).status_code == 403
    assert phone.post("/e/alice/anna_ben/download", data={"which": "all"}).status_code == 403


def test_one_photo_has_its_neighbours(party: Party, phone: Phone) -> None:
    phone.enter(party.code(*ALL, images=[party.file_ids[0], party.file_ids[2], party.file_ids[3]])["accessCode"])
    page = phone.get(f"/e/alice/anna_ben/photos/{party.file_ids[2]}").text
    assert re.findall(r'rel="(?:prev|next)" href="/e/alice/anna_ben/photos/(\w+)"', page) == [
        party.file_ids[0],
        party.file_ids[3],
    ]


def test_pages_follow_each_other(party: Party, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("albumen.web.pages.guest._PER_PAGE", 3)
    phone.enter(party.code(*ALL)["accessCode"])
    first = phone.get("/e/alice/anna_ben/photos").text
    [more] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = phone.get(more.replace("&amp;", "&")).text
    found = [*re.findall(r'id="p-(\w+)"', first), *re.findall(r'id="p-(\w+)"', second)]
    assert found == list(party.file_ids)
    assert 'rel="next"' not in second


def test_an_old_address_leads_to_the_new_one(party: Party, phone: Phone) -> None:
    party.change(eventName="The wedding")
    answer = phone.get("/e/alice/anna_ben")
    assert (answer.status_code, answer.headers["location"]) == (303, "/e/alice/the_wedding")


def test_the_time_left_is_told_and_the_end_is_the_end(party: Party, phone: Phone) -> None:
    party.change(secondsToLive=2 * DAY + 3700)
    phone.enter(party.code(*ALL)["accessCode"])
    assert "2 days 1 hour left" in phone.get("/e/alice/anna_ben/photos").text
    party.installation.clock.advance(days=3)
    gone = phone.get("/e/alice/anna_ben")
    assert gone.status_code == 410
    assert "This event has ended" in gone.text
    assert "/media/" not in gone.text
    assert phone.get("/e/alice/anna_ben/photos").status_code == 410
    assert "/media/" not in phone.get("/e/alice/anna_ben/photos").text


def test_before_they_are_revealed_the_photos_are_not_shown(party: Party, phone: Phone) -> None:
    later = party.installation.clock().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    party.change(revealOn=f"2099{later[4:]}")
    phone.enter(party.code(*ALL)["accessCode"])
    page = phone.get("/e/alice/anna_ben/photos").text
    assert "The photos are not shown yet." in page
    assert "/media/" not in page
    assert "All 4 photos" not in phone.get("/e/alice/anna_ben/download").text


def test_leaving_forgets_the_guest(party: Party, phone: Phone) -> None:
    phone.enter(party.code(*ALL)["accessCode"])
    assert phone.post("/e/alice/anna_ben/leave").headers["location"] == "/e/alice/anna_ben"
    assert phone.get("/e/alice/anna_ben/photos").status_code == 303


def test_a_revoked_code_asks_for_another_on_the_next_page(party: Party, phone: Phone) -> None:
    code = party.code(*ALL)
    phone.enter(code["accessCode"])
    party.recode(code, disabled=True)
    answer = phone.get("/e/alice/anna_ben/photos")
    assert answer.headers["location"] == "/e/alice/anna_ben"
    assert "Your code no longer opens this event." in phone.get("/e/alice/anna_ben").text


def test_who_comes_with_a_visit_of_another_event_is_only_asked_for_a_code(
    installation: Installation, party: Party, phone: Phone
) -> None:
    other = Party.of(installation, installation.caller("bob"), photos=1)
    code = other.code(*ALL)
    phone.enter(code["accessCode"])
    other.recode(code, disabled=True)
    page = phone.get("/e/alice/anna_ben")
    assert page.status_code == 200
    assert "no longer opens" not in page.text


def test_photos_are_added_seen_to_and_taken_back(party: Party, phone: Phone) -> None:
    party.change(guestUpload="moderated")
    phone.enter(party.code(*ALL, "upload")["accessCode"], name="Olga")
    assert "once alice has looked at them" in phone.get("/e/alice/anna_ben/add").text
    files = [("files", (f"GIFT_{number}.jpg", make.photo(), "image/jpeg")) for number in (1, 2)]
    answer = phone.post("/e/alice/anna_ben/add", files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, "/e/alice/anna_ben/mine")
    page = phone.get("/e/alice/anna_ben/mine").text
    assert page.count("Waits for approval") == 2
    assert len(phone.photos()) == 4
    given = party.host.get(f"{party.path}/contributions").json()["contributions"]
    chosen = {each["name"]: each["fileId"] for each in given}
    party.host.post(f"{party.path}/contributions/approve", json={"fileIds": [chosen["GIFT_1.jpg"]]})
    assert len(phone.photos()) == 5
    assert "Shown" in phone.get("/e/alice/anna_ben/mine").text
    party.host.post(f"{party.path}/contributions/reject", json={"fileIds": [chosen["GIFT_2.jpg"]]})
    assert "Declined" in phone.get("/e/alice/anna_ben/mine").text
    assert phone.post("/e/alice/anna_ben/mine", data={"file": chosen["GIFT_1.jpg"]}).status_code == 303
    assert len(phone.photos()) == 4
    assert "GIFT_1.jpg" not in phone.get("/e/alice/anna_ben/mine").text


def test_where_no_photos_are_taken_none_are_asked_for(party: Party, phone: Phone) -> None:
    phone.enter(party.code(*ALL)["accessCode"])
    assert "/anna_ben/add" not in phone.get("/e/alice/anna_ben/photos").text
    assert phone.get("/e/alice/anna_ben/add").status_code == 403
    files = [("files", ("GIFT.jpg", make.photo(), "image/jpeg"))]
    assert phone.post("/e/alice/anna_ben/add", files=files).status_code == 403


def test_who_may_only_add_sees_nothing(party: Party, phone: Phone) -> None:
    party.change(guestUpload="yes")
    phone.enter(party.code("upload")["accessCode"])
    assert phone.get("/e/alice/anna_ben/photos").headers["location"] == "/e/alice/anna_ben/add"
    page = phone.get("/e/alice/anna_ben/add").text
    assert "/media/" not in page
    phone.post("/e/alice/anna_ben/add", files=[("files", ("GIFT.jpg", make.photo(), "image/jpeg"))])
    assert "/media/" not in phone.get("/e/alice/anna_ben/mine").text
