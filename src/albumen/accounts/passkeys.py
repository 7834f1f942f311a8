"""Passkeys (WebAuthn): a key on a device signs in, after the device has made sure of its owner; no password is told."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select

from albumen.accounts import tickets, users
from albumen.accounts.models import Passkey, User
from albumen.changes import audit
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid, NotFound, SignIn
from albumen.kernel.seals import Seals, Unsealable
from albumen.unit import Unit

LASTS: Final = timedelta(minutes=10)
_MOST: Final = 20
_ADD, _SIGN_IN = "add a passkey", "sign in by passkey"


@dataclass(frozen=True)
class Site:
    """Where the browser is, as passkeys are bound to it."""

    host: str
    origin: str


@dataclass(frozen=True)
class Question:
    """What a browser's device is asked; `state` comes back with the answer."""

    options: dict[str, Any]
    state: str


def site(address: str) -> Site | None:
    """The site at an address; None where browsers know no passkeys: without HTTPS, or by a number."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    if not (parts.scheme == "https" or is_local) or _is_number(host):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return not host
    return True


def _devices() -> ModuleType:
    from albumen.accounts import authenticators  # noqa: PLC0415 - see there

    return authenticators


def offer(unit: Unit, seals: Seals, here: Site) -> Question:
    """What the actor's device is asked to make a passkey."""
    user, challenge = users.acting(unit), secrets.token_bytes(32)
    options = _devices().asked_to_make(here.host, user, challenge, of(unit, user))
    return _question(unit, seals, options, challenge, f"{_ADD}: {user.id}")


def _question(unit: Unit, seals: Seals, options: dict[str, Any], challenge: bytes, purpose: str) -> Question:
    ends = int((unit.now + LASTS).timestamp())
    sealed = seals.seal(ends.to_bytes(8, "big") + challenge, purpose)
    return Question(options, sealed.hex())


def _challenge(unit: Unit, seals: Seals, state: str, purpose: str) -> bytes:
    """The challenge behind a state, which is good once.  Raises Invalid."""
    try:
        plain = seals.open(bytes.fromhex(state), purpose)
    except (ValueError, Unsealable):
        raise Invalid("This was not asked here.") from None
    if int.from_bytes(plain[:8], "big") < unit.now.timestamp() or not tickets.spend(unit, plain.hex()):
        raise Invalid("This took too long, or was answered before.")
    return plain[8:]


def add(unit: Unit, seals: Seals, here: Site, told: tuple[str, str], label: str) -> Passkey:
    """Keep what the actor's device made; `told` is its answer and the state.  Raises Invalid, Conflict."""
    user, (answer, state) = users.acting(unit), told
    challenge = _challenge(unit, seals, state, f"{_ADD}: {user.id}")
    if len(of(unit, user)) >= _MOST:
        raise Conflict(f"There can be {_MOST} passkeys.")
    devices = _devices()
    made = devices.made(answer, devices.Expected(here.host, here.origin, challenge))
    if _found(unit, made.credential_id) is not None:
        raise Conflict("This passkey is here already.")
    name = users.clean_name(label)[:60] or "Passkey"
    passkey = Passkey(id=ids.new_id(), user_id=user.id, label=name, created_at=unit.now, sign_count=made.sign_count)
    passkey.credential_id, passkey.public_key = made.credential_id, made.public_key
    unit.db.add(passkey)
    unit.db.flush()
    audit.note(unit, "add passkey", ("user", user.id))
    return passkey


def _found(unit: Unit, credential_id: bytes) -> Passkey | None:
    return unit.db.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def ask(unit: Unit, seals: Seals, here: Site) -> Question:
    """What a device is asked to sign in; it knows by itself which of its passkeys are for this site."""
    challenge = secrets.token_bytes(32)
    options = _devices().asked_to_sign_in(here.host, challenge)
    return _question(unit, seals, options, challenge, _SIGN_IN)


def check(unit: Unit, seals: Seals, here: Site, told: tuple[str, str]) -> User:
    """Who signs in by this answer to what was asked.  Raises SignIn."""
    (answer, state), devices = told, _devices()
    try:
        challenge = _challenge(unit, seals, state, _SIGN_IN)
        passkey = _found(unit, devices.credential_of(answer))
        user = unit.db.get(User, passkey.user_id) if passkey is not None else None
        if passkey is None or user is None or user.disabled_at is not None:
            raise SignIn
        expected = devices.Expected(here.host, here.origin, challenge)
        passkey.sign_count, passkey.used_at = devices.count_of(answer, expected, passkey), unit.now
    except Invalid as error:
        raise SignIn from error
    return user


def of(unit: Unit, user: User) -> list[Passkey]:
    """The passkeys of a user."""
    return list(unit.db.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.created_at)))


def remove(unit: Unit, passkey_id: int) -> None:
    """Sign the actor in by this passkey no longer.  Raises NotFound."""
    user = users.acting(unit)
    passkey = unit.db.get(Passkey, passkey_id)
    if passkey is None or passkey.user_id != user.id:
        raise NotFound("There is no such passkey.")
    unit.db.delete(passkey)
    audit.note(unit, "remove passkey", ("user", user.id))
