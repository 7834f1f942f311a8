"""The pages of one's account, and the ways in, without JavaScript: each page and each form once."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from tests import make
from tests.accounts.test_second_factor import bare
from tests.installation import Installation
from tests.web.desk import HTML, Desk

from albumen import server
from albumen.accounts import factors, invitations, sessions, totp, users
from albumen.accounts.models import SecondFactor, SignedIn, User
from albumen.kernel.actor import SYSTEM
from albumen.mail import MemoryMail
from albumen.settings.rooms import MailSettings

PASSWORD = "correct horse battery"
PARTS = ("profile", "security", "sessions", "storage", "second-factor")


class Visitor(TestClient):
    """A browser without JavaScript; nobody is signed in yet, and it follows no redirect by itself."""

    def __init__(self, installation: Installation) -> None:
        app = server.serve(installation.app)
        super().__init__(app, "http://testserver", raise_server_exceptions=False, follow_redirects=False, headers=HTML)

    def sign_in(self) -> str:
        form = {"email": "alice@example.org", "password": PASSWORD, "next": "/albums"}
        answer = self.post("/login", data=form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


@pytest.fixture
def mail() -> MemoryMail:
    return MemoryMail()


@pytest.fixture
def house(installation: Installation, mail: MemoryMail) -> Installation:
    settings = installation.app.settings
    told = settings.model_copy(update={"mail": settings.mail.model_copy(update={"host": "mail.example"})})
    return Installation(replace(installation.app, mail=mail, settings=told), installation.clock)


@pytest.fixture
def desk(house: Installation) -> Iterator[Desk]:
    with closing(Desk(house, "alice")) as desk:
        with house.app.writing(SYSTEM) as unit:
            alice = users.with_id(unit, "alice")
            users.set_email(unit, alice, "alice@example.org")
            users.set_password(unit, alice, PASSWORD)
            desk.session = sessions.start(unit, alice, days=1, agent="Mozilla/5.0 (X11; Linux) Firefox/140.0")
        desk.cookies.set("albumen", desk.session)
        yield desk


@pytest.fixture
def visitor(house: Installation) -> Iterator[Visitor]:
    with closing(Visitor(house)) as visitor:
        yield visitor


def alice(house: Installation) -> User:
    return house.user("alice")


def code_in(page: str, house: Installation) -> tuple[str, str]:
    """The sealed secret that a page offers, and the code of its app."""
    secret, sealed = re.search(r"<code>([A-Z2-7 ]+)</code>", page), re.search(r'name="sealed" value="(\w+)"', page)
    assert secret
    assert sealed
    return sealed[1], totp.code_at(bare(secret[1].replace(" ", "")), totp.step_of(house.clock()))


def test_name_email_and_language_are_changed(house: Installation, desk: Desk) -> None:
    told = {"name": "Alice B.", "email": "alice@example.org", "language": "de"}
    assert desk.sent("/settings/profile", **told) == "/settings/profile?done=saved"
    assert desk.cookies["language"] == "de"
    assert (alice(house).name, alice(house).language) == ("Alice B.", "de")
    desk.cookies.delete("language")
    moved = {**told, "language": "", "email": "new@example.org"}
    refused = desk.submit("/settings/profile", **moved, current="wrong")
    assert refused.status_code == 422
    assert "This is not the password." in refused.text
    assert 'value="new@example.org"' in refused.text
    desk.sent("/settings/profile", **moved, current=PASSWORD)
    assert alice(house).email == "new@example.org"
    house.caller("bob").get("/users/me")
    with house.app.writing(SYSTEM) as unit:
        users.set_email(unit, users.with_id(unit, "bob"), "bob@example.org")
    taken = desk.submit("/settings/profile", **{**moved, "email": "bob@example.org"}, current=PASSWORD)
    assert "Somebody uses this e-mail already." in taken.text


def test_sessions_are_told_apart_and_ended(house: Installation, desk: Desk, visitor: Visitor) -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
    for _ in range(2):
        with house.app.writing(SYSTEM) as unit:
            sessions.start(unit, users.with_id(unit, "alice"), days=1, agent=phone)
    page = desk.page("/settings/sessions")
    assert "Firefox on Linux" in page
    assert page.count("Safari on iPhone") >= 2
    assert page.count("This browser") == 1
    mark = re.findall(r'name="mark" value="(\w+)"', page)[0]
    assert desk.sent("/settings/sessions/end", mark=mark) == "/settings/sessions?done=ended"
    assert desk.submit("/settings/sessions/end", mark=mark).status_code == 404
    assert desk.submit("/settings/sessions/end", mark="no mark").status_code == 404
    assert desk.sent("/settings/sessions/end-others").endswith("others")
    assert house.rows(SignedIn) == 1
    assert "All other browsers were signed out." in desk.page("/settings/sessions?done=others")


def test_storage_says_what_uses_the_quota(house: Installation, desk: Desk) -> None:
    shelf = house.caller("alice").library()
    kept, gone = shelf.add(make.photo(), "kept.jpg"), shelf.add(make.photo(), "gone.jpg")
    house.caller("alice").delete(f"{shelf.library}/files/{gone['fileId']}")
    house.work_off()
    assert "there is no limit" in desk.page("/settings/storage")
    with house.app.writing(SYSTEM) as unit:
        user = users.with_id(unit, "alice")
        users.set_quota(unit, user, user.used_bytes)
    page = desk.page("/settings/storage")
    assert "There is no room left." in page
    assert "100 % used" in page
    assert "Earlier versions" in page
    lengths = [float(each) for each in re.findall(r'<rect class="use-\w+" x="[\d.]+" width="([\d.]+)"', page)]
    assert sum(lengths) == pytest.approx(1000, abs=0.1)
    assert kept["fileSize"] > 0


def test_a_second_factor_is_set_up_used_and_turned_off(house: Installation, desk: Desk, visitor: Visitor) -> None:
    answer = desk.get("/settings/second-factor")
    assert answer.headers["cache-control"] == "no-store"
    sealed, code = code_in(answer.text, house)
    wrong = desk.submit("/settings/second-factor", sealed=sealed, code="000000", current=PASSWORD)
    assert wrong.status_code == 422
    assert code_in(wrong.text, house)[0] == sealed
    assert "not the password" in desk.submit("/settings/second-factor", sealed=sealed, code=code, current="no").text
    shown = desk.submit("/settings/second-factor", sealed=sealed, code=code, current=PASSWORD)
    recovery = re.findall(r"<li><code>([0-9A-Z-]{19})</code>", shown.text)
    assert len(recovery) == 10
    assert recovery[0] not in desk.page("/settings/second-factor")
    assert "10 recovery codes are left" in desk.page("/settings/security")

    assert visitor.sign_in() == "/login/2fa?next=%2Falbums"
    assert "albumen" not in visitor.cookies
    assert "One more step" in visitor.get("/login/2fa?next=/albums").text
    refused = visitor.post("/login/2fa", data={"code": code, "next": "/albums"})
    assert refused.status_code == 401  # it was taken already
    let_in = visitor.post("/login/2fa", data={"code": recovery[0], "next": "/albums"})
    assert let_in.headers["location"] == "/albums"
    assert visitor.get("/settings/profile").status_code == 200
    assert visitor.get("/login/2fa").headers["location"] == "/login"

    fresh = desk.submit("/settings/second-factor/codes", current=PASSWORD).text
    assert len(re.findall(r"<li><code>[0-9A-Z-]{19}</code>", fresh)) == 10
    assert desk.submit("/settings/second-factor/off", current="wrong").status_code == 422
    assert desk.sent("/settings/second-factor/off", current=PASSWORD) == "/settings/security?done=off"
    assert house.rows(SecondFactor) == 0


def test_who_has_no_ticket_is_asked_for_the_password_first(visitor: Visitor) -> None:
    assert visitor.get("/login/2fa").headers["location"] == "/login"
    assert visitor.post("/login/2fa", data={"code": "123456"}).headers["location"] == "/login"


def test_links_that_sign_in_ask_for_the_second_factor_too(house: Installation, desk: Desk, visitor: Visitor) -> None:
    sealed, code = code_in(desk.page("/settings/second-factor"), house)
    desk.submit("/settings/second-factor", sealed=sealed, code=code, current=PASSWORD)
    with house.app.writing(SYSTEM) as unit:
        token = sessions.make_link(unit, users.with_id(unit, "alice"), hours=1)
    assert visitor.post(f"/sign-in/{token}").headers["location"].startswith("/login/2fa")
    with house.app.reading(SYSTEM) as unit:
        assert factors.is_on(unit, users.with_id(unit, "alice"))


def test_no_letter_is_promised_where_none_is_sent(house: Installation, mail: MemoryMail, desk: Desk) -> None:
    settings = house.app.settings.model_copy(update={"mail": MailSettings(host="")})
    silent = Installation(replace(house.app, settings=settings), house.clock)
    with closing(Visitor(silent)) as visitor:
        asked = visitor.get("/forgot")
        known = visitor.post("/forgot", data={"email": "alice@example.org"})
        unknown = visitor.post("/forgot", data={"email": "nobody@example.org"})
    for page in (asked, known, unknown):
        assert page.status_code == 200
        assert "This server sends no letters. Whoever looks after it can give you a link." in page.text
        assert 'name="email"' not in page.text
        assert "on its way" not in page.text
    assert without_nonces(asked.text) == without_nonces(known.text) == without_nonces(unknown.text)
    silent.work_off()
    assert mail.letters == []


def test_a_forgotten_password_is_replaced_by_letter(
    house: Installation, desk: Desk, visitor: Visitor, mail: MemoryMail
) -> None:
    assert "/forgot" in visitor.get("/login").text
    known = visitor.post("/forgot", data={"email": "alice@example.org"})
    unknown = visitor.post("/forgot", data={"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert without_nonces(known.text) == without_nonces(unknown.text)
    assert visitor.post("/forgot", data={"email": "no e-mail"}).status_code == 422
    house.work_off()
    [letter] = mail.letters
    found = re.search(r"/reset/\S+", letter.text)
    assert found
    path = found[0]
    assert "For alice@example.org." in visitor.get(path).text
    differs = visitor.post(path, data={"password": "another password", "again": "other"})
    assert "The two passwords differ." in differs.text
    done = visitor.post(path, data={"password": "another password", "again": "another password"})
    assert done.headers["location"] == "/library"
    assert visitor.get(path).status_code == 410
    assert desk.get("/settings/profile").headers["location"].startswith("/login")


def without_nonces(page: str) -> str:
    return re.sub(r'nonce="[^"]+"', "", page)


def test_who_is_invited_comes_in(house: Installation, visitor: Visitor) -> None:
    with house.app.writing(SYSTEM) as unit:
        bob = invitations.invite(unit, "bob@example.org", name="Bob")
        path = f"/invite/{invitations.link(unit, bob)}"
    assert 'value="Bob"' in visitor.get(path).text
    short = visitor.post(path, data={"name": "Robert", "password": "short", "again": "short"})
    assert short.status_code == 422
    assert 'value="Robert"' in short.text
    done = visitor.post(path, data={"name": "Robert", "password": PASSWORD, "again": PASSWORD})
    assert done.headers["location"] == "/library"
    assert "Robert" in visitor.get("/settings/profile").text
    assert visitor.get(path).status_code == 410


def test_pages_take_a_session_and_its_own_forms_only(desk: Desk, visitor: Visitor) -> None:
    for part in PARTS:
        assert visitor.get(f"/settings/{part}").headers["location"].startswith("/login?next=")
        assert desk.page(f"/settings/{part}")
    for path in ("profile", "sessions/end", "sessions/end-others", "second-factor", "second-factor/off"):
        assert desk.post(f"/settings/{path}", data={"csrf": "wrong"}).status_code == 403
