"""What the pages answer: their headers, their forms, their errors."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient
from tests import make
from tests.installation import Installation
from tests.web.live import repeat

from albumen import server
from albumen.accounts import first, sessions, users
from albumen.accounts.models import User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.web.statics import statics

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PASSWORD = "correct horse battery"


class Browser(TestClient):
    """A browser without JavaScript, that follows no redirect by itself."""

    def __init__(self, installation: Installation) -> None:
        app = server.serve(installation.app)
        super().__init__(app, "http://testserver", raise_server_exceptions=False, follow_redirects=False, headers=HTML)

    def submit(self, path: str, *, csrf: bool = True, **fields: Any) -> Response:
        """A form, with the token of the session."""
        token = {"csrf": sessions.csrf_token(self.cookies["albumen"])} if csrf and "albumen" in self.cookies else {}
        return self.post(path, data={**token, **fields})

    def sign_in(self, email: str, password: str = PASSWORD) -> Response:
        return self.submit("/login", csrf=False, email=email, password=password)


@pytest.fixture
def stranger(installation: Installation) -> Iterator[Browser]:
    with Browser(installation) as browser:
        yield browser


@pytest.fixture
def ada(installation: Installation) -> User:
    with installation.app.writing(SYSTEM) as unit:
        return users.add(unit, "ada@example.org", name="Ada", password=PASSWORD)


@pytest.fixture
def browser(installation: Installation, ada: User) -> Iterator[Browser]:
    with Browser(installation) as browser:
        assert browser.sign_in("ada@example.org").headers["location"] == "/library"
        yield browser


def upload(browser: Browser, *photos: bytes, csrf: str | None = None) -> Response:
    token = sessions.csrf_token(browser.cookies["albumen"]) if csrf is None else csrf
    files = [("files", (f"{number}.jpg", photo, "image/jpeg")) for number, photo in enumerate(photos)]
    return browser.post("/library/upload", data={"csrf": token}, files=files)


def test_page_is_guarded(browser: Browser) -> None:
    page = browser.get("/library")
    nonces = set(re.findall(r'nonce="([^"]+)"', page.text))
    policy = page.headers["content-security-policy"]
    assert len(nonces) == 1
    assert f"script-src 'self' 'nonce-{nonces.pop()}';" in policy
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "private, no-cache"
    assert not re.search(r"\s(style|on\w+)=", page.text)
    assert browser.get("/library").headers["content-security-policy"] != policy


def test_static_files_are_kept_for_good(stranger: Browser) -> None:
    for name, address in statics().addresses.items():
        answer = stranger.get(address, headers={"Accept-Encoding": "gzip"})
        assert stranger.get(address, headers={"Accept-Encoding": "br, gzip"}).content == answer.content
        assert answer.status_code == 200, name
        assert answer.headers["cache-control"] == "max-age=31536000, immutable"
        assert stranger.get(address, headers={"Accept-Encoding": "identity"}).content == answer.content
    assert stranger.get("/static/js/timeline.0000000000.js").status_code == 404
    assert all(gzip.decompress(file.gzipped) == file.plain for file in statics().files.values())


def test_modules_import_only_what_the_map_has(stranger: Browser) -> None:
    scripts = [file.plain.decode() for file in statics().files.values() if file.mime.startswith("text/javascript")]
    imported = {name for script in scripts for name in re.findall(r'^import [^;]*?"([^"]+)"', script, re.MULTILINE)}
    assert imported
    assert imported <= set(statics().modules) | set(statics().addresses.values())  # workers read no map


def test_stranger_is_sent_to_sign_in_and_back(stranger: Browser, ada: User) -> None:
    assert 'href="/login"' in stranger.get("/").text
    assert stranger.get("/library?cursor=a").headers["location"] == "/login?next=%2Flibrary%3Fcursor%3Da"
    page = stranger.get("/login?next=/settings")
    assert 'name="next" value="/settings"' in page.text
    fields: dict[str, Any] = {"email": "ada@example.org", "password": PASSWORD}
    assert stranger.submit("/login", next="/settings", **fields).headers["location"] == "/settings"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_signing_in_leads_to_no_other_site(stranger: Browser, ada: User, path: str) -> None:
    answer = stranger.submit("/login", email="ada@example.org", password=PASSWORD, next=path)
    assert answer.headers["location"] == "/library"


def test_wrong_password_is_told_and_then_waits(stranger: Browser, ada: User, installation: Installation) -> None:
    for _ in range(10):
        answer = stranger.sign_in("ada@example.org", "wrong")
        assert answer.status_code == 401
        assert "is not right" in answer.text
        assert 'value="ada@example.org"' in answer.text
    answer = stranger.sign_in("ada@example.org")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 600
    assert "<h1>Too many attempts</h1>" in answer.text
    form = {"email": "ada@example.org", "password": PASSWORD}
    assert stranger.post("/v1/session", json=form).json()["type"] == "urn:albumen:problem:busy"
    installation.clock.advance(minutes=11)
    assert stranger.sign_in("ada@example.org").headers["location"] == "/library"


def test_attempts_that_succeed_do_not_count(stranger: Browser, ada: User) -> None:
    for _ in range(12):
        assert stranger.sign_in("ada@example.org").status_code == 303


def test_link_leads_to_a_password(stranger: Browser, installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        token = sessions.make_link(unit, users.add(unit, "new@example.org"), hours=1)
    for _ in range(2):
        assert stranger.get(f"/sign-in/{token}").status_code == 200
    assert stranger.submit(f"/sign-in/{token}").headers["location"] == "/welcome"
    assert stranger.get("/welcome").status_code == 200
    wrong = stranger.submit("/welcome", email="none", password=PASSWORD, again=PASSWORD)
    assert wrong.status_code == 422
    assert "This is not an e-mail address." in wrong.text
    differs = stranger.submit("/welcome", email="ada@example.org", password=PASSWORD, again="other")
    assert "The two passwords differ." in differs.text
    done = stranger.submit("/welcome", name="Ada", email="ada@example.org", password=PASSWORD, again=PASSWORD)
    assert done.headers["location"] == "/library"
    assert "Your photos will be here" in stranger.get("/library").text


def test_used_link_says_what_to_do(stranger: Browser, installation: Installation) -> None:
    token = first.sign_in_token(installation.app)
    stranger.submit(f"/sign-in/{token}")
    answer = stranger.submit(f"/sign-in/{token}")
    assert answer.status_code == 410
    assert "Ask whoever sent you the link for a new one." in answer.text


def test_form_needs_the_token_of_its_session(browser: Browser) -> None:
    form: dict[str, Any] = {"label": "Robot gardener", "scopes": "read"}
    for answer in (
        browser.submit("/settings/tokens", csrf=False, **form),
        browser.post("/settings/tokens", data={"csrf": "0" * 64, **form}),
        upload(browser, make.photo(), csrf="0" * 64),
    ):
        assert answer.status_code == 403
        assert "<h1>" in answer.text
    assert "Robot gardener" not in browser.get("/settings/tokens").text
    assert "Your photos will be here" in browser.get("/library").text


def test_form_of_another_site_is_refused(browser: Browser) -> None:
    token = sessions.csrf_token(browser.cookies["albumen"])
    for path in ("/logout", "/login", "/sign-in/any", "/library/upload"):
        answer = browser.post(path, data={"csrf": token}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, path
    assert browser.get("/library").status_code == 200


def test_signing_out_ends_the_session(browser: Browser) -> None:
    token = browser.cookies["albumen"]
    answer = browser.submit("/logout")
    assert answer.headers["location"] == "/login"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    browser.cookies.set("albumen", token)
    assert browser.get("/library").headers["location"].startswith("/login")


def test_password_changes_only_with_the_old_one(browser: Browser, stranger: Browser) -> None:
    new: dict[str, Any] = {"password": "another battery", "again": "another battery"}
    assert "This is not the password." in browser.submit("/settings/security", current="wrong", **new).text
    short = browser.submit("/settings/security", current=PASSWORD, password="short", again="short")
    assert "8 to 1024 characters" in short.text
    answer = browser.submit("/settings/security", current=PASSWORD, **new)
    assert "Your password was changed." in browser.get(answer.headers["location"]).text
    assert stranger.sign_in("ada@example.org").status_code == 401
    assert stranger.sign_in("ada@example.org", "another battery").status_code == 303


def test_key_is_shown_once_works_and_can_be_revoked(browser: Browser, stranger: Browser) -> None:
    made = browser.submit("/settings/tokens", label="Phone backup", scopes=["read", "write"])
    [secret] = re.findall(r"<code>(alb_[\w-]{40,})</code>", made.text)
    assert secret not in browser.get("/settings/tokens").text
    key = {"Authorization": f"Bearer {secret}"}
    assert stranger.get("/v1/users/me", headers=key).json()["userName"] == "Ada"
    assert browser.submit("/settings/tokens", label="Nothing").status_code == 422
    [revoke] = re.findall(r'action="(/settings/tokens/\w+/revoke)"', browser.get("/settings/tokens").text)
    assert "was revoked" in browser.get(browser.submit(revoke).headers["location"]).text
    assert stranger.get("/v1/users/me", headers=key).status_code == 401


def test_plain_form_takes_in_what_it_can(browser: Browser, installation: Installation) -> None:
    photo = make.photo(taken="2019-06-28 12:43:29")
    answer = upload(browser, photo, b"no photo at all", photo)
    assert re.findall(r"<h2>([\w ]+) <span class=\"count\">(\d)", answer.text) == [
        ("Added", "1"),
        ("Already here", "1"),
        ("Not added", "1"),
    ]
    assert installation.spools() == 0
    grid = browser.get("/library/pages").text
    assert "Friday, 28 June 2019" in grid
    assert "Being prepared" in grid
    installation.work_off()
    grid = browser.get("/library/pages").text
    assert 'loading="lazy"' in grid
    assert "Being prepared" not in grid


def test_page_of_a_photo_that_waits_looks_again(browser: Browser, installation: Installation) -> None:
    upload(browser, make.photo())
    with installation.app.reading(SYSTEM) as unit:
        path = f"/library/p/{ids.encode(unit.db.scalars(select(File.id)).one())}"
    page = browser.get(path).text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert '<meta name="again" content="5">' in page
    assert "js/again." in page
    assert page.index('type="importmap"') < page.index('type="module"'), "browsers heed no map after a module"
    installation.work_off()
    assert "again" not in browser.get(path).text


def test_photo_that_cannot_be_shown_says_why(browser: Browser, installation: Installation) -> None:
    photo = make.photo(size=(640, 480))
    upload(browser, photo[: len(photo) // 2])
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        [file] = unit.db.scalars(select(File))
    page = browser.get(f"/library/p/{ids.encode(file.id)}")
    assert page.status_code == 200
    assert "The original is kept and can be downloaded." in page.text


def test_timeline_goes_on_by_its_cursor(browser: Browser, installation: Installation) -> None:
    upload(browser, make.photo(taken="2019-06-28 12:43:29"))
    repeat(installation, 249)
    first_page = browser.get("/library/pages").text
    [path] = re.findall(r'href="(/library/pages\?cursor=[^"]+)" rel="next"', first_page)
    second_page = browser.get(path).text
    shown = re.findall(r'id="p-(\w+)"', first_page), re.findall(r'id="p-(\w+)"', second_page)
    assert [len(each) for each in shown] == [200, 50]
    assert len({*shown[0], *shown[1]}) == 250


def test_photo_of_another_user_is_not_there(browser: Browser, installation: Installation) -> None:
    upload(browser, make.photo())
    with installation.app.writing(SYSTEM) as unit:
        [file] = unit.db.scalars(select(File))
        users.add(unit, "eve@example.org", password=PASSWORD)
    with Browser(installation) as eve:
        eve.sign_in("eve@example.org")
        path = f"/library/p/{ids.encode(file.id)}"
        answers = [eve.get(path), eve.get(f"{path}/original"), eve.submit(f"{path}/delete"), eve.get("/library/p/none")]
        assert [each.status_code for each in answers] == [404] * 4
        assert all("There is nothing here" in each.text for each in answers)
    assert browser.get(path).status_code == 200


def test_errors_are_pages_only_for_those_who_look_at_pages(browser: Browser) -> None:
    assert browser.get("/nothing").headers["content-type"].startswith("text/html")
    for answer in (
        browser.get("/v1/nothing"),
        browser.get("/nothing", headers={"Accept": "*/*"}),
        browser.post("/upload/", headers={"Accept": "text/html"}),
    ):
        assert answer.headers["content-type"] == "application/problem+json"


def test_pages_stand_outside_the_description_of_the_api(browser: Browser) -> None:
    paths = browser.get("/v1/openapi.json").json()["paths"]
    assert all(path.startswith(("/v1/", "/health", "/ready")) for path in paths)
