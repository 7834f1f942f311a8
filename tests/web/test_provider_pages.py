"""Signing in at a provider: the way there and back, who is let in as whom, and everything that is refused."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from httpx2 import Response
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import select
from starlette.testclient import TestClient
from tests.installation import Installation, settings_for
from tests.provider import CLIENT, MAKERS, SECRET, Provider

from albumen import server
from albumen.accounts import sessions, users
from albumen.accounts.models import Identity, SecondFactor, User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Assignment
from albumen.media.guard import Guard

PASSWORD = "a long enough one"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with closing(Provider()) as provider:
        yield provider


class House:
    """An installation whose users sign in at the provider, and a browser."""

    def __init__(self, folder: Path, guard: Guard, provider: Provider) -> None:
        self.folder, self.guard, self.provider = folder, guard, provider
        self.made: list[Installation] = []
        self.begin()

    def begin(self, **oidc: Any) -> None:
        """Start with other settings, on the same data."""
        given = {"issuer": self.provider.url, "client_id": CLIENT, "client_secret": SECRET, "label": "Example", **oidc}
        address = {"public_url": "http://testserver"}
        if not self.made:
            self.made.append(Installation.at(self.folder, self.guard, oidc=given, server=address, secret="s" * 32))
        else:
            plain = self.made[0].app
            settings = settings_for(self.folder, oidc=given, server=address, secret="s" * 32)
            self.made.append(Installation(replace(plain, settings=settings), self.made[0].clock))
        self.installation = self.made[-1]
        self.browser = self.window()

    def window(self) -> TestClient:
        """A browser of its own; it follows no redirect by itself."""
        app = server.serve(self.installation.app)
        return TestClient(app, "http://testserver", follow_redirects=False, headers={"Accept": "text/html"})

    def out(self, wanted: str = "") -> str:
        """Where the browser is sent to sign in."""
        answer = self.browser.get("/login/oidc", params={"next": wanted})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def back(self, brought: dict[str, str]) -> Response:
        return self.browser.get("/login/oidc/done", params=brought)

    def sign_in(self) -> Response:
        return self.back(self.provider.signed_in(self.out()))

    def user(self, email: str | None = None) -> User:
        with self.installation.app.reading(SYSTEM) as unit:
            wanted = select(User).join(Identity, Identity.user_id == User.id) if email is None else select(User)
            return unit.db.scalars(wanted if email is None else wanted.where(User.email == email)).one()

    def add(self, email: str, *, is_keeper: bool = False) -> User:
        with self.installation.app.writing(SYSTEM) as unit:
            return users.add(unit, email, password=PASSWORD, is_keeper=is_keeper)

    def enter(self, user: User) -> str:
        """Sign the browser in by password; the token that forms repeat."""
        with self.installation.app.writing(SYSTEM) as unit:
            token = sessions.start(unit, user, days=1)
        self.browser.cookies.delete("albumen")
        self.browser.cookies.set("albumen", token)
        return sessions.csrf_token(token)


@pytest.fixture
def house(tmp_path: Path, guard: Guard, provider: Provider) -> Iterator[House]:
    house = House(tmp_path / "data", guard, provider)
    yield house
    house.made[0].close()


def is_in(house: House) -> bool:
    return "/login" not in house.browser.get("/settings/profile").headers.get("location", "")


@pytest.mark.parametrize("algorithm", MAKERS)
def test_who_is_new_gets_an_account_and_comes_back_to_it(house: House, provider: Provider, algorithm: str) -> None:
    provider.turn_keys(algorithm)
    house.begin(create=True)
    answer = house.back(provider.signed_in(house.out("/albums")))
    assert (answer.status_code, answer.headers["location"]) == (303, "/albums")
    assert (house.user().name, house.user().email) == ("Olga", "olga@example.org")
    assert is_in(house)
    provider.turn_keys()
    house.installation.clock.advance(seconds=20)
    house.browser.cookies.clear()
    assert house.sign_in().status_code == 303  # with the new key, as the same user
    assert house.installation.rows(Identity) == house.installation.rows(User) == 1


def test_the_page_to_sign_in_names_the_provider_and_passwords_work_without_it(house: House, provider: Provider) -> None:
    house.add("anna@example.org")
    assert "Sign in with Example" in house.browser.get("/login").text
    provider.close()
    away = house.browser.get("/login/oidc")
    assert away.status_code == 503
    assert "Example does not answer just now" in away.text
    form = {"email": "anna@example.org", "password": PASSWORD}
    assert house.browser.post("/login", data=form).headers["location"] == "/library"
    with closing(Provider()):
        house.begin(issuer="", client_id="")
        assert "Example" not in house.browser.get("/login").text
        assert house.browser.get("/login/oidc").status_code == 404


def other_state(house: House, brought: dict[str, str]) -> None:
    brought["state"] = house.provider.signed_in(house.out())["state"]
    house.browser = house.window()


def of_another_browser(house: House, brought: dict[str, str]) -> None:
    house.browser = house.window()
    house.out()


def too_late(house: House, _: dict[str, str]) -> None:
    house.installation.clock.advance(minutes=11)


def unsigned(house: House, _: dict[str, str]) -> None:
    real = house.provider.signed
    unsigned = {"signed": lambda nonce: f"{real(nonce).rpartition('.')[0]}."}
    vars(house.provider).update(unsigned)


def by_another_key(house: House, _: dict[str, str]) -> None:
    house.provider.key = MAKERS["ES256"]()


def by_the_secret(house: House, _: dict[str, str]) -> None:
    house.provider.key = OctKey.import_key(house.provider.published["x"] * 2)
    house.provider.header = {"alg": "HS256"}


def by_another_algorithm(house: House, _: dict[str, str]) -> None:
    house.provider.key = ECKey.generate_key("P-384")
    house.provider.header = {"alg": "ES384"}


def by_a_short_key(house: House, _: dict[str, str]) -> None:
    house.provider.key = RSAKey(rsa.generate_private_key(65537, 1024), None)
    house.provider.algorithm = "RS256"
    house.provider.published = {**house.provider.key.as_dict(private=False), "kid": house.provider.name}


def without_verifier(house: House, brought: dict[str, str]) -> None:
    house.provider.codes[brought["code"]]["code_challenge"] = "x"


def claiming(**claims: Any) -> Callable[[House, dict[str, str]], None]:
    return lambda house, _: house.provider.claims.update(claims)


def bringing(**told: str) -> Callable[[House, dict[str, str]], None]:
    return lambda _, brought: brought.update(told)


REFUSALS: dict[str, Callable[[House, dict[str, str]], None]] = {
    "a state of another sign-in": other_state,
    "no state": bringing(state=""),
    "a browser that did not set out": of_another_browser,
    "eleven minutes later": too_late,
    "no code": bringing(code=""),
    "a code that it did not give": bringing(code="made-up"),
    "an error": bringing(error="access_denied"),
    "another provider": bringing(iss="https://evil.example"),
    "a provider that does not name itself": bringing(iss=""),
    "another verifier": without_verifier,
    "no signature": unsigned,
    "another key": by_another_key,
    "the public key as a secret": by_the_secret,
    "an algorithm that is not taken": by_another_algorithm,
    "a short RSA key": by_a_short_key,
    "another issuer": claiming(iss="https://evil.example"),
    "another audience": claiming(aud="shop"),
    "many audiences and no party": claiming(aud=[CLIENT, "shop"]),
    "another party": claiming(azp="shop"),
    "another nonce": claiming(nonce="another"),
    "no nonce": claiming(nonce=None),
    "expired": claiming(exp=1_600_000_000),
    "no end": claiming(exp=None),
    "from the future": claiming(iat=4_000_000_000),
    "not yet": claiming(nbf=4_000_000_000),
    "nobody": claiming(sub=None),
    "an empty name": claiming(sub=""),
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[House]:
    """A house that nobody gets into, so that one is enough; what a refusal changes, the next one puts back."""
    with closing(Provider()) as provider:
        house = House(tmp_path_factory.mktemp("strict") / "data", guard, provider)
        provider.now = lambda: house.installation.clock().timestamp()
        house.begin(create=True)
        yield house
        house.made[0].close()


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_is_refused_signs_nobody_in(strict: House, refusal: str) -> None:
    house, provider = strict, strict.provider
    provider.claims, provider.header = {}, {}
    provider.__dict__.pop("signed", None)
    provider.turn_keys("ES256")
    house.begin(create=True)
    brought = provider.signed_in(house.out())
    REFUSALS[refusal](house, brought)
    answer = house.back(brought)
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert house.installation.rows(User) == 0
    assert not is_in(house)


def test_nothing_else_was_in_the_way(strict: House) -> None:
    strict.provider.claims = {}
    assert strict.sign_in().status_code == 303


def test_what_was_brought_back_is_good_once(house: House, provider: Provider) -> None:
    house.begin(create=True)
    brought = provider.signed_in(house.out())
    kept = house.browser.cookies["albumen-way"]
    assert house.back(brought).status_code == 303
    house.browser.cookies.clear()
    house.browser.cookies.set("albumen-way", kept)
    assert house.back(brought).status_code == 401


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": "http://192.0.2.1/keys"},
        {"token_endpoint": "https://10.0.0.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"padding": "x" * 300_000},
    ],
    ids=["issuer", "no token", "no encryption", "private", "script", "large"],
)
def test_a_provider_that_says_what_cannot_be_is_away(house: House, provider: Provider, told: dict[str, Any]) -> None:
    provider.says |= told
    answer = house.browser.get("/login/oidc")
    if answer.status_code == 303:  # it is asked for a token only later
        answer = house.back(provider.signed_in(answer.headers["location"]))
    assert answer.status_code == 503
    assert house.installation.rows(Identity) == 0


@pytest.mark.parametrize(
    ("oidc", "verified", "is_opened"),
    [({"link_by_email": True}, True, True), ({"link_by_email": True}, False, False), ({"create": True}, True, False)],
    ids=["verified", "not verified", "not allowed"],
)
def test_an_email_opens_an_account_only_where_it_was_verified_and_that_is_wanted(
    house: House, provider: Provider, oidc: dict[str, Any], verified: bool, is_opened: bool
) -> None:
    olga = house.add("olga@example.org")
    provider.user["email_verified"] = verified
    house.begin(**oidc)
    assert (house.sign_in().status_code == 303) is is_opened
    assert house.installation.rows(User) == 1
    if is_opened:
        assert house.user().id == olga.id
        provider.user["sub"] = "olga-2"  # somebody else who got that e-mail later
        house.browser.cookies.clear()
        assert house.sign_in().status_code == 401


def test_an_unverified_email_is_not_kept_and_a_removed_user_stays_out(house: House, provider: Provider) -> None:
    house.add("keeper@example.org", is_keeper=True)
    provider.user["email_verified"] = "true"
    house.begin(create=True)
    assert house.sign_in().status_code == 303
    assert house.user().email is None
    with house.installation.app.writing(SYSTEM) as unit:
        users.remove(unit, unit.db.scalars(select(User).join(Identity)).one())
    house.browser.cookies.clear()
    assert house.sign_in().status_code == 401
    assert house.installation.rows(User) == 2


def test_an_account_is_linked_by_whom_it_belongs_to_and_unlinked(house: House, provider: Provider) -> None:
    anna = house.add("anna@example.org")
    csrf = house.enter(anna)
    assert "Link with Example" in house.browser.get("/settings/security").text
    wrong = house.browser.post("/settings/identities", data={"csrf": csrf, "current": "not this"})
    assert (wrong.status_code, "This is not the password." in wrong.text) == (422, True)
    assert house.browser.post("/settings/identities", data={"csrf": "x", "current": PASSWORD}).status_code == 403
    onward = house.browser.post("/settings/identities", data={"csrf": csrf, "current": PASSWORD})
    address = unescape(re.findall(r'href="(http://127[^"]+)"', onward.text)[0])
    assert onward.headers["refresh"] == f"0; url={address}"
    linked = house.back(provider.signed_in(address))
    assert linked.headers["location"] == "/settings/security?done=linked"
    again = house.browser.post("/settings/identities", data={"csrf": csrf, "current": PASSWORD})
    address = unescape(re.findall(r'href="(http://127[^"]+)"', again.text)[0])
    assert house.back(provider.signed_in(address)).status_code == 409
    out = house.browser.post("/logout", data={"csrf": csrf}).headers["location"]
    assert "Sign out of Example, too" in house.browser.get(out).text
    there = house.browser.get("/login/oidc/out").headers["location"]
    assert there.startswith(f"{provider.url}/out?client_id=albumen&post_logout_redirect_uri=http")
    house.browser.cookies.clear()
    assert house.sign_in().status_code == 303
    assert house.user().id == anna.id
    csrf = house.enter(anna)
    [word] = re.findall(r"/settings/identities/(\w+)/remove", house.browser.get("/settings/security").text)
    gone = house.browser.post(f"/settings/identities/{word}/remove", data={"csrf": csrf})
    assert gone.headers["location"] == "/settings/security?done=unlinked"
    assert house.installation.rows(Identity) == 0


def test_a_link_is_not_made_for_who_signed_in_meanwhile_and_the_only_way_in_stays(
    house: House, provider: Provider
) -> None:
    csrf = house.enter(house.add("anna@example.org"))
    onward = house.browser.post("/settings/identities", data={"csrf": csrf, "current": PASSWORD})
    address = unescape(re.findall(r'href="(http://127[^"]+)"', onward.text)[0])
    house.enter(house.add("ben@example.org"))
    assert house.back(provider.signed_in(address)).headers["location"].startswith("/login")
    assert house.installation.rows(Identity) == 0
    house.begin(create=True)
    assert house.sign_in().status_code == 303
    csrf = house.enter(house.user())
    word = ids.encode(only(house, Identity).id)
    assert house.browser.post(f"/settings/identities/{word}/remove", data={"csrf": csrf}).status_code == 409


def only(house: House, table: type[Any]) -> Any:
    with house.installation.app.reading(SYSTEM) as unit:
        return unit.db.scalars(select(table)).one()


def test_groups_let_in_make_keepers_and_give_roles_that_go_with_them(house: House, provider: Provider) -> None:
    house.add("keeper@example.org", is_keeper=True)
    shelf = house.installation.caller("alice").library()
    house.begin(
        create=True,
        groups="family, crew",
        keepers="crew",
        roles=f"family={shelf.library_id}:reader, crew={shelf.library_id}:contributor",
    )
    assert house.sign_in().status_code == 401
    for groups, role, is_keeper in ((["crew", "family"], "contributor", True), ("family", "reader", False)):
        provider.userinfo = {"sub": "olga-1", "groups": groups}
        assert house.sign_in().status_code == 303
        user = house.user()
        with house.installation.app.reading(SYSTEM) as unit:
            assert unit.db.scalars(select(Assignment.role).where(Assignment.user_id == user.id)).all() == [role]
        assert user.is_keeper is is_keeper
    provider.userinfo = {"sub": "somebody else", "groups": ["crew"]}
    assert house.sign_in().status_code == 401


def test_a_second_factor_is_asked_for_here_as_well(house: House, provider: Provider) -> None:
    house.begin(create=True)
    assert house.sign_in().status_code == 303
    with house.installation.app.writing(SYSTEM) as unit:
        user = unit.db.scalars(select(User)).one()
        unit.db.add(SecondFactor(user_id=user.id, sealed=b"x", created_at=unit.now))
    house.browser.cookies.clear()
    assert house.sign_in().headers["location"].startswith("/login/2fa")
    assert not is_in(house)


def test_passwords_work_after_many_failures_at_the_provider(house: House, provider: Provider) -> None:
    house.add("anna@example.org")
    statuses = [house.back({"state": "x", "code": "y"}).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    form = {"email": "anna@example.org", "password": PASSWORD}
    assert house.browser.post("/login", data=form).headers["location"] == "/library"
