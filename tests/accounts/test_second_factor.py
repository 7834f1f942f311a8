"""The second factor: codes by the clock, each once; recovery codes; and what signing in asks for."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import Response
from tests.accounts.conftest import PASSWORD
from tests.installation import Installation

from albumen.accounts import factors, totp
from albumen.accounts.models import RecoveryCode, SecondFactor, User
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Busy, Conflict, Denied, Invalid
from albumen.kernel.seals import Seals

RFC_SECRET = b"12345678901234567890"


def bare(secret: str) -> bytes:
    return base64.b32decode(secret + "=" * (-len(secret) % 8))


class App:
    """Ann's authenticator app."""

    def __init__(self, installation: Installation, ann: User) -> None:
        self.installation, self.ann = installation, ann
        self.actor = Actor(ann.id, is_keeper=True)
        offered = factors.offer(ann, installation.app.seals, issuer="Albumen")
        self.secret = bare(offered.secret)
        with installation.app.writing(self.actor) as unit:
            self.recovery = factors.turn_on(unit, installation.app.seals, offered.sealed, self.code())

    def code(self) -> str:
        return totp.code_at(self.secret, totp.step_of(self.installation.clock()))

    def next_code(self) -> str:
        self.installation.clock.advance(seconds=totp.STEP_SECONDS)
        return self.code()

    def check(self, told: str) -> bool:
        with self.installation.app.writing(SYSTEM) as unit:
            return factors.check(unit, self.installation.app.seals, self.ann, told)


@pytest.fixture
def phone(installation: Installation, ann: User) -> App:
    return App(installation, ann)


def sign_in(installation: Installation, **told: Any) -> Response:
    form = {"email": "ann@example.org", "password": PASSWORD, **told}
    return installation.client.post("/v1/session", json=form)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, totp.step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_clock_may_be_half_a_minute_off() -> None:
    now = datetime(2026, 6, 14, 12, tzinfo=UTC)
    step = totp.step_of(now)
    taken = [
        offset for offset in range(-3, 4) if totp.matching(RFC_SECRET, totp.code_at(RFC_SECRET, step + offset), now)
    ]
    assert taken == [-1, 0, 1]


def test_an_app_is_told_the_secret_whose_and_where() -> None:
    told = totp.address(RFC_SECRET, "ann@example.org", "Photos & films")
    assert told == (
        "otpauth://totp/Photos%20%26%20films:ann@example.org"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Photos%20%26%20films"
    )


def test_it_is_on_only_after_the_app_has_shown_a_code(installation: Installation, ann: User) -> None:
    seals, actor = installation.app.seals, Actor(ann.id)
    offered = factors.offer(ann, seals, issuer="Albumen")
    with installation.app.writing(actor) as unit, pytest.raises(Invalid):
        factors.turn_on(unit, seals, offered.sealed, "000000")
    with installation.app.writing(actor) as unit, pytest.raises(Invalid, match="not offered here"):
        factors.turn_on(unit, seals, "00" * 40, "000000")
    assert installation.rows(SecondFactor) == installation.rows(RecoveryCode) == 0
    assert factors.offer(ann, seals, issuer="Albumen", sealed=offered.sealed).secret == offered.secret


def test_signing_in_takes_password_and_code(installation: Installation, phone: App) -> None:
    asked = sign_in(installation)
    assert asked.status_code == 401
    assert asked.json()["type"] == "urn:albumen:problem:second-factor"
    assert "albumen" not in asked.cookies
    assert sign_in(installation, code="000000").status_code == 401
    assert sign_in(installation, code=phone.next_code()).status_code == 200
    assert sign_in(installation, password="wrong", code=phone.next_code()).json()["type"].endswith("sign-in")


def test_a_code_is_taken_once_and_none_before_it(phone: App) -> None:
    earlier, code = phone.code(), phone.next_code()
    assert phone.check(f" {code[:3]} {code[3:]}")
    assert not phone.check(code)
    assert not phone.check(earlier)
    assert phone.check(phone.next_code())


def test_a_recovery_code_works_once_however_it_is_typed(installation: Installation, phone: App) -> None:
    first, second = phone.recovery[:2]
    assert len(set(phone.recovery)) == 10
    assert phone.check(first.lower().replace("-", " "))
    assert not phone.check(first)
    assert phone.check(second)
    assert installation.rows(RecoveryCode) == 8
    with installation.app.writing(phone.actor) as unit:
        renewed = factors.renew_codes(unit)
    assert not phone.check(phone.recovery[2])
    assert phone.check(renewed[0])


def test_after_ten_wrong_codes_even_right_ones_wait(installation: Installation, phone: App) -> None:
    phone.next_code()
    assert [phone.check("000000") for _ in range(10)] == [False] * 10
    with pytest.raises(Busy) as refused:
        phone.check(phone.code())
    installation.clock.advance(seconds=refused.value.retry_seconds)
    assert phone.check(phone.code())


def test_who_lost_it_all_is_let_in_again_by_a_keeper(installation: Installation, phone: App) -> None:
    with installation.app.writing(Actor(phone.ann.id)) as unit, pytest.raises(Denied):
        factors.reset(unit, phone.ann)
    with installation.app.writing(SYSTEM) as unit:
        factors.reset(unit, phone.ann)
    assert sign_in(installation).status_code == 200
    assert installation.rows(SecondFactor) == installation.rows(RecoveryCode) == 0


def test_there_is_one_at_a_time(installation: Installation, phone: App) -> None:
    seals = installation.app.seals
    offered = factors.offer(phone.ann, seals, issuer="Albumen")
    code = totp.code_at(bare(offered.secret), totp.step_of(installation.clock()))
    with installation.app.writing(phone.actor) as unit, pytest.raises(Conflict):
        factors.turn_on(unit, seals, offered.sealed, code)
    with installation.app.writing(phone.actor) as unit:
        factors.turn_off(unit)
    assert sign_in(installation).status_code == 200


def test_secrets_are_sealed_and_follow_a_new_secret_of_the_house(installation: Installation, phone: App) -> None:
    seals = Seals([b"a new secret", installation.app.settings.secret.get_secret_value().encode()])
    with installation.app.writing(SYSTEM) as unit:
        assert phone.secret not in unit.db.get_one(SecondFactor, phone.ann.id).sealed
        factors.reseal(unit, seals)
    phone.next_code()
    only_new = Seals([b"a new secret"])
    with installation.app.writing(SYSTEM) as unit:
        assert seals.is_current(unit.db.get_one(SecondFactor, phone.ann.id).sealed)
        assert factors.check(unit, only_new, phone.ann, phone.code())
    assert not phone.check(phone.next_code())  # under the old secret alone it cannot be read
    assert phone.check(phone.recovery[0])
