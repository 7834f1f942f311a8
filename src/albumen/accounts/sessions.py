"""Sessions: signing in by password or by a link that works once, and out."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from albumen.accounts import passwords, users
from albumen.accounts.models import SignedIn, SignInLink, User
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Denied, Gone, NotFound, SignIn
from albumen.unit import Unit

_TOUCH = timedelta(minutes=10)


def token_hash(token: str) -> bytes:
    """How a random token is kept: its SHA-256 (32 bytes); there is nothing to guess in 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def check(unit: Unit, email: str, password: str) -> User:
    """The user with this e-mail and password.  Raises SignIn, alike for unknown and wrong."""
    user = users.find(unit, email)
    known = user is not None and user.disabled_at is None
    if not passwords.matches(password, user.password_hash if user and known else None) or user is None:
        raise SignIn("The e-mail or the password is not right.")
    return user


def start(unit: Unit, user: User, *, days: int, agent: str = "") -> str:
    """Start a session; returns its token."""
    token = secrets.token_urlsafe(32)
    expires = unit.now + timedelta(days=days)
    unit.db.add(
        SignedIn(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=unit.now,
            seen_at=unit.now,
            expires_at=expires,
            agent=agent[:200] or None,
        )
    )
    return token


def resume(unit: Unit, token: str) -> tuple[Actor, bool]:
    """Who a session's token stands for, and whether its last visit should be written.  Raises SignIn."""
    row = unit.db.get(SignedIn, token_hash(token))
    user = None if row is None or row.expires_at <= unit.now else unit.db.get(User, row.user_id)
    if row is None or user is None or user.disabled_at is not None:
        raise SignIn("The session has ended. Sign in again.")
    return Actor(user_id=user.id, is_keeper=user.is_keeper), unit.now - row.seen_at > _TOUCH


def touch(unit: Unit, token: str, *, days: int) -> None:
    """Remember that a session was used, which keeps it alive."""
    row = unit.db.get(SignedIn, token_hash(token))
    if row is not None:
        row.seen_at, row.expires_at = unit.now, unit.now + timedelta(days=days)


def sign_out(unit: Unit, token: str) -> None:
    """End a session."""
    unit.db.execute(delete(SignedIn).where(SignedIn.token_hash == token_hash(token)))


def csrf_token(token: str) -> str:
    """The token that a state-changing request of this session must repeat."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def make_link(unit: Unit, user: User, *, hours: int) -> str:
    """A token that signs this user in once.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied
    token = secrets.token_urlsafe(32)
    expires = unit.now + timedelta(hours=hours)
    unit.db.add(SignInLink(token_hash=token_hash(token), user_id=user.id, expires_at=expires))
    return token


def use_link(unit: Unit, token: str) -> User:
    """Use a sign-in link up; returns whom it is for.  Raises Gone."""
    used = delete(SignInLink).where(SignInLink.token_hash == token_hash(token)).returning(SignInLink)
    link = unit.db.scalar(used)
    user = None if link is None or link.expires_at <= unit.now else unit.db.get(User, link.user_id)
    if user is None or user.disabled_at is not None:
        raise Gone("This sign-in link has been used or has expired.")
    return user


def follow_link(unit: Unit, token: str, *, days: int, agent: str = "") -> tuple[User, str]:
    """Use a sign-in link up; returns the user and a session's token.  Raises Gone."""
    user = use_link(unit, token)
    return user, start(unit, user, days=days, agent=agent)


def of(unit: Unit, user: User) -> list[SignedIn]:
    """The open sessions of a user, the last used first.  Raises Denied."""
    _check_own(unit, user)
    wanted = select(SignedIn).where(SignedIn.user_id == user.id, SignedIn.expires_at > unit.now)
    return list(unit.db.scalars(wanted.order_by(SignedIn.seen_at.desc(), SignedIn.token_hash)))


def end(unit: Unit, user: User, mark: bytes) -> None:
    """End one of a user's sessions, by the hash of its token.  Raises NotFound, Denied."""
    _check_own(unit, user)
    wanted = (SignedIn.user_id == user.id, SignedIn.token_hash == mark)
    if unit.db.scalar(delete(SignedIn).where(*wanted).returning(SignedIn.user_id)) is None:
        raise NotFound("There is no such session.")


def end_others(unit: Unit, user: User, token: str = "") -> int:
    """End a user's sessions but that of this token; returns how many.  Raises Denied."""
    _check_own(unit, user)
    wanted = (SignedIn.user_id == user.id, SignedIn.token_hash != token_hash(token))
    return len(unit.db.scalars(delete(SignedIn).where(*wanted).returning(SignedIn.token_hash)).all())


def _check_own(unit: Unit, user: User) -> None:
    if not (unit.actor.is_keeper or unit.actor.user_id == user.id):
        raise Denied


def expire(unit: Unit) -> None:
    """Drop sessions and links that are over."""
    unit.db.execute(delete(SignedIn).where(SignedIn.expires_at <= unit.now))
    unit.db.execute(delete(SignInLink).where(SignInLink.expires_at <= unit.now))
