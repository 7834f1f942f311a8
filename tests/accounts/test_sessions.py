"""Sessions, sign-in links, and the token that other sites do not have."""

from typing import Any

import pytest
from httpx2 import Response
from tests import databases
from tests.accounts.conftest import PASSWORD
from tests.installation import Installation

from albumen.accounts import first, sessions, users
from albumen.accounts.models import SignedIn, SignInLink, User
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Gone, SignIn


def sign_in(installation: Installation, password: str = PASSWORD, **options: Any) -> Response:
    form = {"email": "ANN@example.org", "password": password}
    return installation.client.post("/v1/session", json=form, **options)


def as_session(answer: Response) -> dict[str, str]:
    """The headers a signed-in browser sends."""
    token = answer.cookies["albumen"]
    return {"Cookie": f"albumen={token}", "X-CSRF-Token": answer.json()["csrfToken"]}


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(installation: Installation, ann: User) -> None:
    answer = sign_in(installation)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "path=/"))
    assert answer.json()["user"] == {
        "userId": ann.name_key,
        "userName": "Ann",
        "userEmail": "ann@example.org",
        "isKeeper": True,
        "usedBytes": 0,
        "createdOn": answer.json()["user"]["createdOn"],
    }
    me = installation.client.get("/v1/users/me", headers=as_session(answer))
    assert me.json() == answer.json()["user"]


def test_over_https_the_cookie_is_bound_to_the_host(installation: Installation, ann: User) -> None:
    installation.client.base_url = "https://testserver"
    cookie = sign_in(installation).headers["set-cookie"]
    assert cookie.startswith("__Host-albumen=")
    assert "; Secure" in cookie


def test_wrong_and_unknown_answer_alike(installation: Installation, ann: User) -> None:
    wrong = sign_in(installation, "wrong password")
    form = {"email": "nobody@example.org", "password": PASSWORD}
    unknown = installation.client.post("/v1/session", json=form)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert "albumen" not in wrong.cookies


def test_who_has_no_password_cannot_sign_in_by_one(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        users.add(unit, "ann@example.org")
    assert sign_in(installation, "nobody has this password").status_code == 401


def test_a_session_lasts_as_long_as_it_is_used(installation: Installation, ann: User) -> None:
    headers = as_session(sign_in(installation))
    for _ in range(4):
        installation.clock.advance(days=20)
        assert installation.client.get("/v1/users/me", headers=headers).status_code == 200
    installation.clock.advance(days=31)
    assert installation.client.get("/v1/users/me", headers=headers).status_code == 401
    with installation.app.writing(SYSTEM) as unit:
        sessions.expire(unit)
    assert installation.rows(SignedIn) == 0


def test_signing_out_ends_the_session_everywhere(installation: Installation, ann: User) -> None:
    headers = as_session(sign_in(installation))
    answer = installation.client.delete("/v1/session", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "cache" in answer.headers["clear-site-data"]
    assert installation.client.get("/v1/users/me", headers=headers).status_code == 401


def test_each_sign_in_has_a_new_token_and_none_is_kept_in_clear(installation: Installation, ann: User) -> None:
    tokens = [sign_in(installation).cookies["albumen"] for _ in range(2)]
    assert len(set(tokens)) == 2
    stored = databases.stored(installation.app.settings.data_dir)
    assert ann.name.encode() in stored
    assert not any(token.encode() in stored for token in tokens)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"X-CSRF-Token": ""}, 403),
        ({"X-CSRF-Token": "0" * 64}, 403),
        ({"X-CSRF-Token": "ä".encode("latin-1")}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_cannot_change_anything(
    installation: Installation, ann: User, changed: dict[str, Any], status: int
) -> None:
    headers = {**as_session(sign_in(installation)), **changed}
    answer = installation.client.post("/v1/libraries", json={"name": "x"}, headers=headers)
    assert answer.status_code == status
    assert installation.client.get("/v1/libraries", headers=headers).status_code == 200


def test_a_form_of_another_site_cannot_sign_anybody_in(installation: Installation, ann: User) -> None:
    body = f'{{"email": "ann@example.org", "password": "{PASSWORD}"}}'
    answer = installation.client.post("/v1/session", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400


def test_the_first_start_gives_a_link_that_works_once(installation: Installation) -> None:
    token = first.sign_in_token(installation.app)
    assert token is not None
    with installation.app.writing(SYSTEM) as unit:
        keeper, session = sessions.follow_link(unit, token, days=1)
    assert keeper.is_keeper
    me = installation.client.get("/v1/users/me", headers={"Cookie": f"albumen={session}"})
    assert me.json()["isKeeper"] is True
    with pytest.raises(Gone), installation.app.writing(SYSTEM) as unit:
        sessions.follow_link(unit, token, days=1)


def test_a_second_start_speaks_of_the_same_keeper_until_there_is_a_password(installation: Installation) -> None:
    tokens = [first.sign_in_token(installation.app) for _ in range(2)]
    assert None not in tokens
    with installation.app.writing(SYSTEM) as unit:
        [keeper] = users.everyone(unit)
        users.set_password(unit, keeper, PASSWORD)
    assert first.sign_in_token(installation.app) is None
    for token in tokens:
        with pytest.raises(Gone), installation.app.writing(SYSTEM) as unit:
            sessions.follow_link(unit, token or "", days=1)


def test_no_link_is_offered_where_a_keeper_can_sign_in(installation: Installation, ann: User) -> None:
    assert first.sign_in_token(installation.app) is None


def test_a_link_expires(installation: Installation, ann: User) -> None:
    with installation.app.writing(SYSTEM) as unit:
        token = sessions.make_link(unit, ann, hours=24)
    installation.clock.advance(hours=25)
    with pytest.raises(Gone), installation.app.writing(SYSTEM) as unit:
        sessions.follow_link(unit, token, days=1)
    with installation.app.writing(SYSTEM) as unit:
        sessions.expire(unit)
    assert installation.rows(SignInLink) == 0


def test_what_is_no_token_is_refused(installation: Installation, ann: User) -> None:
    for token in ("", "x", "ä"):
        with pytest.raises(SignIn), installation.app.reading(SYSTEM) as unit:
            sessions.resume(unit, token)
        with pytest.raises(Gone), installation.app.writing(SYSTEM) as unit:
            sessions.follow_link(unit, token, days=1)
