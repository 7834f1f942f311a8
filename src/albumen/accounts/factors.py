"""The second factor: codes of an authenticator app, and recovery codes for when that is lost."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from albumen.accounts import tickets, totp, users
from albumen.accounts.models import Passkey, RecoveryCode, SecondFactor, User
from albumen.changes import audit
from albumen.kernel import codes
from albumen.kernel.errors import Busy, Conflict, Denied, Invalid
from albumen.kernel.seals import Seals, Unsealable
from albumen.unit import Unit

RECOVERY_CODES = 10
MOST_FAILURES = 10
PAUSE = timedelta(minutes=15)
WRONG = "wrong-code"
_SEALED, _OFFERED = "second factor", "offered second factor"
_BETWEEN = re.compile(r"\s+")


@dataclass(frozen=True)
class Offer:
    """A secret for an app, not in use yet; `sealed` comes back with the first code."""

    secret: str
    address: str
    sealed: str


def is_on(unit: Unit, user: User) -> bool:
    """Whether signing in takes a second factor."""
    return unit.db.get(SecondFactor, user.id) is not None


def codes_left(unit: Unit, user: User) -> int:
    """How many recovery codes are unused."""
    wanted = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user.id)
    return unit.db.scalar(wanted) or 0


def offer(user: User, seals: Seals, *, issuer: str, sealed: str = "") -> Offer:
    """A new secret, or the one that was offered before."""
    secret = _offered(user, seals, sealed) if sealed else secrets.token_bytes(totp.SECRET_BYTES)
    told = sealed or seals.seal(secret, _purpose(_OFFERED, user.id)).hex()
    return Offer(totp.spelt(secret), totp.address(secret, user.email or user.name, issuer), told)


def _purpose(kind: str, user_id: int) -> str:
    return f"{kind} of {user_id}"


def _offered(user: User, seals: Seals, sealed: str) -> bytes:
    try:
        return seals.open(bytes.fromhex(sealed), _purpose(_OFFERED, user.id))
    except (ValueError, Unsealable):
        raise Invalid("This secret was not offered here. Begin anew.") from None


def turn_on(unit: Unit, seals: Seals, sealed: str, code: str) -> list[str]:
    """Take the offered secret into use, once the app shows its code; returns the recovery codes.

    Raises Invalid for a wrong code, and Conflict where there is a second factor already.
    """
    user = users.acting(unit)
    secret = _offered(user, seals, sealed)
    if is_on(unit, user):
        raise Conflict("There is a second factor already.")
    step = totp.matching(secret, _plain(code), unit.now)
    if step is None:
        raise Invalid("The code is not right.", errors=[("code", "wrong")], code=WRONG)
    kept = seals.seal(secret, _purpose(_SEALED, user.id))
    unit.db.add(SecondFactor(user_id=user.id, sealed=kept, last_step=step, created_at=unit.now))
    audit.note(unit, "turn on second factor", ("user", user.id))
    return renew_codes(unit)


def renew_codes(unit: Unit) -> list[str]:
    """New recovery codes for the actor, in place of those before."""
    user = users.acting(unit)
    made = [codes.new_code() + codes.new_code() for _ in range(RECOVERY_CODES)]
    unit.db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    unit.db.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(each)) for each in made)
    unit.db.flush()
    audit.note(unit, "make recovery codes", ("user", user.id))
    return ["-".join(each[at : at + 4] for at in range(0, 16, 4)) for each in made]


def _hash(code: str) -> bytes:
    """There is nothing to guess in 80 random bits."""
    return hashlib.sha256(code.encode()).digest()


def turn_off(unit: Unit) -> None:
    """Sign the actor in without one from now on."""
    user = users.acting(unit)
    _remove(unit, user)
    audit.note(unit, "turn off second factor", ("user", user.id))


def reset(unit: Unit, user: User) -> None:
    """Take away a second factor, and passkeys, that a user has lost.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper resets second factors.")
    _remove(unit, user)
    unit.db.execute(delete(Passkey).where(Passkey.user_id == user.id))
    audit.note(unit, "reset second factor", ("user", user.id))


def _remove(unit: Unit, user: User) -> None:
    for table in (SecondFactor, RecoveryCode):
        unit.db.execute(delete(table).where(table.user_id == user.id))
    tickets.drop(unit, user, tickets.Purpose.second_factor)


def check(unit: Unit, seals: Seals, user: User, told: str) -> bool:
    """Whether this is the app's code of now, or a recovery code; either is taken once.

    A failure is counted in this transaction, which is to be committed.  Raises Busy after too many.
    """
    factor = unit.db.get(SecondFactor, user.id, with_for_update=True)
    if factor is None:
        return True
    _check_pause(unit, factor)
    is_right = _takes_code(unit, seals, factor, _plain(told)) or _takes_recovery(unit, user, told)
    factor.failures = 0 if is_right else factor.failures + 1
    factor.failed_at = None if is_right else unit.now
    return is_right


def _check_pause(unit: Unit, factor: SecondFactor) -> None:
    since = PAUSE if factor.failed_at is None else unit.now - factor.failed_at
    if since >= PAUSE:
        factor.failures = 0
    if factor.failures >= MOST_FAILURES:
        left = int((PAUSE - since).total_seconds()) + 1
        raise Busy("Too many wrong codes for this account.", retry_seconds=left)


def _takes_code(unit: Unit, seals: Seals, factor: SecondFactor, code: str) -> bool:
    if not re.fullmatch(r"[0-9]{6}", code):
        return False
    try:
        secret = seals.open(factor.sealed, _purpose(_SEALED, factor.user_id))
    except Unsealable:  # under a secret that is lost: the recovery codes still work
        return False
    step = totp.matching(secret, code, unit.now, after=factor.last_step)
    if step is None:
        return False
    newer = update(SecondFactor).where(SecondFactor.user_id == factor.user_id, SecondFactor.last_step < step)
    return unit.db.execute(newer.values(last_step=step).returning(SecondFactor.user_id)).first() is not None


def _takes_recovery(unit: Unit, user: User, told: str) -> bool:
    plain = _plain(told).replace("-", "").upper()
    halves = [codes.parse(plain[:8]), codes.parse(plain[8:])]
    if None in halves:
        return False
    code = "".join(half or "" for half in halves)
    wanted = (RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(code))
    return unit.db.scalar(delete(RecoveryCode).where(*wanted).returning(RecoveryCode.user_id)) is not None


def _plain(told: str) -> str:
    return _BETWEEN.sub("", told)


def reseal(unit: Unit, seals: Seals) -> None:
    """Bring every secret under the installation's secret of today; what cannot be read stays as it is."""
    for factor in unit.db.scalars(select(SecondFactor)):
        if not seals.is_current(factor.sealed):
            purpose = _purpose(_SEALED, factor.user_id)
            try:
                factor.sealed = seals.seal(seals.open(factor.sealed, purpose), purpose)
            except Unsealable:
                continue
